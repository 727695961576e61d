package crawlertest

import (
	"slices"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
)

// Listed is a place whose pages have IDs of their own, such as a system with an API.
type Listed interface {
	Place
	// Faults are what may go wrong with the list, by name. Each makes every reading from now on go wrong: a wrong
	// password, an expired token, a list that is cut off, a total that changes, an ID or a cursor that is
	// repeated, an empty answer. A kind that logs in has at least the first two.
	Faults() map[string]func()
	// Hide makes a page one that readers may not have, such as a draft.
	Hide(address string)
	// Veil makes it impossible to tell who may read a page.
	Veil(address string)
	// Move gives a page another address and returns that.
	Move(address string) string
	// Fact returns what the last reading by source settled for the page that had the address, wherever it settled
	// that.
	Fact(source crawler.Source, address string) crawler.Outcome
}

// RunListed runs the tests of Run and those of a source that lists its pages.
func RunListed(t *testing.T, newPlace func(*testing.T) Listed) {
	Run(t, func(t *testing.T) Place { return newPlace(t) })
	for name, test := range listedRules() {
		t.Run(name, func(t *testing.T) { test(t, newPlace(t)) })
	}
	for fault := range newPlace(t).Faults() {
		t.Run("a fault is named and no absence: "+fault, func(t *testing.T) { faultIsNoAbsence(t, newPlace(t), fault) })
	}
}

// listedRules are what every source with IDs promises, besides the faults of its list.
func listedRules() map[string]func(T, Listed) {
	return map[string]func(T, Listed){
		"a hidden page is a fact":                            hiddenIsAFact,
		"a hidden page is a fact beside a failure":           hiddenBesideAFailure,
		"a page without known readers is kept and not given": veiledIsSpared,
		"a moved page keeps its identity":                    movedKeepsIdentity,
		"a cursor comes of a whole list only":                cursorOfAWholeList,
	}
}

// faultIsNoAbsence makes sure that a list which went wrong is not complete, says why, and makes nothing of a page
// that it lacks.
func faultIsNoAbsence(t T, p Listed, fault string) {
	p.Faults()[fault]()
	s := p.Source()
	sink := newShelf()
	c, err := read(t.Context(), t, s, crawler.Reading{Sink: sink, Known: slices.Values(p.Addresses())})
	names := func(g crawler.Gap) bool { return g.Outcome.Failed() && g.Detail != "" }
	switch {
	case c.Complete || c.SawAll():
		t.Errorf("%s: the coverage is complete: %+v", fault, c)
	case err == nil && !slices.ContainsFunc(c.Gaps, names), err != nil && err.Error() == "":
		t.Errorf("%s is not named: %+v, %v", fault, c, err)
	case c.Cursor != "":
		t.Errorf("%s: there is a cursor for the next list: %q", fault, c.Cursor)
	}
	for _, address := range p.Addresses() {
		if o := p.Outcome(s, address); o != "" && o != crawler.Paged && !o.Spares() {
			t.Errorf("%s: %s ends as %q", fault, address, o)
		}
	}
}

func hiddenIsAFact(t T, p Listed) {
	hidden := p.Addresses()[1]
	p.Hide(hidden)
	s := p.Source()
	c, sink := readAll(t, s, p.Addresses())
	if !c.Complete {
		t.Errorf("a page is hidden, and the coverage is not complete: %+v", c)
	}
	isHidden(t, p, s, sink, hidden)
}

func hiddenBesideAFailure(t T, p Listed) {
	hidden := p.Addresses()[1]
	p.Hide(hidden)
	p.Break(p.Addresses()[2])
	s := p.Source()
	_, sink := readAll(t, s, p.Addresses())
	isHidden(t, p, s, sink, hidden)
}

func isHidden(t T, p Listed, s crawler.Source, sink *shelf, hidden string) {
	t.Helper()
	if o := p.Fact(s, hidden); o.Meaning().Leaves != crawler.GroundFact {
		t.Errorf("%s is hidden, and ends as %q", hidden, o)
	}
	if sink.pages[hidden].URL != "" {
		t.Errorf("%s is hidden, and given to the sink", hidden)
	}
}

func veiledIsSpared(t T, p Listed) {
	veiled := p.Addresses()[1]
	p.Veil(veiled)
	s := p.Source()
	_, sink := readAll(t, s, p.Addresses())
	if o := p.Fact(s, veiled); !o.Spares() {
		t.Errorf("nobody knows who may read %s, and it ends as %q", veiled, o)
	}
	if sink.pages[veiled].URL != "" {
		t.Errorf("nobody knows who may read %s, and it is given to the sink", veiled)
	}
}

func movedKeepsIdentity(t T, p Listed) {
	from := p.Addresses()[1]
	_, before := readAll(t, p.Source(), nil)
	to := p.Move(from)
	c, after := readAll(t, p.Source(), p.Addresses())
	was, is := before.pages[from], after.pages[to]
	if was.Identity == "" || was.Identity != is.Identity || was.ExternalID != is.ExternalID {
		t.Errorf("%s has the identity %q, and %q at %s", from, was.Identity, is.Identity, to)
	}
	if !c.Complete || len(before.pages) != len(after.pages) {
		t.Errorf("a page moved: %+v", c)
	}
}

func cursorOfAWholeList(t T, p Listed) {
	p.Break(p.Addresses()[1])
	c, _ := readAll(t, p.Source(), p.Addresses())
	if c.Cursor != "" {
		t.Errorf("a page could not be read, and the next list begins at %q", c.Cursor)
	}
}
