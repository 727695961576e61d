package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/internal/version"
	"github.com/fincrawl/fincrawl/state"
)

// sourcesAtOnce is how many sources a run works on at the same time: one uploads
// while others crawl.
const sourcesAtOnce = 4

// runner does one run.
type runner struct {
	id        string // of the run; "" for a new one
	config    *config.Config
	mode      mode
	ledger    *state.Store // what was sent
	staging   *state.Store // where this run's crawls are kept: the ledger, or for a preview a store that goes with it
	api       *intercom.Client
	log       *slog.Logger
	secrets   *secrets.Set // our own, which nothing that is kept or shown has in it
	show      progress
	wait      func(context.Context, time.Duration) error // between requests to a site; nil: really
	transport http.RoundTripper                          // to the sites; nil: really
	only      map[string][]*url.URL                      // source name → the pages that are looked at; nil: all of them
	old       bool                                       // the state file is a copy of an earlier day
	verify    bool                                       // compare with what Intercom has, whether that is due or not
	crawls    sync.Map                                   // source name → *state.Crawl of this run
	documents document.Reader                            // of all sources, since it takes much memory
	room      budget.Memory                              // that pages of all sources are read in
	workspace string                                     // Intercom's ID of it, once it is known

	allowDeletes int              // of each source, whatever its ceilings say
	approval     *ingest.Approval // what a person agreed to; nil: nobody was asked
	by           string           // who agreed
	strict       bool             // what stands counts as what is new
	now          func() time.Time
	concerns     sync.Map // source name → []state.Concern that this run met

	remote func(context.Context) (ingest.Remote, error) // reads the listing of the library, once
}

// mode is what a run is for.
type mode string

const (
	modePreview mode = "preview"
	modeSync    mode = "sync"
	modeResync  mode = "resync"
	modeLint    mode = "lint"
)

// sends reports whether a run sends what it finds to Intercom, and keeps what it learns.
func (m mode) sends() bool { return m == modeSync || m == modeResync }

// runOnce reads what is, works out the difference and applies it:
//
//	check the token, so that nothing is crawled for a library that cannot be reached
//	for each source, several at once:
//	    find its import source, and the pages it has where the state doesn't know them
//	    compare what is recorded with what the library has, where that is due
//	    crawl the site, staging its pages
//	    plan, and let the policy hold back what is dangerous
//	    apply, unless this is a preview
//
// What went wrong is in the report; a source that failed doesn't stop the others.
func (r *runner) runOnce(ctx context.Context, sources []config.Source) report.Run {
	defer r.documents.Close()
	r.makeRoom()
	run := report.Run{ID: cmp.Or(r.id, newRunID()), Mode: string(r.mode), Version: version.Build(), Started: time.Now().UTC()}
	r.log = r.log.With("run", run.ID)
	run.Sources = make([]report.Source, len(sources))
	for i, s := range sources {
		run.Sources[i] = report.Source{Name: s.Name, URL: s.URL, LibraryURL: s.LibraryURL}
	}
	var err error
	if run.Orphans, err = orphans(r.config, r.ledger); err == nil {
		err = r.runSources(ctx, sources, run.Sources)
	}
	if err != nil {
		run.Error = r.secrets.Mask(err.Error())
	}
	run.Workspace, run.Finished = r.workspace, time.Now().UTC()
	run.ExitCode = report.ExitCodeOf(run, ctx.Err() != nil, r.strict)
	return run
}

// runSources fills in the reports, one for each source. Its error is one that
// concerns all of them.
func (r *runner) runSources(ctx context.Context, sources []config.Source, reports []report.Source) error {
	me, err := r.api.Me(ctx)
	if err != nil {
		return fmt.Errorf("check the token with Intercom: %w", err)
	}
	r.log.Info("connected to Intercom", "workspace", me.App.Name, "region", me.App.Region)
	r.workspace = me.App.IDCode
	if err := r.bindWorkspace(); err != nil {
		return err
	}
	if r.approval != nil && r.approval.Workspace != r.workspace {
		return fmt.Errorf("the approved plan was made for workspace %q, and this is %q", r.approval.Workspace, r.workspace)
	}
	due, err := r.verificationDue(sources)
	if err != nil {
		return err
	}
	r.verify = r.verify || due
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sourcesAtOnce)
	r.remote = once(func(ctx context.Context) (ingest.Remote, error) { return ingest.ReadRemote(ctx, r.api) })
	for i, s := range sources {
		group.Go(func() error {
			started := time.Now()
			err := r.runSource(ctx, s, &reports[i])
			if errors.Is(err, ingest.ErrSourceGone) {
				r.log.Warn("the import source was deleted in Intercom while this run used it: made again, and every page sent", "source", s.Name)
				reports[i].Result = nil
				err = r.runSource(ctx, s, &reports[i])
			}
			if errors.Is(err, ingest.ErrSourceElsewhere) {
				r.log.Warn("the import source of another process is used, which made it at the same time", "source", s.Name, "reason", err)
				err = r.runSource(ctx, s, &reports[i])
			}
			reports[i].Seconds = time.Since(started).Seconds()
			if err == nil {
				return nil
			}
			if ctx.Err() != nil && r.mode != modePreview {
				err = fmt.Errorf("%w (%w)", errCutOff, err)
			}
			reports[i].Error = r.secrets.Mask(err.Error())
			r.log.Error("source failed", "source", s.Name, "error", err)
			if intercom.KindOf(err) == intercom.Fatal {
				return err
			}
			return nil
		})
	}
	return group.Wait()
}

// runSource does a run's work for one source and notes each step in rep.
func (r *runner) runSource(ctx context.Context, s config.Source, rep *report.Source) error {
	ledger, change, err := r.resolve(ctx, s)
	if err != nil {
		return err
	}
	rep.ImportSource = &change
	if err := r.checkAgreed(s.Name, change); err != nil {
		return err
	}
	verification, found, err := r.verifySource(ctx, s, ledger, change, rep)
	if err != nil {
		return err
	}
	decisions, err := r.decisionsOn(s.Name)
	if err != nil {
		return err
	}
	notOut, err := r.takeOut(ctx, s, ledger, change.Current.ID, decisions)
	if err != nil {
		return err
	}

	template, err := r.templateOf(s, change)
	if err != nil {
		return err
	}
	read, err := r.howToRead(s, template)
	if err != nil {
		return err
	}
	rep.Settings = read.changed()
	sent, err := newSentUnder(ledger.Entries(s.Name))
	if err != nil {
		return err
	}
	crawl, resumed, err := r.beginCrawl(s, ledger, sent, read, decisions)
	if err != nil {
		return fmt.Errorf("begin the crawl: %w", err)
	}
	rep.Resumed = resumed
	r.crawls.Store(s.Name, crawl)
	remembered := &memory{source: s.Name, crawl: crawl, ledger: ledger, learned: r.ledger, sent: sent, reading: read, trustLastmod: s.Fetch.TrustLastmod,
		readOnly: r.mode == modePreview, now: time.Now}
	c := crawling{Source: s, decisions: decisions, crawl: crawl, ledger: ledger, sent: sent, template: template, memory: remembered, resend: r.mode == modeResync}
	if err := c.run(ctx, r, rep); err != nil {
		return err
	}
	coverage := rep.Plan.Coverage

	if err := identify(s, crawl, ledger, sent); err != nil {
		return err
	}
	recalled, err := r.recall(ctx, s, ledger, crawl, change, verification, found)
	if err != nil {
		return err
	}
	plan, err := ingest.NewPlan(ingest.Inputs{
		Source:    s.Name,
		Coverage:  coverage,
		Pages:     pagesOf(crawl),
		Entries:   ledger.Entries(s.Name),
		Surplus:   found.Twins,
		Foreign:   func(id string) bool { return found.IsForeign(id) || recalled.IsForeign(id) },
		Outcome:   outcomes(crawl),
		Texts:     func(id string) (sent, crawled string, err error) { return bothTexts(s.Name, ledger, crawl, id) },
		Resend:    r.mode == modeResync,
		Decisions: decisions,
	})
	if err != nil {
		return fmt.Errorf("plan: %w", err)
	}
	if err := c.advise(rep); err != nil {
		return err
	}
	leaks, err := exposed(s, r.secrets, plan, ledger)
	if err != nil {
		return err
	}
	policy := r.agreed(s.Name, newPolicy(r.config, s))
	policy.Because = read.because()
	plan = policy.ApplyDecided(plan, decisions.Exposed(leaks))
	rep.Plan = &plan
	if err := r.attend(s.Name, crawl, rep); err != nil {
		return err
	}
	if r.mode == modePreview {
		return nil
	}

	if err := r.follow(s.Name, ledger, crawl, coverage, time.Now().UTC()); err != nil {
		return err
	}
	target, err := ingest.EnsureSource(ctx, r.api, change)
	if err != nil {
		return fmt.Errorf("prepare the import source: %w", err)
	}
	if err := ledger.SetImportSource(s.Name, target); err != nil {
		return err
	}
	if err := r.beforeSending(s, plan, verification); err != nil {
		return err
	}
	result, err := ingest.Apply(ctx, plan, ingest.Target{
		SourceID: target.ID,
		Locale:   s.Locale,
		Library:  r.api,
		Ledger:   ledger,
		Bodies:   crawl,
		Workers:  r.config.Intercom.Workers,
		Now:      time.Now,
		Progress: func(done, total int) { r.show.Apply(s.Name, done, total) },
	})
	err = errors.Join(err, addNotOut(&result, s.Name, ledger, decisions, notOut))
	rep.Result = &result
	if err == nil {
		err = r.attend(s.Name, crawl, rep)
	}
	if err == nil {
		err = r.stillThere(ctx, target.ID, result)
	}
	if err != nil {
		return err
	}
	if err := r.afterSending(s, plan, result, verification); err != nil {
		return err
	}
	if err := r.dropDecisions(s.Name, decisions, plan); err != nil {
		return err
	}
	if r.only != nil { // which tells nothing of the source
		return r.staging.EndAside(s.Name)
	}
	if err := r.keepReading(s, crawl, read, remembered, plan); err != nil {
		return err
	}
	if err := r.keepTemplate(s, read, c.layout); err != nil {
		return err
	}
	return r.staging.EndCrawl(s.Name)
}

// resolve finds the import source of a source and returns the store that knows
// its pages: the ledger, or, for a preview that writes none of what it finds out
// there, the staging store.
func (r *runner) resolve(ctx context.Context, s config.Source) (*state.Store, ingest.SourceChange, error) {
	remembered, _, err := r.ledger.ImportSource(s.Name)
	if err != nil {
		return nil, ingest.SourceChange{}, err
	}
	change, err := ingest.ResolveSource(ctx, r.api, s.LibraryURL, s.AudienceIDs, remembered)
	if err != nil {
		return nil, change, fmt.Errorf("find the import source: %w", err)
	}
	if s.Reactivate {
		change = change.Reactivated()
	}
	ledger := r.ledger
	if r.mode == modePreview {
		ledger = r.staging
	}
	if !change.Lost && !change.Adopt {
		noted, err := r.ledger.Verification(s.Name)
		if err != nil {
			return nil, change, err
		}
		// Of a preview that may correct what is recorded, the corrections are its own.
		if r.mode == modePreview && (r.verify || noted.After != "" || noted.Unlisted || noted.Foreign.Pages > 0) {
			return ledger, change, ledger.CopyEntries(s.Name, r.ledger)
		}
		return r.ledger, change, nil
	}
	if err := ledger.ForgetAll(s.Name); err != nil {
		return nil, change, err
	}
	if change.Adopt {
		remote, err := r.remote(ctx)
		if err != nil {
			return nil, change, fmt.Errorf("adopt the pages that Intercom has: %w", err)
		}
		claim, err := claimOf(s)
		if err != nil {
			return nil, change, err
		}
		for _, e := range remote.Adopt(change.Current.ID, claim) {
			if err := ledger.PutEntry(s.Name, e); err != nil {
				return nil, change, err
			}
		}
		if remote.Ended {
			if err := ledger.SetVerification(s.Name, state.Verification{Unlisted: true, Due: "the state file was lost"}); err != nil {
				return nil, change, err
			}
		}
		if err := ledger.Flush(); err != nil {
			return nil, change, err
		}
		// Only now is the import source known: a run that was cut off before adopts again.
		if err := ledger.SetImportSource(s.Name, change.Current); err != nil {
			return nil, change, err
		}
	}
	return ledger, change, nil
}

// stillThere returns ErrSourceGone where pages were refused because their import source
// is no more: not every API says so by not finding it.
func (r *runner) stillThere(ctx context.Context, id int64, result ingest.Result) error {
	if !slices.ContainsFunc(result.Failed, func(f ingest.Failure) bool { return f.Refused }) {
		return nil
	}
	if _, err := r.api.ImportSource(ctx, id); err != nil && intercom.KindOf(err) == intercom.NotFound {
		return fmt.Errorf("%w (%w)", ingest.ErrSourceGone, err)
	}
	return nil // what else may be wrong is nothing that this run still needs
}

func outcomes(crawl *state.Crawl) func(string) (crawler.Outcome, string, bool, error) {
	return func(url string) (crawler.Outcome, string, bool, error) {
		outcome, detail, known, err := crawl.Outcome(url)
		return crawler.Outcome(outcome), detail, known, err
	}
}

// newRunID returns an ID that sorts by time.
func newRunID() string {
	var tail [2]byte
	_, _ = rand.Read(tail[:])
	return time.Now().UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(tail[:])
}

// texts finds the two texts of a page that changed: as it was sent, and as it
// was crawled by this run.
func (r *runner) texts(source, externalID string) (before, after string, err error) {
	crawl, crawled := r.crawls.Load(source)
	if !crawled {
		before, err = r.ledger.SentMarkdown(source, externalID)
		return before, "", err
	}
	return bothTexts(source, r.ledger, crawl.(*state.Crawl), externalID)
}

// bothTexts returns the Markdown of a page as it was sent, and as it was crawled; "" for
// what is not kept.
func bothTexts(source string, ledger *state.Store, crawl *state.Crawl, externalID string) (sent, crawled string, err error) {
	if sent, err = ledger.SentMarkdown(source, externalID); err != nil {
		return "", "", err
	}
	body, _, err := crawl.Body(externalID)
	return sent, body.Markdown, err
}

// progress shows how far a run has come.
type progress interface {
	Crawl(source string, p crawler.Progress)
	Apply(source string, done, total int)
	Stop() // is told last
}

// recorded does a run and keeps it among the runs of the state file.
func recorded(ctx context.Context, sources []config.Source, r *runner) (report.Run, error) {
	// Noted at its beginning too: one that is killed is seen not to have ended.
	r.id = newRunID()
	if err := r.lookAtAge(); err != nil {
		return report.Run{ID: r.id, Mode: string(r.mode)}, err
	}
	if err := r.ledger.PutRun(state.Run{ID: r.id, Mode: string(r.mode), Started: time.Now().UTC()}); err != nil {
		return report.Run{ID: r.id, Mode: string(r.mode)}, fmt.Errorf("record the run: %w", err)
	}
	r.ledger.NoteRun(r.id)
	run := r.runOnce(ctx, sources)
	summary, err := json.Marshal(run.Brief())
	if err != nil {
		return run, fmt.Errorf("summarise the run: %w", err)
	}
	err = r.ledger.PutRun(state.Run{
		ID: run.ID, Mode: run.Mode, Started: run.Started, Finished: run.Finished, ExitCode: run.ExitCode, Summary: summary,
	})
	if err == nil {
		err = r.tell(run)
	}
	if err != nil {
		return run, fmt.Errorf("record the run: %w", err)
	}
	return run, nil
}
