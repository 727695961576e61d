package extract

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func TestLinkHeadersAreRead(t *testing.T) {
	param := func(pairs ...string) (list []html.Attribute) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, html.Attribute{Key: pairs[i], Val: pairs[i+1]})
		}
		return list
	}
	for name, test := range map[string]struct {
		headers []string
		want    []linkHeader
	}{
		"one":              {[]string{`</a>; rel=canonical`}, []linkHeader{{"/a", param("rel", "canonical")}}},
		"quoted":           {[]string{`</a>; Rel = "next prefetch" ; title="a, \"b\"; c"`}, []linkHeader{{"/a", param("rel", "next prefetch", "title", `a, "b"; c`)}}},
		"several":          {[]string{`</a>;rel=prev, </b,c>;rel=next`, `</d>`}, []linkHeader{{"/a", param("rel", "prev")}, {"/b,c", param("rel", "next")}, {target: "/d"}}},
		"the first counts": {[]string{`</a>; rel=next; rel=canonical`}, []linkHeader{{"/a", param("rel", "next")}}},
		"without a value":  {[]string{`</a>; crossorigin; rel=preload`}, []linkHeader{{"/a", param("crossorigin", "", "rel", "preload")}}},
		"never closed":     {[]string{`</a>; title="x`}, []linkHeader{{target: "/a"}}},
		"no target":        {[]string{`rel=next`, ``, `<`, `,;,`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := parseLinkHeaders(test.headers)
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(linkHeader{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What a header names starts from the document's address, whatever its <base> says,
// and what the document says itself comes first.
func TestALinkHeaderIsALinkOfTheHead(t *testing.T) {
	at, _ := url.Parse("https://help.example/en/a?x=1")
	headers := []string{`<b>; rel=canonical`, `</de/a>; rel=alternate; hreflang=de`, `<javascript:alert(1)>; rel=next`}
	for name, test := range map[string]struct{ page, canonical string }{
		"by the header alone":     {`<base href="https://cdn.example/">`, "https://help.example/en/b"},
		"by the document as well": {`<link rel=canonical href=own>`, "https://help.example/en/own"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := Parse(at, "text/html", []byte(test.page))
			if err != nil {
				t.Fatal(err)
			}
			doc.AddLinkHeaders(headers)
			if got := doc.Directives().Canonical; got == nil || got.String() != test.canonical {
				t.Errorf("canonical %v, want %s", got, test.canonical)
			}
			if got := doc.Alternates(); len(got) != 1 || got[0].Language != "de" || got[0].URL.String() != "https://help.example/de/a" {
				t.Errorf("alternates %v", got)
			}
			if got := doc.Links(); len(got) != 0 {
				t.Errorf("links %v", got)
			}
		})
	}
}

func FuzzLinkHeaders(f *testing.F) {
	f.Add(`</a>; rel="next\\", <b>;x`)
	f.Fuzz(func(t *testing.T, header string) {
		for _, link := range parseLinkHeaders([]string{header}) {
			if len(link.target) > len(header) {
				t.Errorf("target %q of %q", link.target, header)
			}
		}
	})
}
