// Package crawlertest tests what every kind of source promises. A kind of source runs it on itself.
package crawlertest

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
)

// Place is something that a source reads. It has at least three pages, one of which has a relative link. A kind of source provides one for each test.
type Place interface {
	// Source returns a source that reads the place and remembers nothing of others.
	Source() crawler.Source
	// Addresses returns the addresses of all pages. Each can be reached even if the others cannot be read.
	Addresses() []string
	// Outcome returns the outcome of an address in the last reading by source, or "" if it was not discovered.
	Outcome(source crawler.Source, address string) crawler.Outcome
	// Break makes every reading of a page fail from now on, as if its server were down.
	Break(address string)
	// Remove removes a page, with everything that leads to it.
	Remove(address string)
	// Hold makes the next reader of a page wait until the reader gives up. The channel is closed when a reader
	// waits.
	Hold(address string) <-chan struct{}
}

// T is what a rule needs of a *testing.T. The tests of this package give another one to a kind that breaks rules.
type T interface {
	Context() context.Context
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

// Run runs the tests, each on its own place.
func Run(t *testing.T, newPlace func(*testing.T) Place) {
	for name, test := range rules() {
		t.Run(name, func(t *testing.T) { test(t, newPlace(t)) })
	}
}

// rules are what every kind of source promises.
func rules() map[string]func(T, Place) {
	return map[string]func(T, Place){
		"the sums add up":                        sumsAddUp,
		"the same input gives the same pages":    sameInput,
		"a failure never looks like an absence":  failureIsNoAbsence,
		"an absence is seen by a whole reading":  absenceIsSeen,
		"single pages say nothing of the others": onlyPages,
		"cancelling ends it":                     cancelling,
		"what was cut off is continued":          goingOn,
		"a sink that fails ends it":              failingSink,
	}
}

// shelf is a sink that keeps pages.
type shelf struct {
	mu    sync.Mutex
	pages map[string]crawler.Page // by address
	err   error
}

func newShelf() *shelf { return &shelf{pages: make(map[string]crawler.Page)} }

func (s *shelf) Put(_ context.Context, p crawler.Page) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[p.URL] = p
	return s.err
}

// addresses returns the addresses of the pages that were put, sorted.
func (s *shelf) addresses() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.pages))
}

// read reads a source, and checks what must hold for every reading.
func read(ctx context.Context, t T, s crawler.Source, r crawler.Reading) (crawler.Coverage, error) {
	t.Helper()
	c, err := s.Read(ctx, r)
	sum := 0
	for outcome, n := range c.Outcomes {
		if sum += n; n < 1 {
			t.Errorf("%d addresses end as %q", n, outcome)
		}
		if _, known := crawler.Meanings()[outcome]; !known {
			t.Errorf("there is no outcome %q", outcome)
		}
		if outcome.Failed() && c.Complete {
			t.Errorf("the coverage is complete, and has a failure: %s", outcome)
		}
	}
	if sum != c.Discovered {
		t.Errorf("%d addresses were discovered, and %d have an outcome", c.Discovered, sum)
	}
	switch {
	case c.Complete && (err != nil || c.Partial || c.Ended != "" || c.GapsInAll > 0):
		t.Errorf("the coverage is complete, with error %v: %+v", err, c)
	case c.Partial != (r.Only != nil):
		t.Errorf("the coverage is partial: %t", c.Partial)
	case len(c.Gaps) != min(c.GapsInAll, crawler.MaxGaps):
		t.Errorf("%d gaps are named of %d", len(c.Gaps), c.GapsInAll)
	case !slices.IsSortedFunc(c.Gaps, func(a, b crawler.Gap) int { return cmp.Compare(a.URL, b.URL) }):
		t.Errorf("the gaps are not sorted: %v", c.Gaps)
	}
	return c, err
}

// readAll reads a whole place, from which the pages in known were sent earlier.
func readAll(t T, s crawler.Source, known []string) (crawler.Coverage, *shelf) {
	t.Helper()
	sink := newShelf()
	c, err := read(t.Context(), t, s, crawler.Reading{Sink: sink, Known: slices.Values(known)})
	if err != nil {
		t.Fatal(err)
	}
	return c, sink
}

func sumsAddUp(t T, p Place) {
	s := p.Source()
	c, sink := readAll(t, s, nil)
	all := slices.Sorted(slices.Values(p.Addresses()))
	if !c.Complete || c.Outcomes[crawler.Paged] != len(all) {
		t.Errorf("of %d pages: %+v", len(all), c)
	}
	if diff := gocmp.Diff(all, sink.addresses()); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	for address, page := range sink.pages {
		if o := p.Outcome(s, address); o != crawler.Paged {
			t.Errorf("%s is a page, and ends as %q", address, o)
		}
		if page.Title == "" || page.HTML == "" || page.Markdown == "" || page.ExternalID == "" || page.Source == "" {
			t.Errorf("a page lacks something: %+v", page)
		}
		if link := relative(page.HTML); link != "" {
			t.Errorf("%s has a link that leads nowhere from elsewhere: %q", address, link)
		}
	}
}

// relative returns the first link of a page that is not absolute, or "".
func relative(text string) string {
	tokens := html.NewTokenizer(strings.NewReader(text))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			for _, a := range tokens.Token().Attr {
				u, err := url.Parse(a.Val)
				if (a.Key == "href" || a.Key == "src") && (err != nil || !u.IsAbs() && !strings.HasPrefix(a.Val, "#")) {
					return a.Val
				}
			}
		}
	}
}

func sameInput(t T, p Place) {
	before, first := readAll(t, p.Source(), nil)
	after, second := readAll(t, p.Source(), p.Addresses())
	if diff := gocmp.Diff(first.pages, second.pages); diff != "" {
		t.Errorf("pages of two readings:\n%s", diff)
	}
	if diff := gocmp.Diff(before, after); diff != "" {
		t.Errorf("coverage of two readings:\n%s", diff)
	}
}

func failureIsNoAbsence(t T, p Place) {
	broken := p.Addresses()[1]
	p.Break(broken)
	s := p.Source()
	c, sink := readAll(t, s, p.Addresses())
	if c.Complete || !slices.ContainsFunc(c.Gaps, func(g crawler.Gap) bool { return g.Outcome.Failed() }) {
		t.Errorf("%s failed, and the coverage is %+v", broken, c)
	}
	if o := p.Outcome(s, broken); !o.Spares() || o.Meaning().Leaves != crawler.GroundNever {
		t.Errorf("%s failed, and ends as %q", broken, o)
	}
	if len(sink.pages) != len(p.Addresses())-1 || sink.pages[broken].URL != "" {
		t.Errorf("pages beside a failure: %v", sink.addresses())
	}
}

func absenceIsSeen(t T, p Place) {
	gone := p.Addresses()[1]
	p.Remove(gone)
	s := p.Source()
	c, sink := readAll(t, s, []string{gone})
	if o := p.Outcome(s, gone); !c.Complete || o.Failed() || o.Spares() || o == "" {
		t.Errorf("%s is gone and ends as %q: %+v", gone, o, c)
	}
	if sink.pages[gone].URL != "" {
		t.Errorf("%s is gone, and a page", gone)
	}
}

func onlyPages(t T, p Place) {
	wanted := p.Addresses()[1]
	u, err := url.Parse(wanted)
	if err != nil {
		t.Fatal(err)
	}
	sink := newShelf()
	c, err := read(t.Context(), t, p.Source(), crawler.Reading{Sink: sink, Only: []*url.URL{u}})
	if err != nil || !c.SawAll() || c.Discovered != 1 {
		t.Errorf("one page: %+v, %v", c, err)
	}
	if diff := gocmp.Diff([]string{wanted}, sink.addresses()); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

// cutOff cancels a reading that waits for the second page.
func cutOff(t T, p Place, s crawler.Source, sink crawler.Sink) {
	t.Helper()
	waits := p.Hold(p.Addresses()[1])
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	go func() {
		select {
		case <-waits:
		case <-t.Context().Done():
		}
		cancel(why)
	}()
	c, err := read(ctx, t, s, crawler.Reading{Sink: sink})
	if c.Complete || !errors.Is(err, why) && !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %+v, %v", c, err)
	}
}

func cancelling(t T, p Place) { cutOff(t, p, p.Source(), newShelf()) }

func goingOn(t T, p Place) {
	s, sink := p.Source(), newShelf()
	cutOff(t, p, s, sink)
	c, err := read(t.Context(), t, s, crawler.Reading{Sink: sink})
	if err != nil || !c.Complete || c.Outcomes[crawler.Paged] != len(p.Addresses()) {
		t.Errorf("continued: %+v, %v", c, err)
	}
	if diff := gocmp.Diff(slices.Sorted(slices.Values(p.Addresses())), sink.addresses()); diff != "" {
		t.Errorf("pages of both (-want +got):\n%s", diff)
	}
}

func failingSink(t T, p Place) {
	full := errors.New("the disk is full")
	sink := newShelf()
	sink.err = full
	c, err := read(t.Context(), t, p.Source(), crawler.Reading{Sink: sink})
	if !errors.Is(err, full) || c.Complete {
		t.Errorf("a sink that fails: %+v, %v", c, err)
	}
}
