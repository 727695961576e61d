package auth

import (
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMaskHidesSecretsAndNothingElse(t *testing.T) {
	m := newMask([]string{"sam", "correct  horse", "correct horse battery", "a&b<c>", ""})
	for text, want := range map[string]string{
		"Hello Sam, the same":             "Hello •••, the same",
		"correct horse battery":           "•••",
		"typed correct  horse twice":      "typed ••• twice",
		"/in?p=correct+horse+battery&x=1": "/in?p=•••&x=1",
		"/in/correct%20horse%20battery":   "/in/•••",
		"a&amp;b&lt;c&gt; and a&b<c>":     "••• and •••",
		"correct":                         "correct",
	} {
		if got := m.text(text); got != want {
			t.Errorf("text(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestURLsAreShownWithoutWhatOpensDoors(t *testing.T) {
	m := newMask([]string{"help", "s3cret"})
	for raw, want := range map[string]string{
		"https://help.example.com/help?q=s3cret&id=start&do=login": "https://help.example.com/•••?q=•••&id=start&do=login",
		"https://u:p@example.com/a;jsessionid=AB12#top":            "https://example.com/a",
		"https://example.com/cb?code=xyz&state=abc&lang=en":        "https://example.com/cb?code=•••&state=•••&lang=en",
		"https://example.com/?x=" + strings.Repeat("f", 41):        "https://example.com/?x=•••",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.url(u); got != want {
			t.Errorf("url(%q) = %q, want %q", raw, got, want)
		}
	}
}

// However a page repeats a secret, and whatever is around it, it is not shown.
func FuzzMaskHidesASecretWhereverItStands(f *testing.F) {
	f.Add("correct horse & battery", "No account with ", ".")
	f.Add("pä$$wörd+1", "x", "y")
	f.Add(".*[a", "a", "a")
	f.Add("abcabc", "abc", "abc")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		if secret = strings.TrimSpace(secret); utf8.RuneCountInString(secret) < 4 || strings.Contains(secret, "•") {
			t.Skip()
		}
		m := newMask([]string{secret})
		if !utf8.ValidString(secret + before + after) {
			return // a page that was decoded has no such text; it must only not panic
		}
		for _, shown := range []string{secret, collapse(secret), url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret)} {
			if got := m.text(before + shown + after); strings.Contains(got, shown) {
				t.Errorf("%q is shown in %q", shown, got)
			}
		}
	})
}
