package decide

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/privatefile"
	"github.com/fincrawl/fincrawl/internal/reconcile"
)

// SavePlan saves what a preview showed, so that a run can be limited to it. A source that failed has
// no plan, and nothing is approved for it.
func SavePlan(path string, run report.Run) error {
	a := ingest.NewApproval(run.ID, run.Workspace, run.Finished)
	for _, s := range run.Sources {
		if s.Plan != nil && s.ImportSource != nil && s.Error == "" {
			a.Add(*s.Plan, *s.ImportSource)
		}
	}
	if len(a.Sources) == 0 {
		return errors.New("save the plan: there is none")
	}
	if err := privatefile.Write(path, a.Write); err != nil {
		return fmt.Errorf("save the plan: %w", err)
	}
	return nil
}

// ReadPlan reads a saved plan. Errors call it by name, such as "plan".
func ReadPlan(path, name string) (ingest.Approval, error) {
	f, err := os.Open(path)
	if err != nil {
		return ingest.Approval{}, reconcile.Mistaken(
			"read the %s: %w; save one by `fincrawl preview --out FILE`", name, err)
	}
	defer func() { _ = f.Close() }() // read only
	a, err := ingest.ReadApproval(f)
	if err != nil {
		return a, reconcile.Mistaken("read the %s %s: %w", name, path, err)
	}
	return a, nil
}

// ApprovedPlan reads a saved plan and returns those of sources that it has. named says that a person
// named the sources; then the plan has to have all of them.
func ApprovedPlan(path string, sources []config.Source, named bool) (*ingest.Approval, []config.Source, error) {
	a, err := ReadPlan(path, "approved plan")
	if err != nil {
		return nil, nil, err
	}
	var chosen []config.Source
	var missing []string
	for _, s := range sources {
		if _, ok := a.Source(s.Name); ok {
			chosen = append(chosen, s)
		} else {
			missing = append(missing, s.Name)
		}
	}
	switch {
	case named && len(missing) > 0:
		return nil, nil, reconcile.Mistaken("the approved plan %s has nothing of %s", path, strings.Join(missing, ", "))
	case len(chosen) == 0:
		return nil, nil, reconcile.Mistaken("the approved plan %s is of no source of sources.yaml", path)
	}
	return &a, chosen, nil
}
