package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// without returns all pages but some.
func without(paths ...string) []string {
	return slices.DeleteFunc(allPages(), func(p string) bool { return slices.Contains(paths, p) })
}

func TestAPlanIsAppliedAsFarAsItWasApproved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	plan := w.path("plan.json")

	// What the person sees: one new page, one change, one delete.
	w.site.Page("/", testsite.Page{Links: append(articles, "/new")})
	w.site.Page("/new", testsite.Page{})
	w.site.Page("/a1", testsite.Page{Text: "As it was shown."})
	w.site.Remove("/a2")
	if n := w.writes(func() { w.fincrawl(exitDone, "preview", "--out", plan) }); n != 0 {
		t.Errorf("the preview sent %d writes", n)
	}

	// What happens before the approval.
	w.site.Page("/", testsite.Page{Links: append(articles, "/new", "/newer")})
	w.site.Page("/newer", testsite.Page{})
	w.site.Page("/a3", testsite.Page{Text: "Not seen by anybody."})
	w.site.Remove("/a4")
	run := w.fincrawl(exitHeld, "sync", "--plan", plan)
	w.wantActions(run, "~ /a1", "- /a2", "? /a3", "? /a4", "+ /new", "? /newer")
	for _, c := range run.Sources[0].Plan.Changes {
		if c.Action == ingest.Held && c.Guard != ingest.GuardApproval {
			t.Errorf("%s is held by %s", c.ExternalID, c.Guard)
		}
	}
	w.wantLibrary(append(without("/a2"), "/new")...)

	// A second approval of the same plan finds nothing left to do of it.
	if n := w.writes(func() { w.fincrawl(exitHeld, "sync", "--plan", plan) }); n != 0 {
		t.Errorf("%d writes", n)
	}
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(append(without("/a2", "/a4"), "/new", "/newer")...)
}

// What a saved plan shows as held by a ceiling stays held by it: a pipeline of preview and sync
// that says so every night is green, and an approval by that guard finds it.
func TestWhatASavedPlanShowsAsHeldStandsAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    deletes: {max_share: 0.1}\n", articles...)
	w.fincrawl(exitDone, "sync")
	plan := w.path("plan.json")
	for _, path := range articles[:4] {
		w.site.Remove(path)
	}
	w.fincrawl(exitHeld, "preview", "--out", plan)
	w.fincrawl(exitHeld, "sync", "--plan", plan)
	for range 2 {
		w.fincrawl(exitDone, "preview", "--out", plan)
		run := w.fincrawl(exitDone, "sync", "--plan", plan)
		for _, c := range run.Sources[0].Plan.Changes {
			if c.Action == ingest.Held && c.Guard != ingest.GuardShare {
				t.Errorf("%s is held by %s", c.ExternalID, c.Guard)
			}
		}
	}
	w.wantLibrary(allPages()...)
	w.fincrawl(exitDone, "sync")
	if code, out, logs := w.execute(t.Context(), "approve", "--guard", "share"); code != exitDone {
		t.Fatalf("approve: %d\n%s\n%s", code, out, logs)
	}
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(without(articles[:4]...)...)
}

func TestANumberOfDeletesIsNoneBelowZero(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	if code, _, logs := w.execute(t.Context(), "sync", "--allow-deletes", "-1"); code != exitUsage || len(w.box.Calls()) > 0 {
		t.Errorf("exit code %d, %d calls\n%s", code, len(w.box.Calls()), logs)
	}
}

// Connapse PR 406: an approval is a ceiling that is weighed again, not a replay.
func TestDeletesOverTheCeilingGoOnceTheyWereSeen(t *testing.T) {
	t.Parallel()
	for name, how := range map[string]func(*world) []string{
		"by a plan": func(w *world) []string {
			w.fincrawl(exitDone, "preview", "--out", w.path("plan.json")) // the sync before told of it
			w.write("plan.json", strings.ReplaceAll(string(w.read("plan.json")), `"approved": false`, `"approved": true`))
			return []string{"--plan", w.path("plan.json")}
		},
		"by a number": func(*world) []string { return []string{"--allow-deletes", "12"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", articles...)
			w.fincrawl(exitDone, "sync")
			for _, p := range articles[:12] {
				w.site.Remove(p)
			}
			w.fincrawl(exitHeld, "sync")
			w.wantLibrary(allPages()...)
			agreed := append([]string{"sync"}, how(w)...)

			// A page that can't be read holds none of those back that have answered 404 twice.
			w.site.FailAlways("/a20", testsite.Status(403))
			w.fincrawl(exitSomeFailed, agreed...)
			w.wantLibrary(without(articles[:12]...)...)
		})
	}
}

func TestAnApprovalIsForWhatItWasMadeOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	plan := w.path("plan.json")
	w.fincrawl(exitDone, "preview", "--out", plan)
	other := testsite.New(t)
	other.Page("/", testsite.Page{})
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", ""), w.source("help", other, "https://help.example.com", ""))

	// A source that was added since is not touched.
	for _, args := range [][]string{{"help"}, {"wiki", "help"}} {
		if code, _, logs := w.execute(t.Context(), append([]string{"sync", "--plan", plan}, args...)...); code != exitUsage || !strings.Contains(logs, "nothing of help") {
			t.Errorf("%v: exit code %d\n%s", args, code, logs)
		}
	}
	run := w.fincrawl(exitDone, "sync", "--plan", plan)
	if len(run.Sources) != 1 || run.Sources[0].Name != "wiki" || len(w.box.Sources()) != 1 {
		t.Errorf("sources %+v", run.Sources)
	}
	w.wantLibrary(allPages()...)

	// An import source that went since is not made again unseen.
	w.fincrawl(exitDone, "preview", "wiki", "--out", plan)
	w.deleteImportSource()
	if run := w.fincrawl(exitFailed, "sync", "--plan", plan); !strings.Contains(run.Sources[0].Error, "approved plan") {
		t.Errorf("error %q", run.Sources[0].Error)
	}

	// Neither is a plan for one workspace applied to another.
	var approval ingest.Approval
	if err := json.Unmarshal(w.read("plan.json"), &approval); err != nil {
		t.Fatal(err)
	}
	approval.Workspace = "elsewhere"
	text, err := json.Marshal(approval)
	if err != nil {
		t.Fatal(err)
	}
	w.write("plan.json", string(text))
	if run := w.fincrawl(exitFailed, "sync", "--plan", plan); !strings.Contains(run.Error, `workspace "elsewhere"`) {
		t.Errorf("error %q", run.Error)
	}
	for text, want := range map[string]string{"": "not a plan", `{"fincrawl_plan":9}`: "its format is 9"} {
		w.write("plan.json", text)
		if code, _, logs := w.execute(t.Context(), "sync", "--plan", plan); code != exitUsage || !strings.Contains(logs, want) {
			t.Errorf("%q: exit code %d\n%s", text, code, logs)
		}
	}
}

// A notice of maintenance with status 200 on every page is no new text of theirs.
func TestPagesThatTurnIntoOneTextAreHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	for _, p := range articles {
		w.site.Page(p, testsite.Page{Body: "<main><h1>Down</h1><p>We are down for maintenance, and soon be back, <a href=\"/#" + p + "\">try again</a>.</p></main>"})
	}
	run := w.fincrawl(exitHeld, "sync")
	for _, c := range run.Sources[0].Plan.Changes {
		if c.Action == ingest.Update {
			t.Errorf("sent: %+v", c)
		}
	}
	if html := w.page("/a1").HTML; strings.Contains(html, "maintenance") {
		t.Errorf("/a1 is %s", html)
	}
}

func TestTheGuardsAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	code, out, logs := w.execute(t.Context(), "guards")
	if code != exitDone {
		t.Fatalf("exit code %d\n%s", code, logs)
	}
	for _, g := range ingest.Guards() {
		if !strings.Contains(out, string(g.Name)) || !strings.Contains(out, g.Key) || !strings.Contains(out, g.Default) {
			t.Errorf("%s is not listed as it is:\n%s", g.Name, out)
		}
	}
}

func TestASavedPlanIsForItsOwner(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	plan, link := w.path("plan.json"), w.path("link.json")
	w.write("plan.json", "of before")
	if err := os.Chmod(plan, 0o666); err != nil {
		t.Fatal(err)
	}
	w.fincrawl(exitDone, "preview", "--out", plan)
	if info, err := os.Stat(plan); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the plan has %v, %v", info.Mode(), err)
	}
	if err := os.Symlink(w.path("token"), link); err != nil {
		t.Skip(err)
	}
	if code, _, logs := w.execute(t.Context(), "preview", "--out", link); code != exitUsage || !strings.Contains(logs, "is a link") {
		t.Errorf("exit code %d: %s", code, logs)
	}
	if got := string(w.read("token")); got != worldToken {
		t.Errorf("what the link leads to has %q", got)
	}
}
