package reconcile

import (
	"context"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/kinds"
	"github.com/fincrawl/fincrawl/state"
)

// With intercom.verify_every: auto, a library of up to smallLibrary pages is compared by every run, which
// takes some 20 calls. A larger one is compared by every largeEvery-th run.
const (
	smallLibrary = 1000
	largeEvery   = 7
)

// verificationDue reports whether this run should compare the entries with the library. The listing is
// that of the whole workspace, so all sources are compared when it is the turn of one.
func (r *Runner) verificationDue(sources []config.Source) (bool, error) {
	every, pages := r.Config.Intercom.VerifyEvery, 0
	for _, s := range sources {
		v, err := r.Ledger.Verification(s.Name)
		if err != nil {
			return false, err
		}
		if every == config.VerifyAuto {
			for _, err := range r.Ledger.Entries(s.Name) {
				if pages++; err != nil {
					return false, err
				}
				if pages > smallLibrary {
					every = largeEvery
					break
				}
			}
		}
		if v.Due != "" || every > 0 && v.Runs+1 >= every {
			return true, nil
		}
	}
	return every == config.VerifyAuto, nil
}

// LookAtAge checks whether the state file is an earlier copy. Then this run compares it with what
// Intercom has, or the next run that can.
func (r *Runner) LookAtAge() (err error) {
	names, err := r.Ledger.Sources()
	if err != nil || len(names) == 0 {
		return err // the state file was lost and begins anew
	}
	if r.old, err = r.Ledger.IsOldCopy(); err != nil || !r.old {
		return err
	}
	r.Verify = true
	r.Log.Warn("the state file is older than the last run: it is compared with what Intercom has", "state", r.Config.State)
	if r.Mode == ModePreview {
		return nil
	}
	return r.Ledger.Doubt("the state file was replaced by an older one")
}

// verifySource compares the entries of a source with the library, where that is due, and corrects the
// entries, so that the plan mends the rest. It returns what it found, and the record to store at the end
// of the run. If it fails, the next run compares again.
//
// It has to come before the crawl, because the crawl fetches the text of pages that were edited or
// deleted at Intercom even where the site says that they are unchanged, and looks for pages that
// only Intercom knows.
func (r *Runner) verifySource(
	ctx context.Context, s config.Source, ledger *state.Store, change ingest.SourceChange, rep *report.Source,
) (state.Verification, verify.Verification, error) {
	record, err := r.Ledger.Verification(s.Name)
	if err != nil {
		return record, verify.Verification{}, err
	}
	if change.Action == ingest.Create { // it has no pages
		return state.Verification{At: time.Now().UTC()}, verify.Verification{}, nil
	}
	record.Runs++
	rep.Foreign = record.Foreign
	due := r.Verify || change.Adopt
	if !due && record.After == "" {
		return record, verify.Verification{}, nil
	}
	found, err := r.compare(ctx, s, ledger, change, due, record)
	switch {
	case err != nil && (ctx.Err() != nil || intercom.KindOf(err) == intercom.Fatal):
		return record, verify.Verification{}, err
	case err != nil:
		r.Log.Warn("could not compare with what Intercom has: the next run tries again", "source", s.Name, "error", err)
		found.Error = err.Error()
		record.Due = "the last comparison failed"
	default:
		for _, e := range found.Corrections {
			if err := ledger.PutEntry(s.Name, e); err != nil {
				return record, verify.Verification{}, err
			}
		}
		record = recordAfter(record, found, due, change.Adopt || record.Old)
		found.Unlisted = record.Unlisted
		rep.Foreign = record.Foreign
		r.Log.Info("compared with what Intercom has", "source", s.Name, "pages", found.Pages,
			"edited", found.Edited, "deleted", found.Deleted, "unknown", found.Unknown,
			"surplus", found.Surplus, "foreign", found.Foreign.Pages)
	}
	// Pages that were just adopted are not worth a report.
	if !change.Adopt || found.Error != "" || found.Drift() > 0 || found.Ended {
		rep.Verification = &found
	}
	return record, found, nil
}

// recordAfter returns the record after a comparison. Where the listing ends before all pages, the
// comparison is complete when the last page was looked up.
func recordAfter(record state.Verification, found verify.Verification, listed, lost bool) state.Verification {
	if found.After == "" {
		record.At = time.Now().UTC()
	}
	if listed {
		record.Runs, record.Due, record.Foreign, record.Old = 0, "", found.Foreign, false
	}
	record.After = found.After
	record.Unlisted = found.Ended && (record.Unlisted || lost)
	return record
}

// LookUpsPerRun is how many pages of a source a run looks up one by one, where Intercom's listing ends
// before all pages.
const LookUpsPerRun = 2000

// compare compares the entries with the listing. Where list is false it only looks up further pages
// beyond the end of the listing.
func (r *Runner) compare(
	ctx context.Context, s config.Source, ledger *state.Store, change ingest.SourceChange, list bool,
	record state.Verification,
) (verify.Verification, error) {
	remote := verify.Remote{Ended: true}
	if list {
		var err error
		if remote, err = r.remote(ctx); err != nil {
			return verify.Verification{}, err
		}
	}
	claim, unrecorded, err := r.claims(s, change, record)
	if err != nil {
		return verify.Verification{}, err
	}
	return verify.Verify(ctx, r.API, verify.Comparison{
		SourceID: change.Current.ID, Recorded: ledger.Entries(s.Name), Remote: remote, Claim: claim, Unrecorded: unrecorded,
		Workers: r.Config.Intercom.Workers, LookUps: LookUpsPerRun, After: record.After,
	})
}

// claims returns which recorded pages may be those of a source, and which pages without an entry. The
// latter are all that match where the state file was lost or is an earlier copy, and otherwise only
// those that were sent and whose answer is not known.
func (r *Runner) claims(
	s config.Source, change ingest.SourceChange, record state.Verification,
) (claim, unrecorded verify.Claim, err error) {
	if claim, err = kinds.ClaimOf(s); err != nil || change.Adopt || r.old || record.Old || record.Unlisted {
		return claim, claim, err
	}
	unanswered := make(map[string]bool)
	for id, err := range r.Ledger.Unanswered(s.Name) {
		if err != nil {
			return nil, nil, err
		}
		unanswered[id] = true
	}
	return claim, func(externalID, url string) bool { return unanswered[externalID] && claim(externalID, url) }, nil
}

// recall looks up crawled pages without an entry at Intercom, unless this run has read the whole listing.
// They may be there as pages of ours after the state file was lost, or as pages of somebody else. It
// records those that are ours.
func (r *Runner) recall(
	ctx context.Context, s config.Source, ledger *state.Store, crawl *state.Crawl, change ingest.SourceChange,
	record state.Verification, found verify.Verification,
) (verify.Recalled, error) {
	compared := (r.Verify || change.Adopt) && found.Error == "" && !found.Ended
	if change.Action == ingest.Create || compared && !record.Unlisted {
		return verify.Recalled{}, nil
	}
	claim, ours, err := r.claims(s, change, record)
	if err != nil {
		return verify.Recalled{}, err
	}
	unrecorded := func(yield func(string, error) bool) {
		for p, err := range pagesOf(crawl) {
			var e state.Entry
			if err == nil {
				e, _, err = ledger.Entry(s.Name, p.ExternalID)
			}
			if e.RemoteID == "" && !yield(p.ExternalID, err) {
				return
			}
		}
	}
	comparison := verify.Comparison{
		SourceID: change.Current.ID, Claim: claim, Unrecorded: ours, Workers: r.Config.Intercom.Workers,
	}
	keep := func(e state.Entry) error { return ledger.PutEntry(s.Name, e) }
	return verify.Recall(ctx, r.API, comparison, unrecorded, keep)
}

// beforeSending records that Intercom may have pages from now on that state does not know, and which.
// Otherwise a page that a killed run created, and that the site then lost, would stay for ever. The
// record is removed when the run is through.
func (r *Runner) beforeSending(s config.Source, plan ingest.Plan, v state.Verification) error {
	if plan.Pending() == 0 {
		return nil
	}
	v.Due = "a run was cut off while it sent pages"
	creates := func(yield func(string) bool) {
		for _, c := range plan.Changes {
			if c.Action == ingest.Create && !yield(c.ExternalID) {
				return
			}
		}
	}
	if err := r.Ledger.SetUnanswered(s.Name, creates); err != nil {
		return err
	}
	return r.Ledger.SetVerification(s.Name, v)
}

// afterSending stores the record, with a reason to compare again where the outcome of a page is not known
// or where pages are at Intercom twice.
func (r *Runner) afterSending(s config.Source, plan ingest.Plan, result ingest.Result, v state.Verification) error {
	for _, c := range plan.Changes {
		if c.Surplus && c.Action == ingest.Held {
			v.Due = "Intercom has pages twice, and a guard holds their removal"
		}
	}
	unknown := make(map[string]bool)
	for _, f := range result.Failed {
		if !f.Refused {
			v.Due = "pages failed, and may or may not have reached Intercom"
			unknown[f.ExternalID] = true
		}
	}
	if err := r.settleUnanswered(s, v, unknown); err != nil {
		return err
	}
	return r.Ledger.SetVerification(s.Name, v)
}

// settleUnanswered removes the unanswered pages once a comparison has looked for them, except those that
// are unanswered again.
func (r *Runner) settleUnanswered(s config.Source, v state.Verification, again map[string]bool) error {
	if v.Runs > 0 || v.After != "" {
		return nil
	}
	for id, err := range r.Ledger.Unanswered(s.Name) {
		if err == nil && !again[id] {
			err = r.Ledger.ForgetUnanswered(s.Name, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
