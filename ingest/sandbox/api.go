package sandbox

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// newAPI routes the calls of the API. Each call is logged, then the faults that are on may strike
// it, and then it is checked as Intercom checks every call.
func (s *Sandbox) newAPI() http.Handler {
	routes := http.NewServeMux()
	for path, methods := range map[string]map[string]endpoint{
		"/me": {"GET": s.me},
		"/ai/content_import_sources": {
			"GET": s.listSources, "POST": s.createSource,
		},
		"/ai/content_import_sources/{id}": {
			"GET": s.getSource, "PUT": s.updateSource, "DELETE": s.deleteSource,
		},
		"/ai/external_pages": {
			"GET": s.listPages, "POST": s.upsertPage,
		},
		"/ai/external_pages/{id}": {
			"GET": s.getPage, "PUT": s.updatePage, "DELETE": s.deletePage,
		},
		"/ticket_types":       {"GET": s.listTicketTypes},
		"/tickets":            {"POST": s.createTicket},
		"/tickets/{id}":       {"GET": s.getTicket, "PUT": s.updateTicket, "POST": s.searchTickets}, // of which id is search
		"/tickets/{id}/reply": {"POST": s.replyTicket},
	} {
		for method, endpoint := range methods {
			routes.HandleFunc(method+" "+path, endpoint.ServeHTTP)
		}
		routes.HandleFunc(path,
			refuse(http.StatusMethodNotAllowed, "method_not_allowed", "this call has no such method"))
	}
	routes.HandleFunc("/", refuse(http.StatusNotFound, "not_found", "The requested resource was not found"))
	return s.logged(s.faulty(s.checked(routes)))
}

// endpoint answers a call with a value or an error. No value gives 204, as for a deleted import
// source.
type endpoint func(r *http.Request) (any, *apiError)

func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	value, err := e(r)
	switch {
	case err != nil:
		err.write(w)
	case value == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		writeJSON(w, http.StatusOK, value)
	}
}

func refuse(status int, code, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fail(status, code, message).write(w) }
}

// logged gives each call an ID and logs its answer.
func (s *Sandbox) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := newRequestID()
		w.Header().Set("X-Request-Id", id)
		seen := &statusWriter{ResponseWriter: w}
		call := s.calls.received(r.Method, r.URL.Path, id)
		defer func() { s.calls.answered(call, seen.status) }()
		next.ServeHTTP(seen, r)
	})
}

// checked refuses what Intercom refuses of any call. A call without a valid token gets no headers
// of a rate limit.
func (s *Sandbox) checked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, check := range []func(w http.ResponseWriter, r *http.Request) *apiError{
			s.checkToken, s.checkRate, checkAccept, checkVersion,
		} {
			if err := check(w, r); err != nil {
				err.write(w)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Sandbox) checkToken(_ http.ResponseWriter, r *http.Request) *apiError {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" || s.config.Token != "" && token != s.config.Token {
		return fail(http.StatusUnauthorized, "unauthorized", "Access Token Invalid")
	}
	return nil
}

func (s *Sandbox) checkRate(w http.ResponseWriter, _ *http.Request) *apiError {
	return s.rate.allow(w.Header())
}

func checkAccept(_ http.ResponseWriter, r *http.Request) *apiError {
	for _, accepted := range strings.Split(strings.Join(r.Header.Values("Accept"), ","), ",") {
		media, _, _ := strings.Cut(accepted, ";")
		switch strings.ToLower(strings.TrimSpace(media)) {
		case "application/json", "application/*", "*/*":
			return nil
		}
	}
	return fail(http.StatusNotAcceptable, "media_type_not_acceptable",
		"The Accept header should send a media type of application/json")
}

// versions returns the versions of the API that have AI content. Preview is another name of Unstable.
func versions() []string {
	return []string{"2.12", "2.13", "2.14", "2.15", "2.16", "Unstable", "Preview"}
}

func checkVersion(_ http.ResponseWriter, r *http.Request) *apiError {
	version := r.Header.Get("Intercom-Version")
	if version == "" || slices.Contains(versions(), version) {
		return nil
	}
	return fail(http.StatusBadRequest, "intercom_version_invalid",
		fmt.Sprintf("The requested version %q could not be found", version))
}

func (s *Sandbox) me(*http.Request) (any, *apiError) {
	return map[string]any{
		"type": "admin", "id": "1", "email": "sandbox@example.com", "name": "Sandbox", "email_verified": true,
		"app": map[string]any{
			"type": "app", "id_code": "sandbox", "name": "Sandbox", "created_at": 1672531200,
			"secure": false, "identity_verification": false, "timezone": "Etc/UTC", "region": strings.ToUpper(s.config.Region),
		},
		"avatar": map[string]any{"type": "avatar", "image_url": nil},
	}, nil
}

// listing is one page of a list.
type listing struct {
	Type       string `json:"type"`
	Data       any    `json:"data"`
	Pages      pager  `json:"pages"`
	TotalCount int    `json:"total_count"`
}

type pager struct {
	Type       string  `json:"type"`
	Page       int     `json:"page"`
	PerPage    int     `json:"per_page"`
	TotalPages int     `json:"total_pages"`
	Next       *string `json:"next"`
}

// maxPerPage is the largest per_page where Config.PerPage sets none. Intercom does not document
// its own.
const (
	defaultPerPage = 50
	maxPerPage     = 150
)

// readPager reads which list page is requested.
func (s *Sandbox) readPager(r *http.Request) (pager, *apiError) {
	p := pager{Type: "pages", Page: 1, PerPage: defaultPerPage}
	most := maxPerPage
	if s.config.PerPage > 0 {
		p.PerPage, most = s.config.PerPage, s.config.PerPage
	}
	for name, value := range map[string]*int{"page": &p.Page, "per_page": &p.PerPage} {
		if given := r.URL.Query().Get(name); given != "" {
			n, err := strconv.Atoi(given)
			if err != nil || n < 1 || n > 1<<30 {
				return p, fail(http.StatusBadRequest, "parameter_invalid", name+" must be a positive integer").at(name)
			}
			*value = n
		}
	}
	p.PerPage = min(p.PerPage, most)
	return p, nil
}

func (p pager) first() int { return (p.Page - 1) * p.PerPage }

// of completes a pager for a listing of count items.
func (p pager) of(count int, r *http.Request) pager {
	p.TotalPages = max(1, (count+p.PerPage-1)/p.PerPage)
	if p.Page < p.TotalPages {
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		next := fmt.Sprintf("%s://%s%s?page=%d&per_page=%d", scheme, r.Host, r.URL.Path, p.Page+1, p.PerPage)
		p.Next = &next
	}
	return p
}

func (e *apiError) write(w http.ResponseWriter) {
	writeJSON(w, e.status, map[string]any{
		"type": "error.list", "request_id": w.Header().Get("X-Request-Id"), "errors": e.Errors,
	})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // every value can be encoded
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // fails only where the client is gone
}

// newRequestID returns a random UUID (RFC 9562, version 4).
func newRequestID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
