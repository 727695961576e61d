package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// A template that names another page as everybody's canonical address makes no page
// vanish that has a text of its own: neither one that was sent, nor a new one.
func TestACanonicalLinkIsBelievedOnlyWhereTheOtherPageSaysTheSame(t *testing.T) {
	t.Parallel()
	for name, to := range map[string]string{"the start page": "/", "another article": "/a9"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", articles...)
			w.fincrawl(exitDone, "sync")
			for _, path := range []string{"/a1", "/a2", "/a3"} {
				w.site.Page(path, testsite.Page{Canonical: to})
			}
			w.site.Page("/new", testsite.Page{Canonical: to})
			w.site.Page("/", testsite.Page{Links: append(articles, "/new")})
			for range 3 {
				w.fincrawl(exitDone, "sync")
				w.wantLibrary(append(allPages(), "/new")...)
			}
		})
	}
}

// A page that was never sent does not vanish for a refresh either, if it has a text of its own.
func TestARefreshIsBelievedOnlyOfAPageThatSaysLittle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.site.Page("/", testsite.Page{Links: append(articles, "/new", "/stub")})
	refresh := testsite.Page{Head: `<meta http-equiv=refresh content="0; url=/">`}
	w.site.Page("/stub", refresh)
	refresh.Text = strings.Repeat("What the new page has to say, sentence after sentence. ", 6)
	w.site.Page("/new", refresh)
	for range 2 {
		w.fincrawl(exitDone, "sync")
		w.wantLibrary(append(allPages(), "/new")...)
	}
}

// A site that answers 200 for what is gone, and asks not to index that, says the same of a
// page that never was.
func TestAPageThatTheSiteSaysIsMissingGoesAfterTwoLooks(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"/a7", "/show?page=seven"} {
		w := newWorld(t, "", append(articles, page)...)
		missing := func(rw http.ResponseWriter, r *http.Request) {
			testsite.Serve(rw, r, testsite.Page{Title: "Nothing here", Robots: "noindex",
				Text: "There is no topic named " + strings.TrimPrefix(r.URL.Path, "/") + " " + r.FormValue("page") + " here. You may write it."})
		}
		w.site.Page(page, testsite.Page{})
		w.fincrawl(exitDone, "sync")
		before := w.library()
		w.site.Guard(func(rw http.ResponseWriter, r *http.Request) bool {
			known := slices.Contains(append(allPages(), "/robots.txt", "/sitemap.xml"), r.URL.Path)
			if !known || r.RequestURI == page {
				missing(rw, r)
			}
			return !known || r.RequestURI == page
		})
		w.site.Page("/a3", testsite.Page{Robots: "noindex", Text: "What stands here is for readers only."})
		w.wantActions(w.fincrawl(exitHeld, "sync"), "? /a3", "? "+page)
		w.wantActions(w.fincrawl(exitDone, "sync"), "? /a3", "- "+page)
		w.wantLibrary(slices.DeleteFunc(before, func(p string) bool { return p == page })...)
	}
}

// Print views and other addresses of one article are one page still, whether they were
// sent before or not.
func TestACopyThatNamesItsPageIsMerged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/pay", "/pay?sent=1")
	article := testsite.Page{Title: "How to pay", Text: "By card or by bank transfer, within thirty days, as it suits you."}
	w.site.Page("/pay", article)
	sent := article
	sent.Text = "An old text that was sent under an address of its own."
	w.site.Page("/pay?sent=1", sent)
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("/", "/pay", "/pay?sent=1")

	article.Canonical = "/pay"
	w.site.Page("/pay", article)
	w.site.Page("/pay?sent=1", article)
	article.Title = "How to pay – print view"
	w.site.Page("/print/pay", article)
	w.site.Page("/", testsite.Page{Links: []string{"/pay", "/pay?sent=1", "/print/pay"}})
	w.fincrawl(exitDone, "sync") // the first of two looks
	run := w.fincrawl(exitDone, "sync")
	w.wantLibrary("/", "/pay")
	if n := run.Sources[0].Plan.Coverage.Outcomes[crawler.Canonical]; n != 2 {
		t.Errorf("%d canonical, want 2", n)
	}
}

func TestCanonicalLinksCanBeIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    discover: {canonical: ignore}\n", "/a")
	same := testsite.Page{Title: "A", Text: "What it says.", Canonical: "/a"}
	w.site.Page("/a", same)
	same.Text = "What it says in a longer version that has its own words."
	w.site.Page("/a?view=long", same)
	w.site.Page("/", testsite.Page{Links: []string{"/a", "/a?view=long"}})
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("/", "/a", "/a?view=long")
}

// A redirect takes a page out only for good, and to a page that is in the library or says
// the same.
func TestARedirectIsNoProofThatAPageIsGone(t *testing.T) {
	t.Parallel()
	to := func(path string, status int) http.HandlerFunc { return http.RedirectHandler(path, status).ServeHTTP }
	for name, test := range map[string]struct {
		paths []string
		to    string
		how   int
		gone  bool
	}{
		"to the start page":                     {[]string{"/a1", "/a2"}, "/", http.StatusFound, false},
		"to the start page, for good":           {[]string{"/a1", "/a2"}, "/", http.StatusMovedPermanently, false},
		"to a page of maintenance":              {[]string{"/a1", "/a2"}, "/maintenance", http.StatusFound, false},
		"to a page of maintenance, for good":    {[]string{"/a1", "/a2"}, "/maintenance", http.StatusMovedPermanently, false},
		"for a while, to another article":       {[]string{"/a1"}, "/a9", http.StatusTemporaryRedirect, false},
		"many for good, to one article":         {[]string{"/a1", "/a2", "/a3"}, "/a9", http.StatusMovedPermanently, false},
		"one for good, to one that replaces it": {[]string{"/a1"}, "/a9", http.StatusPermanentRedirect, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", articles...)
			w.fincrawl(exitDone, "sync")
			w.site.Page("/maintenance", testsite.Page{Title: "Back soon", Text: "We are working on it. Please come back later."})
			for _, p := range test.paths {
				w.site.Handle(p, to(test.to, test.how))
			}
			for range 3 {
				w.execute(t.Context(), "sync")
			}
			lost := slices.DeleteFunc(allPages(), func(p string) bool { return slices.Contains(w.library(), p) })
			if test.gone && !slices.Equal(lost, test.paths) || !test.gone && len(lost) > 0 {
				t.Errorf("the library lacks %v", lost)
			}
			for _, p := range test.paths {
				if !test.gone && !strings.Contains(w.page(p).HTML, "page at "+p) {
					t.Errorf("%s says %s", p, w.page(p).HTML)
				}
			}
			if test.gone {
				return
			}
			want := make([]string, len(test.paths))
			for i, p := range test.paths {
				want[i] = fmt.Sprint("? ", p)
			}
			if got := w.actions(w.fincrawl(exitHeld, "sync", "--strict")); !slices.Equal(got, want) {
				t.Errorf("held %v, want %v", got, want)
			}
		})
	}
}

// Where the page that a redirect leads to cannot be read today, that says nothing.
func TestARedirectToAPageThatFailsIsAFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	w.site.Handle("/a1", http.RedirectHandler("/a9", http.StatusMovedPermanently).ServeHTTP)
	w.site.FailAlways("/a9", testsite.Status(500))
	for range 3 {
		w.wantActions(w.fincrawl(exitSomeFailed, "sync", "--strict"))
	}
	w.wantLibrary(allPages()...)
}

// dying is a private site whose sessions are forgotten while it is crawled. What visitors
// get is up to the test.
type dying struct {
	dead     atomic.Bool // for the session that there is; a new login makes a new one
	rejects  func(*http.Request) bool
	visitors http.HandlerFunc
	public   []string
	logins   atomic.Int64
}

// guard lets those in whose session is alive.
func (d *dying) guard(rw http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path == testsite.LoginPath {
		if r.Method == http.MethodPost {
			d.dead.Store(false)
			http.SetCookie(rw, &http.Cookie{Name: "session", Value: fmt.Sprint("s", d.logins.Add(1)), Path: "/"})
			http.Redirect(rw, r, "/a20", http.StatusFound)
			return true
		}
		fmt.Fprint(rw, `<title>Log in</title><form method=post action=/login><input name=username><input type=password name=password><button>Log in</button></form>`)
		return true
	}
	cookie, err := r.Cookie("session")
	alive := err == nil && cookie.Value == fmt.Sprint("s", d.logins.Load()) && !d.dead.Load() && (d.rejects == nil || !d.rejects(r))
	if alive || slices.Contains(d.public, r.URL.Path) {
		return false
	}
	d.visitors(rw, r)
	return true
}

// strangers are what sites show to visitors without a session, other than a login.
func strangers() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"404":                          func(rw http.ResponseWriter, r *http.Request) { http.NotFound(rw, r) },
		"410":                          testsiteStatus(http.StatusGone),
		"403":                          testsiteStatus(http.StatusForbidden),
		"a redirect to the start page": http.RedirectHandler("/", http.StatusFound).ServeHTTP,
		"a redirect there for good":    http.RedirectHandler("/", http.StatusMovedPermanently).ServeHTTP,
		"noindex":                      pageHandler(testsite.Page{Title: "Members", Text: "This is for the members of our club.", Robots: "noindex"}),
		"a canonical link":             pageHandler(testsite.Page{Title: "Members", Text: "This is for the members of our club.", Canonical: "/"}),
		"a short text with status 200": pageHandler(testsite.Page{Title: "Members", Text: "This is for the members of our club."}),
		"an empty page":                func(rw http.ResponseWriter, _ *http.Request) { rw.Header().Set("Content-Type", "text/html") },
		"a refresh to the start page":  pageHandler(testsite.Page{Head: `<meta http-equiv=refresh content="0; url=/">`}),
		"something that is not a page": func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "image/gif")
			fmt.Fprint(rw, "GIF89a")
		},
		"a redirect to a page of its own": http.RedirectHandler("/join", http.StatusFound).ServeHTTP,
	}
}

func testsiteStatus(status int) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) { http.Error(rw, http.StatusText(status), status) }
}

func pageHandler(p testsite.Page) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) { testsite.Serve(rw, r, p) }
}

// What is gone goes, also where visitors get the same answer, at once and without a hint.
func TestAPageThatIsGoneFromInsideGoes(t *testing.T) {
	for name, visitors := range strangers() {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "", articles...)
			d := &dying{visitors: visitors, public: []string{"/"}}
			w.site.Guard(d.guard)
			w.configure(w.source("wiki", w.site, "https://wiki.example.com", formSettings(t, w.site, "")))
			w.fincrawl(exitDone, "sync")
			before := w.library()
			w.site.Remove("/a7")
			const says = "while the login was seen to work"
			if _, out, _ := w.execute(t.Context(), "preview"); !strings.Contains(out, says) {
				t.Errorf("the report does not say what was proved:\n%s", out)
			}
			run := w.fincrawl(exitDone, "sync")
			if _, out, _ := w.execute(t.Context(), "explain", w.site.URL("/a7")); !strings.Contains(out, says+": gone") {
				t.Errorf("explain does not say that it was proved:\n%s", out)
			}
			w.wantLibrary(slices.DeleteFunc(before, func(p string) bool { return p == "/a7" })...)
			if c := run.Sources[0].Plan.Coverage; c.ProvedInAll != 1 || len(c.Proved) != 1 || c.Proved[0].URL != w.site.URL("/a7") {
				t.Errorf("proved %+v", c.Proved)
			}
		})
	}
}

// One of several servers has lost the session, so that some requests are a stranger's.
func TestASessionThatIsLostForSomeRequestsDeletesNothing(t *testing.T) {
	w := newWorld(t, "", articles...)
	var n atomic.Int64
	d := &dying{visitors: func(rw http.ResponseWriter, r *http.Request) { http.NotFound(rw, r) }, public: []string{"/"}}
	w.site.Guard(d.guard)
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", formSettings(t, w.site, "")))
	w.fincrawl(exitDone, "sync")
	d.rejects = func(*http.Request) bool { return n.Add(1)%7 == 0 }
	for range 5 {
		w.execute(t.Context(), "sync")
		w.wantLibrary(allPages()...)
	}
}

// A page that the login may not read any more is restricted: held, and no gap.
func TestAPageThatIsForbiddenFromInsideIsHeld(t *testing.T) {
	w := newWorld(t, "", articles...)
	d := &dying{visitors: func(rw http.ResponseWriter, r *http.Request) { http.NotFound(rw, r) }}
	w.site.Guard(d.guard)
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", formSettings(t, w.site, "")))
	w.fincrawl(exitDone, "sync")
	w.site.FailAlways("/a3", testsite.Status(http.StatusForbidden))
	for range 3 {
		run := w.fincrawl(exitHeld, "sync", "--strict")
		w.wantActions(run, "? /a3")
		if c := run.Sources[0].Plan.Coverage; !c.Complete || c.Outcomes[crawler.Restricted] != 1 {
			t.Errorf("coverage %+v", c)
		}
	}
	w.wantLibrary(allPages()...)
}

// A public source is asked for nothing more.
func TestAnUnchangedRunProvesNothing(t *testing.T) {
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	w.site.Forget()
	w.fincrawl(exitDone, "sync")
	if n := len(w.site.Requests()); n != len(articles)+3 { // the start page, robots.txt, the sitemap
		t.Errorf("%d requests: %v", n, w.site.Requests())
	}
}
