package stylesheet

import (
	"net/url"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// A sheet is asked for on the source's own origin, or at the very address that a page names elsewhere, and
// carries nothing there.
func TestWhichStyleSheetsAreAskedFor(t *testing.T) {
	site, _ := url.Parse("https://wiki.example.com/")
	own := new(secrets.Set)
	own.Add("k3-session-value-9Qz8")
	where, _, err := scope.New(scope.Bounds{Start: site})
	if err != nil {
		t.Fatal(err)
	}
	all, err := New(Config{Scope: where, Secrets: own, MayAsk: func(u *url.URL) (why, key string) {
		if u.Path == "/logout" {
			return "it logs out", ""
		}
		return "", ""
	}})
	if err != nil {
		t.Fatal(err)
	}
	page, _ := url.Parse("https://wiki.example.com/a?next=evil.example.net")
	for address, want := range map[string]bool{
		"https://wiki.example.com/style.css":                      true,
		"https://wiki.example.com/logout":                         false,
		"https://wiki.example.com:8443/style.css":                 true, // another origin, at an address of its own
		"https://cdn.example.org/style.css?v=3":                   true,
		"http://cdn.example.org/style.css":                        false,
		"https://user:password@cdn.example.org/style.css":         false,
		"https://cdn.example.org/style.css?k3-session-value-9Qz8": false,
		"https://evil.example.net/style.css":                      false, // stands in the page's address
		"data:text/css,.a{}":                                      false,
		"ftp://wiki.example.com/style.css":                        false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		sheets := all.For(page, false)
		if _, known := sheets.Sheet(u); known || len(sheets.wanted) == 1 != want {
			t.Errorf("%s: %d are asked for, want %t", address, len(sheets.wanted), want)
		}
	}
	foreign, _ := url.Parse("https://cdn.example.org/style.css")
	if sheets := all.For(page, true); sheets.refuses(foreign) == "" {
		t.Error("what a script may have named is asked for")
	}
}
