package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/state"
)

// sourceRun is a run of one source. Each stage sets fields that later stages need.
type sourceRun struct {
	*Runner
	config.Source
	report *report.Source // describes what each stage did

	// Set by resolve.
	change       ingest.SourceChange
	ledger       *state.Store // what was sent
	verification state.Verification
	compared     verify.Verification
	decisions    ingest.Decisions
	notOut       []ingest.Failure // withdrawn pages that could not be taken out of the library

	// Set by read.
	reading reading
	sent    sentUnder
	crawl   *state.Crawl
	memory  *memory
	crawled crawling

	recalled verify.Recalled // set by stage
	plan     ingest.Plan     // set by makePlan, and changed by guard

	// phrasesNow are the lines that change from run to run, with what this run learnt.
	phrasesNow []state.Phrase
}

// runSource runs one source, stage by stage. A preview ends after the guards.
func (r *Runner) runSource(ctx context.Context, s config.Source, rep *report.Source) error {
	run := &sourceRun{Runner: r, Source: s, report: rep}
	stages := []func(context.Context) error{run.resolve, run.read, run.stage, run.makePlan, run.guard}
	if r.Mode != ModePreview {
		stages = append(stages, run.apply, run.remember)
	}
	for _, stage := range stages {
		if err := stage(ctx); err != nil {
			return err
		}
	}
	return nil
}

// resolve finds the import source and the entries. Where it is due, it compares the entries with what
// Intercom has. It takes out what a person withdrew.
func (r *sourceRun) resolve(ctx context.Context) (err error) {
	if r.ledger, r.change, err = r.findImportSource(ctx, r.Source); err != nil {
		return err
	}
	r.report.ImportSource = &r.change
	if err := r.checkAgreed(r.Name, r.change); err != nil {
		return err
	}
	if r.verification, r.compared, err = r.verifySource(ctx, r.Source, r.ledger, r.change, r.report); err != nil {
		return err
	}
	if r.decisions, err = r.decisionsOn(r.Name); err != nil {
		return err
	}
	r.notOut, err = r.takeOut(ctx, r.Source, r.ledger, r.change.Current.ID, r.decisions)
	return err
}

// read crawls the source. Its pages are staged as they come.
func (r *sourceRun) read(ctx context.Context) error {
	template, err := r.templateOf(r.Source, r.change)
	if err != nil {
		return err
	}
	if r.reading, err = r.howToRead(r.Source, template); err != nil {
		return err
	}
	r.report.Settings = r.reading.changed()
	if r.sent, err = newSentUnder(r.ledger.Entries(r.Name)); err != nil {
		return err
	}
	if r.crawl, r.report.Resumed, err = r.beginCrawl(r.Source, r.ledger, r.sent, r.reading, r.decisions); err != nil {
		return fmt.Errorf("begin the crawl: %w", err)
	}
	r.crawls.Store(r.Name, r.crawl)
	r.memory = &memory{
		source: r.Name, crawl: r.crawl, ledger: r.ledger, learned: r.Ledger, sent: r.sent, reading: r.reading,
		trustLastmod: r.Fetch.TrustLastmod, readOnly: r.Mode == ModePreview, now: time.Now,
	}
	r.crawled = crawling{
		Source: r.Source, decisions: r.decisions, crawl: r.crawl, ledger: r.ledger, sent: r.sent,
		template: template, memory: r.memory, resend: r.Mode == ModeResync,
	}
	if r.Mode != ModeResync && !r.reading.due {
		r.crawled.phrases = &phrases{learnt: learntOf(r.reading.last.Phrases)}
	}
	err = r.crawled.run(ctx, r.Runner, r.report)
	r.report.Phrases = r.crawled.phrases.said()
	return err
}

// stage renames the staged pages to the external IDs that Intercom knows them by.
func (r *sourceRun) stage(ctx context.Context) (err error) {
	// A page beyond the end of the listing would seem to be new and get the identity of another page.
	if r.verification.Unlisted {
		if _, err := r.recall(ctx, r.Source, r.ledger, r.crawl, r.change, r.verification, r.compared); err != nil {
			return err
		}
	}
	if err := identify(r.Source, r.crawl, r.ledger, r.sent); err != nil {
		return err
	}
	r.recalled, err = r.recall(ctx, r.Source, r.ledger, r.crawl, r.change, r.verification, r.compared)
	return err
}

// makePlan compares the staged pages with the entries.
func (r *sourceRun) makePlan(context.Context) (err error) {
	r.plan, err = ingest.NewPlan(ingest.Inputs{
		Source:    r.Name,
		Coverage:  r.report.Plan.Coverage,
		Pages:     pagesOf(r.crawl),
		Entries:   r.ledger.Entries(r.Name),
		Surplus:   r.compared.Twins,
		Foreign:   func(id string) bool { return r.compared.IsForeign(id) || r.recalled.IsForeign(id) },
		Outcome:   outcomes(r.crawl),
		Texts:     func(id string) (sent, crawled string, err error) { return bothTexts(r.Name, r.ledger, r.crawl, id) },
		Resend:    r.Mode == ModeResync,
		Decisions: r.decisions,
	})
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	return r.crawled.advise(r.report)
}

// guard holds changes that may do harm and that no person approved.
func (r *sourceRun) guard(context.Context) error {
	leaks, err := exposed(r.Source, r.Secrets, r.plan, r.ledger)
	if err != nil {
		return err
	}
	policy := r.agreed(r.Name, settings.NewPolicy(r.Config, r.Source))
	policy.Because = r.reading.because()
	r.plan = policy.ApplyDecided(r.plan, r.decisions.Exposed(leaks))
	r.report.Plan = &r.plan
	if err := r.attend(r.Name, r.crawl, r.report); err != nil {
		return err
	}
	return r.show()
}

// apply sends what the guards let pass.
func (r *sourceRun) apply(ctx context.Context) error {
	if err := r.follow(r.Name, r.ledger, r.crawl, r.plan.Coverage, time.Now().UTC()); err != nil {
		return err
	}
	target, err := ingest.EnsureSource(ctx, r.API, r.change)
	if err != nil {
		return fmt.Errorf("prepare the import source: %w", err)
	}
	if err := r.ledger.SetImportSource(r.Name, target); err != nil {
		return err
	}
	r.Shown.Settle(r.Name, target)
	if err := r.beforeSending(r.Source, r.plan, r.verification); err != nil {
		return err
	}
	if err := r.learnPhrases(); err != nil {
		return err
	}
	result, err := ingest.Apply(ctx, r.plan, ingest.Target{
		SourceID: target.ID,
		Locale:   r.Locale,
		Library:  r.API,
		Ledger:   r.ledger,
		Bodies:   r.crawl,
		Workers:  r.Config.Intercom.Workers,
		Now:      time.Now,
		Progress: func(done, total int) { r.Show.Apply(r.Name, done, total) },
	})
	err = errors.Join(err, addNotOut(&result, r.Name, r.ledger, r.decisions, r.notOut))
	r.report.Result = &result
	if err == nil {
		err = r.attend(r.Name, r.crawl, r.report)
	}
	if err == nil {
		err = r.stillThere(ctx, target.ID, result)
	}
	return err
}

// remember records what the next run needs.
func (r *sourceRun) remember(context.Context) error {
	if err := r.afterSending(r.Source, r.plan, *r.report.Result, r.verification); err != nil {
		return err
	}
	if err := r.dropDecisions(r.Name, r.decisions, r.plan); err != nil {
		return err
	}
	if r.Only != nil { // single pages say nothing about the source
		return r.Staging.EndAside(r.Name)
	}
	if err := r.keepReading(r.Source, r.crawl, r.reading, r.memory, r.plan, *r.report.Result, r.phrasesNow); err != nil {
		return err
	}
	if err := r.keepTemplate(r.Source, r.reading, r.crawled.layout); err != nil {
		return err
	}
	return r.Staging.EndCrawl(r.Name)
}

// stillThere returns ErrSourceGone where pages were refused because their import source was deleted. Not
// every API says so with a 404.
func (r *Runner) stillThere(ctx context.Context, id int64, result ingest.Result) error {
	if !slices.ContainsFunc(result.Failed, func(f ingest.Failure) bool { return f.Refused }) {
		return nil
	}
	if _, err := r.API.ImportSource(ctx, id); err != nil && intercom.KindOf(err) == intercom.NotFound {
		return fmt.Errorf("%w (%w)", ingest.ErrSourceGone, err)
	}
	return nil // another error does not matter to this run any more
}
