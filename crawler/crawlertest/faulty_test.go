package crawlertest

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
)

// A kind of source that breaks a promise fails in the rule for it, and one that breaks none passes all of them.
func TestEachRuleFindsAKindThatBreaksIt(t *testing.T) {
	tests := make(map[string]func(T, *faulty))
	for name, rule := range rules() {
		tests[name] = func(t T, p *faulty) { rule(t, p) }
	}
	for name, rule := range listedRules() {
		tests[name] = func(t T, p *faulty) { rule(t, p) }
	}
	for name := range newFaulty("").Faults() {
		tests[name] = func(t T, p *faulty) { faultIsNoAbsence(t, p, name) }
	}
	flaws := map[string]string{
		"the sums add up":                                    "counts too many",
		"the same input gives the same pages":                "has a clock in it",
		"a failure never looks like an absence":              "skips what fails",
		"an absence is seen by a whole reading":              "forgets what was known",
		"single pages say nothing of the others":             "reads everything",
		"cancelling ends it":                                 "takes the cancelled for the end",
		"what was cut off is continued":                      "begins behind the cut",
		"a sink that fails ends it":                          "ignores the sink",
		"a hidden page is a fact":                            "gives hidden pages",
		"a hidden page is a fact beside a failure":           "hides nothing beside a failure",
		"a page without known readers is kept and not given": "takes unknown readers for everyone",
		"a moved page keeps its identity":                    "knows pages by their addresses",
		"a cursor comes of a whole list only":                "always has a cursor",
		"a wrong password":                                   "asks not who it is",
		"a list that is cut off":                             "takes what it got for all",
	}
	for name, test := range tests {
		if failed := verdictOn(t.Context(), func(v T) { test(v, newFaulty("")) }); failed != "" {
			t.Errorf("%s: a kind without a flaw fails: %s", name, failed)
		}
		if flaws[name] == "" {
			t.Errorf("%s: no flaw is known that breaks it", name)
		} else if verdictOn(t.Context(), func(v T) { test(v, newFaulty(flaws[name])) }) == "" {
			t.Errorf("%s: a kind that %s passes", name, flaws[name])
		}
	}
}

// verdict records what a rule says.
type verdict struct {
	ctx  context.Context
	said []string
}

func (v *verdict) Context() context.Context { return v.ctx }
func (v *verdict) Helper()                  {}
func (v *verdict) Error(args ...any)        { v.said = append(v.said, fmt.Sprint(args...)) }
func (v *verdict) Errorf(format string, args ...any) {
	v.said = append(v.said, fmt.Sprintf(format, args...))
}
func (v *verdict) Fatal(args ...any) {
	v.Error(args...)
	runtime.Goexit()
}

// verdictOn returns what a rule complains of, or "".
func verdictOn(ctx context.Context, rule func(T)) string {
	v, done := &verdict{ctx: ctx}, make(chan struct{})
	go func() {
		defer close(done)
		rule(v)
	}()
	<-done
	return strings.Join(v.said, "; ")
}

// faulty is a system of four pages in memory, and a kind of source that reads it with a flaw.
type faulty struct {
	flaw    string
	pages   map[string]string // address → ID
	broken  map[string]bool
	hidden  map[string]bool
	veiled  map[string]bool
	held    string
	waits   chan struct{}
	nobody  bool // the password is wrong: the list is empty
	cut     bool // the list ends early
	clock   int
	settled map[crawler.Source]map[string]crawler.Outcome
}

func newFaulty(flaw string) *faulty {
	f := &faulty{
		flaw: flaw, pages: map[string]string{}, broken: map[string]bool{}, hidden: map[string]bool{}, veiled: map[string]bool{},
		settled: map[crawler.Source]map[string]crawler.Outcome{},
	}
	for _, id := range []string{"1", "2", "3", "4"} {
		f.pages["https://wiki.test/"+id] = id
	}
	return f
}

func (f *faulty) Source() crawler.Source {
	s := &faultySource{place: f}
	f.settled[s] = map[string]crawler.Outcome{}
	return s
}

func (f *faulty) Addresses() []string { return slices.Sorted(maps.Keys(f.pages)) }

func (f *faulty) Outcome(s crawler.Source, address string) crawler.Outcome {
	return f.settled[s][address]
}

func (f *faulty) Fact(s crawler.Source, address string) crawler.Outcome { return f.settled[s][address] }

func (f *faulty) Break(address string)  { f.broken[address] = true }
func (f *faulty) Remove(address string) { delete(f.pages, address) }
func (f *faulty) Hide(address string)   { f.hidden[address] = true }
func (f *faulty) Veil(address string)   { f.veiled[address] = true }

func (f *faulty) Hold(address string) <-chan struct{} {
	f.held, f.waits = address, make(chan struct{})
	return f.waits
}

func (f *faulty) Move(address string) string {
	f.pages[address+"/new"] = f.pages[address]
	delete(f.pages, address)
	return address + "/new"
}

func (f *faulty) Faults() map[string]func() {
	return map[string]func(){
		"a wrong password":       func() { f.nobody = true },
		"a list that is cut off": func() { f.cut = true },
	}
}

// faultySource reads the place. Each flaw is one condition.
type faultySource struct {
	place *faulty
	cut   int
}

func (s *faultySource) has(flaw string) bool { return s.place.flaw == flaw }

func (s *faultySource) Read(ctx context.Context, r crawler.Reading) (crawler.Coverage, error) {
	f, settled := s.place, s.place.settled[s]
	clear(settled)
	list := f.Addresses()
	whole := true
	if f.nobody {
		list, whole = nil, s.has("asks not who it is")
	}
	if f.cut {
		list, whole = list[:2], s.has("takes what it got for all")
	}
	if r.Only != nil && !s.has("reads everything") {
		list = []string{r.Only[0].String()}
	}
	if !whole {
		settled["https://wiki.test/list"] = crawler.BadListing
	}
	if s.has("begins behind the cut") {
		list = list[min(s.cut, len(list)):]
	}
	for i, address := range list {
		if f.held == address {
			f.held = ""
			close(f.waits)
			<-ctx.Done()
			s.cut = i
			if s.has("takes the cancelled for the end") {
				break
			}
			settled[address] = crawler.Interrupted
			return s.coverage(r), context.Cause(ctx)
		}
		switch {
		case f.broken[address] && s.has("skips what fails"):
			continue
		case f.broken[address]:
			settled[address] = crawler.ServerError
			continue
		case f.hidden[address] && !s.has("gives hidden pages") && !(s.has("hides nothing beside a failure") && len(f.broken) > 0):
			settled[address] = crawler.Hidden
			continue
		case f.veiled[address] && !s.has("takes unknown readers for everyone"):
			settled[address] = crawler.Unserved
			continue
		}
		settled[address] = crawler.Paged
		page := crawler.Page{
			Source: "wiki", ExternalID: f.pages[address], Identity: f.pages[address], URL: address, Title: "Title",
			HTML: "<p>Text</p>", Markdown: "Text",
		}
		if s.has("knows pages by their addresses") {
			page.ExternalID, page.Identity = address, address
		}
		if f.clock++; s.has("has a clock in it") {
			page.Title = fmt.Sprint("Title ", f.clock)
		}
		if err := r.Sink.Put(ctx, page); err != nil && !s.has("ignores the sink") {
			settled[address] = crawler.Interrupted
			return s.coverage(r), err
		}
	}
	if r.Known != nil && whole && !s.has("forgets what was known") {
		for address := range r.Known {
			if settled[address] == "" {
				settled[address] = crawler.Unlisted
			}
		}
	}
	return s.coverage(r), nil
}

// coverage counts what was settled.
func (s *faultySource) coverage(r crawler.Reading) crawler.Coverage {
	c := crawler.Coverage{Outcomes: map[crawler.Outcome]int{}, Partial: r.Only != nil}
	for _, address := range slices.Sorted(maps.Keys(s.place.settled[s])) {
		o := s.place.settled[s][address]
		c.Discovered++
		c.Outcomes[o]++
		if o.Failed() {
			c.GapsInAll++
			c.Gaps = append(c.Gaps, crawler.Gap{URL: address, Outcome: o, Detail: "it failed"})
		}
	}
	if s.has("counts too many") {
		c.Discovered++
	}
	c.Complete = c.GapsInAll == 0 && !c.Partial
	if c.Complete || s.has("always has a cursor") {
		c.Cursor = "next"
	}
	return c
}
