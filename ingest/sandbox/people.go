package sandbox

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/internal/pagestyle"
	"github.com/microcosm-cc/bluemonday"
)

//go:embed assets
var assets embed.FS

const (
	shownPages = 50  // number of pages in a list
	shownCalls = 200 // number of calls on the page of calls
	someCalls  = 8   // number of calls on the first page
)

// contentPolicy lets the library page load its own style sheet and nothing else. The HTML comes
// from other sites, and what the cleaner might miss must not do anything.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// newPeople routes the pages that show the library to people.
func (s *Sandbox) newPeople() http.Handler {
	templates := template.Must(pagestyle.Parts().Funcs(functions()).ParseFS(assets, "assets/*.html"))
	v := &views{sandbox: s, templates: templates, cleaner: newCleaner()}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /{$}", v.home)
	routes.HandleFunc("GET /sources/{id}", v.source)
	routes.HandleFunc("GET /pages/{id}", v.page)
	routes.HandleFunc("GET /calls", v.calls)
	routes.HandleFunc("GET /style.css", v.stylesheet)
	routes.HandleFunc("GET /favicon.svg", v.asset("assets/favicon.svg", "image/svg+xml"))
	routes.HandleFunc("/", v.missing)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", contentPolicy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		routes.ServeHTTP(w, r)
	})
}

type views struct {
	sandbox   *Sandbox
	templates *template.Template
	cleaner   *bluemonday.Policy
}

func newCleaner() *bluemonday.Policy {
	p := bluemonday.UGCPolicy()
	p.AllowAttrs("alt").OnElements("img") // any text, since it is escaped
	p.RequireNoReferrerOnLinks(true)
	p.RequireNoReferrerOnFullyQualifiedLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	return p
}

// sourceView is an import source with its number of pages.
type sourceView struct {
	source
	Count int
}

func (v *views) home(w http.ResponseWriter, r *http.Request) {
	var sources []sourceView
	total := 0
	for _, src := range v.sandbox.library.allSources() {
		n := v.sandbox.library.countPages(src.ID)
		sources = append(sources, sourceView{src, n})
		total += n
	}
	v.render(w, http.StatusOK, "home.html", map[string]any{
		"Title": "Library", "Sources": sources, "Total": total, "Tickets": v.sandbox.Tickets(),
		"Calls": newestFirst(v.sandbox.calls.last(someCalls)), "Writes": v.sandbox.Writes(),
	})
}

// pageList is one page of the list of a source's pages.
type pageList struct {
	Query          string
	Pages          []*page
	Found          int
	Number, Of     int
	Previous, Next string // URLs; "" for none
}

func (v *views) source(w http.ResponseWriter, r *http.Request) {
	id := sourceID(r)
	src, ok := v.sandbox.library.source(id)
	if !ok {
		v.missing(w, r)
		return
	}
	pages := v.sandbox.library.pagesOf(id)
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	found := pages
	if query != "" {
		found = slices.DeleteFunc(slices.Clone(pages), func(p *page) bool { return !mentions(p, query) })
	}
	list := pageList{Query: query, Found: len(found), Of: max(1, (len(found)+shownPages-1)/shownPages)}
	list.Number, _ = strconv.Atoi(r.URL.Query().Get("page"))
	list.Number = min(max(1, list.Number), list.Of)
	from := (list.Number - 1) * shownPages
	list.Pages = found[from:min(from+shownPages, len(found))]
	link := func(n int) string { return "?" + url.Values{"q": {query}, "page": {strconv.Itoa(n)}}.Encode() }
	if list.Number > 1 {
		list.Previous = link(list.Number - 1)
	}
	if list.Number < list.Of {
		list.Next = link(list.Number + 1)
	}
	v.render(w, http.StatusOK, "source.html", map[string]any{
		"Title": src.URL, "Source": sourceView{src, len(pages)}, "List": list,
	})
}

func mentions(p *page, query string) bool {
	query = strings.ToLower(query)
	for _, text := range []string{p.Title, p.URL, p.ExternalID, p.HTML} {
		if strings.Contains(strings.ToLower(text), query) {
			return true
		}
	}
	return false
}

func (v *views) page(w http.ResponseWriter, r *http.Request) {
	p, ok := v.sandbox.library.page(r.PathValue("id"))
	if !ok {
		v.missing(w, r)
		return
	}
	src, _ := v.sandbox.library.source(p.SourceID)
	v.render(w, http.StatusOK, "page.html", map[string]any{
		"Title": p.Title, "Page": p, "Source": src, "Content": v.clean(p.HTML),
	})
}

// clean makes a page's HTML safe to show. It replaces images by their alternative text, because
// they are private and Fin does not use them.
func (v *views) clean(html string) template.HTML {
	return template.HTML(image.ReplaceAllStringFunc(v.cleaner.Sanitize(html), func(tag string) string {
		text := "Image"
		if alt := imageText.FindStringSubmatch(tag); alt != nil && alt[1] != "" {
			text += ": " + alt[1] // is still escaped
		}
		return `<span class="image">` + text + `</span>`
	}))
}

// These match the cleaner's output. Its attributes are quoted, and <, > and " are escaped in them.
var (
	image     = regexp.MustCompile(`<img[^>]*>`)
	imageText = regexp.MustCompile(` alt="([^"]*)"`)
)

func (v *views) calls(w http.ResponseWriter, r *http.Request) {
	v.render(w, http.StatusOK, "calls.html", map[string]any{
		"Title": "Calls", "Calls": newestFirst(v.sandbox.calls.last(shownCalls)), "Writes": v.sandbox.Writes(),
	})
}

func newestFirst(calls []record) []record {
	slices.Reverse(calls)
	return calls
}

func (v *views) missing(w http.ResponseWriter, r *http.Request) {
	v.render(w, http.StatusNotFound, "missing.html", map[string]any{"Title": "Nothing here", "Path": r.URL.Path})
}

func (v *views) stylesheet(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = io.WriteString(w, pagestyle.CSS) // an error is the browser's, which is gone
}

func (v *views) asset(name, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		content, err := assets.ReadFile(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(content) // fails only where the browser is gone
	}
}

func (v *views) render(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := v.templates.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func functions() template.FuncMap {
	return template.FuncMap{
		"count": func(n int, one, many string) string {
			if n == 1 {
				return "1 " + one
			}
			return grouped(n) + " " + many
		},
		"date":  func(seconds int64) string { return time.Unix(seconds, 0).UTC().Format("2 Jan 2006, 15:04 UTC") },
		"day":   func(seconds int64) string { return time.Unix(seconds, 0).UTC().Format("2 Jan 2006") },
		"iso":   func(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.RFC3339) },
		"clock": func(t time.Time) string { return t.UTC().Format("15:04:05") },
		"took": func(d time.Duration) string {
			if d < time.Millisecond {
				return "<1 ms"
			}
			return fmt.Sprintf("%d ms", d.Milliseconds())
		},
		"class": func(status int) string {
			switch {
			case status == 0:
				return "none"
			case status == http.StatusTooManyRequests:
				return "slow"
			case status >= 400:
				return "bad"
			}
			return "good"
		},
		"bytes": func(s string) string {
			if len(s) < 1000 {
				return fmt.Sprintf("%d bytes", len(s))
			}
			return fmt.Sprintf("%.1f kB", float64(len(s))/1000)
		},
		"web": func(address string) bool { return webAddress.MatchString(address) },
	}
}

var webAddress = regexp.MustCompile(`^https?://`)

// grouped writes 12345 as 12,345.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
