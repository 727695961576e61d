package extract

import (
	"net/url"
	"testing"
)

func TestWhatAPageIsMarkedWith(t *testing.T) {
	t.Parallel()
	doc, err := Parse(&url.URL{Scheme: "https", Host: "help.example.com"}, "text/html", []byte(`<html><head>
		<meta name="Audience" content="Staff"><meta property="article:section" content="Billing"></head><body>
		<nav aria-label="Breadcrumb"><ol><li><a href="/">Home</a></li><li> <span>Internal  tools</span> › </li></ol></nav>
		<ul class="crumbs"><li>Plain</li></ul><main><p>Home of the <b>Brave</b></p></main></body></html>`))
	if err != nil {
		t.Fatal(err)
	}
	for meta, want := range map[[2]string]bool{
		{"audience", "staff"}: true, {"audience", ""}: true, {"audience", "public"}: false, {"article:section", "billing"}: true, {"robots", ""}: false,
	} {
		if got := doc.HasMeta(meta[0], meta[1]); got != want {
			t.Errorf("meta %q: got %v", meta, got)
		}
	}
	for crumb, want := range map[string]bool{
		"Home": true, "internal tools": true, "Plain": true, "Internal": false, "Brave": false, "": false,
	} {
		if got := doc.HasCrumb(crumb); got != want {
			t.Errorf("crumb %q: got %v", crumb, got)
		}
	}
}
