package reconcile

import (
	"github.com/fincrawl/fincrawl/ingest"
)

// agreed makes of a source's policy what was agreed to for this run.
func (r *Runner) agreed(source string, p ingest.Policy) ingest.Policy {
	p.Allow = r.AllowDeletes
	if r.Approval == nil {
		return p
	}
	s, _ := r.Approval.Source(source)
	return s.Policy(p)
}

// checkAgreed returns an error where more than the pages would be changed in a way that
// nobody agreed to.
func (r *Runner) checkAgreed(source string, change ingest.SourceChange) error {
	if r.Approval == nil {
		return nil
	}
	s, _ := r.Approval.Source(source)
	return s.Check(change)
}
