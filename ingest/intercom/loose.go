package intercom

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The API's own description is not always what it answers: IDs are here numbers and
// there strings, times Unix seconds and dates, and what is nothing is null, or left out.
// Requests are as the description has them; answers are read by what they mean.

// text is a string, or what else can be one.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch b[0] {
	case '"':
		return json.Unmarshal(b, (*string)(t))
	case '{', '[', 'n':
	default:
		*t = text(b)
	}
	return nil
}

// number is a whole number, also as a string or with a fraction, or a time in RFC 3339,
// which counts in Unix seconds; 0 is what is none.
type number int64

func (n *number) UnmarshalJSON(b []byte) error {
	var t text
	if err := t.UnmarshalJSON(b); err != nil {
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

// numbers are several, or one without brackets.
type numbers []int64

func (ns *numbers) UnmarshalJSON(b []byte) error {
	*ns = nil
	var list []number
	if b[0] != '[' {
		b = append(append([]byte("["), b...), ']')
	}
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	for _, n := range list {
		if n != 0 {
			*ns = append(*ns, int64(n))
		}
	}
	return nil
}

// flag is true or false, also as a string or a number.
type flag bool

func (f *flag) UnmarshalJSON(b []byte) error {
	var t text
	if err := t.UnmarshalJSON(b); err != nil {
		return err
	}
	on, err := strconv.ParseBool(string(t))
	*f = flag(on && err == nil)
	return nil
}

// answeredSource is an ImportSource as it is answered.
type answeredSource ImportSource

func (s *answeredSource) UnmarshalJSON(b []byte) error {
	var a struct {
		Type         text    `json:"type"`
		ID           number  `json:"id"`
		URL          text    `json:"url"`
		SyncBehavior text    `json:"sync_behavior"`
		Status       text    `json:"status"`
		AudienceIDs  numbers `json:"audience_ids"`
		CreatedAt    number  `json:"created_at"`
		UpdatedAt    number  `json:"updated_at"`
		LastSyncedAt number  `json:"last_synced_at"`
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	*s = answeredSource{
		Type: string(a.Type), ID: int64(a.ID), URL: string(a.URL), SyncBehavior: string(a.SyncBehavior), Status: string(a.Status),
		AudienceIDs: a.AudienceIDs, CreatedAt: int64(a.CreatedAt), UpdatedAt: int64(a.UpdatedAt), LastSyncedAt: int64(a.LastSyncedAt),
	}
	return nil
}

// missing names what an answer must have to be one, and has not.
func (s *answeredSource) missing() string {
	if s.ID == 0 {
		return "id of an import source"
	}
	return ""
}

// answeredPage is an ExternalPage as it is answered.
type answeredPage ExternalPage

func (p *answeredPage) UnmarshalJSON(b []byte) error {
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
	if err := json.Unmarshal(b, &a); err != nil {
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

// nextPage is what a list page says of the one after it: nothing, null, a link, or an
// object such as one with a cursor. A link is not followed, as the token must go to the
// configured address only; what it asks for is.
type nextPage struct {
	exists bool
	query  url.Values
}

func (n *nextPage) UnmarshalJSON(b []byte) error {
	*n = nextPage{}
	switch b[0] {
	case '"':
		var link string
		if err := json.Unmarshal(b, &link); err != nil {
			return err
		}
		n.exists = link != ""
		if u, err := url.Parse(link); err == nil {
			n.query = u.Query()
		}
	case '{':
		var object map[string]text
		if err := json.Unmarshal(b, &object); err != nil {
			return err
		}
		n.exists, n.query = true, url.Values{}
		for name, value := range object {
			if value != "" {
				n.query.Set(name, string(value))
			}
		}
	}
	return nil
}

// errorBody is the body of an answer that is not a success: a list of errors, or
// something like one.
type errorBody struct {
	RequestID text         `json:"request_id"`
	Errors    answerErrors `json:"errors"`
	Error     answerErrors `json:"error"`
	answerError
}

type answerError struct {
	Code    text `json:"code"`
	Message text `json:"message"`
	Field   text `json:"field"`
}

// first is the error that is told of.
func (b errorBody) first() answerError {
	for _, e := range append(append(b.Errors, b.Error...), b.answerError) {
		if e != (answerError{}) {
			return e
		}
	}
	return answerError{}
}

// answerErrors are several errors or one, each an object or just words.
type answerErrors []answerError

func (es *answerErrors) UnmarshalJSON(b []byte) error {
	*es = nil
	list := []json.RawMessage{b}
	if b[0] == '[' {
		if err := json.Unmarshal(b, &list); err != nil {
			return err
		}
	}
	for _, one := range list {
		var e answerError
		if one[0] == '{' {
			if err := json.Unmarshal(one, &e); err != nil {
				return err
			}
		} else if err := e.Message.UnmarshalJSON(one); err != nil {
			return err
		}
		e.Message = text(strings.TrimSpace(string(e.Message)))
		*es = append(*es, e)
	}
	return nil
}
