package web_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/internal/testsite"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// manual is a private manual with a section of articles that bear the names of actions, and pages with
// controls. acted is called with each address whose visit would do something.
func manual(t *testing.T) (site *testsite.Site, acted func() []string) {
	t.Helper()
	site = testsite.New(t)
	list := `<main><h1>Boards</h1><ul><li><a href="/help/create">Create a board</a><li><a href="/help/rename">Rename</a><li><a href="/help/share">Share</a>` +
		`<li><a href="/help/delete">Delete</a><li><a href="/help/logout">Log out</a><li><a href="/help/archive">Archive</a></ul><p>See also <a href="/pages/1">the pages</a>, and <a href="/pages/2">more</a>.</p></main>`
	site.Page("/", testsite.Page{Body: list})
	for _, name := range []string{"create", "rename", "share", "delete", "logout", "archive"} {
		site.Page("/help/"+name, testsite.Page{Title: "How to " + name, Text: "All there is to know on how to " + name + " a board of yours."})
	}
	for _, at := range []string{"/pages/1", "/pages/2"} {
		site.Page(at, testsite.Page{Body: `<main><h1>Page ` + at + `</h1><p>What stands at ` + at + ` for all who work here.</p></main>` +
			`<div class="page-actions"><a href="` + at + `/delete">Delete</a> <a href="` + at + `/archive">Archive</a> <a href="` + at + `/vote?up=0">No</a> <a href="` + at + `?wpvote=1">Yes</a></div>`})
	}
	var did []string
	site.BasicAuth("sam", "secret")
	site.Before(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/pages/") && (strings.Count(r.URL.Path, "/") > 2 || r.URL.RawQuery != "") || r.URL.Path == "/logout" || r.URL.Path == "/trash/delete" {
			did = append(did, r.URL.String())
		}
		return false
	})
	return site, func() []string { return did }
}

func withBasic(s *web.Source, _ *web.Surroundings) {
	s.Auth = auth.Config{Basic: &auth.Basic{Username: "sam", Password: "secret"}}
}

func TestItNeverActsAndTakesNoArticleForAnAction(t *testing.T) {
	site, acted := manual(t)
	got := crawl(t, site, withBasic)
	for path, want := range map[string]crawler.Outcome{
		"/help/delete": crawler.Paged, "/help/logout": crawler.Paged, "/help/archive": crawler.Paged, "/help/create": crawler.Paged,
		"/pages/1/delete": crawler.Unsafe, "/pages/1/archive": crawler.Unsafe, "/pages/2/vote?up=0": crawler.Unsafe, "/pages/2?wpvote=1": crawler.Unsafe,
	} {
		if got.outcomes[path] != want {
			t.Errorf("%s is %s (%s), want %s", path, got.outcomes[path], got.details[path], want)
		}
	}
	if did := acted(); len(did) > 0 {
		t.Errorf("it did %q", did)
	}
	if got.coverage.MayActInAll != 0 {
		t.Errorf("open is %v", got.coverage.MayAct)
	}
}

// Whoever writes a page can put any link into it.
func TestOneSignOfAnActionOutweighsAllSignsOfAnArticle(t *testing.T) {
	for name, link := range map[string]string{
		"after a page":          `<p>See <a href="/pages/2/delete">this article</a>.</p>`,
		"where it is a control": `<p>See <a href="/help/delete">this article</a>.</p><div class=toolbar><a href="/help/delete">x</a></div>`,
		"by its markup":         `<p>See <a href="/help/delete" data-method="delete">this article</a>.</p>`,
		"by a script":           `<p>See <a href="/help/delete" onclick="return confirm('Sure?')">this article</a>.</p>`,
		"with a token":          `<p>See <a href="/help/delete?csrf=abcdef">this article</a>.</p>`,
		"by a parameter":        `<p>See <a href="/help/create?action=delete">this article</a>.</p>`,
	} {
		site, _ := manual(t)
		site.Page("/", testsite.Page{Body: `<main><h1>Start</h1><a href="/help/create">a</a> <a href="/help/rename">b</a> <a href="/help/share">c</a> <a href="/help/archive">c</a> <a href="/pages/1">d</a> <a href="/pages/2">e</a>` + link + `</main>`})
		crawl(t, site, withBasic)
		for _, path := range site.Paths() {
			if strings.Contains(path, "delete") {
				t.Errorf("%s: it asked for %s", name, path)
			}
		}
	}
}

// Where nothing tells, the address is listed by name, and the key that lets it in works.
func TestWhatMayActIsListedByName(t *testing.T) {
	site, acted := manual(t)
	site.Page("/", testsite.Page{Body: `<main><h1>Start</h1><p>See <a href="/trash/delete">how to delete</a>.</p></main>`})
	site.Page("/trash/delete", testsite.Page{})
	got := crawl(t, site, withBasic)
	if len(got.coverage.MayAct) != 1 || got.coverage.MayAct[0].URL != site.URL("/trash/delete") || len(acted()) > 0 {
		t.Errorf("open is %v, it did %q", got.coverage.MayAct, acted())
	}
	got.wantComplete(t, true)
	allow, err := urlpattern.Parse("/trash/*")
	if err != nil {
		t.Fatal(err)
	}
	got = crawl(t, site, withBasic, func(s *web.Source, _ *web.Surroundings) { s.Scope.Allow = []urlpattern.Pattern{allow} })
	if got.outcomes["/trash/delete"] != crawler.Paged {
		t.Errorf("it is %s", got.outcomes["/trash/delete"])
	}
}

// An article that stands alone, and to which a menu or a card leads, is not lost without a word. The way out is none.
func TestWhatOnlyAMenuOrACardLeadsToIsListedByName(t *testing.T) {
	for name, link := range map[string]string{
		"a menu": `<aside class="sidebar"><nav><a href="/remove/delete">Delete an account</a></nav></aside>`,
		"a card": `<div class="card"><a href="/remove/delete">Delete an account</a></div>`,
	} {
		site, acted := manual(t)
		out := `<header><nav><a href="/logout">Log out</a></nav></header>`
		site.Page("/", testsite.Page{Body: out + link + `<main><h1>Start</h1><p>All that is known. See <a href="/about">about</a>.</p></main>`})
		site.Page("/about", testsite.Page{Body: out + link + `<main><h1>About</h1><p>Who wrote all this, and why.</p></main>`})
		site.Page("/remove/delete", testsite.Page{})
		got := crawl(t, site, withBasic)
		if len(got.coverage.MayAct) != 1 || got.coverage.MayAct[0].URL != site.URL("/remove/delete") || len(acted()) > 0 || site.Count("/remove/delete") > 0 {
			t.Errorf("%s: open is %v, it did %q", name, got.coverage.MayAct, acted())
		}
	}
}

// Wikis name their articles in a query, or have the views of each before its name.
func TestAnArticleOnLoggingOutIsReadWhereverItsNameStands(t *testing.T) {
	names := []string{"Keys", "Desks", "Gates", "Maps", "Lamps", "Doors", "Rooms", "Bells", "Carts", "Delete", "Logout"}
	for kind, address := range map[string]struct{ article, edit, out string }{
		"in a query":            {"/wiki?name=%s", "/wikiedit?name=%s", "/logout"},
		"as a query":            {"/wiki.cgi?%s", "/wiki.cgi?do=edit&id=%s", "/wiki.cgi?do=logout"},
		"after the view's name": {"/%s", "/_edit/%s", "/_logout"},
		"as the way out":        {"/index.php?page=%s", "/index.php?page=%s&edit=yes", "/index.php?page=Logout"},
	} {
		t.Run(kind, func(t *testing.T) {
			site := testsite.New(t)
			at := func(pattern, name string) string { return strings.Replace(pattern, "%s", name, 1) }
			page := func(body string) testsite.Page {
				return testsite.Page{Body: `<p><a href="` + address.out + `">Leave</a></p>` + body}
			}
			var list strings.Builder
			for _, name := range names {
				list.WriteString(`<li><a href="` + at(address.article, name) + `">` + name + `</a>`)
				site.Page(at(address.article, name), page(`<main><h1>`+name+`</h1><p>All that is known of `+name+` at our desk.</p></main><p><a href="`+at(address.edit, name)+`">Edit</a></p>`))
				site.Page(at(address.edit, name), page(`<form method="post"><h1>Editing `+name+`</h1><textarea name="text">All.</textarea></form>`))
			}
			site.Page("/", page(`<main><h1>Desk</h1><ul>`+list.String()+`</ul></main>`))
			site.BasicAuth("sam", "secret")
			got := crawl(t, site, withBasic)
			want := crawler.Paged
			if at(address.article, "Logout") == address.out {
				want = crawler.Unsafe
			}
			for _, name := range []string{"Keys", "Delete", "Logout"} {
				address := at(address.article, name)
				if name == "Logout" && got.outcomes[address] != want || name != "Logout" && got.outcomes[address] != crawler.Paged {
					t.Errorf("%s is %s (%s)", address, got.outcomes[address], got.details[address])
				}
			}
			if want == crawler.Unsafe && got.coverage.MayActInAll != 1 {
				t.Errorf("open is %v", got.coverage.MayAct)
			}
			if want == crawler.Paged && (got.outcomes[address.out] != crawler.Unsafe || site.Count(address.out) > 0) {
				t.Errorf("%s is %s", address.out, got.outcomes[address.out])
			}
		})
	}
}

// What the preset of the platform knows to be no article is not asked about.
func TestWhatMayActInATrapIsNotListed(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Head: `<link rel="stylesheet" href="/gollum/assets/app.css">`,
		Body: `<div id="wiki-body"><p>See <a href="/gollum/history/Logout">its history</a>, and <a href="/trash/Logout">Logout</a> itself.</p></div>`})
	site.BasicAuth("sam", "secret")
	got := crawl(t, site, withBasic)
	if got.coverage.MayActInAll != 1 || got.coverage.MayAct[0].URL != site.URL("/trash/Logout") {
		t.Errorf("open is %v", got.coverage.MayAct)
	}
}

// linkMemory remembers what pages linked to, and that they may be asked for whether they have changed.
type linkMemory struct {
	sync.Mutex
	of map[string]web.Remembered
}

func (l *linkMemory) Recall(address string) (web.Remembered, bool, error) {
	l.Lock()
	defer l.Unlock()
	m, ok := l.of[address]
	return m, ok, nil
}

func (l *linkMemory) Remember(address string, m web.Remembered) error {
	l.Lock()
	defer l.Unlock()
	l.of[address] = m
	return nil
}

func (l *linkMemory) Dated(string, time.Time) error { return nil }
func (l *linkMemory) Again(web.Remembered) error    { return nil }

// How links look is not known of a page that was not read again.
func TestWhatWasAControlIsNoArticleOnceItsPageIsUnchanged(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Body: `<main><h1>Help</h1><ul><li><a href="/help/create">Create</a><li><a href="/help/share">Share</a><li><a href="/help/copy">Copy</a><li><a href="/help/move">Move</a></ul></main>`})
	for _, name := range []string{"create", "share", "copy", "move"} {
		site.Page("/help/"+name, testsite.Page{Body: `<main><h1>How to ` + name + `</h1><p>All there is to know on how to ` + name + ` a board.</p></main><div class="actions"><a href="/help/archive">Archive</a></div>`})
	}
	site.BasicAuth("sam", "secret")
	site.Before(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return true
		}
		return false
	})
	memory := &linkMemory{of: make(map[string]web.Remembered)}
	var sent []string
	for run := range 2 {
		got := crawl(t, site, withBasic, func(_ *web.Source, sur *web.Surroundings) { sur.Memory, sur.Known = memory, slices.Values(sent) })
		want := []crawler.Outcome{crawler.Paged, crawler.NotModified}[run]
		if got.outcomes["/help/create"] != want || got.outcomes["/help/move"] != want || got.outcomes["/help/archive"] != crawler.Unsafe || site.Count("/help/archive") > 0 {
			t.Errorf("run %d: %v", run+1, got.outcomes)
		}
		for path := range got.pages {
			sent = append(sent, site.URL(path))
		}
	}
}

// A manual that a generator wrote is files, of which none acts; the way out that is set up before them does.
func TestArticlesOfAGeneratedManualAreRead(t *testing.T) {
	for name, want := range map[string]crawler.Outcome{"vitepress": crawler.Paged, "some wiki": crawler.Unsafe} {
		site := testsite.New(t)
		page := func(title, text string) testsite.Page {
			return testsite.Page{Head: `<meta name="generator" content="` + name + `"><title>` + title + `</title>`, Body: `<nav><a href="/">Start</a> <a href="/remove/delete">Delete an account</a> <a href="/about">About</a> <a href="/oauth2/sign_out">Leave</a></nav>` +
				`<main><h1>` + title + `</h1><p>` + text + ` <a href="/about/vote" onclick="send()">Did it help?</a></p></main>`}
		}
		site.Page("/", page("Start", "All that is known about the accounts of our customers."))
		site.Page("/about", page("About", "Who wrote all this, when, and why they did."))
		site.Page("/remove/delete", page("Delete an account", "Open the page of the administrator, and press the button."))
		for _, acts := range []string{"/oauth2/sign_out", "/about/vote"} {
			site.Page(acts, testsite.Page{})
		}
		site.BasicAuth("sam", "secret")
		got := crawl(t, site, withBasic)
		if got.outcomes["/remove/delete"] != want {
			t.Errorf("%s: the article is %s (%s), want %s", name, got.outcomes["/remove/delete"], got.details["/remove/delete"], want)
		}
		if n := site.Count("/oauth2/sign_out") + site.Count("/about/vote"); n > 0 {
			t.Errorf("%s: it acted", name)
		}
	}
}
