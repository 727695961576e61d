package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/cutoff"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// A body without a length that ends half-way is not the page.
func TestADocumentThatIsCutOffIsNoEdit(t *testing.T) {
	text := strings.Repeat("<p>Plug it in, switch it on, and wait for the light.</p>\n", 60)
	whole := "<!doctype html><title>A</title><body><main><h1>A</h1>" + text + "</main></body></html>"
	bare := "<!doctype html><title>A</title><main><h1>A</h1>" + text + "</main>" // its end tags may be left out
	markdown := strings.Repeat("Plug it in, switch it on, and wait for the light.\n\n", 60)
	cut := func(document string) string { return document[:len(document)*8/10] }
	shorter := strings.Replace(bare, text, text[:len(text)/2], 1)
	for _, test := range []struct {
		name     string
		document string
		before   cutoff.Before
		answers  int // that are cut, before the document comes; 0 for none
		want     crawler.Outcome
		asked    int
	}{
		{"whole", whole, cutoff.Before{Markdown: markdown, End: "closed"}, 0, crawler.Paged, 1},
		{"cut off", whole, cutoff.Before{Markdown: markdown, End: "closed"}, 9, crawler.CutOff, 3},
		{"cut off once", whole, cutoff.Before{Markdown: markdown, End: "closed"}, 1, crawler.Paged, 2},
		{"cut off, of a site that leaves out its end tags", bare, cutoff.Before{Markdown: markdown, End: "open 0"}, 9, crawler.CutOff, 3},
		{"cut off, sent by an older version", whole, cutoff.Before{Markdown: markdown}, 9, crawler.CutOff, 3},
		{"no end tags, as ever", bare, cutoff.Before{Markdown: markdown, End: "open 0"}, 0, crawler.Paged, 1},
		{"no end tags, and an edit", shorter, cutoff.Before{Markdown: markdown, End: "open 0"}, 0, crawler.Paged, 1},
		{"an edit", strings.Replace(whole, text, text[:len(text)/2], 1), cutoff.Before{Markdown: markdown, End: "closed"}, 0, crawler.Paged, 1},
		{"always left open", "<div>" + shorter, cutoff.Before{Markdown: markdown, End: "open 1"}, 0, crawler.Paged, 1},
		{"never sent", whole, cutoff.Before{}, 9, crawler.Paged, 3},
		{"never sent, and cut off once", whole, cutoff.Before{}, 1, crawler.Paged, 2},
		{"adopted", whole, cutoff.Before{Letters: 6000}, 9, crawler.CutOff, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			site := testsite.New(t)
			site.Page("/", testsite.Page{Links: []string{"/a"}})
			var answers atomic.Int32
			site.Handle("/a", func(w http.ResponseWriter, _ *http.Request) {
				document := test.document
				if int(answers.Add(1)) <= test.answers {
					document = cut(document)
				}
				w.Header().Set("Content-Type", "text/html")
				w.(http.Flusher).Flush() // no length
				fmt.Fprint(w, document)
			})
			got := crawl(t, site, func(_ *web.Source, sur *web.Surroundings) {
				sur.Before = func(url, _ string) (cutoff.Before, error) {
					if url != site.URL("/a") {
						return cutoff.Before{}, nil
					}
					return test.before, nil
				}
			})
			if got.outcomes["/a"] != test.want || site.Count("/a") != test.asked {
				t.Errorf("%s (%s) after %d requests, want %s after %d", got.outcomes["/a"], got.details["/a"], site.Count("/a"), test.want, test.asked)
			}
			if says := strings.Contains(got.details["/a"], "it ends in the middle"); says != (test.name == "never sent") {
				t.Errorf("says that it ends in the middle: %t (%s)", says, got.details["/a"])
			}
			if got.coverage.Complete != (test.want == crawler.Paged) {
				t.Errorf("complete is %t", got.coverage.Complete)
			}
		})
	}
}
