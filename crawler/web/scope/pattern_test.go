package scope

import (
	"net/url"
	"testing"

	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

func TestPatterns(t *testing.T) {
	tests := []struct {
		pattern string
		matches []string
		not     []string
	}{
		{"/articles/**", []string{"/articles/a", "/articles/a/b", "/articles/", "/articles", "/articles/a?page=2"}, []string{"/", "/articlesx", "/x/articles/a"}},
		{"/articles/*/print", []string{"/articles/a/print"}, []string{"/articles/print", "/articles/a/b/print"}},
		{"**/print", []string{"/print", "/a/b/print"}, []string{"/a/printer"}},
		{"/**", []string{"/", "/a", "/a/b"}, nil},
		{"{/a,/b}/**", []string{"/a/1", "/b/1"}, []string{"/c/1"}},
		{"/café/*", []string{"/caf%C3%A9/x"}, []string{"/cafe/x"}},
		{"/doku.php?do=*", []string{"/doku.php?do=edit&id=start", "/doku.php?do=diff&id=a/b"}, []string{"/doku.php", "/doku.php?id=do=edit"}},
		{"/**/*?*rev=*", []string{"/doku.php?id=a&rev=12", "/w/doku.php?rev=12"}, []string{"/doku.php?id=a"}},
		{"re:[?&](do|rev)=", []string{"/doku.php?do=edit", "/doku.php?id=a&rev=1"}, []string{"/do=edit", "/doku.php?id=a"}},
		{"re:^/a/[0-9]+$", []string{"/a/12"}, []string{"/a/b", "/a/12?x=1"}},
	}
	for _, test := range tests {
		t.Run(test.pattern, func(t *testing.T) {
			p, err := urlpattern.Parse(test.pattern)
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range test.matches {
				if !p.Match(address(t, path)) {
					t.Errorf("does not match %s", path)
				}
			}
			for _, path := range test.not {
				if p.Match(address(t, path)) {
					t.Errorf("matches %s", path)
				}
			}
			if p.String() != test.pattern {
				t.Errorf("is shown as %q", p)
			}
		})
	}
}

func TestPatternsThatCannotBe(t *testing.T) {
	for _, text := range []string{"", "re:(", "/a/[", "/{a", "articles/**", "*.pdf"} {
		if _, err := urlpattern.Parse(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func pattern(t *testing.T, text string) urlpattern.Pattern {
	t.Helper()
	p, err := urlpattern.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// address is the normalised URL of a path at help.example.com, or of a whole address.
func address(t *testing.T, path string) *url.URL {
	t.Helper()
	base := &url.URL{Scheme: "https", Host: "help.example.com"}
	u, err := base.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	n, ok := Normalise(u)
	if !ok {
		t.Fatalf("%s is no web address", path)
	}
	return n
}
