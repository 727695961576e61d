package testsite

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"
)

// Fault answers one request in place of the page. page is nil if there is none.
type Fault func(w http.ResponseWriter, r *http.Request, page http.HandlerFunc)

// Fail makes the next requests of a path fail, one fault each. Later requests get the page.
func (s *Site) Fail(path string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[path] = append(s.faults[path], faults...)
}

// FailAlways makes every request of a path fail from now on.
func (s *Site) FailAlways(path string, fault Fault) {
	s.Handle(path, func(w http.ResponseWriter, r *http.Request) { fault(w, r, nil) })
}

// nextFault takes the next fault of the keys. The caller holds the lock.
func (s *Site) nextFault(keys ...string) Fault {
	for _, key := range keys {
		if due := s.faults[key]; len(due) > 0 {
			s.faults[key] = due[1:]
			return due[0]
		}
	}
	return nil
}

// Status answers with a status and its name.
func Status(status int) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		http.Error(w, fmt.Sprintf("%d %s", status, http.StatusText(status)), status)
	}
}

// RetryAfter answers with a status and a Retry-After header.
func RetryAfter(status int, wait time.Duration) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
		http.Error(w, http.StatusText(status), status)
	}
}

// Hangup closes the connection without an answer. Go's client repeats such a request by itself if the connection had
// been used before.
func Hangup(http.ResponseWriter, *http.Request, http.HandlerFunc) { panic(http.ErrAbortHandler) }

// Hang does not answer until the client gives up.
func Hang(_ http.ResponseWriter, r *http.Request, _ http.HandlerFunc) { <-r.Context().Done() }

// CutOff sends half of the page and closes the connection.
func CutOff(w http.ResponseWriter, r *http.Request, page http.HandlerFunc) {
	whole := httptest.NewRecorder()
	page(whole, r)
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(whole.Body.Len()))
	w.WriteHeader(whole.Code)
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	_ = http.NewResponseController(w).Flush() // otherwise net/http would send nothing at all
	panic(http.ErrAbortHandler)
}
