package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/screen"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) explain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain URL",
		Short: "Say why a page is in the library, or is not",
		Long: `explain says of one address how it was found, what each rule says to it, how the
last crawls ended for it, and what is recorded of its page. It reads sources.yaml
and the state file, asks nobody, and may be used while a sync runs.

With --fetch it logs in to the source, fetches that one page as a crawl would and
shows what comes back, what is extracted by which rule, how that differs from what
was sent, and what the next sync would do with it. It writes nothing anywhere.

Exit codes:
  0    explained, whether the page is in or not
  1    could not be fetched
  2    wrong usage, mistakes in sources.yaml, or the address belongs to no source`,
		Args: cobra.ExactArgs(1),
	}
	fetch := cmd.Flags().Bool("fetch", false, "fetch the page afresh")
	name := cmd.Flags().String("source", "", "the source, where the address belongs to several")
	asJSON := cmd.Flags().Bool("json", false, "print the explanation as one JSON document")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := a.load()
		if err != nil {
			return err
		}
		address, err := webAddress(args[0])
		if err != nil {
			return err
		}
		e, err := a.explanation(cmd.Context(), c, address, *name, *fetch)
		if err != nil {
			return err
		}
		if err := a.showExplanation(e, *asJSON); err != nil {
			return err
		}
		return finished{explainExitCode(cmd.Context(), e)}
	}
	return cmd
}

// webAddress reads the address of a page that a person gives.
func webAddress(text string) (*url.URL, error) {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, usageError{fmt.Errorf("%q is no web address: write it with https:// and a host", text)}
	}
	return address, nil
}

func explainExitCode(ctx context.Context, e report.Explanation) int {
	switch {
	case ctx.Err() != nil:
		return exitInterrupted
	case e.Source == "":
		return exitUsage
	case e.Error != "", e.Seen != nil && e.Seen.NoAnswer:
		return exitFailed
	}
	return exitDone
}

func (a *app) showExplanation(e report.Explanation, asJSON bool) error {
	if asJSON {
		return report.ExplanationJSON(jsonText.of(a.out), e)
	}
	return report.ExplanationText(forReport(a.out), e, report.TextOptions{Color: color(a.out), Width: terminalWidth(a.out), Config: a.namedConfig(), Verbose: a.verbose})
}

// explanation finds the source that an address belongs to, and says all that is known
// of it there.
func (a *app) explanation(ctx context.Context, c *config.Config, address *url.URL, name string, fetch bool) (e report.Explanation, err error) {
	e.Address = address.Redacted()
	s, err := owner(c, address, name, &e)
	if err != nil || e.Source == "" {
		return e, err
	}
	store, err := state.OpenToLook(c.State)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	u, err := url.Parse(e.URL)
	if err != nil {
		return e, fmt.Errorf("explain %s: %w", e.URL, err)
	}
	source, err := newSource(s)
	if err != nil {
		return e, err
	}
	e.Render = string(source.Render.For(u))
	template, err := templateOf(store, s)
	if err != nil {
		return e, err
	}
	source.Content.Template, e.Template = template.known, inWords(template.known)
	if err := recall(store, s.Name, &e); err != nil {
		return e, err
	}
	if fetch {
		x := explainer{app: a, config: c, settings: s, source: source, store: store}
		if err := x.fetch(ctx, u, &e); err != nil {
			return e, err
		}
	}
	return e, nil
}

// owner judges an address by each source, and returns the one that it belongs to;
// e.Source stays "" where it belongs to none.
func owner(c *config.Config, address *url.URL, name string, e *report.Explanation) (config.Source, error) {
	var names []string
	if name != "" {
		names = []string{name}
	}
	sources, err := c.Select(names)
	if err != nil {
		return config.Source{}, usageError{err}
	}
	var mine config.Source
	var owners []string
	for _, s := range sources {
		source, err := newSource(s)
		if err != nil {
			return mine, err
		}
		judged, err := crawler.Judge(source, address)
		switch {
		case err != nil:
			return mine, usageError{err}
		case judged.Inside || name != "":
			mine, e.Source, e.SourceURL, e.Judgement = s, s.Name, s.URL, judged
			owners = append(owners, s.Name)
		default:
			e.Elsewhere = append(e.Elsewhere, report.Outside{Source: s.Name, Why: judged.Detail})
		}
	}
	if len(owners) > 1 {
		return mine, usageError{fmt.Errorf("%s belongs to several sources (%s): choose one by --source", e.Address, strings.Join(owners, ", "))}
	}
	return mine, nil
}

// longestPath is how many steps of the way to a page are shown.
const longestPath = 20

// recall fills in what the state file knows of an address.
func recall(store *state.Store, source string, e *report.Explanation) error {
	trail, ok, err := store.Trail(source, e.URL)
	if err != nil {
		return err
	}
	if ok {
		e.Crawl = &report.Trail{TrailOutcome: trail.Last, Depth: trail.Depth, Earlier: trail.Earlier}
		if e.Path, err = pathTo(store, source, trail); err != nil {
			return err
		}
		if e.LeadsTo, err = leadsTo(store, source, trail.Last.Detail); err != nil {
			return err
		}
	}
	if err := recallEntry(store, source, e.URL, e); err != nil {
		return err
	}
	if err := recallDecisions(store, source, e); err != nil {
		return err
	}
	e.Runs, err = runsWith(store, source, e)
	return err
}

// recallDecisions fills in what of the page waits for a person, and whether it is withdrawn.
func recallDecisions(store *state.Store, source string, e *report.Explanation) error {
	page := e.URL
	if e.Entry != nil {
		page, _, _ = crawler.CutPart(e.Entry.ExternalID, e.Entry.URL)
	}
	for c, err := range store.Concerns(source) {
		if err != nil {
			return err
		}
		if id, address, _ := crawler.CutPart(c.ID, c.URL); id == page || address == e.URL {
			e.Waiting = append(e.Waiting, c)
		}
	}
	for w, err := range store.Withdrawals(source) {
		if err != nil {
			return err
		}
		if w.Page == "" || w.Page == page || w.URL == e.URL {
			e.Withdrawn = &w // that of the page itself comes after that of its source
		}
	}
	return nil
}

// recallEntry fills in what was sent of the page at an address, with all of its parts.
func recallEntry(store *state.Store, source, address string, e *report.Explanation) (err error) {
	e.Parts = nil
	if e.Entry, err = entryAt(store, source, address); err != nil {
		return err
	}
	if e.Entry != nil {
		if e.Sent, err = store.SentMarkdown(source, e.Entry.ExternalID); err != nil {
			return err
		}
	}
	for entry, err := range store.Entries(source) {
		if err != nil {
			return err
		}
		if _, at, anchor := crawler.CutPart(entry.ExternalID, entry.URL); at == address && anchor != "" {
			e.SetPart(report.Part{Entry: &entry})
		}
	}
	return nil
}

// pathTo goes from a URL back to a start address, by what each was found on.
func pathTo(store *state.Store, source string, t state.Trail) (path []report.Step, err error) {
	met := map[string]bool{t.URL: true}
	for t.From != "" && !met[t.From] && len(path) < longestPath {
		met[t.From] = true
		var ok bool
		step := report.Step{URL: t.From}
		if t, ok, err = store.Trail(source, t.From); err != nil {
			return nil, err
		}
		if ok {
			step.Outcome = t.Last.Outcome
		}
		path = append(path, step)
	}
	return path, nil
}

// leadsTo is the address that the detail of an outcome names, as the last crawl found it.
func leadsTo(store *state.Store, source, detail string) (*report.Step, error) {
	for word := range strings.FieldsSeq(detail) {
		if !strings.Contains(word, "://") {
			continue
		}
		t, ok, err := store.Trail(source, word)
		if err != nil || ok {
			return &report.Step{URL: word, Outcome: t.Last.Outcome}, err
		}
	}
	return nil, nil
}

// entryAt returns the entry of the page at a URL, whatever it is known by; nil for none.
func entryAt(store *state.Store, source, address string) (*state.Entry, error) {
	if e, ok, err := store.Entry(source, address); ok || err != nil {
		return &e, err
	}
	for e, err := range store.Entries(source) {
		if err != nil {
			return nil, err
		}
		if e.URL == address {
			return &e, nil
		}
	}
	return nil, nil
}

// runsWith are the last runs of a source, with what they did to a page.
func runsWith(store *state.Store, source string, e *report.Explanation) (list []report.ExplainedRun, err error) {
	runs, err := store.Runs()
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		var run report.Run
		if len(list) == shownRuns {
			break
		}
		if json.Unmarshal(r.Summary, &run) != nil {
			continue // it did not end
		}
		i := slices.IndexFunc(run.Sources, func(s report.Source) bool { return s.Name == source })
		if i < 0 || run.Sources[i].Plan == nil {
			continue
		}
		plan := run.Sources[i].Plan
		one := report.ExplainedRun{Complete: plan.Coverage.Complete && run.Sources[i].Error == "",
			RunStatus: report.RunStatus{ID: r.ID, Mode: r.Mode, Started: r.Started, Finished: r.Finished, ExitCode: r.ExitCode}}
		if at := slices.IndexFunc(plan.Changes, func(c ingest.Change) bool { return concerns(c, e) }); at >= 0 {
			one.Change = &plan.Changes[at]
		}
		if at := slices.IndexFunc(plan.Coverage.Proved, func(p crawler.Proof) bool { return p.URL == e.URL }); at >= 0 {
			one.Proved = plan.Coverage.Proved[at].Outcome
		}
		list = append(list, one)
	}
	return list, nil
}

func concerns(c ingest.Change, e *report.Explanation) bool {
	return c.ExternalID == e.URL || e.Entry != nil && c.ExternalID == e.Entry.ExternalID || c.After != nil && c.After.URL == e.URL
}

// explainer fetches one page of a source and compares it with what is recorded.
type explainer struct {
	app      *app
	config   *config.Config
	settings config.Source
	source   crawler.Source
	store    *state.Store
}

// fetch fills in what the site shows now. What goes wrong at the site is in e.Error.
func (x explainer) fetch(ctx context.Context, u *url.URL, e *report.Explanation) error {
	log := *x.app
	log.quiet = true // the explanation says it all
	if x.app.verbose {
		log.quiet = false
	}
	now, err := crawler.Explain(ctx, x.source, u, crawler.Surroundings{
		Secrets: x.app.secrets, Session: keeper{source: x.settings.Name, store: x.store, readOnly: true}, Transport: x.app.transport, Wait: x.app.wait, Log: log.logger(),
	})
	e.Explanation = now
	if err != nil {
		e.Error = x.app.secrets.Mask(err.Error())
		return nil
	}
	if now.Seen == nil {
		return x.plan(nil, e)
	}
	if now.Seen.Page == nil {
		now.Seen.Markdown = "" // of what is no page, nothing was screened that may be shown
		return x.plan(nil, e)
	}
	parts, err := x.screened(*now.Seen.Page, e)
	if err != nil {
		return err
	}
	return x.plan(parts, e)
}

// screened returns the parts of the page as they may be sent, and masks what is shown of
// it.
func (x explainer) screened(fetched crawler.Page, e *report.Explanation) ([]part, error) {
	screener, err := newScreener(x.settings, x.app.secrets)
	if err != nil {
		return nil, err
	}
	masking, err := newScreener(masked(x.settings), x.app.secrets)
	if err != nil {
		return nil, err
	}
	split, err := newSplit(x.settings.Content.Split)
	if err != nil {
		return nil, err
	}
	if e.Entry == nil || e.Seen.Moved != "" {
		if err := recallEntry(x.store, x.settings.Name, fetched.ExternalID, e); err != nil {
			return nil, err
		}
	}
	sent, err := newSentUnder(x.store.Entries(x.settings.Name))
	if err != nil {
		return nil, err
	}
	fetched.ExternalID = sent.id(fetched.URL, fetched.Identity)
	stager := stager{source: x.settings.Name, ledger: x.store, sent: sent, split: split, screener: screener}
	parts, err := stager.parts(fetched, nil)
	if err != nil {
		return nil, err
	}
	if err := leftOutOf(fetched, x.source.Content.Template, screener, e); err != nil {
		return nil, err
	}
	shown, _, err := masking.Page(fetched, nil)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		for _, f := range p.findings {
			if !slices.Contains(e.Findings, f) { // what concerns the page as a whole is each part's
				e.Findings = append(e.Findings, f)
			}
		}
	}
	e.Fingerprint = parts[0].page.Fingerprint()
	own := x.app.secrets
	e.Seen.Title, e.Seen.Markdown, e.Seen.Page = own.Mask(shown.Title), own.Mask(shown.Markdown), &parts[0].page
	return parts, nil
}

// masked are settings by which every secret that is looked for is taken out.
func masked(s config.Source) config.Source {
	mask := func(action string) string {
		if action == "" || action == string(screen.Off) {
			return action
		}
		return string(screen.Redact)
	}
	s.Screen.Credentials = mask(s.Screen.Credentials)
	p := &s.Screen.Personal
	p.Emails, p.Phones, p.Cards, p.IBANs = mask(p.Emails), mask(p.Phones), mask(p.Cards), mask(p.IBANs)
	s.Screen.Rules = slices.Clone(s.Screen.Rules)
	for i := range s.Screen.Rules {
		s.Screen.Rules[i].Action = mask(s.Screen.Rules[i].Action)
	}
	return s
}

// plan works out what a sync would do with the parts of the page alone; nil: there is no
// page.
func (x explainer) plan(parts []part, e *report.Explanation) error {
	var staged []state.Staged
	var entries []state.Entry
	if e.Entry != nil {
		entries = append(entries, *e.Entry)
	}
	for _, p := range e.Parts {
		entries = append(entries, *p.Entry)
	}
	for _, p := range parts {
		staged = append(staged, p.staged())
	}
	slices.SortFunc(staged, func(a, b state.Staged) int { return cmp.Compare(a.ExternalID, b.ExternalID) })
	var decisions ingest.Decisions
	if e.Withdrawn != nil {
		decisions = decisions.Withdrawn(*e.Withdrawn)
	}
	outcome, detail := e.Outcome, e.Detail
	if e.Seen != nil {
		outcome, detail = e.Seen.Outcome, e.Seen.Detail
	}
	plan, err := ingest.NewPlan(ingest.Inputs{
		Source: x.settings.Name, Coverage: crawler.Coverage{Complete: true},
		Pages: all(staged), Entries: all(entries),
		Outcome: func(string) (crawler.Outcome, string, bool, error) { return outcome, detail, true, nil }, Decisions: decisions,
	})
	if err != nil || len(plan.Changes) == 0 {
		return err
	}
	// One that stays stands for the rest of the source, so that the guards don't take
	// this page for all there is.
	rest := ingest.Change{Action: ingest.Unchanged, RemoteID: "the rest", After: &ingest.Version{}}
	plan.Changes = append(plan.Changes, rest)
	plan = newPolicy(x.config, x.settings).Apply(plan)
	for i, c := range plan.Changes[:len(plan.Changes)-1] {
		if _, anchor := c.Page(); anchor == "" {
			e.Change = &plan.Changes[i]
		} else {
			e.SetPart(report.Part{Change: &plan.Changes[i]})
		}
	}
	return nil
}

func all[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// follow remembers what a crawl made of each URL, for explain. What it no longer came
// upon is forgotten where it was complete; else too, where that is more than it met,
// lest a site of ever new addresses fill the state file.
func (r *runner) follow(source string, ledger *state.Store, crawl *state.Crawl, coverage crawler.Coverage, at time.Time) error {
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
				v.Outcome, v.Detail = before.Last.Outcome, before.Last.Detail // still what it was
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
