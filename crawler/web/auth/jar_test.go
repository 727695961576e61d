package auth

import (
	"net/http"
	"net/url"
	"testing"
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
