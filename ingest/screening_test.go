package ingest_test

import (
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

func TestWhatTheScreeningFindsHoldsThePage(t *testing.T) {
	finding := func(kind, action string) state.Findings {
		return state.KeepFindings([]state.Finding{{Rule: "a-rule", Kind: kind, Action: action, Excerpt: "half of it would go"}})
	}
	for _, test := range []struct {
		name     string
		findings state.Findings
		sent     string // hash that was sent; "" for a page never sent
		action   ingest.Action
		wants    ingest.Action
		guard    ingest.Guard
		reason   string
	}{
		{"a new page", finding("credential", "hold"), "", ingest.Held, ingest.Create, ingest.GuardSecret, "new; has what must not be published (a-rule)"},
		{"a changed page", finding("injection", "hold"), "old", ingest.Held, ingest.Update, ingest.GuardInjection, "text changed; has what must not be published (a-rule)"},
		{"a page that did not change", finding("marker", "hold"), "x", ingest.Held, ingest.Unchanged, ingest.GuardMarker, "as it was sent; has what must not be published (a-rule)"},
		{"personal data", finding("personal", "hold"), "", ingest.Held, ingest.Create, ingest.GuardPersonal, "new; has what must not be published (a-rule)"},
		{"a rule of one's own", finding("custom", "hold"), "", ingest.Held, ingest.Create, ingest.GuardRule, "new; has what must not be published (a-rule)"},
		{"a warning", finding("credential", "warn"), "", ingest.Create, "", "", "new"},
		{"what was redacted", finding("credential", "redact"), "x", ingest.Unchanged, "", "", "as it was sent"},
	} {
		t.Run(test.name, func(t *testing.T) {
			crawled := page("a", "x")
			crawled.Findings = test.findings
			in := ingest.Inputs{Source: "wiki", Coverage: complete, Pages: values(crawled), Entries: values[state.Entry](), Outcome: outcomes(nil)}
			if test.sent != "" {
				in.Entries = values(entry("a", test.sent))
			}
			plan, err := ingest.NewPlan(in)
			if err != nil {
				t.Fatal(err)
			}
			c := (ingest.Policy{}).Apply(plan).Changes[0]
			if c.Action != test.action || c.Wants != test.wants || c.Guard != test.guard || c.Reason != test.reason || len(c.Findings) != 1 {
				t.Errorf("got %+v", c)
			}
		})
	}
}
