// Package reconcile does one run: it reads each source, works out the difference to what was sent,
// and applies it.
//
// The stages of a source, in order: resolve its import source, read its pages, stage them (split,
// screen, lint), plan, guard, apply, and remember. A command, a service and a worker call the same
// functions.
package reconcile

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/htmlreport"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/internal/version"
	"github.com/fincrawl/fincrawl/state"
)

// sourcesAtOnce is how many sources a run works on at the same time, so that one can be sent while others
// are crawled.
const sourcesAtOnce = 4

// Runner does one run.
type Runner struct {
	ID        string // of the run, which Log bears; "" for a new one
	Config    *config.Config
	Mode      Mode
	Ledger    *state.Store // what was sent
	Staging   *state.Store // of this run's crawls: the ledger, or a temporary store for a preview
	API       *intercom.Client
	Log       *slog.Logger
	Secrets   *secrets.Set // fincrawl's own secrets, which must not be stored or shown
	Show      Progress
	Wait      func(context.Context, time.Duration) error // between requests to a site. Defaults to sleeping.
	Transport http.RoundTripper                          // to the sites. Defaults to a real one.
	Only      map[string][]*url.URL                      // by source: the only pages to read; nil for all
	old       bool                                       // the state file is an earlier copy
	Shown     *htmlreport.Report                         // collects what a browser shows; nil for none
	Verify    bool                                       // compare with what Intercom has, even where it is not due
	crawls    sync.Map                                   // by source: *state.Crawl of this run
	documents document.Reader                            // shared by all sources, because it takes much memory
	room      budget.Memory                              // memory for reading pages of all sources
	workspace string                                     // Intercom's ID of the workspace, once it is known

	AllowDeletes int              // approved number of deletes of each source, above the ceilings
	Approval     *ingest.Approval // the approved plan; nil for none
	By           string           // who approved it
	Strict       bool             // the exit code reports what was reported before as well
	Now          func() time.Time
	concerns     sync.Map                   // by source: standing of this run
	run          atomic.Pointer[report.Run] // as it began, or as it ended

	remote func(context.Context) (verify.Remote, error) // reads the listing of the library once
}

// Mode is the purpose of a run.
type Mode string

// The modes.
const (
	ModePreview Mode = "preview"
	ModeSync    Mode = "sync"
	ModeResync  Mode = "resync"
	ModeLint    Mode = "lint"
)

// sends reports whether a run sends changes to Intercom and records what it learns.
func (m Mode) sends() bool { return m == ModeSync || m == ModeResync }

// RunOnce does a run:
//
//	check the token, so that nothing is crawled for a library that cannot be reached
//	for each source, several at a time:
//	    find its import source, and adopt its pages where state does not know them
//	    compare the entries with the library, where that is due
//	    crawl the site and stage its pages
//	    plan, and let the policy hold what is dangerous
//	    apply, unless this is a preview
//
// Errors are in the report. A source that failed does not stop the others.
func (r *Runner) RunOnce(ctx context.Context, sources []config.Source) report.Run {
	defer r.documents.Close()
	r.makeRoom()
	r.identify()
	run := report.Run{ID: r.ID, Mode: string(r.Mode), Version: version.Build(), Started: time.Now().UTC()}
	began := run
	r.run.Store(&began)
	run.Sources = make([]report.Source, len(sources))
	for i, s := range sources {
		run.Sources[i] = report.Source{Name: s.Name, URL: s.URL, LibraryURL: s.LibraryURL}
	}
	var err error
	if run.Orphans, err = Orphans(r.Config, r.Ledger); err == nil {
		err = r.runSources(ctx, sources, run.Sources)
	}
	if err != nil {
		run.Error = r.Secrets.Mask(err.Error())
	}
	run.Workspace, run.Finished = r.workspace, time.Now().UTC()
	run.ExitCode = report.ExitCodeOf(run, ctx.Err() != nil, r.Strict)
	r.run.Store(&run)
	run.LogTo(r.Log)
	return run
}

// runSources fills in the reports of the sources. It returns an error that concerns all of them.
func (r *Runner) runSources(ctx context.Context, sources []config.Source, reports []report.Source) error {
	me, err := r.API.Me(ctx)
	if err != nil {
		return fmt.Errorf("check the token with Intercom: %w", err)
	}
	r.Log.Info("connected to Intercom", "workspace", me.App.Name, "region", me.App.Region)
	r.workspace = me.App.IDCode
	if err := r.bindWorkspace(); err != nil {
		return err
	}
	if r.Approval != nil && r.Approval.Workspace != r.workspace {
		return fmt.Errorf("the approved plan was made for workspace %q, and this is %q",
			r.Approval.Workspace, r.workspace)
	}
	due, err := r.verificationDue(sources)
	if err != nil {
		return err
	}
	r.Verify = r.Verify || due
	runs, err := r.Ledger.Runs()
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sourcesAtOnce)
	r.remote = once(func(ctx context.Context) (verify.Remote, error) { return verify.ReadRemote(ctx, r.API) })
	for i, s := range sources {
		if before, ok := lastSuccess(runs, s.Name); ok {
			r.Show.Expect(s.Name, before.Discovered)
		}
		group.Go(func() error {
			started := time.Now()
			err := r.runSource(ctx, s, &reports[i])
			if errors.Is(err, ingest.ErrSourceGone) {
				r.Log.Warn("the import source was deleted in Intercom while this run used it: "+
					"made again, and every page sent", "source", s.Name)
				reports[i].Result = nil
				err = r.runSource(ctx, s, &reports[i])
			}
			if errors.Is(err, ingest.ErrSourceElsewhere) {
				r.Log.Warn("the import source of another process is used, which made it at the same time",
					"source", s.Name, "reason", err)
				err = r.runSource(ctx, s, &reports[i])
			}
			reports[i].Seconds = time.Since(started).Seconds()
			r.Show.End(s.Name, err != nil)
			if ctx.Err() != nil && err != nil {
				err = fmt.Errorf("%w (%w)", r.Mode.cutOff(), err)
			}
			if err != nil {
				reports[i].Error = r.Secrets.Mask(err.Error())
			}
			reports[i].LogTo(r.Log)
			if err == nil {
				return r.noteSuccess(reports[i])
			}
			if intercom.KindOf(err) == intercom.Fatal {
				return err
			}
			return nil
		})
	}
	return group.Wait()
}

func outcomes(crawl *state.Crawl) func(string) (crawler.Outcome, string, bool, error) {
	return func(url string) (crawler.Outcome, string, bool, error) {
		outcome, detail, known, err := crawl.Outcome(url)
		return crawler.Outcome(outcome), detail, known, err
	}
}

// identify gives a run an ID, and its log lines too.
func (r *Runner) identify() {
	if r.ID == "" {
		r.ID = NewRunID()
		r.Log = r.Log.With(RunKey, r.ID)
	}
}

// RunKey is what a run's ID is called in its log lines.
const RunKey = "run"

// NewRunID returns an ID that sorts by time.
func NewRunID() string {
	var tail [2]byte
	_, _ = rand.Read(tail[:])
	return time.Now().UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(tail[:])
}

// Texts returns the two texts of a page that changed: as it was sent, and as this run crawled it.
func (r *Runner) Texts(source, externalID string) (before, after string, err error) {
	crawl, crawled := r.crawls.Load(source)
	if !crawled {
		before, err = r.Ledger.SentMarkdown(source, externalID)
		return before, "", err
	}
	return bothTexts(source, r.Ledger, crawl.(*state.Crawl), externalID)
}

// bothTexts returns the Markdown of a page as it was sent and as it was crawled, each "" where it was
// not stored.
func bothTexts(
	source string, ledger *state.Store, crawl *state.Crawl, externalID string,
) (sent, crawled string, err error) {
	if sent, err = ledger.SentMarkdown(source, externalID); err != nil {
		return "", "", err
	}
	body, _, err := crawl.Body(externalID)
	return sent, body.Markdown, err
}

// Progress shows the progress of a run.
type Progress interface {
	Expect(source string, urls int) // the number of URLs that the last run found
	Crawl(source string, p crawler.Progress)
	Apply(source string, done, total int)
	End(source string, failed bool)
	Stop() // is called last
}

// Record does a run and records it in the state file.
func Record(ctx context.Context, sources []config.Source, r *Runner) (report.Run, error) {
	// It is recorded at its beginning as well, so that a killed run shows as one that did not end.
	r.identify()
	if err := r.LookAtAge(); err != nil {
		return report.Run{ID: r.ID, Mode: string(r.Mode)}, err
	}
	if err := r.Ledger.PutRun(state.Run{ID: r.ID, Mode: string(r.Mode), Started: time.Now().UTC()}); err != nil {
		return report.Run{ID: r.ID, Mode: string(r.Mode)}, fmt.Errorf("record the run: %w", err)
	}
	r.Ledger.NoteRun(r.ID)
	run := r.RunOnce(ctx, sources)
	if err := r.noteFailures(ctx, run); err != nil {
		return run, err
	}
	summary, err := json.Marshal(run.Brief())
	if err != nil {
		return run, fmt.Errorf("summarise the run: %w", err)
	}
	err = r.Ledger.PutRun(state.Run{
		ID: run.ID, Mode: run.Mode, Started: run.Started, Finished: run.Finished,
		ExitCode: run.ExitCode, Summary: summary,
	})
	if err == nil {
		err = r.tell(run)
	}
	if err == nil {
		err = r.notify(ctx, run)
	}
	if err != nil {
		return run, fmt.Errorf("record the run: %w", err)
	}
	return run, nil
}
