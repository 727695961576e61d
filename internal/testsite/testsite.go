// Package testsite describes a web site in a few lines, for tests of crawlers:
//
//	site := testsite.New(t)
//	site.Page("/", testsite.Page{Links: []string{"/a", "/b"}})
//	site.Page("/a", testsite.Page{Title: "A", Text: "What A says.", Canonical: "/a"})
//	site.Redirect("/b", "/a")
//	site.Robots("User-agent: *\nDisallow: /private")
//	site.Sitemap("/sitemap.xml", "/", "/a")
//	site.FormLogin("sam", "secret")
//	site.Fail("/a", testsite.Status(503), testsite.CutOff) // its first two requests
//
// The site is a real HTTP server on a loopback port, which is closed at the end of the test. A path that is not described
// answers 404. The site may be changed while it serves. It records every request, so that a test can check exactly what
// was requested:
//
//	site.Requests()  // "GET /", "GET /robots.txt", … in order
//	site.Paths()     // the distinct "/path?query", sorted
//	site.Count("/a") // how often
package testsite

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"html"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Site is a web site that can be changed while it serves. Its methods are safe for concurrent use.
type Site struct {
	server *httptest.Server

	mu       sync.Mutex
	pages    map[string]http.HandlerFunc // by "/path?query", or by path for any query
	faults   map[string][]Fault          // of the next requests, by the same keys
	requests []Request
	guard    guard           // nil: a public site
	public   map[string]bool // paths that the guard lets everybody see
}

// Request is one request that the site received.
type Request struct {
	Method, Path string // Path with "?query"
	Header       http.Header
}

// New starts an empty site. It is closed at the end of the test.
func New(t testing.TB) *Site { return start(t, (*httptest.Server).Start) }

// NewTLS starts an empty site with HTTPS. Its certificate is for example.com and 127.0.0.1; only the client of
// [Site.Transport] trusts it.
func NewTLS(t testing.TB) *Site { return start(t, (*httptest.Server).StartTLS) }

// NewTLSWith is NewTLS with a given TLS configuration.
func NewTLSWith(t testing.TB, c *tls.Config) *Site {
	return start(t, func(s *httptest.Server) {
		s.TLS = c
		s.StartTLS()
	})
}

// Certificate returns the certificate of an HTTPS site.
func (s *Site) Certificate() *x509.Certificate { return s.server.Certificate() }

func start(t testing.TB, serve func(*httptest.Server)) *Site {
	s := &Site{
		pages: make(map[string]http.HandlerFunc), faults: make(map[string][]Fault), public: make(map[string]bool),
	}
	s.server = httptest.NewUnstartedServer(s)
	s.server.Config.ErrorLog = log.New(io.Discard, "", 0) // tests refuse the certificate on purpose
	serve(s.server)
	t.Cleanup(func() {
		s.server.CloseClientConnections() // otherwise Close waits for requests that hang
		s.server.Close()
	})
	return s
}

// URL returns the absolute URL of a path of this site.
func (s *Site) URL(path string) string { return s.server.URL + path }

// Transport returns a transport that trusts the site's certificate.
func (s *Site) Transport() *http.Transport { return s.server.Client().Transport.(*http.Transport) }

// Close closes the site before the test ends: nothing listens at its address any more.
func (s *Site) Close() {
	s.server.CloseClientConnections()
	s.server.Close()
}

// Page describes a page. The zero value is a page with a title and a short text made from its path.
type Page struct {
	Title       string   // default "Page /path"
	Text        string   // of its only paragraph; has a default
	Links       []string // hrefs, in a list below the text
	Canonical   string   // href of <link rel=canonical>
	Robots      string   // content of <meta name=robots>
	Head        string   // more HTML for the head
	Body        string   // the HTML of the whole body, instead of title, text and links
	Raw         []byte   // the whole response body, instead of all of the above
	Status      int      // default 200
	ContentType string   // default text/html; charset=utf-8; "-" sends none
	Header      map[string]string
	Delay       time.Duration // before the first byte
}

// Page adds a page at "/path", for any query, or at "/path?query", for that query only.
func (s *Site) Page(path string, p Page) {
	s.Handle(path, func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, path) })
}

// Pages adds default pages at several paths.
func (s *Site) Pages(paths ...string) {
	for _, path := range paths {
		s.Page(path, Page{})
	}
}

// Handle adds a handler at a path.
func (s *Site) Handle(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = h
}

// Remove removes a page: its path answers 404.
func (s *Site) Remove(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pages, path)
}

// Redirect adds a redirect (302) from a path to another path or URL.
func (s *Site) Redirect(from, to string) {
	s.Handle(from, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
}

// Requests returns the requests as "METHOD /path?query", in order of arrival.
func (s *Site) Requests() []string {
	var list []string
	for _, r := range s.Received() {
		list = append(list, r.Method+" "+r.Path)
	}
	return list
}

// Paths returns the distinct paths, with their queries, that were requested, sorted.
func (s *Site) Paths() []string {
	var list []string
	for _, r := range s.Received() {
		list = append(list, r.Path)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Count returns how often a path, with its query, was requested.
func (s *Site) Count(path string) (n int) {
	for _, r := range s.Received() {
		if r.Path == path {
			n++
		}
	}
	return n
}

// Received returns every request since the start, or since [Site.Forget].
func (s *Site) Received() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Forget deletes the recorded requests.
func (s *Site) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// ServeHTTP records the request. The next fault answers it if there is one, else the guard if it wants to, else the page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	address := r.URL.RequestURI()
	s.mu.Lock()
	s.requests = append(s.requests, Request{r.Method, address, r.Header.Clone()})
	fault := s.nextFault(address, r.URL.Path)
	guard := s.guard
	if s.public[r.URL.Path] {
		guard = nil
	}
	page, ok := s.pages[address]
	if !ok {
		page, ok = s.pages[r.URL.Path]
	}
	s.mu.Unlock()

	if fault != nil {
		fault(w, r, page)
		return
	}
	if guard != nil && guard(w, r) {
		return
	}
	if !ok {
		page = http.NotFound
	}
	page(w, r)
}

func (p Page) serve(w http.ResponseWriter, r *http.Request, path string) {
	if p.Delay > 0 {
		select {
		case <-time.After(p.Delay):
		case <-r.Context().Done():
			return
		}
	}
	switch p.ContentType {
	case "":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	case "-":
		w.Header()["Content-Type"] = nil // keeps net/http from guessing
	default:
		w.Header().Set("Content-Type", p.ContentType)
	}
	for name, value := range p.Header {
		w.Header().Set(name, value)
	}
	if p.Status != 0 {
		w.WriteHeader(p.Status)
	}
	if p.Raw != nil {
		_, _ = w.Write(p.Raw)
		return
	}
	_, _ = w.Write([]byte(p.html(path)))
}

func (p Page) html(path string) string {
	var b strings.Builder
	title, text := p.Title, p.Text
	if title == "" {
		title = "Page " + path
	}
	if text == "" {
		text = "This is what the page at " + path + " has to say to its readers."
	}
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=en><head><title>%s</title>\n", html.EscapeString(title))
	if p.Canonical != "" {
		fmt.Fprintf(&b, "<link rel=canonical href=%q>\n", p.Canonical)
	}
	if p.Robots != "" {
		fmt.Fprintf(&b, "<meta name=robots content=%q>\n", p.Robots)
	}
	b.WriteString(p.Head + "</head>\n<body>")
	if p.Body != "" {
		b.WriteString(p.Body + "</body></html>\n")
		return b.String()
	}
	fmt.Fprintf(&b, "<main><article><h1>%s</h1>\n<p>%s</p></article></main>\n<nav><ul>\n",
		html.EscapeString(title), html.EscapeString(text))
	for _, link := range p.Links {
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s</a>\n", html.EscapeString(link), html.EscapeString(link))
	}
	b.WriteString("</ul></nav></body></html>\n")
	return b.String()
}

// Serve answers a request with a page, whatever its path is.
func Serve(w http.ResponseWriter, r *http.Request, p Page) { p.serve(w, r, r.URL.Path) }
