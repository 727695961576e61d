package report_test

import (
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/state"
)

func rendered(t *testing.T, mode string, s report.Source) string {
	t.Helper()
	var out strings.Builder
	if err := report.Text(&out, run(mode, s), report.TextOptions{Width: 200}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestAdviceIsListedWithItsFix(t *testing.T) {
	twice := []report.Advice{
		{Kind: "thin", URL: "https://help.example.com/a", Detail: "only 3 words", Fix: "Say more."},
		{Kind: "thin", URL: "https://help.example.com/b", Detail: "only 4 words", Fix: "Say more."},
	}
	seen := coverage(map[crawler.Outcome]int{crawler.Paged: 2})
	for mode, want := range map[string][]string{
		"lint":    {"thin (2)", "https://help.example.com/b", "only 4 words", "→ Say more.", "nothing was written"},
		"preview": {"Worth mending on the site (2)", "2 thin, such as https://help.example.com/a"},
	} {
		s := source(seen)
		s.Advice = twice
		text := rendered(t, mode, s)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s does not say %q:\n%s", mode, part, text)
			}
		}
	}
	if text := rendered(t, "lint", source(seen)); !strings.Contains(text, "Nothing to mend.") {
		t.Errorf("nothing to mend is not said:\n%s", text)
	}
}

func TestFindingsAreShownWithTheirPages(t *testing.T) {
	seen := coverage(map[crawler.Outcome]int{crawler.Paged: 2})
	unchanged := change(ingest.Unchanged, "/a", "A", "as it was sent")
	unchanged.Findings = []state.Finding{{Rule: "email", Kind: "personal", Action: "redact", Where: `under "Contact"`, Excerpt: "eri…", Count: 3}}
	text := rendered(t, "preview", source(seen, unchanged, change(ingest.Unchanged, "/b", "B", "as it was sent")))
	for _, want := range []string{"Unchanged, with findings (1)", `personal email, under "Contact", 3 times eri… (redacted)`} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	if kept := run("sync", source(seen, unchanged)).WithoutUnchanged(); len(kept.Sources[0].Plan.Changes) != 1 {
		t.Error("the run that is remembered forgot what was found")
	}
}

func TestTheReportSaysHowManyPagesLeaveTheAgent(t *testing.T) {
	seen := coverage(map[crawler.Outcome]int{crawler.Paged: 12})
	changes := numbered(12, func(i int) ingest.Change {
		c := change(ingest.Update, string(rune('a'+i)), "A", "availability changed")
		before, after := *c.After, *c.After
		before.AIAgent, after.AIAgent = true, false
		before.AICopilot, after.AICopilot = i != 0, true
		c.Before, c.After = &before, &after
		return c
	})
	text := rendered(t, "preview", source(seen, changes...))
	if want := "12 pages leave Fin AI Agent, 1 page joins Copilot"; !strings.Contains(text, want) {
		t.Errorf("the report does not say %q:\n%s", want, text)
	}
}
