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

// Error is an answer of the API, or of something in front of it, that is not a success or
// cannot be read.
type Error struct {
	Method, Path string
	Status       int
	Code         string // of the first error of the answer; "" where the answer has no list of errors
	Message      string
	Field        string // the field that was wrong, where the API named it
	RequestID    string

	format format
}

// format is the format of an error's body. It helps to tell the API from something in front
// of it that answers with the same status.
type format int

const (
	unknownFormat format = iota
	jsonFormat
	htmlFormat
)

// Error returns what was refused and why, and what a person can do about it.
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
		return "Intercom lists no more of a workspace's pages: nothing is lost, " +
			"and pages beyond that are looked up one by one"
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

// Kind is a kind of error. It says what follows from the error.
type Kind int

// The kinds of errors.
const (
	Transient Kind = iota // it was retried, and may succeed in a later run
	Refused               // this request will never be accepted as it is (400, 413, 422, …)
	NotFound              // 404 or 410
	Fatal                 // no request will be accepted: token, plan, version, address, or the API is down
)

// KindOf returns the kind of an error of a Client.
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
		return Transient // it comes from a load balancer
	case s == http.StatusNotFound, s == http.StatusGone:
		if e.format == htmlFormat {
			return Transient
		}
		if strings.HasPrefix(e.Code, "parameter_") && (e.Method == http.MethodPost || e.Method == http.MethodPut) {
			return Refused // something that the request names is unknown, such as an audience
		}
		return NotFound
	case s == http.StatusRequestTimeout, s == http.StatusConflict, s == http.StatusTooManyRequests:
		return Transient
	case 400 <= s && s < 500:
		return Refused
	}
	return Transient
}

// readError reads what it can from an answer that is not a success.
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

// isHTML reports whether an answer is a web page, which the API never sends. The content type
// alone is not enough, because some intermediaries label JSON as HTML.
func isHTML(resp *http.Response, answer []byte) bool {
	labelled := strings.Contains(resp.Header.Get("Content-Type"), "html")
	return bytes.HasPrefix(answer, []byte("<")) || labelled && len(answer) > 0 && !json.Valid(answer)
}

// trim removes white space and a byte order mark from an answer.
func trim(answer []byte) []byte { return bytes.TrimSpace(unmarked(answer)) }

func unmarked(answer []byte) []byte { return bytes.TrimPrefix(answer, []byte("\xef\xbb\xbf")) }
