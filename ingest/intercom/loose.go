package intercom

import (
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The API's answers differ from its description: an ID may be a number or a string, a time
// Unix seconds or a date, and a missing value may be null or left out. Requests follow the
// description. Answers are read leniently, by the types in this file. Each type decodes
// itself in the same pass over the answer.
// lenient returns the options to accept what encoding/json accepts as well: names in any case
// or repeated, and text that is not valid UTF-8.
func lenient() json.Options {
	return json.JoinOptions(json.MatchCaseInsensitiveNames(true),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// decode decodes all of r, which is one JSON value, into out.
func decode(r io.Reader, out any) error { return json.UnmarshalRead(r, out, lenient()) }

// text is a string. It also takes the text of a number or a boolean.
type text string

func (t *text) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*t = ""
	switch d.PeekKind() {
	case '"':
		return json.UnmarshalDecode(d, (*string)(t))
	case '{', '[', 'n':
		return d.SkipValue()
	}
	value, err := d.ReadValue()
	*t = text(value)
	return err
}

// number is a whole number. It also takes one in a string or with a fraction, and an RFC 3339
// time, of which it is the Unix seconds. Anything else is 0.
type number int64

func (n *number) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var t text
	if err := t.UnmarshalJSONFrom(d); err != nil {
		return err
	}
	*n = 0
	if i, err := strconv.ParseInt(string(t), 10, 64); err == nil {
		*n = number(i)
	} else if f, err := strconv.ParseFloat(string(t), 64); err == nil {
		*n = number(f)
	} else if at, err := time.Parse(time.RFC3339, string(t)); err == nil {
		*n = number(at.Unix())
	}
	return nil
}

// flag is a boolean. It also takes one in a string or as a number.
type flag bool

func (f *flag) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var t text
	if err := t.UnmarshalJSONFrom(d); err != nil {
		return err
	}
	on, err := strconv.ParseBool(string(t))
	*f = flag(on && err == nil)
	return nil
}

// several is a list. It also takes a single value without brackets.
type several[T any] []T

func (s *several[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	if d.PeekKind() == '[' {
		return json.UnmarshalDecode(d, (*[]T)(s))
	}
	var one T
	err := json.UnmarshalDecode(d, &one)
	*s = several[T]{one}
	return err
}

// answeredSource decodes an ImportSource.
type answeredSource ImportSource

func (s *answeredSource) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var a struct {
		Type         text            `json:"type"`
		ID           number          `json:"id"`
		URL          text            `json:"url"`
		SyncBehavior text            `json:"sync_behavior"`
		Status       text            `json:"status"`
		AudienceIDs  several[number] `json:"audience_ids"`
		CreatedAt    number          `json:"created_at"`
		UpdatedAt    number          `json:"updated_at"`
		LastSyncedAt number          `json:"last_synced_at"`
	}
	if err := json.UnmarshalDecode(d, &a); err != nil {
		return err
	}
	*s = answeredSource{
		Type: string(a.Type), ID: int64(a.ID), URL: string(a.URL),
		SyncBehavior: string(a.SyncBehavior), Status: string(a.Status),
		CreatedAt: int64(a.CreatedAt), UpdatedAt: int64(a.UpdatedAt), LastSyncedAt: int64(a.LastSyncedAt),
	}
	for _, id := range a.AudienceIDs {
		if id != 0 {
			s.AudienceIDs = append(s.AudienceIDs, int64(id))
		}
	}
	return nil
}

// missing names a required field that the answer lacks, or returns "".
func (s *answeredSource) missing() string {
	if s.ID == 0 {
		return "id of an import source"
	}
	return ""
}

// answeredPage decodes an ExternalPage.
type answeredPage ExternalPage

func (p *answeredPage) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var a struct {
		Type                  text   `json:"type"`
		ID                    text   `json:"id"`
		ExternalID            text   `json:"external_id"`
		SourceID              number `json:"source_id"`
		Title                 text   `json:"title"`
		HTML                  text   `json:"html"`
		URL                   text   `json:"url"`
		Locale                text   `json:"locale"`
		AIAgentAvailability   flag   `json:"ai_agent_availability"`
		AICopilotAvailability flag   `json:"ai_copilot_availability"`
		CreatedAt             number `json:"created_at"`
		UpdatedAt             number `json:"updated_at"`
		LastIngestedAt        number `json:"last_ingested_at"`
	}
	if err := json.UnmarshalDecode(d, &a); err != nil {
		return err
	}
	*p = answeredPage{
		Type: string(a.Type), ID: string(a.ID), ExternalID: string(a.ExternalID), SourceID: int64(a.SourceID),
		Title: string(a.Title), HTML: string(a.HTML), URL: string(a.URL), Locale: string(a.Locale),
		AIAgentAvailability: bool(a.AIAgentAvailability), AICopilotAvailability: bool(a.AICopilotAvailability),
		CreatedAt: int64(a.CreatedAt), UpdatedAt: int64(a.UpdatedAt), LastIngestedAt: int64(a.LastIngestedAt),
	}
	return nil
}

func (p *answeredPage) missing() string {
	if p.ID == "" {
		return "id of an external page"
	}
	return ""
}

// nextPage is what a list page says about the next one. It may be absent, null, a link, or an
// object such as one with a cursor. A link is not followed, since the token must only go to
// the configured address; its query is used instead.
type nextPage struct {
	exists bool
	query  url.Values
}

func (n *nextPage) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*n = nextPage{}
	switch d.PeekKind() {
	case '"':
		var link string
		if err := json.UnmarshalDecode(d, &link); err != nil {
			return err
		}
		n.exists = link != ""
		if u, err := url.Parse(link); err == nil {
			n.query = u.Query()
		}
	case '{':
		var object map[string]text
		if err := json.UnmarshalDecode(d, &object); err != nil {
			return err
		}
		n.exists, n.query = true, url.Values{}
		for name, value := range object {
			if value != "" {
				n.query.Set(name, string(value))
			}
		}
	default:
		return d.SkipValue()
	}
	return nil
}

// errorBody is the body of an answer that is not a success: a list of errors, or something similar.
type errorBody struct {
	RequestID text                  `json:"request_id"`
	Errors    several[errorOrWords] `json:"errors"`
	Error     several[errorOrWords] `json:"error"`
	answerError
}

type answerError struct {
	Code    text `json:"code"`
	Message text `json:"message"`
	Field   text `json:"field"`
}

// first returns the first error that says anything.
func (b errorBody) first() answerError {
	for _, e := range slices.Concat(b.Errors, b.Error, several[errorOrWords]{errorOrWords(b.answerError)}) {
		if e != (errorOrWords{}) {
			return answerError(e)
		}
	}
	return answerError{}
}

// errorOrWords is an error object, or just a message.
type errorOrWords answerError

func (e *errorOrWords) UnmarshalJSONFrom(d *jsontext.Decoder) (err error) {
	*e = errorOrWords{}
	if d.PeekKind() == '{' {
		err = json.UnmarshalDecode(d, (*answerError)(e))
	} else {
		err = e.Message.UnmarshalJSONFrom(d)
	}
	e.Message = text(strings.TrimSpace(string(e.Message)))
	return err
}
