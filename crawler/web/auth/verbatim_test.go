package auth_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

func TestACookieGoesBackAsItCame(t *testing.T) {
	for _, set := range []string{
		`state={"theme":"dark","ids":[1,2]}`,
		`note=two words, and a comma`,
		`quoted="as a whole"`,
		`half="open`,
		`back=C:\share`,
		"name=J\xc3\xbcrgen",
		"latin=J\xfcrgen",
		`odd[name]=1`,
		`plain=abc123`,
		`equal=a=b==`,
		`empty=`,
	} {
		var got string
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/set" {
				w.Header()["Set-Cookie"] = []string{set + "; Path=/; HttpOnly"}
				http.Redirect(w, r, "/", http.StatusFound)
				return
			}
			got = r.Header.Get("Cookie")
		}))
		jar, err := auth.NewJar()
		if err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Jar: jar, Transport: jar.Verbatim(http.DefaultTransport)}
		res, err := client.Get(site.URL + "/set")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		site.Close()
		if got != set {
			t.Errorf("set %q, sent back %q", set, got)
		}
	}
}

func TestACookieWithAControlCharacterIsRefused(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Set-Cookie"] = []string{"a=\"x\ty\x01\""}
	}))
	defer site.Close()
	jar, err := auth.NewJar()
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: jar.Verbatim(http.DefaultTransport)}
	res, err := client.Get(site.URL)
	if err != nil {
		return // net/http refuses the answer as a whole
	}
	_ = res.Body.Close()
	if held := jar.Cookies(res.Request.URL); len(held) > 0 {
		t.Errorf("kept %v", held)
	}
}
