package ingest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/quick"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/sketch"
	"github.com/fincrawl/fincrawl/state"
)

// A library in which some pages say something else, as a plan has it.
type revision struct {
	before, after func(page int) string // HTML; after "" is as before
	notice        string
	pages         int
	settle        func(*state.Entry, *state.Staged)
}

func (r revision) inputs() ingest.Inputs {
	var pages []state.Staged
	var entries []state.Entry
	for i := range r.pages {
		id := fmt.Sprintf("%04d", i)
		before, after := r.before(i), r.after(i)
		p := with(page(id, "new of "+id), func(p *state.Staged) { p.Sketch, p.Notice = sketch.Of(after), r.notice })
		e := with(entry(id, "old of "+id), func(e *state.Entry) { e.Sketch = sketch.Of(before) })
		if after == "" {
			p.Hash, p.Sketch, p.Notice = e.Hash, e.Sketch, ""
		}
		if r.settle != nil {
			r.settle(&e, &p)
		}
		pages, entries = append(pages, p), append(entries, e)
	}
	return ingest.Inputs{Coverage: complete, Pages: values(pages...), Entries: values(entries...)}
}

// prose is a text of so many words that no other page has.
func prose(page, words int) string {
	var text strings.Builder
	for i := range words {
		fmt.Fprintf(&text, "word%d of%d the%d page ", page, i, page*1000+i)
	}
	return "<p>" + text.String() + "</p>"
}

func titled(text string) func(int) string {
	return func(page int) string { return fmt.Sprintf("<h2>Page %d</h2><p>%s</p>", page, text) }
}

// first applies to the first n pages.
func first(n int, after func(int) string) func(int) string {
	return func(page int) string {
		if page < n {
			return after(page)
		}
		return ""
	}
}

func long(page int) string  { return prose(page, 100) }
func short(page int) string { return prose(page, 5) }
func cut(by int) func(int) string {
	return func(page int) string { return prose(page, 100/by) }
}

// twice is the look at a version that was held before.
func twice(e *state.Entry, p *state.Staged) { e.Doubted = p.Hash }

func TestDangerIsToldFromEditing(t *testing.T) {
	const spinner = "it says that it is being loaded"
	for _, test := range []struct {
		name  string
		of    revision
		guard ingest.Guard // "" lets all pass
	}{
		{"every long page says one thing", revision{pages: 30, before: long, after: titled("Loading content")}, ingest.GuardSameText},
		{"every long page says one thing, whatever stands on it", revision{pages: 30, before: long, after: titled("A word in no list")}, ingest.GuardSameText},
		{"a few do", revision{pages: 100, before: long, after: first(3, titled("Loading content")), notice: spinner}, ingest.GuardShrunk},
		{"a few do, whatever stands on it", revision{pages: 100, before: long, after: first(3, titled("A word in no list"))}, ingest.GuardShrunk},
		{"some short pages say one thing", revision{pages: 100, before: short, after: first(18, titled("This much is said here on each of them"))}, ingest.GuardSameText},
		{"short pages say one thing that is longer", revision{pages: 100, before: short, after: first(18, func(int) string { return prose(7777, 50) })},
			ingest.GuardSameText},
		{"one short page becomes a notice", revision{pages: 100, before: short, after: first(1, titled("Loading, please wait")), notice: spinner}, ingest.GuardShrunk},
		{"one long page has hardly a text left", revision{pages: 100, before: long, after: first(1, titled("Ouch"))}, ingest.GuardShrunk},
		{"one long page says something else, in a line or two", revision{pages: 100, before: long, settle: twice,
			after: first(1, titled("We are improving this service for you at the moment. Please come back in an hour or two."))}, ingest.GuardShrunk},
		{"one page of some length says something else, in a line or two", revision{pages: 100, before: func(i int) string { return prose(i, 22) },
			after: first(1, titled("We are improving this service for you at the moment. Please come back."))}, ingest.GuardShrunk},
		{"one long page says something else, in a paragraph", revision{pages: 100, before: long, after: first(1, func(int) string { return prose(7777, 12) }), settle: twice}, ""},
		{"one long page keeps a line of what it said", revision{pages: 100, before: long, after: first(1, func(i int) string { return prose(i, 7) }), settle: twice}, ""},
		{"one page that was found in Intercom is half as long, and open", revision{pages: 100, before: func(i int) string { return prose(i, 22) },
			after: first(1, func(i int) string { return prose(i, 9) }), settle: func(e *state.Entry, p *state.Staged) { e.Hash, p.End = "", "open 2" }}, ingest.GuardShrunk},
		{"ten shrink alike", revision{pages: 100, before: long, after: first(10, cut(4))}, ingest.GuardShrunk},
		{"one is cut, at first sight", revision{pages: 100, before: long, after: first(1, cut(3))}, ingest.GuardShrunk},
		{"two are cut, at first sight", revision{pages: 100, before: long, after: first(2, cut(3))}, ingest.GuardShrunk},

		{"one short page is cut", revision{pages: 100, before: short, after: first(1, titled("Another text"))}, ""},
		{"some short pages say one thing, few enough", revision{pages: 100, before: short, after: first(5, titled("Another text"))}, ""},
		{"all pages are written anew", revision{pages: 50, before: long, after: func(i int) string { return prose(i+500, 90) }}, ""},
		{"all pages lose a little", revision{pages: 50, before: long, after: func(i int) string { return prose(i, 80) }}, ""},
		{"all pages get a notice beside their text", revision{pages: 50, before: long,
			after: func(i int) string { return long(i) + "<p>Until Friday there is maintenance.</p>" }}, ""},
		{"pages that said one thing say another", revision{pages: 50, before: titled("Coming soon"), after: titled("Coming in autumn")}, ""},
		{"what two pages said is on both", revision{pages: 12, before: func(i int) string { return long(i % 2) },
			after: func(int) string { return long(0) + long(1) }}, ""},
		{"a person allowed it", revision{pages: 100, before: long, after: first(10, cut(4)), settle: func(_ *state.Entry, p *state.Staged) { p.MayShrink = true }}, ""},
		{"what goes is template by now", revision{pages: 100, before: long, after: cut(3),
			settle: func(e *state.Entry, p *state.Staged) { p.Template = e.Sketch.Letters * 2 / 3 }}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := policy
			p.MaxSameText, p.MaxShrink = 5, 0.5
			plan := p.Apply(mustPlan(t, test.of.inputs()))
			for i, c := range plan.Changes {
				changed := test.of.after(i) != "" && test.of.after(i) != test.of.before(i)
				switch {
				case !changed && c.Action != ingest.Unchanged && c.Action != ingest.Update:
					t.Errorf("a page that did not change: %+v", c)
				case changed && c.Guard != test.guard:
					t.Fatalf("got %s %s %q", c.Action, c.Guard, c.Reason)
				}
			}
		})
	}
}

// One page that shrank and still says so to the next run is an edit; as long as it says
// something else each time, or others shrink too, it is not.
func TestASecondLookLetsAnEditPass(t *testing.T) {
	p := policy
	p.MaxSameText, p.MaxShrink = 5, 0.5
	for _, test := range []struct {
		name    string
		of      revision
		doubted string
		passes  bool
	}{
		{"the same again", revision{pages: 50, before: long, after: first(1, cut(3))}, "new of 0000", true},
		{"another again", revision{pages: 50, before: long, after: first(1, cut(3))}, "new of yesterday", false},
		{"a spinner again", revision{pages: 50, before: long, after: first(1, cut(3)), notice: "it spins"}, "new of 0000", false},
		{"with many others", revision{pages: 50, before: long, after: first(10, cut(3))}, "new of 0000", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.of.settle = func(e *state.Entry, _ *state.Staged) {
				if e.ExternalID == "0000" {
					e.Doubted = test.doubted
				}
			}
			c := p.Apply(mustPlan(t, test.of.inputs())).Changes[0]
			if passes := c.Action == ingest.Update; passes != test.passes {
				t.Errorf("got %+v", c)
			}
		})
	}
	// The run that holds it remembers it, and one that finds it as it was forgets it.
	held := p.Apply(mustPlan(t, revision{pages: 9, before: long, after: first(1, cut(3))}.inputs()))
	led := newLedger(entry("0000", "old of 0000"))
	if _, err := ingest.Apply(t.Context(), held, target(newLibrary(), led, nil)); err != nil {
		t.Fatal(err)
	}
	if e := led.sorted()[0]; e.Doubted != "new of 0000" || e.Hash != "old of 0000" {
		t.Errorf("recorded: %+v", e)
	}
}

// Whatever the order and the share, no more than max_same_text pages come to say one thing
// that they did not say before, in one run or in many.
func TestOneTextSpreadsNoFurtherNightAfterNight(t *testing.T) {
	p := policy
	p.MaxSameText, p.MaxShrink = 5, 0.5
	property := func(nights [6]uint8) bool {
		blanked := map[int]bool{} // in the library
		var broken int
		for _, more := range nights {
			broken += int(more % 7)
			r := revision{pages: 60, before: func(i int) string {
				if blanked[i] {
					return titled("Sorry about this")(i)
				}
				return short(i)
			}}
			r.after = first(min(broken, 60), titled("Sorry about this"))
			for i, c := range p.Apply(mustPlan(t, r.inputs())).Changes {
				if c.Action == ingest.Update {
					blanked[i] = true
				}
			}
		}
		return len(blanked) <= 5
	}
	if err := quick.Check(property, nil); err != nil {
		t.Error(err)
	}
}

// A page that is split or joined moves its text and loses none.
func TestThePartsOfAPageAreJudgedTogether(t *testing.T) {
	p := policy
	p.MaxSameText, p.MaxShrink = 5, 0.5
	part := func(text string) func(*state.Staged) {
		return func(p *state.Staged) {
			p.ExternalID += "#part"
			p.URL += "#part"
			p.Hash = text
			p.Sketch = sketch.Of(text)
		}
	}
	lead := with(page("a", "new"), func(p *state.Staged) { p.Sketch, p.Parts = sketch.Of(prose(1, 20)), []string{"part"} })
	before := with(entry("a", "old"), func(e *state.Entry) { e.Sketch = sketch.Of(prose(1, 100)) })
	for name, test := range map[string]struct {
		part string
		want ingest.Action
	}{"split": {prose(1, 100), ingest.Update}, "shrunk": {prose(1, 10), ingest.Held}} {
		lead.ExternalID, lead.URL = "https://wiki.test/a", "https://wiki.test/a"
		before.ExternalID = lead.ExternalID
		plan := p.Apply(mustPlan(t, ingest.Inputs{Coverage: crawler.Coverage{Complete: true},
			Pages: values(lead, with(lead, part(test.part))), Entries: values(before)}))
		if c := plan.Changes[0]; c.Action != test.want {
			t.Errorf("%s: got %s %s", name, c.Action, c.Reason)
		}
	}
}

func TestASketchIsOfWhatAReaderSees(t *testing.T) {
	of := sketch.Of
	same := [][2]string{
		{"<h1>One</h1><p>Say &amp; do.</p>", "<h2>Two</h2>\n<div><b>say</b> do</div>"},
		{"<p>Größe</p>", "<p>GR&Ouml;&szlig;E</p>"},
	}
	for _, pair := range same {
		if of(pair[0]) != of(pair[1]) {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
	if of("<p>Release 7</p>") == of("<p>Release 8</p>") {
		t.Error("numbers do not count")
	}
	if of("<p>読み込み中</p>").Letters != 5 {
		t.Errorf("of Japanese: %+v", of("<p>読み込み中</p>"))
	}
}
