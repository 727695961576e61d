package extract

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLinks(t *testing.T) {
	tests := []struct {
		name, page string
		want       []string
	}{
		{"relative, in order, once each", `<a href="b">b</a><a href="/c?x=1#f">c</a><a href="b">again</a><a href="//other.example.com">o</a>`,
			[]string{"https://help.example.com/articles/b", "https://help.example.com/c?x=1#f", "https://other.example.com"}},
		// Seen on a large product help whose pages are reachable through it only.
		{"base href", `<head><base href="/help/en/"></head><a href="a.html">a</a>`, []string{"https://help.example.com/help/en/a.html"}},
		{"only the first base counts", `<base target=x><base href="/1/"><base href="/2/"><a href="a">a</a>`, []string{"https://help.example.com/1/a"}},
		{"base that leads nowhere", `<base href="javascript:x"><a href="a">a</a>`, []string{"https://help.example.com/articles/a"}},
		{"other schemes", `<a href="javascript:x()">j</a><a href="mailto:a@b.c">m</a><a href="data:,x">d</a><a href="tel:1">t</a><a href="ftp://x/y">f</a>`, nil},
		{"nofollow", `<a rel="noopener NoFollow" href="a">a</a><a rel="noopener" href="b">b</a>`, []string{"https://help.example.com/articles/b"}},
		{"places in the page itself", `<a href="#top">t</a><a href="">e</a><a>n</a>`, nil},
		{"areas, frames, next and prev", `<link rel="next" href="2"><link rel=stylesheet href=s.css><area href="m"><iframe src="i"></iframe>`,
			[]string{"https://help.example.com/articles/2", "https://help.example.com/articles/m", "https://help.example.com/articles/i"}},
		{"documents shown in the page", `<embed src="a.pdf" type="application/pdf"><object data="b.pdf#view=Fit"></object><embed src="c.swf" type="application/x-shockwave-flash"><object data="d.svg" type="image/svg+xml"></object>`,
			[]string{"https://help.example.com/articles/a.pdf", "https://help.example.com/articles/b.pdf#view=Fit"}},
		{"a frameset", `<frameset><frame src="nav.html"><frame src="main.html"></frameset>`,
			[]string{"https://help.example.com/articles/nav.html", "https://help.example.com/articles/main.html"}},
		{"white space and stray percents", "<a href=' a\n b '>x</a><a href='100%'>y</a><a href='http://[bad'>z</a><a href='?q=a b'>q</a>",
			[]string{"https://help.example.com/articles/a%20b", "https://help.example.com/articles/100%25", "https://help.example.com/articles/page?q=a%20b"}},
		{"as browsers read them", `<a href="sub\one.html">1</a><a href="https:/two">2</a><a href="///three.example/x">3</a>`,
			[]string{"https://help.example.com/articles/sub/one.html", "https://help.example.com/two", "https://three.example/x"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, u := range parsePage(t, test.page).Links() {
				got = append(got, u.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestQueriesAreWrittenInThePagesEncoding(t *testing.T) {
	at := &url.URL{Scheme: "https", Host: "help.example.com", Path: "/"}
	for _, test := range []struct{ contentType, page, want string }{
		{"text/html; charset=koi8-r", "<a href='/\xd7?q=\xd7'>w</a>", "https://help.example.com/%D0%B2?q=%D7"},
		{"text/html", "<meta charset=windows-1252><a href='?q=caf\xe9'>w</a>", "https://help.example.com/?q=caf%E9"},
		{"text/html; charset=utf-8", "<a href='?q=caf\xc3\xa9'>w</a>", "https://help.example.com/?q=caf%C3%A9"},
	} {
		doc, err := Parse(at, test.contentType, []byte(test.page))
		if err != nil {
			t.Fatal(err)
		}
		if links := doc.Links(); len(links) != 1 || links[0].String() != test.want {
			t.Errorf("%q leads to %v, want %s", test.page, links, test.want)
		}
	}
}

func TestDirectives(t *testing.T) {
	tests := []struct {
		name, page        string
		canonical         string
		noindex, nofollow bool
	}{
		{"none", `<title>t</title>`, "", false, false},
		{"canonical, relative to the base", `<base href="/x/"><link rel="Canonical" href="y">`, "https://help.example.com/x/y", false, false},
		{"canonical in the body is anybody's", `<body><p>x<link rel="canonical" href="https://evil.example.com/">`, "", false, false},
		{"canonical of another scheme", `<link rel="canonical" href="javascript:x">`, "", false, false},
		{"noindex in capitals", `<meta name="ROBOTS" content="NOINDEX, follow">`, "", true, false},
		{"none is both", `<meta name="robots" content="none">`, "", true, true},
		{"several tags add up", `<meta name="robots" content="noindex"><meta name="robots" content="nofollow">`, "", true, true},
		{"another robot's", `<meta name="otherbot" content="noindex">`, "", false, false},
		{"words that only look alike", `<meta name="robots" content="noindexes,index,max-snippet:-1">`, "", false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := parsePage(t, test.page).Directives()
			canonical := ""
			if got.Canonical != nil {
				canonical = got.Canonical.String()
			}
			if canonical != test.canonical || got.NoIndex != test.noindex || got.NoFollow != test.nofollow {
				t.Errorf("got %q %v %v", canonical, got.NoIndex, got.NoFollow)
			}
		})
	}
}
