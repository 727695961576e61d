//go:build linux

package realsite_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/internal/realsite"
)

// These tests look at the sites with a plain HTTP client, so that what the
// crawler's tests rely on is known to be so.

func TestPythonDocsNeedThePassword(t *testing.T) {
	docs := realsite.StartPythonDocs(t)
	page := docs.URL + "library/json.html"

	if status, _ := get(t, http.DefaultClient, page); status != http.StatusUnauthorized {
		t.Errorf("without the password: %d, want 401", status)
	}
	authorized := strings.Replace(page, "://", "://"+url.UserPassword(docs.Username, docs.Password).String()+"@", 1)
	status, text := get(t, http.DefaultClient, authorized)
	if status != http.StatusOK || !strings.Contains(text, "JSON encoder and decoder") {
		t.Errorf("with the password: %d and %d bytes, want 200 and the page", status, len(text))
	}
}

func TestDokuWikiShowsVisitorsALoginForm(t *testing.T) {
	wiki := startHandbook(t)
	status, text := get(t, http.DefaultClient, wiki.page("billing:refunds"))
	if status != http.StatusOK {
		t.Errorf("answers %d, want 200", status)
	}
	for _, want := range []string{"<title>billing:refunds", "Permission Denied", `id="dw__login"`} {
		if !strings.Contains(text, want) {
			t.Errorf("shows no %q", want)
		}
	}
	if strings.Contains(text, "within 30 days") {
		t.Error("shows the page itself")
	}
}

func TestDokuWikiShowsUsersItsPages(t *testing.T) {
	wiki := startHandbook(t)
	user := wiki.login(t)
	for _, id := range wiki.Pages(t) {
		status, text := get(t, user, wiki.page(id))
		if status != http.StatusOK || !strings.Contains(text, `rel="canonical"`) || strings.Contains(text, "Permission Denied") {
			t.Errorf("%s: %d, or not the page", id, status)
		}
	}
	if status, text := get(t, user, wiki.page("devices:tg9")); status != http.StatusOK || !strings.Contains(text, "This topic does not exist yet") {
		t.Errorf("a page that nobody has written: %d, want 200 and its excuse", status)
	}
}

func TestDokuWikiShowsAnEditAtOnce(t *testing.T) {
	wiki := startHandbook(t)
	user := wiki.login(t)
	before := len(wiki.Pages(t))
	if _, text := get(t, user, wiki.page("billing:refunds")); !strings.Contains(text, "within 30 days") {
		t.Fatal("the first text is not shown")
	}

	wiki.Write(t, "billing:refunds", "====== Refunds ======\nA gauge can come back within 60 days.\n")
	if _, text := get(t, user, wiki.page("billing:refunds")); !strings.Contains(text, "within 60 days") {
		t.Error("the new text is not shown")
	}
	wiki.Remove(t, "billing:refunds")
	if _, text := get(t, user, wiki.page("billing:refunds")); !strings.Contains(text, "This topic does not exist yet") {
		t.Error("the removed page is still shown")
	}
	if after := len(wiki.Pages(t)); after != before-1 {
		t.Errorf("%d pages after the removal, want %d", after, before-1)
	}
}

// wiki is the handbook with what a browser would do to read it.
type wiki struct{ realsite.DokuWiki }

func startHandbook(t *testing.T) wiki {
	t.Helper()
	pages, err := realsite.Handbook()
	if err != nil {
		t.Fatal(err)
	}
	return wiki{realsite.StartDokuWiki(t, pages)}
}

func (w wiki) page(id string) string { return w.URL + "doku.php?id=" + url.QueryEscape(id) }

func (w wiki) login(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	user := &http.Client{Jar: jar}
	res, err := user.PostForm(w.page("start"), url.Values{
		"do": {"login"}, "sectok": {""}, "u": {w.Username}, "p": {w.Password},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), fmt.Sprintf("(<bdi>%s</bdi>)", w.Username)) {
		t.Fatal("not logged in")
	}
	return user
}

func get(t *testing.T, client *http.Client, url string) (status int, text string) {
	t.Helper()
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}
