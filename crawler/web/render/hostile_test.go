package render_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler/web/render"
)

var errElsewhere = errors.New("out of bounds")

func TestHostilePagesHarmNobody(t *testing.T) {
	p, other := newPlace(t), newPlace(t)
	other.page("/", "theirs")
	p.mux.HandleFunc("/poll", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "x") })
	p.mux.HandleFunc("/fails", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	p.mux.HandleFunc("/file.zip", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", "attachment")
		w.Header().Set("Content-Type", "application/zip")
		io.WriteString(w, "PK")
	})
	p.page("/more", `<p>one more</p>`)
	p.page("/loop", `<meta http-equiv=refresh content="0;url=/loop">`)
	site := p.site(t)
	site.Timeout = 10 * time.Second
	site.MaxBody = 20_000
	site.MayOpen = func(_, to *url.URL) error {
		if to.Host != site.URL.Host {
			return errElsewhere
		}
		return nil
	}
	b := newBrowser(t, render.Config{}, site)

	hostile := []struct {
		name, path, html string
		waitFor          string
		want             error  // nil: a document
		has              string // in the document
		at               string // its path, where that is another one
		missing          []string
		lacks            bool // what is waited for
	}{
		{name: "asks without end", html: `<p>text</p><script>setInterval(() => fetch("/poll"), 100)</script>`, want: render.ErrRestless},
		{name: "has what is waited for and asks without end", html: `<p id=x>text</p><script>setInterval(() => fetch("/poll"), 100)</script>`,
			waitFor: "#x", has: "text"},
		{name: "computes without end", html: `<p>text</p><script>while (true) {}</script>`, want: render.ErrRestless},
		{name: "computes without end later", html: `<p>text</p><script>setTimeout(() => { while (true) {} }, 100)</script>`, want: render.ErrRestless},
		{name: "grows", html: `<p>text</p><script>for (let i = 0; i < 5e3; i++) document.body.append(document.createElement("br"), "more")</script>`,
			want: render.ErrTooLarge},
		{name: "talks", html: `<body><script>alert(1); const a = confirm(2), b = prompt(3); document.body.append("said " + a + b)</script>`, has: "said falsenull"},
		{name: "opens windows", html: `<body><script>for (let i = 0; i < 3; i++) window.open("` + other.URL + `/"); document.body.append("opened")</script>`, has: "opened"},
		{name: "goes elsewhere", html: `<script>location = "` + other.URL + `/"</script>`, want: errElsewhere},
		{name: "goes elsewhere by refresh", html: `<meta http-equiv=refresh content="0;url=` + other.URL + `/">`, want: errElsewhere},
		{name: "goes on", html: `<script>location = "/more"</script>`, has: "one more", at: "/more"},
		{name: "goes on by history", html: `<script>history.replaceState({}, "", "/other"); document.write("<p>moved")</script>`, has: "moved", at: "/other"},
		{name: "goes round", path: "/loop", want: render.ErrLoop},
		{name: "stays", html: `<body><script>onbeforeunload = e => { e.preventDefault(); return "stay" }; document.body.append("here")</script>`, has: "here"},
		{name: "downloads", html: `<p>text</p><script>location = "/file.zip"</script>`, has: "text"},
		{name: "sends a form", html: `<form method=post action="/poll"><input name=a></form><p>text</p><script>document.forms[0].submit()</script>`, has: "text"},
		{name: "fails to get its text", html: `<p>Something went wrong</p><script>fetch("/fails")</script>`, has: "went wrong", missing: []string{"/fails"}},
		{name: "fails to get something else", html: `<p id=x>text</p><script>fetch("/fails")</script>`, waitFor: "#x", has: "text"},
		{name: "has not what is waited for", html: `<p>text</p>`, waitFor: "#x", has: "text", lacks: true},
		{name: "lacks a script", html: `<p>text</p><script src="/none.js"></script>`, has: "text", missing: []string{"/none.js"}},
		{name: "frames", html: `<p>text</p><iframe src="` + other.URL + `/"></iframe>`, has: "text"},
		{name: "has trees in the shadow", html: `<my-card>slotted</my-card><script>customElements.define("my-card", class extends HTMLElement {
			connectedCallback() { this.attachShadow({mode: "open"}).innerHTML = "<style>p{}</style><p>inside <slot></slot></p>" } })</script>`,
			has: "<p>inside <slot>slotted</slot></p>"},
		{name: "is well", html: `<p>plain</p>`, has: "plain"},
	}
	t.Run("pages", func(t *testing.T) {
		for _, test := range hostile {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				u := site.URL.JoinPath("page")
				if test.path != "" {
					u = site.URL.JoinPath(test.path)
					test.html = `<meta http-equiv=refresh content="0;url=/loop">`
				}
				doc, err := b.Render(t.Context(), render.Page{URL: u, Status: 200, Header: http.Header{"Content-Type": {"text/html"}},
					Body: []byte("<!doctype html>" + test.html), WaitFor: test.waitFor})
				switch {
				case test.want != nil && !errors.Is(err, test.want):
					t.Errorf("got %v, want %v", err, test.want)
				case test.want == nil && err != nil:
					t.Error(err)
				case test.want == nil && !strings.Contains(string(doc.HTML), test.has):
					t.Errorf("got %s, want %q in it", doc.HTML, test.has)
				case test.want == nil && test.at != "" && doc.URL.Path != test.at:
					t.Errorf("got to %s, want %s", doc.URL.Path, test.at)
				case test.want == nil && doc.Found != (test.waitFor != "" && !test.lacks):
					t.Errorf("got found %t of %q", doc.Found, test.waitFor)
				}
				var missing []string
				for _, failed := range doc.Missing {
					missing = append(missing, failed.URL.Path)
				}
				if test.name != "fails to get something else" && !slices.Equal(missing, test.missing) {
					t.Errorf("got that %q are missing, want %q", missing, test.missing)
				}
			})
		}
	})
	if got := other.requests(); len(got) > 0 {
		t.Errorf("another site was asked for %q", got)
	}
	if slices.Contains(p.requests(), "POST /poll") {
		t.Error("a form was sent that nobody filled in")
	}
}

func TestCrashCostsOneRetry(t *testing.T) {
	temp := ownTemp(t)
	p := newPlace(t)
	var asked atomic.Int32
	crashes := int32(1)
	p.mux.HandleFunc("/api", func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) <= crashes {
			killBrowsers(t, temp)
			<-r.Context().Done()
			return
		}
		io.WriteString(w, "text")
	})
	site := p.site(t)
	b := newBrowser(t, render.Config{}, site)
	page := render.Page{URL: site.URL, Status: 200, Header: http.Header{"Content-Type": {"text/html"}},
		Body: []byte(`<body><script>fetch("/api").then(r => r.text()).then(t => document.body.append(t))</script>`)}
	if doc := rendered(t, b, page); !strings.Contains(string(doc.HTML), "text") {
		t.Errorf("got %s", doc.HTML)
	}
	asked.Store(0)
	crashes = 2
	if _, err := b.Render(t.Context(), page); !errors.Is(err, render.ErrCrashed) {
		t.Errorf("got %v, want a crash", err)
	}
	if doc := rendered(t, b, page); !strings.Contains(string(doc.HTML), "text") {
		t.Errorf("after two crashes: got %s", doc.HTML)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	temp := ownTemp(t)
	p := newPlace(t)
	site := p.site(t)
	page := render.Page{URL: site.URL, Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(`<p>text</p>`)}
	b := newBrowser(t, render.Config{RestartAfter: 2}, site)
	first := map[int]string{}
	for i := range 4 {
		rendered(t, b, page)
		if i == 0 {
			first = processes(t, temp)
		}
	}
	if len(first) == 0 {
		t.Error("there is no process of the browser")
	}
	for pid := range processes(t, temp) {
		if first[pid] != "" {
			t.Errorf("process %d outlives the restart", pid)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	endless := page
	endless.Body = []byte(`<script>while (true) {}</script>`)
	time.AfterFunc(time.Second, func() { cancel(errElsewhere) })
	if _, err := b.Render(ctx, endless); !errors.Is(err, errElsewhere) {
		t.Errorf("got %v, want why the context ended", err)
	}
	b.Close()
	for pid, command := range processes(t, temp) {
		t.Errorf("process %d is left: %s", pid, command)
	}
	left, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		t.Errorf("%s is left", entry.Name())
	}
	var gone *render.UnavailableError
	if _, err := b.Render(t.Context(), page); !errors.As(err, &gone) {
		t.Errorf("got %v of a browser that was closed", err)
	}
}

func TestBrowserThatHasGrownIsReplaced(t *testing.T) {
	temp := ownTemp(t)
	p := newPlace(t)
	site := p.site(t)
	page := render.Page{URL: site.URL, Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(`<p>text</p>`)}
	b := newBrowser(t, render.Config{MaxMemory: 1 << 20}, site) // which any browser exceeds
	rendered(t, b, page)
	first := processes(t, temp)
	rendered(t, b, page)
	for pid, command := range processes(t, temp) {
		if first[pid] != "" && !strings.Contains(command, "--type=") {
			t.Errorf("process %d was not replaced", pid)
		}
	}
}

func TestBrowserThatCannotBeHadIsSaid(t *testing.T) {
	p := newPlace(t)
	site := p.site(t)
	page := render.Page{URL: site.URL, Status: 200, Body: []byte(`<p>text</p>`)}
	closed := newPlace(t)
	closed.Server.Close()
	for name, config := range map[string]render.Config{
		"no such program": {Path: "/no/such/browser"},
		"not a browser":   {Path: "true"},
		"nobody there":    {Remote: "ws" + strings.TrimPrefix(closed.URL, "http") + "/devtools/browser/s3cret?token=s3cret"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBrowser(t, config, site)
			var gone *render.UnavailableError
			if _, err := b.Render(t.Context(), page); !errors.As(err, &gone) {
				t.Errorf("got %v, want that there is no browser", err)
			} else if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the key is told: %v", err)
			}
		})
	}
}
