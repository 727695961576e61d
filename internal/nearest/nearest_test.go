package nearest

import "testing"

func TestNearest(t *testing.T) {
	keys := []string{"token", "region", "base_url", "max_depth", "max_pages", "sitemaps", "auth", "url"}
	for word, want := range map[string]string{
		"tokn": "token", "regoin": "region", "baseUrl": "base_url", "max-depth": "max_depth", "maxpage": "max_pages",
		"sitemap": "sitemaps", "auht": "auth", "uri": "url", "colour": "", "": "", "x": "", "timeout": "",
	} {
		if got, _ := Of(word, keys); got != want {
			t.Errorf("Of(%q): got %q, want %q", word, got, want)
		}
	}
}

func TestHintOffersAWordOrWhatOtherwiseHelps(t *testing.T) {
	known := []string{"sync", "status"}
	if got, want := Hint("snyc", known, "see the list"), `did you mean "sync"?`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := Hint("deploy", known, "see the list"), "see the list"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
