package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/privatefile"
)

// This file is about what a person agreed to: by the plan of a preview that was saved,
// or by a number of deletes.

// savePlan saves what a preview showed, for sync --plan. A source that failed has no
// plan, and nobody agreed to anything of it.
func savePlan(path string, run report.Run) error {
	a := ingest.NewApproval(run.ID, run.Workspace, run.Finished)
	for _, s := range run.Sources {
		if s.Plan != nil && s.ImportSource != nil && s.Error == "" {
			a.Add(*s.Plan, *s.ImportSource)
		}
	}
	if len(a.Sources) == 0 {
		return fmt.Errorf("save the plan: there is none")
	}
	if err := privatefile.Write(path, a.Write); err != nil {
		return fmt.Errorf("save the plan: %w", err)
	}
	return nil
}

// approvedPlan reads a plan that was saved, and picks from sources those that it is of.
// Only those that were chosen by name must all be.
func approvedPlan(path string, sources []config.Source, named bool) (*ingest.Approval, []config.Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, usageError{fmt.Errorf("read the approved plan: %w", err)}
	}
	defer func() { _ = f.Close() }() // read only
	a, err := ingest.ReadApproval(f)
	if err != nil {
		return nil, nil, usageError{fmt.Errorf("read the approved plan %s: %w", path, err)}
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
		return nil, nil, usageError{fmt.Errorf("the approved plan %s has nothing of %s", path, strings.Join(missing, ", "))}
	case len(chosen) == 0:
		return nil, nil, usageError{fmt.Errorf("the approved plan %s is of no source of sources.yaml", path)}
	}
	return &a, chosen, nil
}

func allowDeletesFlag(cmd *cobra.Command) *int {
	return cmd.Flags().Int("allow-deletes", 0, "for this run, delete up to this many pages of each source, whatever deletes.max_count and max_share say")
}
