package web_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/template"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/compare"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// layout takes templates off the pages on a shelf, as far as it notes which.
type layout struct {
	*shelf
	before func(url string) error // taking one off; nil for nothing

	mu     sync.Mutex
	taken  []string // URLs, in the order of the calls
	common []compare.Common
}

func (l *layout) Outlines() iter.Seq2[compare.Outlined, error] {
	return func(yield func(compare.Outlined, error) bool) {
		for _, address := range slices.Sorted(maps.Keys(l.pages)) {
			if !yield(compare.Outlined{URL: address, Outline: l.pages[address].Outline}, nil) {
				return
			}
		}
	}
}

func (l *layout) LeaveOut(_ context.Context, url string, t *template.Template) ([]template.LeftOut, bool, error) {
	l.mu.Lock()
	l.taken = append(l.taken, url)
	l.mu.Unlock()
	if l.before != nil {
		if err := l.before(url); err != nil {
			return nil, false, err
		}
	}
	var left []template.LeftOut
	for _, b := range t.Blocks() {
		left = append(left, template.LeftOut{Text: "as " + url + " has it", Place: b.Place, Hash: b.Hash, Pages: b.Pages, Of: b.Of})
	}
	return left, !strings.HasSuffix(url, "/unread"), nil
}

func (l *layout) Learned(c compare.Common) error {
	l.common = append(l.common, c)
	return nil
}

// laidOut lets a crawl learn what its pages have in common.
func (l *layout) laidOut(src *web.Source, sur *web.Surroundings) {
	src.Content.Template = template.New(nil)
	l.shelf = sur.Pages.(*shelf)
	sur.Layout = l
}

// withFooter is a site of n pages and a first one that end with the same line.
func withFooter(t *testing.T, n int, others map[string]string) *testsite.Site {
	site := testsite.New(t)
	page := func(title, text string) testsite.Page {
		return testsite.Page{ContentType: "text/html", Raw: []byte("<title>" + title + "</title><div>" + text + "</div>")}
	}
	const footer = "<p>Example Ltd., 1 Harbour Street</p>"
	first := "<p>All of our articles are listed here, the newest of them before the others.</p>" + footer + "<nav>"
	for i := range n {
		path := fmt.Sprintf("/p%d", i)
		site.Page(path, page("Article "+path, fmt.Sprintf("<p>Article %d tells how lamp %d is put together, screw by screw, and which comes first.</p>", i, i)+footer))
		first += `<a href="` + path + `">on</a>`
	}
	for path, text := range others {
		site.Page(path, page("Article "+path, strings.ReplaceAll(text, "FOOTER", footer)))
		first += `<a href="` + path + `">on</a>`
	}
	site.Page("/", page("Articles", first+"</nav>"))
	return site
}

func TestATemplateIsLeftOutOfThePagesThatHaveIt(t *testing.T) {
	for range 5 { // whatever the order of arrival
		site := withFooter(t, 12, map[string]string{
			"/without": "<p>A page whose author wanted nothing below the text.</p>",
			"/within":  "<p>Every page ends with a line that has to be there, since it is the law.</p>FOOTER<p>This one says it in its midst, and then goes on for as long as it likes.</p>",
			"/alone":   "FOOTER",
		})
		var l layout
		var last crawler.Progress
		got := crawl(t, site, l.laidOut, func(_ *web.Source, sur *web.Surroundings) {
			sur.Progress = func(p crawler.Progress) { last = p }
		})
		if got.err != nil || len(l.common) != 1 {
			t.Fatalf("learned %d times, and failed with %v", len(l.common), got.err)
		}
		want := []string{site.URL("/")}
		for i := range 12 {
			want = append(want, site.URL(fmt.Sprintf("/p%d", i)))
		}
		slices.Sort(l.taken)
		slices.Sort(want)
		if diff := cmp.Diff(want, l.taken); diff != "" {
			t.Errorf("pages that a template was taken off (-want +got):\n%s", diff)
		}
		c := l.common[0]
		if c.Blocks != 13 || c.Pages != 13 || c.Of != 16 || c.Unread || !slices.Equal(c.Whole, []string{site.URL("/alone")}) {
			t.Errorf("in common: %d blocks of %d pages of %d, unread: %t, nothing else on %v", c.Blocks, c.Pages, c.Of, c.Unread, c.Whole)
		}
		// Where they differ, the words are the same whichever page came first.
		if blocks := c.Now.Blocks(); len(blocks) != 1 || blocks[0].Words != "as "+site.URL("/")+" has it" {
			t.Errorf("the template is %+v", blocks)
		}
		if last.Compared != 16 {
			t.Errorf("progress ended as %+v", last)
		}
	}
}

func TestATextThatWasNotKeptIsUnread(t *testing.T) {
	site := withFooter(t, 12, map[string]string{"/unread": "<p>This one was sent earlier, and as it is now.</p>FOOTER"})
	var l layout
	if got := crawl(t, site, l.laidOut); got.err != nil || !l.common[0].Unread {
		t.Errorf("failed with %v; unread: %t", got.err, l.common[0].Unread)
	}
}

func TestATemplateThatCannotBeLeftOutEndsTheCrawl(t *testing.T) {
	site := withFooter(t, 40, nil)
	broken := errors.New("the disk is full")
	l := layout{before: func(url string) error {
		if strings.HasSuffix(url, "/p1") {
			return broken
		}
		return nil
	}}
	got := crawl(t, site, l.laidOut)
	if !errors.Is(got.err, broken) || !strings.Contains(got.err.Error(), "/p1") || strings.Count(got.err.Error(), "disk") != 1 {
		t.Errorf("failed with %v", got.err)
	}
	if got.coverage.Complete || len(l.common) != 0 {
		t.Errorf("complete: %t, learned %d times", got.coverage.Complete, len(l.common))
	}
}

func TestACrawlCanBeEndedWhileATemplateIsLeftOut(t *testing.T) {
	site := withFooter(t, 60, nil)
	ctx, end := context.WithCancel(t.Context())
	l := layout{before: func(string) error {
		end()
		return nil
	}}
	got := crawlWithin(ctx, t, site, l.laidOut)
	if !errors.Is(got.err, context.Canceled) || got.coverage.Complete {
		t.Errorf("failed with %v; complete: %t", got.err, got.coverage.Complete)
	}
	if len(l.taken) > 40 || len(l.common) != 0 { // those that were on their way
		t.Errorf("went on for %d pages, and learned %d times", len(l.taken), len(l.common))
	}
}
