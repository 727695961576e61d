package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// many are more pages than a listing that ends after 50 has.
func many() (paths []string) {
	for i := range 70 {
		paths = append(paths, fmt.Sprintf("/m%02d", i))
	}
	return paths
}

// A lost state file recovers although Intercom's listing ends before all pages: what it
// lacks is looked up, or simply sent.
func TestALostStateRecoversBeyondTheEndOfTheListing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config sandbox.Config
		writes int
	}{
		"looked up": {config: sandbox.Config{ListingLimit: 50}},
		"sent":      {config: sandbox.Config{ListingLimit: 50, NoLookUp: true}, writes: 21},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldIn(t, test.config, "", many()...)
			w.fincrawl(exitDone, "sync")
			all := w.library()
			w.lose("fincrawl.db")
			if n := w.writes(func() { w.fincrawl(exitDone, "preview") }); n != 0 {
				t.Errorf("a preview sent %d writes", n)
			}
			var run report.Run
			if n := w.writes(func() { run = w.fincrawl(exitDone, "sync") }); n != test.writes {
				t.Errorf("%d writes, want %d", n, test.writes)
			}
			if v := run.Sources[0].Verification; v == nil || !v.Ended || !v.Unlisted || v.Error != "" {
				t.Errorf("not said: %+v", v)
			}
			w.wantLibrary(all...)
			if n := w.writes(func() { w.wantActions(w.fincrawl(exitDone, "sync", "--verify")) }); n != 0 {
				t.Errorf("%d writes by the run after", n)
			}
			w.wantLibrary(all...)
			w.site.Remove("/m03")
			w.wantActions(w.fincrawl(exitDone, "sync"), "- /m03")
		})
	}
}

// After a lost state a page beyond the end of the listing that another tool put there is not
// overwritten.
func TestBeyondTheEndOfTheListingAForeignPageIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorldIn(t, sandbox.Config{ListingLimit: 50}, "    content: {external_id: {regex: '/m([0-9]+)$'}}\n", many()[10:]...)
	w.site.Page("/", testsite.Page{Links: many()[11:]})
	w.fincrawl(exitDone, "sync")
	theirs := w.foreign("10", "https://help.example.org/kb/10")
	for i := range 60 { // which are newer, and listed first
		w.foreign(fmt.Sprintf("kb-%d", i), "https://help.example.org/kb")
	}
	w.lose("fincrawl.db")
	w.site.Page("/", testsite.Page{Links: many()[10:]})
	run := w.fincrawl(exitHeld, "sync")
	w.wantActions(run, "? 10")
	w.wantUntouched(theirs)
	if code, out, logs := w.execute(t.Context(), "adopt", "wiki", "10", "--yes"); code != exitDone || !strings.Contains(out, "1 page taken over") {
		t.Errorf("exit code %d\n%s\n%s", code, out, logs)
	}
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ 10")
}

// What somebody changed in Intercom is found beyond the end of the listing, too.
func TestDriftIsFoundBeyondTheEndOfTheListing(t *testing.T) {
	t.Parallel()
	w := newWorldIn(t, sandbox.Config{ListingLimit: 50}, "", many()...)
	w.fincrawl(exitDone, "sync")
	for _, p := range []string{"/m00", "/m69", "/m35"} {
		w.edit(p, func(p *intercom.PageRequest) { p.HTML = "<p>Edited by hand.</p>" })
	}
	w.drop("/m01")
	w.drop("/m68")
	w.wantActions(w.fincrawl(exitDone, "sync", "--verify"), "~ /m00", "+ /m01", "~ /m35", "+ /m68", "~ /m69")
	if v := w.fincrawl(exitDone, "sync", "--verify").Sources[0].Verification; v == nil || v.Drift() != 0 || v.Looked != v.Of || v.Of != 71 {
		t.Errorf("got %+v", v)
	}
}

// Forgetting a source works beyond the end of the listing, and deletes nothing of others.
func TestForgetBeyondTheEndOfTheListing(t *testing.T) {
	t.Parallel()
	w := newWorldIn(t, sandbox.Config{ListingLimit: 50}, "", many()...)
	w.fincrawl(exitDone, "sync")
	if code, out, logs := w.execute(t.Context(), "forget", "wiki", "--yes"); code != exitDone || !strings.Contains(out, "71 pages") || !strings.Contains(out, "listing ends") {
		t.Errorf("exit code %d\n%s\n%s", code, out, logs)
	}
	if all := w.box.Sources(); len(all) != 0 {
		t.Errorf("left are %+v", all)
	}
}

// Forgetting a source deletes its own pages. Those of another tool stay, and the import
// source with them.
func TestForgetLeavesThePagesOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	theirs := w.foreign("kb-1", "https://help.example.org/kb/1")
	code, out, logs := w.execute(t.Context(), "forget", "wiki", "--yes")
	if code != exitDone || !strings.Contains(out, "21 pages") || !strings.Contains(out, "1 page in it that fincrawl did not bring there stay") {
		t.Errorf("exit code %d\n%s\n%s", code, out, logs)
	}
	w.wantUntouched(theirs)
	if got := w.library(); !slices.Equal(got, []string{"kb-1"}) {
		t.Errorf("left are %v", got)
	}
}

// A removal that takes long goes on where it was, run after run, and says how far it is.
func TestForgettingIsSpreadOverRuns(t *testing.T) {
	t.Parallel()
	w := newWorldIn(t, sandbox.Config{ListingLimit: 50}, "", many()...)
	w.fincrawl(exitDone, "sync")
	forget := func() (code int, out string) {
		var stdout, stderr bytes.Buffer
		a := newApp(&stdout, &stderr)
		a.removals = 10
		code = a.execute(t.Context(), []string{"forget", "wiki", "--yes", "--config", w.path("sources.yaml")})
		return code, stdout.String() + stderr.String()
	}
	for _, want := range []string{"10 of 71 pages are deleted, and 61 are left. To go on: fincrawl forget", "51 are left", "41 are left"} {
		if code, out := forget(); code != exitSomeFailed || !strings.Contains(out, want) {
			t.Errorf("exit code %d without %q\n%s", code, want, out)
		}
	}
	if code, out := forget(); code != exitDone || !strings.Contains(out, "with it 41 pages") || !strings.Contains(out, "is forgotten") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if all := w.box.Sources(); len(all) != 0 {
		t.Errorf("left are %+v", all)
	}
}

// Pages may be adopted by their URLs or external IDs, and the others stay as they were.
func TestAdoptTakesOverOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    deletes: {confirm_runs: 1}\n", articles...)
	w.fincrawl(exitDone, "sync")
	w.foreign("kb-1", "https://help.example.org/kb/1")
	w.foreign("kb-2", "https://help.example.org/kb/2")
	theirs := w.foreign("kb-3", "https://help.example.org/kb/3")
	if code, out, logs := w.execute(t.Context(), "adopt", "wiki", "kb-9", "--yes"); code != exitUsage || !strings.Contains(logs, "has no page with that") {
		t.Errorf("exit code %d\n%s\n%s", code, out, logs)
	}
	if code, out, logs := w.execute(t.Context(), "adopt", "wiki", "kb-1", "https://help.example.org/kb/2", "--yes"); code != exitDone || !strings.Contains(out, "2 pages taken over") {
		t.Errorf("exit code %d\n%s\n%s", code, out, logs)
	}
	w.wantActions(w.fincrawl(exitDone, "sync"), "- kb-1", "- kb-2")
	w.wantUntouched(theirs)
}

// What a person adopted is fincrawl's: it goes as any page does that the site lacks.
func TestAdoptTakesPagesOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    deletes: {confirm_runs: 1}\n", articles...)
	if code, _, logs := w.ask("y\n", "adopt", "wiki"); code != exitUsage || !strings.Contains(logs, "`fincrawl sync --config") {
		t.Errorf("before the first run: exit code %d\n%s", code, logs)
	}
	w.fincrawl(exitDone, "sync")
	if code, out, _ := w.ask("y\n", "adopt", "wiki"); code != exitDone || !strings.Contains(out, "fincrawl's already") {
		t.Errorf("nothing to adopt: exit code %d\n%s", code, out)
	}
	theirs := w.foreign("kb-1", "https://help.example.org/kb/1")
	w.fincrawl(exitDone, "sync")
	for answer, want := range map[string]int{"": exitUsage, "n\n": exitFailed} {
		if code, out, _ := w.ask(answer, "adopt", "wiki"); code != want || !strings.Contains(out, "Of another tool") {
			t.Errorf("answered %q: exit code %d\n%s", answer, code, out)
		}
	}
	w.wantUntouched(theirs)
	if code, out, logs := w.ask("y\n", "adopt", "wiki"); code != exitDone || !strings.Contains(out, "1 page taken over") {
		t.Errorf("exit code %d\n%s\n%s", code, out, logs)
	}
	run := w.fincrawl(exitDone, "sync")
	w.wantActions(run, "- kb-1")
	if run.Sources[0].Foreign.Pages != 0 {
		t.Errorf("foreign still: %+v", run.Sources[0].Foreign)
	}
	w.wantLibrary(allPages()...)
}
