package reconcile

import (
	"context"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/state"
)

// Where intercom.verify_every is auto, a library of up to smallLibrary pages is
// compared by every run, which takes some 20 calls, and a larger one by every
// largeEvery-th.
const (
	smallLibrary = 1000
	largeEvery   = 7
)

// verificationDue reports whether this run should compare what is recorded of the
// sources with what the library has. The listing is that of the whole workspace, so
// that one source's turn is everybody's.
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

// LookAtAge looks whether the state file is a copy of an earlier day: then this run, or the
// first that can, compares it with what Intercom has.
func (r *Runner) LookAtAge() (err error) {
	names, err := r.Ledger.Sources()
	if err != nil || len(names) == 0 {
		return err // it was lost, and begins anew
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

// verifySource compares, where that is due, what the ledger has of a source with what
// the library has, and corrects the ledger, so that the plan mends the rest. It returns
// what it found, such as the pages that the library has twice. A comparison that fails is
// made up for by the next run. The record returned is to be kept once the run is through.
//
// Not only the plan waits for it, but the crawl: of a page that was edited or deleted in
// Intercom it fetches the text again, whether the site says that it changed or not, and
// one that only Intercom knows it asks for.
func (r *Runner) verifySource(ctx context.Context, s config.Source, ledger *state.Store, change ingest.SourceChange, rep *report.Source) (state.Verification, verify.Verification, error) {
	record, err := r.Ledger.Verification(s.Name)
	if err != nil {
		return record, verify.Verification{}, err
	}
	if change.Action == ingest.Create { // there are no pages
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
			"edited", found.Edited, "deleted", found.Deleted, "unknown", found.Unknown, "surplus", found.Surplus, "foreign", found.Foreign.Pages)
	}
	if !change.Adopt || found.Error != "" || found.Drift() > 0 || found.Ended { // what was just adopted is as it was
		rep.Verification = &found
	}
	return record, found, nil
}

// recordAfter is what is remembered after a comparison. One of a listing that ends before
// all pages is done with only when the last of them was looked at.
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

// LookUpsPerRun is how many pages of a source a run looks at one by one, where Intercom's
// listing ends before them all.
const LookUpsPerRun = 2000

// compare compares what is recorded with the listing, or, between two readings of it, goes
// on with what it had not.
func (r *Runner) compare(ctx context.Context, s config.Source, ledger *state.Store, change ingest.SourceChange, list bool,
	record state.Verification) (verify.Verification, error) {
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

// claims tells which pages may be those of a source, and which of them although the state
// file does not have them: all of these where it was lost, or is an old copy, and otherwise
// only those that were sent without an answer that is known.
func (r *Runner) claims(s config.Source, change ingest.SourceChange, record state.Verification) (claim, unrecorded verify.Claim, err error) {
	if claim, err = settings.ClaimOf(s); err != nil || change.Adopt || r.old || record.Old || record.Unlisted {
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

// recall looks up in Intercom what was crawled and is not recorded, unless this run has read
// the whole listing: it may be there all the same, as pages of ours after the state file was
// lost, or as pages of somebody else. What is found of ours is recorded, as found.
func (r *Runner) recall(ctx context.Context, s config.Source, ledger *state.Store, crawl *state.Crawl, change ingest.SourceChange,
	record state.Verification, found verify.Verification) (verify.Recalled, error) {
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
	return verify.Recall(ctx, r.API, verify.Comparison{SourceID: change.Current.ID, Claim: claim, Unrecorded: ours, Workers: r.Config.Intercom.Workers},
		unrecorded, func(e state.Entry) error { return ledger.PutEntry(s.Name, e) })
}

// beforeSending notes that Intercom may from now on have what the state doesn't know, and
// which pages these are: a page that a killed run made, and that the site then lost, would
// be nobody's. The note goes when the run is through.
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

// afterSending keeps the record, what the outcome of the run is unknown for, and that
// there are pages twice still, of which only another comparison tells.
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

// settleUnanswered forgets which pages were unanswered, but for those that are again, once
// a comparison has looked for them.
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
