package reconcile

import (
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/state"
)

// follow records the outcomes of a crawl, for explain. After a complete crawl it forgets the URLs that
// were not found. After another crawl it does so if they are more than those that were found, so that
// a site with ever new URLs cannot fill the state file.
func (r *Runner) follow(
	source string, ledger *state.Store, crawl *state.Crawl, coverage crawler.Coverage, at time.Time,
) error {
	for v, err := range crawl.Visits() {
		if err != nil {
			return err
		}
		if crawler.Outcome(v.Outcome) == crawler.NotModified {
			before, known, err := ledger.Trail(source, v.URL)
			if err != nil {
				return err
			}
			if known {
				v.Outcome, v.Detail = before.Last.Outcome, before.Last.Detail // it is unchanged
			}
		}
		if v.Outcome == "" {
			v.Outcome = string(crawler.Interrupted)
		}
		if err := ledger.Follow(source, v, at); err != nil {
			return err
		}
	}
	if coverage.Partial {
		return nil
	}
	var left []string
	for t, err := range ledger.Trails(source) {
		if err != nil {
			return err
		}
		_, _, known, err := crawl.Outcome(t.URL)
		if err != nil {
			return err
		}
		if !known {
			left = append(left, t.URL)
		}
	}
	if !coverage.Complete && len(left) <= coverage.Discovered {
		return nil
	}
	for _, address := range left {
		if err := ledger.ForgetTrail(source, address); err != nil {
			return err
		}
	}
	return nil
}
