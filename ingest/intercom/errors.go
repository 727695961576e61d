package intercom

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Error is an answer of the API, or of something in front of it, that is not a
// success, or that is one but could not be read.
type Error struct {
	Method, Path string
	Status       int
	Code         string // of the first error of the answer; "" where the answer was no error list
	Message      string
	Field        string // the field that was wrong, where the API named it
	RequestID    string

	format format
}

// format is what an error's body was: some things in front of the API answer with
// the API's statuses, but don't speak for it.
type format int

const (
	unknownFormat format = iota
	jsonFormat
	htmlFormat
)

// Error says what was refused and why, and what to do where a person can do something.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d", e.Method, e.Path, e.Status)
	if e.Code != "" {
		b.WriteString(" " + e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	var details []string
	if e.Field != "" {
		details = append(details, "field "+e.Field)
	}
	if e.RequestID != "" {
		details = append(details, "request "+e.RequestID)
	}
	if len(details) > 0 {
		b.WriteString(" (" + strings.Join(details, ", ") + ")")
	}
	if hint := e.hint(); hint != "" {
		b.WriteString("; " + hint)
	}
	return b.String()
}

func (e *Error) hint() string {
	switch {
	case e.Code == "intercom_version_invalid":
		return "set intercom.api_version to one that has AI content, 2.12 or newer"
	case strings.Contains(strings.ToLower(e.Message), "page limit"):
		return "Intercom lists no more of a workspace's pages: nothing is lost, and pages beyond that are looked up one by one"
	case e.Code == "token_revoked", e.Code == "token_expired", e.Code == "token_blocked":
		return "make a new access token in Intercom's Developer Hub"
	case e.Status == http.StatusNotFound && KindOf(e) == Refused:
		return "something that the call names is not in Intercom, such as an audience: check audience_ids"
	case e.Status == http.StatusUnauthorized:
		return "check that the access token is complete and not revoked, and that intercom.region is the workspace's own"
	case e.Status == http.StatusPaymentRequired, e.Code == "api_plan_restricted":
		return "the workspace's plan does not include this"
	case KindOf(e) == Fatal && e.Status == http.StatusForbidden:
		return "give the token's app the permission to read and write AI content (scope read_write_ai_content)"
	case e.Status >= 300 && e.Status < 400:
		return "check intercom.base_url: redirects are not followed"
	case e.format == htmlFormat:
		return "not Intercom's API but something in front of it answered"
	}
	return ""
}

// Kind says what follows from an error.
type Kind int

// The kinds of errors.
const (
	Transient Kind = iota // was retried, and may work in a later run
	Refused               // this request will never be accepted as it is (400, 413, 422, …)
	NotFound              // 404 or 410
	Fatal                 // no request will be accepted: token, plan, version, address, or the API is down
)

// KindOf says what follows from an error of a Client.
func KindOf(err error) Kind {
	if errors.Is(err, ErrDown) {
		return Fatal
	}
	var e *Error
	if !errors.As(err, &e) {
		if untrusted(err) {
			return Fatal
		}
		return Transient
	}
	switch e.Code {
	case "unauthorized", "token_revoked", "token_expired", "token_blocked", "token_not_found",
		"api_plan_restricted", "intercom_version_invalid":
		return Fatal
	}
	switch s := e.Status; {
	case s == http.StatusUnauthorized, s == http.StatusPaymentRequired, 300 <= s && s < 400:
		return Fatal
	case s == http.StatusForbidden:
		if e.Code != "" || e.format == jsonFormat {
			return Fatal
		}
		return Transient // a load balancer's
	case s == http.StatusNotFound, s == http.StatusGone:
		if e.format == htmlFormat {
			return Transient
		}
		if strings.HasPrefix(e.Code, "parameter_") && (e.Method == http.MethodPost || e.Method == http.MethodPut) {
			return Refused // what it names is unknown, such as an audience, and not what it is sent to
		}
		return NotFound
	case s == http.StatusRequestTimeout, s == http.StatusConflict, s == http.StatusTooManyRequests:
		return Transient
	case 400 <= s && s < 500:
		return Refused
	}
	return Transient
}

// readError takes what it can from an answer that is not a success.
func readError(resp *http.Response, answer []byte) *Error {
	e := &Error{Status: resp.StatusCode, RequestID: resp.Header.Get("X-Request-Id")}
	var body errorBody
	answer = trim(answer)
	switch {
	case bytes.HasPrefix(answer, []byte("{")) && decode(bytes.NewReader(answer), &body) == nil:
		e.format = jsonFormat
	case isHTML(resp, answer):
		e.format = htmlFormat
	}
	first := body.first()
	e.Code, e.Message, e.Field = string(first.Code), string(first.Message), string(first.Field)
	e.RequestID = cmp.Or(string(body.RequestID), e.RequestID)
	switch {
	case e.Message != "":
	case resp.Header.Get("Location") != "":
		e.Message = "it points to " + resp.Header.Get("Location")
	default:
		e.Message = strings.ToLower(http.StatusText(resp.StatusCode))
	}
	return e
}

// isHTML reports whether an answer is a web page, as nothing of the API is. Some label
// what is none as one.
func isHTML(resp *http.Response, answer []byte) bool {
	labelled := strings.Contains(resp.Header.Get("Content-Type"), "html")
	return bytes.HasPrefix(answer, []byte("<")) || labelled && len(answer) > 0 && !json.Valid(answer)
}

// trim takes white space from an answer, and the mark that some begin a text with.
func trim(answer []byte) []byte { return bytes.TrimSpace(unmarked(answer)) }

func unmarked(answer []byte) []byte { return bytes.TrimPrefix(answer, []byte("\xef\xbb\xbf")) }
