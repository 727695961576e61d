package report_test

import (
	"fmt"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
)

func TestALargeRunIsRememberedByItsCounts(t *testing.T) {
	var plan ingest.Plan
	for i := range 1000 {
		plan.Changes = append(plan.Changes, ingest.Change{Action: ingest.Create, ExternalID: fmt.Sprint(i)}, ingest.Change{Action: ingest.Unchanged, ExternalID: fmt.Sprint(i, "u")})
	}
	plan.Changes = append(plan.Changes, ingest.Change{Action: ingest.Delete, ExternalID: "z"})
	result := ingest.Result{Applied: map[ingest.Action]int{ingest.Create: 1}, Failed: make([]ingest.Failure, 999)}
	r := report.Run{Sources: []report.Source{{Name: "help", Plan: &plan, Result: &result}, {Name: "unread"}}}

	brief := r.Brief()
	s := brief.Sources[0]
	if n := len(s.Plan.Changes); n < 2 || n > 300 || s.Plan.Changes[n-1].ExternalID != "z" {
		t.Errorf("%d changes are kept, or not the delete", n)
	}
	if s.Counts[ingest.Create] != 1000 || s.Counts[ingest.Unchanged] != 1000 || s.Counts[ingest.Delete] != 1 {
		t.Errorf("counts are %v", s.Counts)
	}
	if len(s.Result.Failed) > 300 || s.Result.Applied[ingest.Create] != 1 {
		t.Errorf("the result is %d failures and %v", len(s.Result.Failed), s.Result.Applied)
	}
	if len(plan.Changes) != 2001 || len(result.Failed) != 999 {
		t.Error("the run itself was shortened, too")
	}
}
