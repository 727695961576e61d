package web_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// visited is a site of two articles whose pages say and link what each visit makes of them.
func visited(t *testing.T, start func(n int64) (links []string), answer func(r *http.Request) (title string)) *testsite.Site {
	t.Helper()
	site := testsite.New(t)
	var visits atomic.Int64
	site.Before(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/robots.txt" {
			return false
		}
		title := answer(r)
		if title == "" {
			return false
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<title>%s</title><main><h1>%s</h1><p>What there is to say on %s, and on nothing else.</p>", title, title, title)
		if title == "Start" {
			for _, link := range start(visits.Add(1)) {
				fmt.Fprintf(w, `<a href="%s">more</a> `, link)
			}
		}
		return true
	})
	return site
}

// token is a session that nobody had before.
func token(n int64) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte{byte(n), byte(n >> 8)}))[:32]
}

// scrapy 1560, Norconex 311: old applications write a session into each address, so that every
// run found all pages under new ones.
func TestASessionIsNoPartOfAnAddress(t *testing.T) {
	article := func(r *http.Request) string {
		if id := r.URL.Query().Get("id"); id != "" {
			return "article " + id
		}
		return "Start"
	}
	for name, test := range map[string]struct {
		start  func(n int64) []string
		answer func(r *http.Request) string
		pages  []string
	}{
		"a parameter": {func(n int64) []string {
			return []string{"/?id=1&osCsid=" + token(n), "/?id=2&osCsid=" + token(n)}
		}, article, []string{"/", "/?id=1", "/?id=2"}},
		"parameters that are short": {func(n int64) []string {
			return []string{fmt.Sprintf("/?id=1&CFID=%d&CFTOKEN=%s", n, token(n)), fmt.Sprintf("/?id=2&CFID=%d&CFTOKEN=%s", n, token(n))}
		}, article, []string{"/", "/?id=1", "/?id=2"}},
		"the path": {func(n int64) []string {
			return []string{"/" + token(n) + "/a", "/" + token(n) + "/b"}
		}, func(r *http.Request) string {
			switch {
			case strings.HasSuffix(r.URL.Path, "/a"):
				return "a"
			case strings.HasSuffix(r.URL.Path, "/b"):
				return "b"
			}
			return "Start"
		}, []string{"/", "/a", "/b"}},
		"the path, as ASP.NET has it": {func(n int64) []string {
			return []string{"/(S(" + token(n) + "))/a", "/(A(" + token(n) + ")S(" + token(n) + "))/b"}
		}, func(r *http.Request) string {
			if r.URL.Path == "/" {
				return "Start"
			}
			return r.URL.Path[len(r.URL.Path)-1:]
		}, []string{"/", "/a", "/b"}},
	} {
		t.Run(name, func(t *testing.T) {
			site := visited(t, test.start, test.answer)
			first := crawl(t, site)
			if got := slices.Sorted(maps.Keys(first.pages)); !slices.Equal(got, test.pages) {
				t.Fatalf("pages %q, want %q; %v", got, test.pages, first.outcomes)
			}
			second := crawl(t, site)
			for path, page := range second.pages {
				if before := first.pages[path]; before.Fingerprint() != page.Fingerprint() {
					t.Errorf("%s was %q and is %q", path, before.Markdown, page.Markdown)
				}
			}
		})
	}
}

// What differs with each visit may choose a page, or do something.
func TestWhatChoosesAPageIsKept(t *testing.T) {
	site := visited(t, func(n int64) []string {
		return []string{"/?id=" + token(n), "/?id=" + token(n+100)}
	}, func(r *http.Request) string {
		if id := r.URL.Query().Get("id"); id != "" {
			return "article " + id
		}
		return "Start"
	})
	got := crawl(t, site)
	if len(got.pages) != 3 {
		t.Errorf("pages %q", slices.Sorted(maps.Keys(got.pages)))
	}
	site = visited(t, func(n int64) []string {
		return []string{"/?id=1", "/?id=2", "/?id=3", "/?vote=" + token(n)}
	}, func(r *http.Request) string {
		switch q := r.URL.Query(); {
		case q.Has("vote"):
			return "Thanks"
		case q.Has("id"):
			return "article " + q.Get("id")
		}
		return "Start"
	})
	if got = crawl(t, site); got.outcomes["/?id=1"] != crawler.Paged {
		t.Errorf("outcomes %v", got.outcomes)
	}
	voted := 0
	for _, r := range site.Requests() {
		if strings.Contains(r, "vote") {
			voted++
		}
	}
	if voted > 1 {
		t.Errorf("%d votes", voted)
	}
}
