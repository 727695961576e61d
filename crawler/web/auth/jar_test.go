package auth

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/internal/secrets"
)

func TestScriptsMayReadOnlyTheCookiesThatAreForThem(t *testing.T) {
	jar, err := NewJar()
	if err != nil {
		t.Fatal(err)
	}
	site := &url.URL{Scheme: "https", Host: "wiki.example.com", Path: "/"}
	jar.SetCookies(site, []*http.Cookie{{Name: "session", Value: "s", HttpOnly: true}, {Name: "csrf", Value: "c"}})
	if got := jar.Readable(site); len(got) != 1 || got[0].Name != "csrf" || got[0].Value != "c" {
		t.Errorf("got %v, want csrf alone", got)
	}
	other := &url.URL{Scheme: "https", Host: "other.example.com", Path: "/"}
	if got := jar.Readable(other); len(got) > 0 {
		t.Errorf("got %v for another host", got)
	}

	restored, err := NewJar()
	if err != nil {
		t.Fatal(err)
	}
	own, _ := originOf(site)
	restored.restore(jar.of([]origin{own}))
	if got := restored.Readable(site); len(got) != 1 || got[0].Name != "csrf" {
		t.Errorf("after a restart: got %v, want csrf alone", got)
	}
}

func TestASiteHasNoMoreCookiesThanBrowsersKeep(t *testing.T) {
	jar, err := NewJar()
	if err != nil {
		t.Fatal(err)
	}
	var full []string
	jar.Full = func(site string) { full = append(full, site) }
	at := func(address string) *url.URL {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	site := at("https://wiki.example.com/")
	jar.SetCookies(site, []*http.Cookie{{Name: "session", Value: "mine"}, {Name: "brief", Value: "x", Expires: time.Now().Add(time.Hour)}})
	for i := range 3000 {
		host := at(fmt.Sprintf("https://h%d.example.com/d%d/page", i%7, i))
		jar.SetCookies(host, []*http.Cookie{{Name: "own", Value: "x"}, {Name: fmt.Sprint("c", i), Value: "x", Domain: ".Example.com", Path: "/"}})
		jar.SetCookies(site, []*http.Cookie{{Name: fmt.Sprint("c", i), Value: strings.Repeat("x", maxCookie)}})
	}
	if len(jar.held) != maxCookies || len(full) != 1 || full[0] != "example.com" {
		t.Errorf("%d cookies are held; told of %q", len(jar.held), full)
	}
	names := map[string]string{}
	for _, c := range jar.Cookies(site) {
		names[c.Name] = c.Value
	}
	if names["session"] != "mine" || len(names) > maxCookies {
		t.Errorf("%d cookies are sent, the session's being %q", len(names), names["session"])
	}
	jar.SetCookies(site, []*http.Cookie{{Name: "session", Value: "new"}, {Name: "brief", MaxAge: -1}, {Name: "another", Value: "x"}})
	for _, c := range jar.Cookies(site) {
		names[c.Name] = c.Value
	}
	if names["session"] != "new" || names["another"] != "x" {
		t.Errorf("the session is %q, and another cookie, for which there is room, %q", names["session"], names["another"])
	}
	jar.SetCookies(at("https://wiki.example.org/"), []*http.Cookie{{Name: "x", Value: "y"}})
	if len(jar.Cookies(at("https://wiki.example.org/"))) != 1 {
		t.Error("another site has no cookies")
	}
}

func TestTheSessionInTheJarStaysASecret(t *testing.T) {
	jar, err := NewJar()
	if err != nil {
		t.Fatal(err)
	}
	site := &url.URL{Scheme: "https", Host: "wiki.example.com", Path: "/"}
	known := new(secrets.Set)
	(&Session{}).Feed(known, jar)
	jar.SetCookies(site, []*http.Cookie{{Name: "session", Value: "Zk4vQ9x7Lm2aB3dE"}})
	for i := range 7000 {
		jar.SetCookies(site, []*http.Cookie{{Name: "token", Value: fmt.Sprintf("q7Rt%06dXw9LmZ", i), HttpOnly: true}})
	}
	if !known.In("Zk4vQ9x7Lm2aB3dE") {
		t.Error("the session is forgotten")
	}
	if known.In("q7Rt000000XwpLmZ") || known.In("q7Rt000000Xw9LmZ") || !known.In("q7Rt006999Xw9LmZ") {
		t.Error("a token that was replaced long ago is remembered, or the last one is not")
	}
}
