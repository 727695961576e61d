package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/ingest/intercom"
)

// FaultKinds describes the kinds of faults for people. A kind may also be a status, such as 503,
// which answers the call.
const FaultKinds = `  NNN            an error of the API with that status: 401, 422, 429, 500, 503 …
  NNN-html       the same status, but as a web page of something in front of the API
  429-bare       429 without a word of when to come back
  revoked        401: the token was revoked
  audience       404: an audience that the call names is unknown
  reset          the connection breaks before the call is done
  reset-after    the call is done, then the connection breaks
  timeout        the call is never answered, nor done
  timeout-after  the call is done, and never answered
  slow           the answer comes bit by bit
  truncated      the call is done, and its JSON breaks off
  source-deleted the import source that the call names is deleted first
  duplicates     a list page has its items twice
  twins          a page that is sent is there twice afterwards, with two IDs
  shift          another app adds or deletes pages before each list page is read`

// kind is a kind of fault.
type kind struct {
	strike strike
	about  func(r *http.Request, body []byte) bool // whether a call can have this fault; nil for all
}

// strike handles a call that a fault strikes.
type strike func(s *Sandbox, f *standing, w http.ResponseWriter, r *http.Request, next http.Handler)

func (f Fault) kind() (kind, error) {
	known := map[string]kind{
		"429-bare":       {refused((&rateWindows{}).exceeded()), nil},
		"revoked":        {refused(fail(http.StatusUnauthorized, "token_revoked", "Access Token Revoked")), nil},
		"audience":       {refused(unknownAudience()), nil},
		"reset":          {reset, nil},
		"reset-after":    {after(reset), nil},
		"timeout":        {timeout, nil},
		"timeout-after":  {after(timeout), nil},
		"slow":           {slow, nil},
		"truncated":      {truncated, nil},
		"source-deleted": {sourceDeleted, func(r *http.Request, body []byte) bool { return sourceNamed(r, body) != 0 }},
		"duplicates":     {duplicates, lists},
		"twins":          {twins, sendsPage},
		"shift":          {shift, lists},
	}
	if k, ok := known[f.Kind]; ok {
		return k, nil
	}
	number, html := strings.CutSuffix(f.Kind, "-html")
	status, err := strconv.Atoi(number)
	if err != nil || status < 400 || status > 599 {
		return kind{}, fmt.Errorf("fault %q is of no known kind:\n%s", f.Kind, FaultKinds)
	}
	return kind{answering(status, html), nil}, nil
}

// lists reports whether a call reads a listing.
func lists(r *http.Request, _ []byte) bool {
	return r.Method == http.MethodGet &&
		(r.URL.Path == "/ai/content_import_sources" || r.URL.Path == "/ai/external_pages")
}

func sendsPage(r *http.Request, _ []byte) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/ai/external_pages"
}

// sourceNamed returns the import source in the path or the body of a call, or 0.
func sourceNamed(r *http.Request, body []byte) int64 {
	var named struct {
		SourceID int64 `json:"source_id"`
	}
	if json.Unmarshal(body, &named) == nil && named.SourceID != 0 {
		return named.SourceID
	}
	id, _ := strconv.ParseInt(strings.TrimPrefix(r.URL.Path, "/ai/content_import_sources/"), 10, 64)
	return id
}

// faulty applies the faults that are on, then Config.Fault, then next.
func (s *Sandbox) faulty(next http.Handler) http.Handler {
	if mine := s.config.Fault; mine != nil {
		rest := next
		next = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { mine(w, r, rest) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f, due := s.faults.due(r, peek(r)); due {
			f.kind.strike(s, f, w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// peek reads the body and puts it back.
func peek(r *http.Request) []byte {
	if r.Body == nil { // the request did not come over a network
		return nil
	}
	body, _ := readAll(r.Body, r.ContentLength) // the call reads as much
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body
}

// answering returns a strike that answers with an error of the given status.
func answering(status int, html bool) strike {
	codes := map[int]string{
		400: "parameter_invalid", 401: "unauthorized", 402: "api_plan_restricted", 403: "forbidden", 404: "not_found",
		408: "request_timeout", 409: "conflict", 422: "data_invalid", 429: "rate_limit_exceeded", 503: "service_unavailable",
	}
	return func(s *Sandbox, f *standing, w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if f.Wait > 0 {
			w.Header().Set("Retry-After", strconv.FormatFloat(f.Wait, 'f', -1, 64))
		}
		switch code := codes[status]; {
		case html:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			text := http.StatusText(status)
			_, _ = fmt.Fprintf(w, "<!doctype html><html><title>%[1]d</title><h1>%[1]d %[2]s</h1></html>\n", status, text)
		case status == http.StatusTooManyRequests:
			s.rate.tell(w.Header(), 0)
			s.rate.exceeded().write(w)
		case code == "":
			fail(status, "server_error", http.StatusText(status)).write(w)
		default:
			fail(status, code, http.StatusText(status)).write(w)
		}
	}
}

func refused(e *apiError) strike {
	return func(_ *Sandbox, _ *standing, w http.ResponseWriter, _ *http.Request, _ http.Handler) { e.write(w) }
}

func reset(*Sandbox, *standing, http.ResponseWriter, *http.Request, http.Handler) {
	panic(http.ErrAbortHandler)
}

func timeout(_ *Sandbox, _ *standing, _ http.ResponseWriter, r *http.Request, _ http.Handler) {
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// after carries the call out, discards its answer, and then strikes.
func after(then strike) strike {
	return func(s *Sandbox, f *standing, w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(httptest.NewRecorder(), r)
		then(s, f, w, r, next)
	}
}

// slow sends the answer in pieces, over half a minute unless the fault has a Wait.
func slow(_ *Sandbox, f *standing, w http.ResponseWriter, r *http.Request, next http.Handler) {
	const pieces = 10
	took := time.Duration(f.Wait * float64(time.Second))
	if took == 0 {
		took = 30 * time.Second
	}
	whole := answerOf(next, r)
	begin(w, whole)
	for rest := whole.Body.Bytes(); len(rest) > 0; {
		n := min(len(rest), whole.Body.Len()/pieces+1)
		_, _ = w.Write(rest[:n])                  // fails only where the client is gone
		_ = http.NewResponseController(w).Flush() // fails only without a network
		rest = rest[n:]
		select {
		case <-time.After(took / pieces):
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
}

func truncated(_ *Sandbox, _ *standing, w http.ResponseWriter, r *http.Request, next http.Handler) {
	whole := answerOf(next, r)
	begin(w, whole)
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2]) // fails only where the client is gone
}

// sourceDeleted deletes the import source of a call first, as a person may do in Intercom.
func sourceDeleted(s *Sandbox, _ *standing, w http.ResponseWriter, r *http.Request, next http.Handler) {
	_ = s.library.deleteSource(sourceNamed(r, peek(r))) // an error means that it is gone already
	next.ServeHTTP(w, r)
}

func duplicates(_ *Sandbox, _ *standing, w http.ResponseWriter, r *http.Request, next http.Handler) {
	whole := answerOf(next, r)
	var list map[string]any
	begin(w, whole)
	_ = json.Unmarshal(whole.Body.Bytes(), &list)
	if items, ok := list["data"].([]any); ok {
		list["data"] = slices.Concat(items, items)
	}
	_ = json.NewEncoder(w).Encode(list) // fails only where the client is gone
}

// twins creates the page of the call a second time, as if another app had sent it at the same
// moment.
func twins(s *Sandbox, _ *standing, w http.ResponseWriter, r *http.Request, next http.Handler) {
	var sent intercom.PageRequest
	_ = json.Unmarshal(peek(r), &sent) // a body that is no page has no twin
	next.ServeHTTP(w, r)
	s.library.twin(sent.SourceID, sent.ExternalID)
}

// shift changes the pages of another app while a listing is read. An added page moves later items
// to later list pages, and a deleted one moves them to earlier list pages.
func shift(s *Sandbox, f *standing, w http.ResponseWriter, r *http.Request, next http.Handler) {
	s.library.disturb(f.seen)
	next.ServeHTTP(w, r)
}

const elsewhere = "https://another-app.example.com"

// disturb adds two pages of another app, or deletes the oldest of them. Two of three steps delete.
func (l *library) disturb(step int) {
	var other source
	for _, s := range l.allSources() {
		if s.URL == elsewhere {
			other = s
		}
	}
	if other.ID == 0 {
		other = l.createSource(source{URL: elsewhere, SyncBehavior: "api", Status: "active"})
	}
	if pages := l.pagesOf(other.ID); step%3 != 1 && len(pages) > 0 {
		_, _ = l.deletePage(pages[0].ID) // an error means that it is gone already
		return
	}
	for n := range 2 {
		_, _ = l.upsertPage(other.ID, fmt.Sprintf("%08d-%d", step, n), func(p *page) {
			p.Title, p.HTML, p.Locale = "Of another app", "<p>Not fincrawl's.</p>", "en"
		})
	}
}

// answerOf returns the answer to a call.
func answerOf(next http.Handler, r *http.Request) *httptest.ResponseRecorder {
	whole := httptest.NewRecorder()
	next.ServeHTTP(whole, r)
	return whole
}

// begin sends the status and the headers of an answer without its length.
func begin(w http.ResponseWriter, whole *httptest.ResponseRecorder) {
	for name, values := range whole.Header() {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(whole.Code)
}
