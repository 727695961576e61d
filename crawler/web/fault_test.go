package web_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/startaddress"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// Each thing that may be wrong with a page has a name, and whether it makes the
// crawl incomplete. Everything around it is read all the same.
func TestEachBadAnswerHasItsOutcome(t *testing.T) {
	big := []byte("<html><body><p>" + strings.Repeat("a long story ", 100_000))
	tests := []struct {
		name     string
		put      func(*testsite.Site)
		want     crawler.Outcome
		detail   string
		complete bool
		tries    int // 0: net/http has a say in it
	}{
		{"not found", func(s *testsite.Site) {}, crawler.Gone, "HTTP 404", true, 1},
		{"gone", func(s *testsite.Site) { s.FailAlways("/x", testsite.Status(410)) }, crawler.Gone, "HTTP 410", true, 1},
		{"unauthorized", func(s *testsite.Site) { s.FailAlways("/x", testsite.Status(401)) }, crawler.Forbidden, "HTTP 401", false, 1},
		{"forbidden", func(s *testsite.Site) { s.FailAlways("/x", testsite.Status(403)) }, crawler.Forbidden, "HTTP 403", false, 1},
		{"teapot", func(s *testsite.Site) { s.FailAlways("/x", testsite.Status(418)) }, crawler.Rejected, "HTTP 418", false, 1},
		{"too many requests", func(s *testsite.Site) { s.FailAlways("/x", testsite.Status(429)) }, crawler.RateLimited, "HTTP 429 after 4 tries", false, 4},
		{"server error", func(s *testsite.Site) { s.FailAlways("/x", testsite.Status(503)) }, crawler.ServerError, "HTTP 503 after 4 tries", false, 4},
		{"not implemented", func(s *testsite.Site) { s.FailAlways("/x", testsite.Status(501)) }, crawler.ServerError, "HTTP 501", false, 1},
		{"redirect to nowhere", func(s *testsite.Site) { s.FailAlways("/x", testsite.Status(302)) }, crawler.ServerError, "leads nowhere", false, 1},
		{"hung up", func(s *testsite.Site) { s.FailAlways("/x", testsite.Hangup) }, crawler.Unreachable, "after 4 tries", false, 0},
		{"cut off again and again", func(s *testsite.Site) {
			s.Page("/x", testsite.Page{})
			s.Fail("/x", testsite.CutOff, testsite.CutOff, testsite.CutOff, testsite.CutOff)
		}, crawler.Unreachable, "unexpected EOF (after 4 tries)", false, 4},
		{"cut off once", func(s *testsite.Site) { s.Page("/x", testsite.Page{}); s.Fail("/x", testsite.CutOff) }, crawler.Paged, "", true, 2},
		{"failing twice", func(s *testsite.Site) {
			s.Pages("/x")
			s.Fail("/x", testsite.Status(500), testsite.RetryAfter(429, time.Second))
		}, crawler.Paged, "", true, 3},
		{"over the limit", func(s *testsite.Site) { s.Page("/x", testsite.Page{Raw: big}) }, crawler.TooLarge, "larger than 1048576 bytes", true, 1},
		{"over the limit once unpacked", func(s *testsite.Site) {
			s.Page("/x", testsite.Page{Raw: testsite.Gzip(big), Header: map[string]string{"Content-Encoding": "gzip"}})
		}, crawler.TooLarge, "larger than", true, 1},
		{"headers over the limit", func(s *testsite.Site) {
			s.Page("/x", testsite.Page{Header: map[string]string{"X-Long": strings.Repeat("x", 10_000_000)}})
		}, crawler.TooLarge, "headers larger than 1048576 bytes", true, 1},
		{"not what it is packed as", func(s *testsite.Site) {
			s.Page("/x", testsite.Page{Raw: []byte("plain"), Header: map[string]string{"Content-Encoding": "br"}})
		}, crawler.BadEncoding, `"br"`, false, 1},
		{"a picture", func(s *testsite.Site) { s.Page("/x", testsite.Page{Raw: []byte("GIF89a"), ContentType: "image/gif"}) }, crawler.NotHTML, "image/gif", true, 1},
		{"an archive larger than any page", func(s *testsite.Site) {
			s.Page("/x", testsite.Page{Raw: make([]byte, 3<<20), ContentType: "application/zip"})
		}, crawler.NotHTML, "application/zip", true, 1},
		{"bytes of no known type", func(s *testsite.Site) {
			s.Page("/x", testsite.Page{Raw: make([]byte, 3<<20), ContentType: "application/octet-stream"})
		}, crawler.NotHTML, "", true, 1},
		{"a page of no known type", func(s *testsite.Site) { s.Page("/x", testsite.Page{ContentType: "-"}) }, crawler.Paged, "", true, 1},
		{"XHTML", func(s *testsite.Site) { s.Page("/x", testsite.Page{ContentType: "application/xhtml+xml"}) }, crawler.Paged, "", true, 1},
		{"nothing", func(s *testsite.Site) { s.Page("/x", testsite.Page{Raw: []byte{}, Status: 204, ContentType: "-"}) }, crawler.NotHTML, "", true, 1},
		{"an empty page", func(s *testsite.Site) { s.Page("/x", testsite.Page{Raw: []byte{}}) }, crawler.Empty, "", true, 1},
		{"text that was stored in a wrong encoding", func(s *testsite.Site) {
			s.Page("/x", testsite.Page{Raw: []byte("<title>Êëþ÷</title><main><p>Êëþ÷ îò êëàäîâîé ëåæèò ó äåæóðíîãî íà ïåðâîì ýòàæå.</main>")})
		}, crawler.BrokenFile, "encoding", true, 1},
		{"malformed HTML", func(s *testsite.Site) {
			s.Page("/x", testsite.Page{Raw: []byte("<html><title>Odd</title><body><article><p>One <b>two <p>three</i></table><td>four words more than enough</articl")})
		}, crawler.Paged, "", true, 1},
		{"redirect loop", func(s *testsite.Site) { s.Redirect("/x", "/y"); s.Redirect("/y", "/x") }, crawler.RedirectLoop, "redirects", false, 3},
		{"endless redirects", func(s *testsite.Site) {
			s.Handle("/x", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/x?n="+r.URL.Query().Get("n")+"1", 302)
			})
		}, crawler.RedirectLoop, "redirects", false, 1},
		{"a redirect to another site", func(s *testsite.Site) { s.Redirect("/x", "https://other.example/") }, crawler.RedirectedOut, "https://other.example/", true, 1},
		{"a redirect to another site's login", func(s *testsite.Site) { s.Redirect("/x", "https://login.example/?return=/x") }, crawler.LoginWall, "https://login.example/", false, 1},
		{"a redirect to no web address", func(s *testsite.Site) { s.Redirect("/x", "ftp://example.com/") }, crawler.RedirectedOut, "ftp://example.com/", true, 1},
		{"a login form", func(s *testsite.Site) { s.Handle("/x", testsite.Form(200)) }, crawler.LoginWall, "", false, 1},
		{"a login form with a refusal", func(s *testsite.Site) { s.Handle("/x", testsite.Form(403)) }, crawler.LoginWall, "", false, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site := testsite.New(t)
			site.Page("/", testsite.Page{Links: []string{"/x", "/last"}})
			site.Pages("/last")
			test.put(site)
			got := crawl(t, site)
			if got.err != nil {
				t.Fatal(got.err)
			}
			if got.outcomes["/x"] != test.want || !strings.Contains(got.details["/x"], test.detail) {
				t.Errorf("is %s: %s; want %s: …%s…", got.outcomes["/x"], got.details["/x"], test.want, test.detail)
			}
			if got.outcomes["/"] != crawler.Paged || got.outcomes["/last"] != crawler.Paged {
				t.Errorf("the rest was not read: %v", got.outcomes)
			}
			got.wantComplete(t, test.complete)
			if n := site.Count("/x"); test.tries > 0 && n != test.tries {
				t.Errorf("was asked for %d times, want %d", n, test.tries)
			}
			if !test.complete {
				gap := crawler.Gap{URL: site.URL("/x"), Outcome: test.want, Detail: got.details["/x"]}
				if len(got.coverage.Gaps) != 1 || got.coverage.Gaps[0] != gap || got.coverage.GapsInAll != 1 {
					t.Errorf("gaps are %+v", got.coverage.Gaps)
				}
			}
		})
	}
}

func TestAPageThatTakesTooLongIsATimeout(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/x"}})
	site.FailAlways("/x", testsite.Hang)
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Fetch.Timeout = 50 * time.Millisecond })
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/x": crawler.Timeout})
	got.wantComplete(t, false)
}

func TestGapsAreTheFirstByAddressAndCountedInAll(t *testing.T) {
	site := testsite.New(t)
	var links []string
	for i := range 30 {
		path := fmt.Sprintf("/%02d", 29-i)
		links = append(links, path)
		site.FailAlways(path, testsite.Status(403))
	}
	site.Page("/", testsite.Page{Links: links})
	got := crawl(t, site)
	if got.coverage.GapsInAll != 30 || len(got.coverage.Gaps) != crawler.MaxGaps {
		t.Fatalf("%d of %d gaps", len(got.coverage.Gaps), got.coverage.GapsInAll)
	}
	for i, gap := range got.coverage.Gaps {
		if want := site.URL(fmt.Sprintf("/%02d", i)); gap.URL != want {
			t.Errorf("gap %d is %s, want %s", i, gap.URL, want)
		}
	}
}

// Norconex 278 and Yoko-crawler 102: a source that could not be read at all looked
// like an empty one, and "completed".
func TestAStartAddressThatCannotBeReadIsAnErrorThatSaysHowToMendIt(t *testing.T) {
	tests := []struct {
		name  string
		put   func(*testsite.Site)
		want  crawler.Outcome
		says  []string
		paths int // how many addresses were asked for
	}{
		{"server error", func(s *testsite.Site) { s.FailAlways("/", testsite.Status(500)) }, crawler.ServerError, []string{"HTTP 500 after 4 tries", "try again later"}, 1},
		{"forbidden", func(s *testsite.Site) { s.FailAlways("/", testsite.Status(403)) }, crawler.Forbidden, []string{"HTTP 403", "add auth"}, 1},
		{"not there", func(s *testsite.Site) {}, crawler.Gone, []string{"HTTP 404", "check url"}, 1},
		{"a login form", func(s *testsite.Site) { s.Handle("/", testsite.Form(200)) }, crawler.LoginWall, []string{"add auth"}, 1},
		{"moved to another site", func(s *testsite.Site) { s.Redirect("/", "https://new.example/") }, crawler.RedirectedOut, []string{"https://new.example/", "set url"}, 1},
		{"too large", func(s *testsite.Site) { s.Page("/", testsite.Page{Raw: make([]byte, 2<<20)}) }, crawler.TooLarge, []string{"fetch.max_body"}, 1},
		{"not a page", func(s *testsite.Site) { s.Page("/", testsite.Page{ContentType: "application/json"}) }, crawler.NotHTML, []string{"application/json"}, 1},
		{"nobody there", func(s *testsite.Site) { s.Close() }, crawler.Unreachable, []string{"connection refused", "VPN"}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			site := testsite.New(t)
			test.put(site)
			got := crawl(t, site)
			var start *startaddress.Error
			if !errors.As(got.err, &start) || start.Outcome != test.want || start.URL != site.URL("/") {
				t.Fatalf("error is %v", got.err)
			}
			for _, words := range test.says {
				if !strings.Contains(got.err.Error(), words) {
					t.Errorf("the error does not say %q: %v", words, got.err)
				}
			}
			if got.outcomes["/"] != test.want {
				t.Errorf("the start address is %s", got.outcomes["/"])
			}
			got.wantComplete(t, false)
			if len(got.pages) > 0 || len(site.Paths()) != test.paths {
				t.Errorf("went on to %v", site.Paths())
			}
		})
	}
}

func TestACertificateThatFailsNamesWhatItIsFor(t *testing.T) {
	site := testsite.NewTLS(t)
	site.Pages("/")
	t.Run("unknown authority", func(t *testing.T) {
		got := crawl(t, site)
		if got.outcomes["/"] != crawler.TLSFailed || got.err == nil || !strings.Contains(got.err.Error(), "authority") {
			t.Errorf("is %v: %v", got.outcomes, got.err)
		}
		got.wantComplete(t, false)
	})
	t.Run("another name", func(t *testing.T) {
		got := crawl(t, site, func(src *web.Source, sur *web.Surroundings) {
			transport := site.Transport().Clone()
			at := src.URL.Host
			transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, at)
			}
			t.Cleanup(transport.CloseIdleConnections)
			sur.Transport = transport
			src.URL.Host = "wiki.test"
		})
		if got.outcomes["https://wiki.test/"] != crawler.TLSFailed || got.err == nil || !strings.Contains(got.err.Error(), "the certificate is for example.com") {
			t.Errorf("is %v: %v", got.outcomes, got.err)
		}
	})
	t.Run("trusted", func(t *testing.T) {
		got := crawl(t, site, func(_ *web.Source, sur *web.Surroundings) { sur.Transport = site.Transport() })
		got.want(t, map[string]crawler.Outcome{"/": crawler.Paged})
	})
	t.Run("no TLS at all", func(t *testing.T) {
		plain := testsite.New(t)
		got := crawl(t, plain, func(src *web.Source, _ *web.Surroundings) { src.URL.Scheme = "https" })
		if got.coverage.Outcomes[crawler.TLSFailed] != 1 {
			t.Errorf("is %v: %v", got.outcomes, got.err)
		}
	})
}

func TestRedirectsInsideTheScope(t *testing.T) {
	site := testsite.New(t)
	site.Redirect("/", "/en/")
	site.Page("/en/", testsite.Page{Links: []string{"/old", "/older", "/new", "/cookie", "/gone-by", "/to-excluded", "/to-denied"}})
	site.Redirect("/old", "/new")
	site.Redirect("/older", "/old")
	site.Pages("/new")
	site.Redirect("/gone-by", "/gone")
	site.Redirect("/to-excluded", "/excluded")
	site.Redirect("/to-denied", "/denied")
	site.Robots("User-agent: *\nDisallow: /denied")
	// A page that sets a cookie first and sends the reader to itself.
	site.Handle("/cookie", func(w http.ResponseWriter, r *http.Request) {
		if _, err := r.Cookie("seen"); err != nil {
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "yes"})
			http.Redirect(w, r, "/cookie", http.StatusFound)
			return
		}
		_, _ = fmt.Fprint(w, "<title>Cookie</title><main><p>A page for those who keep cookies.</p></main>")
	})
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Scope.Exclude = patterns(t, "/excluded") })
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Redirected, "/en/": crawler.Paged, "/old": crawler.Redirected, "/older": crawler.Redirected, "/new": crawler.Paged, "/cookie": crawler.Paged,
		"/gone-by": crawler.Redirected, "/gone": crawler.Gone, "/to-excluded": crawler.RedirectedOut, "/to-denied": crawler.RedirectedOut,
	})
	got.wantPages(t, "/en/", "/new", "/cookie")
	for _, path := range []string{"/excluded", "/denied"} {
		if site.Count(path) > 0 {
			t.Errorf("%s was asked for", path)
		}
	}
}

func TestAStartAddressMayLeadOutOfItsFolder(t *testing.T) {
	site := testsite.New(t)
	site.Redirect("/docs", "/welcome")
	site.Page("/welcome", testsite.Page{Links: []string{"/docs/a", "/blog"}})
	site.Pages("/docs/a", "/blog")
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.URL = src.URL.JoinPath("/docs") })
	got.want(t, map[string]crawler.Outcome{"/docs": crawler.Redirected, "/welcome": crawler.Listing, "/docs/a": crawler.Paged, "/blog": crawler.OutOfScope})
}

func TestPrivateSites(t *testing.T) {
	private := func(t *testing.T) *testsite.Site {
		site := testsite.New(t)
		site.Page("/", testsite.Page{Title: "Home", Links: []string{"/a", "/logout", "/a?action=delete", "/login"}})
		site.Page("/a", testsite.Page{Links: []string{"/b"}})
		site.Pages("/b")
		return site
	}
	all := map[string]crawler.Outcome{"/": crawler.Paged, "/a": crawler.Paged, "/b": crawler.Paged, "/logout": crawler.Unsafe, "/a?action=delete": crawler.Unsafe}
	with := func(path string, o crawler.Outcome) map[string]crawler.Outcome {
		m := map[string]crawler.Outcome{path: o}
		for k, v := range all {
			if k != path {
				m[k] = v
			}
		}
		return m
	}

	t.Run("basic", func(t *testing.T) {
		site := private(t)
		site.BasicAuth("sam", "secret")
		got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) {
			src.Auth.Basic = &auth.Basic{Username: "sam", Password: "secret"}
		})
		got.want(t, with("/login", crawler.Gone))
		got.wantComplete(t, true)
	})
	t.Run("basic, refused", func(t *testing.T) {
		site := private(t)
		site.BasicAuth("sam", "secret")
		got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) {
			src.Auth.Basic = &auth.Basic{Username: "sam", Password: "wr0ng"}
		})
		if got.err == nil || !strings.Contains(got.err.Error(), "HTTP 401") || !strings.Contains(got.err.Error(), "did not accept the credentials") || strings.Contains(got.err.Error(), "wr0ng") {
			t.Errorf("error is %v", got.err)
		}
		got.wantComplete(t, false)
	})
	t.Run("form", func(t *testing.T) {
		site := private(t)
		site.FormLogin("sam", "secret")
		got := crawl(t, site, withForm(site, "secret"))
		got.want(t, with("/login", crawler.Excluded))
		got.wantComplete(t, true)
		if site.Count("/logout") > 0 || site.Count("/a?action=delete") > 0 {
			t.Errorf("an acting link was followed: %v", site.Requests())
		}
	})
	// Norconex 500, 606: a form login fails, and nothing says why.
	t.Run("form, refused", func(t *testing.T) {
		site := private(t)
		site.FormLogin("sam", "secret")
		got := crawl(t, site, withForm(site, "wr0ng"))
		var refused *auth.LoginError
		if !errors.As(got.err, &refused) || !strings.Contains(got.err.Error(), "do not go together") || strings.Contains(got.err.Error(), "wr0ng") {
			t.Errorf("error is %v", got.err)
		}
		got.wantComplete(t, false)
		if len(got.pages) > 0 {
			t.Errorf("pages: %v", got.pages)
		}
	})
	t.Run("credentials that make no difference", func(t *testing.T) {
		site := testsite.New(t)
		site.Page("/", testsite.Page{Title: "Login required", Text: "Please log in to view other pages of this site."})
		got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) {
			src.Auth.Cookies = map[string]string{"session": "expired"}
		})
		if got.outcomes["/"] != crawler.LoginWall || got.err == nil || len(got.pages) > 0 {
			t.Errorf("is %v: %v", got.outcomes, got.err)
		}
	})
	t.Run("a public site may link to its login page", func(t *testing.T) {
		site := testsite.New(t)
		site.Page("/", testsite.Page{Links: []string{"/login", "/account", "/articles/login"}})
		site.Handle("/login", testsite.Form(200))
		site.Redirect("/account", "/login?next=/account")
		site.Pages("/articles/login")
		got := crawl(t, site)
		got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/login": crawler.Excluded, "/account": crawler.LoginWall, "/articles/login": crawler.Paged})
	})
}

func withForm(site *testsite.Site, password string) func(*web.Source, *web.Surroundings) {
	return func(src *web.Source, _ *web.Surroundings) {
		src.Auth.Form = &auth.Form{URL: site.URL(testsite.LoginPath), Fields: map[string]string{"username": "sam", "password": password}}
	}
}

func TestCheckLoginSaysWhatItSaw(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Title: "Home", Links: []string{"/a"}})
	site.FormLogin("sam", "secret")
	src := web.Source{Name: "help", URL: parse(t, site.URL("/")), Fetch: fetch.Limits{MaxBody: 1 << 20, UserAgent: "fincrawl/test"}}
	withForm(site, "secret")(&src, nil)
	seen, err := web.CheckLogin(t.Context(), src, web.Surroundings{})
	if err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(seen, "\n"); !strings.Contains(all, "HTTP 200, \"Home\"") {
		t.Errorf("saw %q", seen)
	}
	withForm(site, "wr0ng")(&src, nil)
	seen, err = web.CheckLogin(t.Context(), src, web.Surroundings{})
	if err == nil || strings.Contains(strings.Join(seen, " ")+err.Error(), "wr0ng") {
		t.Errorf("saw %q, %v", seen, err)
	}
	if site.Count("/a") > 0 {
		t.Error("it went on to crawl")
	}
}

// A mistyped selector, a site of scripts, links that all lead elsewhere, a robots.txt that shuts
// all: what a crawl would only show after an hour is seen on the start page.
func TestCheckLoginSaysWhatTheStartPageGives(t *testing.T) {
	links := []string{"/a", "/b", "/c"}
	for name, test := range map[string]struct {
		page   testsite.Page
		robots string
		change func(*web.Source)
		want   []string
	}{
		"all is well":      {testsite.Page{Links: links}, "", nil, []string{"text: 1", "links: 3 in scope, 0 not", "robots.txt: open"}},
		"a wrong selector": {testsite.Page{Links: links}, "", func(s *web.Source) { s.Content.Body = ".artcle" }, []string{"text: none: content.body (.artcle)"}},
		"only scripts":     {testsite.Page{Body: `<div id=app></div><script src=/app.js></script>`}, "", nil, []string{"set render: auto"}},
		"another host":     {testsite.Page{Links: []string{"https://docs.example/a", "https://docs.example/b"}}, "", nil, []string{"links: 0 in scope, 2 not, 2 of them to https://docs.example"}},
		"a closed site":    {testsite.Page{Links: links}, "User-agent: *\nDisallow: /", nil, []string{"3 closed by robots.txt: where", "robots.txt: the start page"}},
		"noindex":          {testsite.Page{Links: links, Robots: "noindex"}, "", nil, []string{"marked noindex"}},
	} {
		site := testsite.New(t)
		site.Page("/", test.page)
		if test.robots != "" {
			site.Page("/robots.txt", testsite.Page{Raw: []byte(test.robots), ContentType: "text/plain"})
		}
		src := web.Source{Name: "help", URL: parse(t, site.URL("/")), Fetch: fetch.Limits{MaxBody: 1 << 20, UserAgent: "fincrawl/test", RespectRobots: true}}
		if test.change != nil {
			test.change(&src)
		}
		seen, err := web.CheckLogin(t.Context(), src, web.Surroundings{})
		for _, want := range test.want {
			if all := strings.Join(seen, "\n"); err != nil || !strings.Contains(all, want) {
				t.Errorf("%s: %v\n%s\nlacks %q", name, err, all, want)
			}
		}
	}
}

// TiddlyWiki has all its articles in a script, and a list of their names for whoever runs none.
func TestAStartPageThatIsAProgramIsTold(t *testing.T) {
	data := `<script type="application/json">{"text": "` + strings.Repeat("All that is known of the gates. ", 1000) + `"}</script>`
	for name, c := range map[string]struct {
		body string
		want bool
	}{
		"a program":          {`<p>It has the articles Keys and Gates.</p>` + data, true},
		"it leads elsewhere": {`<p>It has the articles <a href="/keys">Keys</a> and Gates.</p>` + data, false},
		"it says a lot":      {`<p>` + strings.Repeat("All that is known of the gates. ", 12) + `</p>` + data, false},
	} {
		site := testsite.New(t)
		site.Page("/", testsite.Page{Body: c.body})
		if got := crawl(t, site); got.coverage.Program != c.want {
			t.Errorf("%s: a program: %t", name, got.coverage.Program)
		}
	}
}

// A program that runs in the browser has all its pages behind a #: to a crawl they are one.
func TestLinksToRoutesBehindAHashAreTold(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"#/guide", "/#/install", "#!/faq", "#top"}})
	if got := crawl(t, site); got.coverage.HashRoutes != 3 {
		t.Errorf("%d routes", got.coverage.HashRoutes)
	}
}
