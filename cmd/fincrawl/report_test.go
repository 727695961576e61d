package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/browsertest"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// newReportWorld is one night of a site on which changes are held.
func newReportWorld(t *testing.T) *world {
	w := newHeldWorld(t)
	w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7BBB with care."})
	w.site.Page("/a2", testsite.Page{Text: "CONFIDENTIAL: for us alone. " + wordy("/a2").Text})
	w.site.Page("/a3", testsite.Page{Robots: "noindex"})
	w.site.Page("/a4", testsite.Page{Robots: "noindex"})
	w.site.Page("/a5", testsite.Page{Text: wordy("/a5").Text + " And one more sentence."})
	return w
}

// decided opens a report, says to pages what a person would, and returns the file that this saves.
func (w *world) decided(tab *browsertest.Tab, report string, verdicts map[string]string, out ...string) string {
	w.Helper()
	tab.Load(w.path(report))
	for path, verdict := range verdicts {
		name, _ := json.Marshal("Page " + path)
		done := browsertest.Eval[bool](tab, `(async () => {
			const item = [...document.querySelectorAll("#waiting .item, #changes .item")].find(i => i.querySelector(".name").textContent === `+string(name)+`);
			item.querySelector("summary").click();
			await new Promise(done => setTimeout(done, 100));
			const radio = item.querySelector("input[value=`+verdict+`]");
			radio.click();
			return radio.checked;
		})()`)
		if !done {
			w.Fatalf("%s cannot be said of %s", verdict, path)
		}
	}
	if len(out) > 0 { // pages that do not change are found by their titles
		tab.Run(`document.querySelector("#readers details").open = true; new Promise(done => setTimeout(done, 100))`)
	}
	for _, path := range out {
		name, _ := json.Marshal("Page " + path)
		tab.Run(`[...document.querySelectorAll("#readers tbody tr")].find(r => r.querySelector("th").firstChild.textContent === ` + string(name) + `).querySelector("button").click()`)
	}
	tab.Run(`const [who, why] = document.querySelectorAll(".tray input"); who.value = "Anna Owner"; why.value = "looked at it"`)
	tab.Run(`document.querySelector(".tray button").click()`)
	var found []string
	for range 100 {
		tab.Run(`new Promise(done => setTimeout(done, 50))`)
		if found, _ = filepath.Glob(filepath.Join(tab.Downloads, "decisions-*.json")); len(found) > 0 {
			break
		}
	}
	if len(found) != 1 {
		w.Fatalf("the browser saved %q", found)
	}
	text := browsertest.Eval[string](tab, `(() => { const d = document.querySelector(".tray details"); d.open = true; return new Promise(done => setTimeout(() => done(d.querySelector("textarea").value), 100)); })()`)
	saved, err := os.ReadFile(found[0])
	if err != nil || string(saved) != text {
		w.Errorf("%v; what is to be copied is another text than what is saved", err)
	}
	if err := os.Remove(found[0]); err != nil {
		w.Fatal(err)
	}
	w.write("decisions.json", text)
	return w.path("decisions.json")
}

// What a person decides in a browser is what the next run does, and nothing else.
func TestWhatIsDecidedInABrowserIsDone(t *testing.T) {
	tab := browsertest.Open(t)
	for name, report := range map[string][]string{
		"a sync's":     {"sync", "--report"},
		"a past run's": {"report", "--out"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newReportWorld(t)
			if report[0] == "report" {
				w.fincrawl(exitHeld, "sync")
			}
			w.execute(w.Context(), append(report, w.path("report.html"))...)
			file := w.decided(tab, "report.html", map[string]string{"/a1": "approve", "/a2": "reject", "/a3": "approve", "/a5": "withdraw"}, "/a9")
			out := w.must("approve", "--file", file)
			for _, want := range []string{"makes 2 changes", "1 page.", "switches off 2 pages"} {
				if !strings.Contains(out, want) {
					t.Errorf("approve says\n%s", out)
				}
			}
			run := w.fincrawl(exitDone, "sync")
			w.wantText("/a1", "with care")
			w.wantText("/a2", "Sentence 1 of")
			w.wantLibrary(without("/a3")...)
			for _, path := range []string{"/a5", "/a9"} {
				if p := w.page(path); p.AIAgentAvailability || p.AICopilotAvailability {
					t.Errorf("%s was withdrawn, and is answered from", path)
				}
			}
			for _, c := range run.Sources[0].Plan.Changes {
				if c.Decided != nil && (c.Decided.By != "Anna Owner" || !strings.Contains(c.Decided.Reason, "looked at it")) {
					t.Errorf("decided is %+v", c.Decided)
				}
				if strings.HasSuffix(c.ExternalID, "/a4") && (c.Action != ingest.Held || c.Decided != nil) {
					t.Errorf("what nobody decided about is %+v", c)
				}
			}
			if out := w.must("status"); !strings.Contains(out, "Held back") {
				t.Errorf("status forgot what nobody decided about:\n%s", out)
			}
		})
	}
}

// A preview is looked through in a browser, and what was shown and decided there is what a sync
// does with it. It may say no word about a page that became another since.
func TestAReportOfAPreviewIsAPlan(t *testing.T) {
	tab := browsertest.Open(t)
	w := newReportWorld(t)
	w.execute(w.Context(), "preview", "--report", w.path("report.html"))
	file := w.decided(tab, "report.html", map[string]string{"/a1": "approve", "/a3": "approve", "/a2": "reject"}, "/a9")
	w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7CCC with care."})
	w.site.Page("/a6", testsite.Page{Text: wordy("/a6").Text + " Nobody has seen this."})
	w.execute(w.Context(), "sync", "--plan", file)
	w.wantText("/a1", "Sentence 1 of")
	w.wantText("/a2", "Sentence 1 of")
	w.wantText("/a5", "And one more sentence.")
	if strings.Contains(w.page("/a6").HTML, "Nobody has seen") {
		t.Error("what the report did not show was sent")
	}
	w.wantLibrary(without("/a3")...)
	if p := w.page("/a9"); p.AIAgentAvailability || p.AICopilotAvailability {
		t.Error("a page that was withdrawn is answered from")
	}
}

// A file that comes too late approves nothing, and says so.
func TestAStaleFileApprovesNothingElse(t *testing.T) {
	tab := browsertest.Open(t)
	w := newReportWorld(t)
	w.execute(w.Context(), "sync", "--report", w.path("report.html"))
	file := w.decided(tab, "report.html", map[string]string{"/a1": "approve"})
	w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7CCC with more care."})
	w.execute(w.Context(), "sync")
	if out := w.must("approve", "--file", file); !strings.Contains(out, "has become another change since") {
		t.Errorf("approve says\n%s", out)
	}
	w.fincrawl(exitDone, "sync")
	w.wantText("/a1", "Sentence 1 of")
}

// Of each kind of report, nothing has in it what screening found; and each says what it does not know.
func TestReportsHaveNoSecretsAndSayWhatIsMissing(t *testing.T) {
	w := newReportWorld(t)
	for _, command := range [][]string{{"preview", "--report"}, {"sync", "--report"}, {"report", "--out"}} {
		name := command[0] + ".html"
		w.execute(w.Context(), append(command, w.path(name))...)
		text := string(w.read(name))
		if strings.Contains(text, "QYLPMN5HFIQR") || strings.Contains(text, worldToken) {
			t.Errorf("%s has a secret in it", name)
		}
		found, missing := strings.Contains(text, `"found":"AKIA…"`), strings.Contains(text, "What the site has is not kept")
		if past := command[0] == "report"; found == past || missing != past {
			t.Errorf("%s: passages are shown: %v; it says that texts are missing: %v", name, found, missing)
		}
		if info, err := os.Stat(w.path(name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if code, _, logs := w.execute(w.Context(), "preview", "--report", w.path("nowhere/r.html")); code != exitUsage || !strings.Contains(logs, "there is no folder") {
		t.Errorf("exit code %d: %s", code, logs)
	}
	code, out, _ := w.execute(w.Context(), "report", "2026", "--out", w.path("more.html"))
	if code != exitUsage || out != "" { // several runs begin so
		t.Errorf("exit code %d: %s", code, out)
	}
}
