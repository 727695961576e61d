package reconcile

import (
	"github.com/fincrawl/fincrawl/ingest"
)

// agreed returns a source's policy with what a person approved for this run.
func (r *Runner) agreed(source string, p ingest.Policy) ingest.Policy {
	p.Allow = r.AllowDeletes
	if r.Approval == nil {
		return p
	}
	s, _ := r.Approval.Source(source)
	return s.Policy(p)
}

// checkAgreed returns an error where the import source would be changed in a way that was not
// approved.
func (r *Runner) checkAgreed(source string, change ingest.SourceChange) error {
	if r.Approval == nil {
		return nil
	}
	s, _ := r.Approval.Source(source)
	return s.Check(change)
}
