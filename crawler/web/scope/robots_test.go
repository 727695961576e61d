package scope

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestRobotsRules(t *testing.T) {
	tests := []struct {
		name, text       string
		allowed, refused []string
	}{
		{"nothing", "", []string{"/", "/a"}, nil},
		{"everything closed", "User-agent: *\nDisallow: /", nil, []string{"/", "/a"}},
		{"an empty Disallow closes nothing", "User-agent: *\nDisallow:", []string{"/a"}, nil},
		{"the longest rule decides", "User-agent: *\nDisallow: /a\nAllow: /a/open\nDisallow: /a/open/not", []string{"/", "/a/open", "/b"}, []string{"/a", "/abc", "/a/open/not"}},
		{"allow wins a draw", "User-agent: *\nDisallow: /a\nAllow: /a", []string{"/a"}, nil},
		{"our own group replaces the one for everyone", "User-agent: *\nDisallow: /\n\nUser-agent: FinCrawl\nDisallow: /x", []string{"/a"}, []string{"/x/a"}},
		{"our own group may be empty", "User-agent: *\nDisallow: /\n\nUser-agent: fincrawl\nDisallow:", []string{"/a"}, nil},
		{"our own groups add up", "User-agent: fincrawl\nDisallow: /a\nUser-agent: *\nDisallow: /c\nUser-agent: fincrawl\nDisallow: /b", []string{"/c"}, []string{"/a", "/b"}},
		{"several agents share a group", "User-agent: other\nUser-agent: fincrawl\nDisallow: /a", []string{"/b"}, []string{"/a"}},
		{"a sitemap line ends no group", "User-agent: fincrawl\nSitemap: /s.xml\nUser-agent: other\nDisallow: /a", []string{"/b"}, []string{"/a"}},
		{"another crawler's group is not ours", "User-agent: fincrawler\nDisallow: /", []string{"/a"}, nil},
		{"star", "User-agent: *\nDisallow: /*/print", []string{"/print", "/a/prin"}, []string{"/a/print", "/a/b/print/c"}},
		{"end", "User-agent: *\nDisallow: /print$\nDisallow: *.pdf$", []string{"/articles/print", "/print/a", "/a.pdf?x=1"}, []string{"/print", "/a.pdf"}},
		{"query", "User-agent: *\nDisallow: /*?do=", []string{"/a?id=do"}, []string{"/doku.php?do=edit"}},
		{"encoding", "User-agent: *\nDisallow: /caf%c3%a9\nDisallow: /%7Esam", []string{"/cafe"}, []string{"/café", "/~sam/x"}},
		{"escaped stars and dollars are literal", "User-agent: *\nDisallow: /a-%2A\nDisallow: /b-%24", []string{"/a-x", "/b-"}, []string{"/a-*", "/a-%2a.html", "/b-$", "/b-$1"}},
		{"a dollar inside is literal", "User-agent: *\nDisallow: /a$b", []string{"/a"}, []string{"/a$b", "/a%24bc"}},
		{"an escaped slash is none", "User-agent: *\nDisallow: /a%2Fb\nAllow: /c%2f\nDisallow: /c/", []string{"/a/b", "/c%2Fd"}, []string{"/a%2fb", "/c/d"}},
		{"but in a query it is", "User-agent: *\nDisallow: /*?to=%2Fadmin", []string{"/a?to=admin"}, []string{"/a?to=/admin", "/a?to=%2fadmin"}},
		{"comments, blanks, case, carriage returns, byte order mark", "\ufeffUSER-AGENT : * # all\r\n\r\nDISALLOW:/a # not this\r\n", []string{"/b"}, []string{"/a"}},
		{"mistakes are skipped", "Disallow: /before\nnonsense\nUser-agent: *\nCrawl-delay: soon\nDisallow: /a", []string{"/before"}, []string{"/a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := ParseRobots([]byte(test.text), "fincrawl/1.0 (+https://example.com)")
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range test.allowed {
				if !r.Allows(address(t, path)) {
					t.Errorf("%s is refused", path)
				}
			}
			for _, path := range test.refused {
				if r.Allows(address(t, path)) {
					t.Errorf("%s is allowed", path)
				}
			}
		})
	}
}

func TestRobotsDelayAndSitemaps(t *testing.T) {
	r, err := ParseRobots([]byte("Sitemap: https://example.com/a.xml\nUser-agent: *\nCrawl-delay: 2.5\nSitemap: /b.xml"), "fincrawl")
	if err != nil {
		t.Fatal(err)
	}
	if r.Delay != 2500*time.Millisecond {
		t.Errorf("delay is %v", r.Delay)
	}
	if got := strings.Join(r.Sitemaps, " "); got != "https://example.com/a.xml /b.xml" {
		t.Errorf("sitemaps are %s", got)
	}
	if r, _ := ParseRobots([]byte("User-agent: *\nCrawl-delay: 86400"), "fincrawl"); r.Delay != maxCrawlDelay {
		t.Errorf("a day's delay is kept as %v", r.Delay)
	}
}

// A group of our own that closes a path last and most exactly closes it, whatever
// stands before it.
func FuzzTheExactRuleCloses(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*a*b$", "xaxb")
	f.Add("User-agent: fincrawl\nAllow: *\nDisallow: $", "")
	f.Fuzz(func(t *testing.T, text, path string) {
		u, err := url.Parse("https://h/" + path)
		if err != nil || strings.Contains(strings.ToLower(text), "allow") {
			t.Skip()
		}
		n, ok := Normalise(u)
		if !ok || strings.ContainsAny(n.RequestURI(), "$*#") {
			t.Skip()
		}
		r, err := ParseRobots([]byte(text+"\nUser-agent: fincrawl\nDisallow: "+n.RequestURI()+"$"), "fincrawl")
		if err != nil {
			t.Fatal(err)
		}
		if r.Allows(n) {
			t.Errorf("%s is allowed", n)
		}
	})
}
