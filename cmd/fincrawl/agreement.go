package main

import (
	"github.com/fincrawl/fincrawl/ingest"
)

// agreed makes of a source's policy what was agreed to for this run.
func (r *runner) agreed(source string, p ingest.Policy) ingest.Policy {
	p.Allow = r.allowDeletes
	if r.approval == nil {
		return p
	}
	s, _ := r.approval.Source(source)
	return s.Policy(p)
}

// checkAgreed returns an error where more than the pages would be changed in a way that
// nobody agreed to.
func (r *runner) checkAgreed(source string, change ingest.SourceChange) error {
	if r.approval == nil {
		return nil
	}
	s, _ := r.approval.Source(source)
	return s.Check(change)
}
