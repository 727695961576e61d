package linkheader

import (
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
		want    []Link
	}{
		"one":              {[]string{`</a>; rel=canonical`}, []Link{{"/a", param("rel", "canonical")}}},
		"quoted":           {[]string{`</a>; Rel = "next prefetch" ; title="a, \"b\"; c"`}, []Link{{"/a", param("rel", "next prefetch", "title", `a, "b"; c`)}}},
		"several":          {[]string{`</a>;rel=prev, </b,c>;rel=next`, `</d>`}, []Link{{"/a", param("rel", "prev")}, {"/b,c", param("rel", "next")}, {Target: "/d"}}},
		"the first counts": {[]string{`</a>; rel=next; rel=canonical`}, []Link{{"/a", param("rel", "next")}}},
		"without a value":  {[]string{`</a>; crossorigin; rel=preload`}, []Link{{"/a", param("crossorigin", "", "rel", "preload")}}},
		"never closed":     {[]string{`</a>; title="x`}, []Link{{Target: "/a"}}},
		"no target":        {[]string{`rel=next`, ``, `<`, `,;,`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := Parse(test.headers)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzLinkHeaders(f *testing.F) {
	f.Add(`</a>; rel="next\\", <b>;x`)
	f.Fuzz(func(t *testing.T, header string) {
		for _, link := range Parse([]string{header}) {
			if len(link.Target) > len(header) {
				t.Errorf("target %q of %q", link.Target, header)
			}
		}
	})
}
