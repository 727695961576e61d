package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// walls are the ways in which sites show that a session has ended.
var walls = map[string]http.HandlerFunc{
	"a redirect to the form":     nil,
	"the form under any address": testsite.Form(http.StatusOK),
	"the form, forbidden":        testsite.Form(http.StatusForbidden),
	"401": func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "who are you?", http.StatusUnauthorized)
	},
	"a page without a form": func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<title>Login required</title><main><h1>Login required</h1><p>Please <a href="/login?returnto=%s">log in</a> to view other pages of this site.</p></main>`, r.URL.Path)
	},
	"a redirect to single sign-on": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://sso.example.com/realms/acme/protocol/openid-connect/auth?client_id=wiki", http.StatusFound)
	},
}

// shelved is a private site with a start page and so many articles.
func shelved(t *testing.T, articles int) *testsite.Site {
	t.Helper()
	site := testsite.New(t)
	var links []string
	for i := range articles {
		links = append(links, fmt.Sprintf("/a%d", i))
	}
	site.Page("/", testsite.Page{Title: "Home", Links: links})
	site.Pages(links...)
	return site
}

func TestASessionThatEndsIsRenewedOnceForAllWorkers(t *testing.T) {
	for name, wall := range walls {
		t.Run(name, func(t *testing.T) {
			site := shelved(t, 60)
			sessions := site.FormLogin("sam", "secret")
			if wall != nil {
				sessions.Wall(wall)
			}
			sessions.Last(12)
			got := crawl(t, site, withForm(site, "secret"))
			if got.err != nil || got.coverage.Ended != "" || len(got.pages) != 61 {
				t.Errorf("%d pages of 61, %v, ended %q; details: %v", len(got.pages), got.err, got.coverage.Ended, got.details)
			}
			got.wantComplete(t, true)
			// A login too many would leave a session behind that is not used up.
			if alive := sessions.Alive(); sessions.Opened() < 6 || alive > 1 {
				t.Errorf("%d sessions were opened, of which %d are left", sessions.Opened(), alive)
			}
			for path, page := range got.pages {
				if strings.Contains(page.Markdown, "Log in") || strings.Contains(page.Markdown, "log in") {
					t.Errorf("%s has the wall for its text: %s", path, page.Markdown)
				}
			}
		})
	}
}

func TestALoginThatFailsOnTheWayEndsTheSource(t *testing.T) {
	for name, wall := range walls {
		t.Run(name, func(t *testing.T) {
			site := shelved(t, 60)
			sessions := site.FormLogin("sam", "secret")
			if wall != nil {
				sessions.Wall(wall)
			}
			sessions.Last(12)
			site.Handle("/a5", func(w http.ResponseWriter, r *http.Request) {
				sessions.Refuse()
				http.NotFound(w, r)
			})
			got := crawl(t, site, withForm(site, "secret"))
			if got.err != nil || !strings.Contains(got.coverage.Ended, "could not be renewed: log in: verify the login") ||
				strings.Contains(got.coverage.Ended, "secret") {
				t.Errorf("ended %q, %v", got.coverage.Ended, got.err)
			}
			got.wantComplete(t, false)
			if len(got.pages) == 0 || got.coverage.Outcomes[crawler.Interrupted] == 0 || got.coverage.Outcomes[crawler.LoginWall]+got.coverage.Outcomes[crawler.Forbidden] == 0 {
				t.Errorf("%d pages, outcomes %v", len(got.pages), got.coverage.Outcomes)
			}
			if n := len(site.Requests()); n > 80 { // two sessions at the most; on and on would be each page twice
				t.Errorf("%d requests: the site was asked on and on", n)
			}
		})
	}
}

// The login works each time, and the site shows its wall all the same.
func TestASecondFailureEndsTheSource(t *testing.T) {
	site := shelved(t, 60)
	sessions := site.FormLogin("sam", "secret")
	sessions.Last(30)
	site.Handle("/a5", func(w http.ResponseWriter, r *http.Request) {
		sessions.Last(1) // for the check of the login itself
		http.NotFound(w, r)
	})
	got := crawl(t, site, withForm(site, "secret"))
	if got.err != nil || !strings.Contains(got.coverage.Ended, "the login works, and yet") {
		t.Errorf("ended %q, %v", got.coverage.Ended, got.err)
	}
	got.wantComplete(t, false)
	if sessions.Opened() != 2 {
		t.Errorf("logged in %d times, want twice", sessions.Opened())
	}
}

// Not every wall is the session's: an account may not read everything.
func TestAPageThatStaysClosedDoesNotEndTheCrawl(t *testing.T) {
	site := shelved(t, 20)
	sessions := site.FormLogin("sam", "secret")
	for _, i := range []int{2, 5, 6, 7, 11, 12} {
		site.Handle(fmt.Sprintf("/a%d", i), testsite.Form(http.StatusOK))
	}
	got := crawl(t, site, withForm(site, "secret"))
	if got.err != nil || got.coverage.Ended != "" || len(got.pages) != 15 || got.coverage.Outcomes[crawler.LoginWall] != 6 {
		t.Errorf("%d pages, %v, ended %q, outcomes %v", len(got.pages), got.err, got.coverage.Ended, got.coverage.Outcomes)
	}
	got.wantComplete(t, false)
	if sessions.Opened() != 1 { // the start page shows that the session lives
		t.Errorf("logged in %d times, want once", sessions.Opened())
	}
}

// A start page that everybody may see tells nothing of the session.
func TestAPublicStartPage(t *testing.T) {
	public := func(t *testing.T) (*testsite.Site, *testsite.Sessions) {
		site := shelved(t, 40)
		sessions := site.FormLogin("sam", "secret")
		site.Public("/")
		return site, sessions
	}
	t.Run("a session that ends is renewed", func(t *testing.T) {
		site, sessions := public(t)
		sessions.Last(12)
		got := crawl(t, site, withForm(site, "secret"))
		if got.err != nil || len(got.pages) != 41 {
			t.Errorf("%d pages, %v, ended %q", len(got.pages), got.err, got.coverage.Ended)
		}
		got.wantComplete(t, true)
	})
	t.Run("pages that stay closed are not logged in for without end", func(t *testing.T) {
		site, sessions := public(t)
		for i := range 10 {
			site.Handle(fmt.Sprintf("/a%d", i), testsite.Form(http.StatusOK))
		}
		got := crawl(t, site, withForm(site, "secret"))
		if got.err != nil || !strings.Contains(got.coverage.Ended, "logging in again changes nothing") {
			t.Errorf("ended %q, %v", got.coverage.Ended, got.err)
		}
		got.wantComplete(t, false)
		if sessions.Opened() > 4 {
			t.Errorf("logged in %d times", sessions.Opened())
		}
	})
}

func TestCredentialsThatRunOutEndTheSource(t *testing.T) {
	site := shelved(t, 60)
	var left atomic.Int64
	left.Store(15)
	site.Guard(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "Bearer t0k3n" && left.Add(-1) >= 0 {
			return false
		}
		http.Error(w, "expired", http.StatusUnauthorized)
		return true
	})
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) { src.Auth = auth.Config{Bearer: "t0k3n"} })
	if got.err != nil || !strings.Contains(got.coverage.Ended, "no longer accepted") {
		t.Errorf("ended %q, %v", got.coverage.Ended, got.err)
	}
	got.wantComplete(t, false)
	if n := len(site.Requests()); n > 45 { // of which some are made as a visitor
		t.Errorf("%d requests: the site was asked on and on", n)
	}
}

func TestAPageThatNeedsMoreRightsIsForbiddenAlone(t *testing.T) {
	site := shelved(t, 10)
	site.BasicAuth("sam", "secret")
	site.Page("/a3", testsite.Page{Status: http.StatusUnauthorized})
	site.Page("/a4", testsite.Page{Status: http.StatusForbidden})
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) {
		src.Auth = auth.Config{Basic: &auth.Basic{Username: "sam", Password: "secret"}}
	})
	if got.err != nil || got.coverage.Ended != "" || len(got.pages) != 9 || got.coverage.Outcomes[crawler.Forbidden] != 2 {
		t.Errorf("%d pages, %v, ended %q, outcomes %v", len(got.pages), got.err, got.coverage.Ended, got.coverage.Outcomes)
	}
}

// Typesense 1352: OAuth2.
func TestATokenThatIsRevokedIsFetchedAnewOnceForAllWorkers(t *testing.T) {
	site := shelved(t, 60)
	var issued, left atomic.Int64
	site.Guard(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/token" {
			left.Store(20)
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"access_token":"t0k3n-%d","token_type":"Bearer","expires_in":3600}`, issued.Add(1))
			return true
		}
		if r.Header.Get("Authorization") == fmt.Sprintf("Bearer t0k3n-%d", issued.Load()) && left.Add(-1) >= 0 {
			return false
		}
		http.Error(w, "expired", http.StatusUnauthorized)
		return true
	})
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) {
		src.Auth = auth.Config{OAuth2: &auth.OAuth2{TokenURL: site.URL("/token"), ClientID: "fincrawl", ClientSecret: "s3cret"}}
	})
	if got.err != nil || got.coverage.Ended != "" || len(got.pages) != 61 {
		t.Errorf("%d pages of 61, %v, ended %q; details %v", len(got.pages), got.err, got.coverage.Ended, got.details)
	}
	got.wantComplete(t, true)
	// The start address, robots.txt and 61 pages: three times 20 requests and a rest, and some
	// for what each token was answered last.
	if n := issued.Load(); n < 4 || n > 6 {
		t.Errorf("%d tokens were fetched, want 4 to 6", n)
	}
}

// Norconex 421: SSO. A login taken for "moved to another site" would be no failure,
// and two such crawls delete pages.
func TestARedirectToSingleSignOnIsAWall(t *testing.T) {
	for address, want := range map[string]crawler.Outcome{
		"https://acme.okta.com/app/wiki/exk1/sso":                                       crawler.LoginWall,
		"https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=x":    crawler.LoginWall,
		"https://accounts.google.com/o/oauth2/v2/auth?client_id=x&response_type=code":   crawler.LoginWall,
		"https://team.cloudflareaccess.com/cdn-cgi/access/login/wiki.example.com?kid=1": crawler.LoginWall,
		"https://id.acme.example/realms/acme/protocol/openid-connect/auth?client_id=x":  crawler.LoginWall,
		"https://portal.acme.example/idp/profile?SAMLRequest=fZJ":                       crawler.LoginWall,
		"https://portal.acme.example/start?client_id=x&redirect_uri=https%3A%2F%2Fwiki": crawler.LoginWall,
		"https://fs.acme.example/adfs/ls/?wa=wsignin1.0&wtrealm=urn%3Awiki":             crawler.LoginWall,
		"https://portal.acme.example/login.do":                                          crawler.LoginWall,
		"https://portal.acme.example/saml2/idp":                                         crawler.LoginWall,
		"https://other.example/articles/login-problems":                                 crawler.RedirectedOut,
		"https://other.example/authors/sam":                                             crawler.RedirectedOut,
		"https://other.example/status?id=3":                                             crawler.RedirectedOut,
		"https://elsewhere.example/":                                                    crawler.RedirectedOut,
	} {
		site := shelved(t, 2)
		site.BasicAuth("sam", "secret")
		site.Redirect("/a1", address)
		got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) {
			src.Auth = auth.Config{Basic: &auth.Basic{Username: "sam", Password: "secret"}}
		})
		if got.outcomes["/a1"] != want || got.coverage.Complete == want.Failed() {
			t.Errorf("%s: is %s, complete %t", address, got.outcomes["/a1"], got.coverage.Complete)
		}
	}
}

// Where visitors are led to another site, any redirect there is the end of the
// session, whatever its name.
func TestTheSiteThatVisitorsAreLedToIsAWall(t *testing.T) {
	site := shelved(t, 30)
	sessions := site.FormLogin("sam", "secret")
	sessions.Wall(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://portal.acme.example/welcome/"+r.URL.Path, http.StatusFound)
	})
	sessions.Last(12)
	got := crawl(t, site, withForm(site, "secret"))
	if got.err != nil || len(got.pages) != 31 {
		t.Errorf("%d pages of 31, %v, ended %q; details: %v", len(got.pages), got.err, got.coverage.Ended, got.details)
	}
	got.wantComplete(t, true)
}

func TestASitemapIsReadAgainAfterTheSessionEnded(t *testing.T) {
	site := shelved(t, 0)
	sessions := site.FormLogin("sam", "secret")
	site.Pages("/only-in-the-map")
	site.SitemapIndex("/index.xml", "/1.xml", "/2.xml")
	site.Sitemap("/1.xml", "/")
	site.Sitemap("/2.xml", "/only-in-the-map")
	sessions.Last(5) // the login's check, the start address, robots.txt, the index and one map
	got := crawl(t, site, withForm(site, "secret"), func(src *web.Source, _ *web.Surroundings) {
		src.Discover.Sitemaps = []string{site.URL("/index.xml")}
		src.Fetch.Concurrency = 1
	})
	got.wantPages(t, "/", "/only-in-the-map")
	got.wantComplete(t, true)
	if sessions.Opened() < 2 {
		t.Errorf("the session never ended")
	}
}

// A session is kept from one crawl to the next, and is made anew where it ended.
func TestAKeptSessionSparesALogin(t *testing.T) {
	site := shelved(t, 5)
	sessions := site.FormLogin("sam", "secret")
	kept := &safe{}
	withKey := func(key string) func(*web.Source, *web.Surroundings) {
		return func(src *web.Source, sur *web.Surroundings) {
			withForm(site, "secret")(src, sur)
			src.Auth.KeepSession, sur.Session = key, kept
		}
	}
	const key, another = "0123456789abcdef0123456789abcdef", "another-89abcdef0123456789abcdef"
	for i, step := range []struct {
		key    string
		before func()
		logins int // in all
	}{
		{key, nil, 1},
		{key, nil, 1},
		{another, nil, 2},
		{key, nil, 3},
		{key, func() { sessions.EndAll() }, 4},
		{key, func() { kept.sealed = []byte("damaged") }, 5},
		{key, func() { kept.err = fmt.Errorf("the disk is full") }, 6},
	} {
		if step.before != nil {
			step.before()
		}
		got := crawl(t, site, withKey(step.key))
		if got.err != nil || len(got.pages) != 6 || sessions.Opened() != step.logins {
			t.Errorf("crawl %d: %d pages, %v, %d logins so far, want %d", i+1, len(got.pages), got.err, sessions.Opened(), step.logins)
		}
		got.wantComplete(t, true)
	}
}

// safe is a crawler.Keeper in memory.
type safe struct {
	sealed []byte
	err    error
}

func (s *safe) Session() ([]byte, error) { return s.sealed, s.err }

func (s *safe) KeepSession(sealed []byte) error {
	s.sealed = sealed
	return s.err
}

func TestATokenThatIsNoLongerGivenEndsTheSource(t *testing.T) {
	site := shelved(t, 60)
	var asked, left atomic.Int64
	left.Store(20)
	site.Guard(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/token" && asked.Add(1) == 1:
			fmt.Fprint(w, `{"access_token":"t0k3n","token_type":"Bearer","expires_in":3600}`)
		case r.URL.Path == "/token":
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"unauthorized_client","error_description":"the client was switched off"}`)
		case left.Add(-1) >= 0:
			return false
		default:
			w.WriteHeader(http.StatusUnauthorized)
		}
		return true
	})
	got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) {
		src.Auth = auth.Config{OAuth2: &auth.OAuth2{TokenURL: site.URL("/token"), ClientID: "fincrawl", ClientSecret: "s3cret"}}
	})
	if got.err != nil || !strings.Contains(got.coverage.Ended, "unauthorized_client: the client was switched off") {
		t.Errorf("ended %q, %v", got.coverage.Ended, got.err)
	}
	got.wantComplete(t, false)
	if n := asked.Load(); n > 3 { // the library tries the secret in the header and in the form
		t.Errorf("a token was asked for %d times", n)
	}
}

// A login page served with status 200 is extracted as content: if many distinct
// URLs give the same text, it is a wall, not a page (incidents, "Let in the wrong text").
func TestOneTextUnderManyAddressesIsAWall(t *testing.T) {
	const wall = "Your reading time is over. Come again tomorrow, or ask the librarian for more of it."
	for name, c := range map[string]struct {
		walled, articles int
		text             string
		want             crawler.Outcome
	}{
		"many":                      {8, 20, wall, crawler.LoginWall},
		"no others":                 {8, 8, wall, crawler.LoginWall},
		"few":                       {4, 8, wall, crawler.Paged}, // and the start page under as many queries
		"few beside many others":    {6, 60, wall, crawler.Paged},
		"hardly anything to be one": {8, 20, "To be done", crawler.Paged},
	} {
		t.Run(name, func(t *testing.T) {
			site := shelved(t, c.articles)
			site.BasicAuth("sam", "secret")
			for i := range c.walled {
				path := fmt.Sprintf("/a%d", i)
				site.Page(path, testsite.Page{Body: fmt.Sprintf(`<main><p>%s</p><a href="/?next=%s">Home</a></main>`, c.text, path), Title: "Page " + path})
			}
			// What was put into the sink before stays there; the outcome tells.
			sink, memory := &discarding{}, &recollection{of: make(map[string]web.Remembered)}
			got := crawl(t, site, func(src *web.Source, sur *web.Surroundings) {
				src.Auth = auth.Config{Basic: &auth.Basic{Username: "sam", Password: "secret"}}
				sur.Pages, sur.Memory = sink, memory
			})
			if got.err != nil {
				t.Fatal(got.err)
			}
			for i := range c.articles {
				want := crawler.Paged
				if i < c.walled {
					want = c.want
				}
				if path := fmt.Sprintf("/a%d", i); got.outcomes[path] != want {
					t.Errorf("%s is %s, want %s", path, got.outcomes[path], want)
				}
				// Of a wall the next crawl must not hear that it has not changed.
				if path := fmt.Sprintf("/a%d", i); (memory.of[site.URL(path)].Outcome == crawler.Paged) != (want == crawler.Paged) {
					t.Errorf("%s is remembered as %+v", path, memory.of[site.URL(path)])
				}
			}
			got.wantComplete(t, c.want == crawler.Paged)
		})
	}
	// Retired articles say one thing to readers who are logged in, and so are no wall.
	t.Run("pages with a way out are read from inside", func(t *testing.T) {
		for _, out := range []string{`<a href="/user/logout">Leave</a>`, `<a class=logout href="/end">Leave</a>`, `<form action="/sign_out" method=post><button>Leave</button></form>`} {
			site := shelved(t, 30)
			site.BasicAuth("sam", "secret")
			for i := range 6 {
				site.Page(fmt.Sprintf("/a%d", i), testsite.Page{Title: "Retired", Body: "<header>" + out + "</header><main><p>This article was retired, ask the desk.</main>"})
			}
			got := crawl(t, site, func(src *web.Source, _ *web.Surroundings) {
				src.Auth = auth.Config{Basic: &auth.Basic{Username: "sam", Password: "secret"}}
			})
			if got.wantComplete(t, true); got.coverage.Outcomes[crawler.LoginWall] > 0 {
				t.Errorf("%s: %v", out, got.coverage.Outcomes)
			}
		}
	})
	t.Run("a public site may repeat itself", func(t *testing.T) {
		site := shelved(t, 10)
		for i := range 10 {
			site.Page(fmt.Sprintf("/a%d", i), testsite.Page{Text: wall, Title: "The same"})
		}
		crawl(t, site).wantComplete(t, true)
	})
}

// discarding is a sink that keeps nothing.
type discarding struct{}

func (*discarding) Put(context.Context, crawler.Page) error { return nil }

// recollection is a crawler.Memory that only learns.
type recollection struct {
	mu sync.Mutex
	of map[string]web.Remembered
}

func (*recollection) Recall(string) (web.Remembered, bool, error) {
	return web.Remembered{}, false, nil
}

func (r *recollection) Remember(url string, m web.Remembered) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.of[url] = m
	return nil
}

func (*recollection) Dated(string, time.Time) error { return nil }

func (*recollection) Again(web.Remembered) error { return nil }
