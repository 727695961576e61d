package reconcile

import (
	"errors"
	"html"
	"iter"
	"slices"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/check/screen"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/state"
)

// This file has people's decisions, and what a run has to report to them.

// decisionsOn returns the decisions on a source, including those of an approved plan.
func (r *Runner) decisionsOn(source string) (ingest.Decisions, error) {
	var d ingest.Decisions
	changes, err := Collect(r.Ledger.Decisions(source))
	if err != nil {
		return d, err
	}
	pages, err := Collect(r.Ledger.Withdrawals(source))
	if err != nil {
		return d, err
	}
	d = d.Decide(changes...).Withdrawn(pages...)
	if r.Approval == nil {
		return d, nil
	}
	s, _ := r.Approval.Source(source)
	agreed, err := s.Decisions(r.By, r.Now().UTC())
	if err != nil {
		return d, err
	}
	out, err := s.Withdrawals(d, r.By, r.Now().UTC())
	if err != nil {
		return d, err
	}
	if r.Mode.sends() { // the next run needs them where this one is cut off
		err := errors.Join(r.Ledger.PutDecision(source, agreed...), r.Ledger.PutWithdrawal(source, out...))
		if err != nil {
			return d, err
		}
	}
	return d.Decide(agreed...).Withdrawn(out...), nil
}

// exposed returns the pages to be updated whose sent text has a credential. It looks only at pages
// whose new text has one.
func exposed(s config.Source, own *secrets.Set, plan ingest.Plan, ledger *state.Store) (map[string]bool, error) {
	var screener *screen.Screener
	pages := make(map[string]bool)
	for _, c := range plan.Changes {
		if c.Action != ingest.Update || !hasCredential(c.Findings) {
			continue
		}
		markdown, err := ledger.SentMarkdown(s.Name, c.ExternalID)
		if err != nil {
			return nil, err
		}
		if screener == nil {
			if screener, err = settings.NewScreener(s, own); err != nil {
				return nil, err
			}
		}
		sent := crawler.Page{Title: c.Before.Title, URL: c.Before.URL, Markdown: markdown,
			HTML: "<pre>" + html.EscapeString(markdown) + "</pre>"}
		_, findings, err := screener.Page(sent, nil)
		if err != nil {
			return nil, err
		}
		if hasCredential(found(findings)) {
			pages[c.ExternalID] = true
		}
	}
	return pages, nil
}

func hasCredential(findings []state.Finding) bool {
	for _, f := range findings {
		if (f.Kind == "credential" || f.Kind == "own-secret") && f.Action == string(screen.Hold) {
			return true
		}
	}
	return false
}

// attend works out the concerns of a plan and its result, and how many of them are new. Where the
// run sends, it records them for fincrawl approve.
func (r *Runner) attend(source string, crawl *state.Crawl, rep *report.Source) error {
	before, err := Collect(r.Ledger.Concerns(source))
	if err != nil {
		return err
	}
	var result ingest.Result
	if rep.Result != nil {
		result = *rep.Result
	}
	now := ingest.Concerns(*rep.Plan, result)
	for v, err := range crawl.Visits() {
		if err != nil {
			return err
		}
		if o := crawler.Outcome(v.Outcome); o.Failed() || o == crawler.TooLarge {
			now = append(now, ingest.FailedToRead(v.URL, o, v.Detail))
		}
	}
	others, err := r.notLookedAt(crawl, before)
	if err != nil {
		return err
	}
	now = slices.DeleteFunc(now, func(c state.Concern) bool {
		return slices.ContainsFunc(others, func(o state.Concern) bool { return o.Key() == c.Key() })
	})
	now, attention := ingest.Remember(now, before, r.Now().UTC(), r.Config.RemindAfter)
	attention.Always, attention.Secret = ingest.NeverQuiet(*rep.Plan)
	for _, c := range rep.Plan.Changes {
		if c.Guard == ingest.GuardApproval && c.Asks() { // reported by this run only
			attention.New++
			attention.Held++
		}
	}
	rep.Attention = &attention
	markSince(rep.Plan, now)
	if !r.Mode.sends() {
		return nil
	}
	r.concerns.Store(source, standing{now, others})
	return r.Ledger.SetConcerns(source, slices.Concat(now, others))
}

// standing are the concerns about a source: those that this run met, and those about pages that it
// did not read.
type standing struct{ met, others []state.Concern }

// notLookedAt returns the concerns about pages that a run of single pages did not read.
func (r *Runner) notLookedAt(crawl *state.Crawl, before []state.Concern) (others []state.Concern, err error) {
	if r.Only == nil {
		return nil, nil
	}
	for _, c := range before {
		_, address, _ := crawler.CutPart(c.ID, c.URL)
		_, _, looked, err := crawl.Outcome(address)
		if err != nil {
			return nil, err
		}
		if !looked {
			others = append(others, c)
		}
	}
	return others, nil
}

// markSince sets in a plan since when its changes have been held.
func markSince(plan *ingest.Plan, now []state.Concern) {
	since := make(map[string]string, len(now))
	for _, c := range now {
		if !c.Said.IsZero() {
			since[c.ID+"\x00"+c.RemoteID] = c.Since.UTC().Format("2006-01-02")
		}
	}
	for i, c := range plan.Changes {
		if !c.Asks() {
			continue
		}
		key := c.ExternalID + "\x00"
		if c.Surplus {
			key += c.RemoteID
		}
		if at, ok := since[key]; ok {
			plan.Changes[i].Since = at
		}
	}
}

// tell records that this run reported the concerns that are new or due. Only at its end is the exit
// code certain.
func (r *Runner) tell(run report.Run) error {
	if run.ExitCode == report.ExitFailed || run.ExitCode == report.ExitInterrupted {
		return nil
	}
	for _, s := range run.Sources {
		now, ok := r.concerns.Load(s.Name)
		if !ok {
			continue
		}
		stands := now.(standing)
		said := ingest.Said(stands.met, r.Now().UTC(), r.Config.RemindAfter)
		if err := r.Ledger.SetConcerns(s.Name, slices.Concat(said, stands.others)); err != nil {
			return err
		}
	}
	return nil
}

// dropDecisions removes the decisions on changes that a complete crawl no longer has.
func (r *Runner) dropDecisions(source string, d ingest.Decisions, plan ingest.Plan) error {
	if !plan.Coverage.Complete {
		return nil
	}
	for _, one := range d.Spent(plan) {
		if err := r.Ledger.ForgetDecision(source, one); err != nil {
			return err
		}
	}
	return nil
}

// Collect returns everything that a sequence yields, or its first error.
func Collect[T any](all iter.Seq2[T, error]) (list []T, err error) {
	for v, err := range all {
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}
