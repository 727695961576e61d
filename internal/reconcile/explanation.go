package reconcile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/template"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/check/screen"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/kinds"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/state"
)

// longestPath is how many steps of the path to a page are shown.
const longestPath = 20

// explainedRuns is how many runs that read the source are shown.
const explainedRuns = 5

// recall adds what the state file knows about a URL.
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

// recallDecisions adds the concerns about the page and its withdrawal.
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
			e.Withdrawn = &w // the page's own one comes after that of its source
		}
	}
	return nil
}

// recallEntry adds what was sent of the page at a URL, with all its parts.
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

// pathTo returns the pages on which a URL, and then each of them, was found, back to a start address.
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

// leadsTo returns the URL in the detail of an outcome, with its own outcome in the last crawl.
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

// entryAt returns the entry of the page at a URL, whatever its external ID is, or nil.
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

// runsWith returns the last runs of a source, with what they did to a page.
func runsWith(store *state.Store, source string, e *report.Explanation) (list []report.ExplainedRun, err error) {
	runs, err := store.Runs()
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		var run report.Run
		if len(list) == explainedRuns {
			break
		}
		if json.Unmarshal(r.Summary, &run) != nil {
			continue // the run did not end
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
	byID := c.ExternalID == e.URL || e.Entry != nil && c.ExternalID == e.Entry.ExternalID
	return byID || c.After != nil && c.After.URL == e.URL
}

// Explainer fetches one page of a source and compares it with what is recorded.
type Explainer struct {
	Config    *config.Config
	Secrets   *secrets.Set
	Transport http.RoundTripper                          // to the site. Defaults to a real one.
	Wait      func(context.Context, time.Duration) error // between requests. Defaults to sleeping.
	Log       *slog.Logger

	settings config.Source
	template *template.Template // that is left out of its pages; nil for none
	store    *state.Store
}

// Explain finds the source that a URL belongs to and says what is known about it. name limits it to
// one source. With fetch it also fetches the page.
func (x Explainer) Explain(
	ctx context.Context, address *url.URL, name string, fetch bool,
) (e report.Explanation, err error) {
	e.Address = address.Redacted()
	if x.settings, err = Owner(x.Config, address, name, &e); err != nil {
		return e, Mistake{err}
	}
	if e.Source == "" {
		return e, nil
	}
	if x.store, err = state.OpenToLook(x.Config.State); err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, x.store.Close()) }()
	err = x.explain(ctx, &e, fetch)
	return e, err
}

func (x Explainer) explain(ctx context.Context, e *report.Explanation, fetch bool) error {
	u, err := url.Parse(e.URL)
	if err != nil {
		return fmt.Errorf("explain %s: %w", e.URL, err)
	}
	if x.settings.IsWeb() {
		source, err := settings.NewSource(x.settings)
		if err != nil {
			return err
		}
		e.Render = string(source.Render.For(u))
	}
	known, err := templateOf(x.store, x.settings)
	if err != nil {
		return err
	}
	x.template, e.Template = known.known, inWords(known.known)
	if err := recall(x.store, x.settings.Name, e); err != nil || !fetch {
		return err
	}
	return x.fetch(ctx, u, e)
}

// fetch fetches the page and adds what it shows now. Errors of the site are in e.Error.
func (x Explainer) fetch(ctx context.Context, u *url.URL, e *report.Explanation) error {
	now, err := kinds.Explain(ctx, x.settings, u, kinds.Place{Template: x.template, Ledger: x.store, Surroundings: web.Surroundings{
		Secrets: x.Secrets, Transport: x.Transport, Wait: x.Wait, Log: x.Log,
		Session: keeper{source: x.settings.Name, store: x.store, readOnly: true},
	}})
	e.Explanation = now
	if err != nil {
		e.Error = x.Secrets.Mask(err.Error())
		return nil
	}
	if now.Seen == nil {
		return x.plan(nil, e)
	}
	if now.Seen.Page == nil {
		now.Seen.Markdown = "" // it was not screened, because it is no page
		return x.plan(nil, e)
	}
	var parts []part
	looked, seen := *e, *now.Seen
	looked.Seen = &seen
	err = budget.Run(ctx, budget.Page, func(ctx context.Context) (err error) {
		parts, err = x.screened(*seen.Page, &looked, budget.From(ctx))
		return err
	})
	if costly := (*budget.Exceeded)(nil); errors.As(err, &costly) {
		e.Seen.Outcome, e.Seen.Detail, e.Seen.Page, e.Seen.Markdown = crawler.TooCostly, costly.Detail, nil, ""
		return x.plan(nil, e)
	}
	if err != nil {
		return err
	}
	*e = looked
	return x.plan(parts, e)
}

// screened returns the parts of the page as they would be sent. It masks secrets in what is shown.
func (x Explainer) screened(fetched crawler.Page, e *report.Explanation, meter *budget.Meter) ([]part, error) {
	screener, err := settings.NewScreener(x.settings, x.Secrets)
	if err != nil {
		return nil, err
	}
	masking, err := settings.NewScreener(masked(x.settings), x.Secrets)
	if err != nil {
		return nil, err
	}
	split, err := settings.NewSplit(x.settings.Content.Split)
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
	hints, _, err := x.store.Hints(x.settings.Name)
	if err != nil {
		return nil, err
	}
	stager := stager{
		source: x.settings.Name, ledger: x.store, sent: sent, split: split, screener: screener,
		phrases: &phrases{learnt: learntOf(hints.Phrases)},
	}
	parts, err := stager.parts(fetched, meter)
	if err != nil {
		return nil, err
	}
	if err := leftOutOf(fetched, x.template, screener, e); err != nil {
		return nil, err
	}
	shown, _, err := masking.Page(fetched, meter)
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		for _, f := range p.findings {
			if !slices.Contains(e.Findings, f) { // a finding on the whole page is in every part
				e.Findings = append(e.Findings, f)
			}
		}
	}
	e.Fingerprint = parts[0].page.Fingerprint()
	own := x.Secrets
	e.Volatile = phrasesOf(shown, hints.Phrases)
	e.Seen.Title, e.Seen.Markdown, e.Seen.Page = own.Mask(shown.Title), own.Mask(shown.Markdown), &parts[0].page
	return parts, nil
}

// masked returns settings that redact every secret instead of holding the page.
func masked(s config.Source) config.Source {
	mask := func(action string) string {
		if action == "" || action == string(screen.Off) {
			return action
		}
		return string(screen.Redact)
	}
	s.Screen.Credentials = mask(s.Screen.Credentials)
	s.Screen.Codes = mask(s.Screen.Codes)
	p := &s.Screen.Personal
	p.Emails, p.Phones, p.Cards, p.IBANs = mask(p.Emails), mask(p.Phones), mask(p.Cards), mask(p.IBANs)
	s.Screen.Rules = slices.Clone(s.Screen.Rules)
	for i := range s.Screen.Rules {
		s.Screen.Rules[i].Action = mask(s.Screen.Rules[i].Action)
	}
	return s
}

// plan works out what a sync would do with the parts of the page alone. parts is nil where there is
// no page.
func (x Explainer) plan(parts []part, e *report.Explanation) error {
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
		Decisions: decisions,
		Outcome:   func(string) (crawler.Outcome, string, bool, error) { return outcome, detail, true, nil },
	})
	if err != nil || len(plan.Changes) == 0 {
		return err
	}
	// An unchanged page stands for the rest of the source, so that the guards do not take this
	// page for the whole source.
	rest := ingest.Change{Action: ingest.Unchanged, RemoteID: "the rest", After: &ingest.Version{}}
	plan.Changes = append(plan.Changes, rest)
	plan = settings.NewPolicy(x.Config, x.settings).Apply(plan)
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

// Owner returns the source that a URL belongs to, according to the settings of each source.
// e.Source stays "" where it belongs to none.
func Owner(c *config.Config, address *url.URL, name string, e *report.Explanation) (config.Source, error) {
	var names []string
	if name != "" {
		names = []string{name}
	}
	sources, err := c.Select(names)
	if err != nil {
		return config.Source{}, err
	}
	var mine config.Source
	var owners []string
	for _, s := range sources {
		judged, err := kinds.Judge(s, address)
		switch {
		case err != nil:
			return mine, err
		case judged.Inside || name != "":
			mine, e.Source, e.SourceURL, e.Judgement = s, s.Name, s.URL, judged
			owners = append(owners, s.Name)
		default:
			e.Elsewhere = append(e.Elsewhere, report.Outside{Source: s.Name, Why: judged.Detail})
		}
	}
	if len(owners) > 1 {
		return mine, fmt.Errorf("%s belongs to several sources (%s): choose one by --source",
			e.Address, strings.Join(owners, ", "))
	}
	return mine, nil
}
