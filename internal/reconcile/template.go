package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"iter"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/crawler/extract/template"
	"github.com/fincrawl/fincrawl/crawler/web/compare"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/check/screen"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/notice"
	"github.com/fincrawl/fincrawl/state"
)

// knownTemplate is what a run knows about the template of a source.
type knownTemplate struct {
	known *template.Template // nil where the template is not to be removed
	// learnt reports that the template was learnt before. Otherwise the text of every page is
	// stored until it is.
	learnt bool
}

// templateOf returns the template of a source, unless this run forgets it or, as a preview, would.
func (r *Runner) templateOf(s config.Source, change ingest.SourceChange) (knownTemplate, error) {
	t, err := templateOf(r.Ledger, s)
	if t.known != nil && (change.Lost || change.Adopt) {
		return knownTemplate{known: template.New(nil)}, err
	}
	return t, err
}

// templateOf returns the recorded template of a source.
func templateOf(store *state.Store, s config.Source) (knownTemplate, error) {
	if s.Content.Template == config.TemplateOff || s.Content.Body != "" {
		return knownTemplate{}, nil
	}
	kept, ok, err := store.Template(s.Name)
	if err != nil || !ok || kept.Version != template.Version {
		return knownTemplate{known: template.New(nil)}, err
	}
	blocks := make([]template.Known, len(kept.Blocks))
	for i, b := range kept.Blocks {
		blocks[i] = template.Known{
			Hash: uint64(b.Hash), Place: template.Place(b.Place), Words: b.Words, Pages: b.Pages, Of: b.Of,
		}
	}
	return knownTemplate{known: template.New(blocks), learnt: true}, nil
}

// kept converts a template for state.
func (l *layout) kept(t *template.Template) (state.Template, error) {
	kept := state.Template{Version: template.Version, Blocks: []state.TemplateBlock{}}
	for _, b := range t.Blocks() {
		words, err := firstWords(l.screener, b.Words)
		if err != nil {
			return kept, err
		}
		kept.Blocks = append(kept.Blocks, state.TemplateBlock{
			Hash: state.Hash(b.Hash), Place: int(b.Place), Words: words, Pages: b.Pages, Of: b.Of,
		})
	}
	return kept, nil
}

// firstWords returns the first words of a text, unless the text has something that must not be shown.
func firstWords(screener *screen.Screener, text string) (string, error) {
	_, findings, err := screener.Page(crawler.Page{HTML: "<p>" + html.EscapeString(text) + "</p>", Markdown: text}, nil)
	if err != nil {
		return "", fmt.Errorf("look at what is left out: %w", err)
	}
	if len(findings) > 0 {
		return screen.Redacted, nil
	}
	return template.Excerpt(text), nil
}

// under returns the fingerprint of settings and of the template that a page was read with.
func under(settings string, t *template.Template) string {
	if id := t.ID(); id != "" {
		return settings + "-" + id
	}
	return settings
}

// layout removes the template from staged pages.
type layout struct {
	stager
	known  *template.Template // at the beginning of the crawl
	memory *memory            // nil where nothing is remembered
	common compare.Common
}

func (l *layout) Outlines() iter.Seq2[compare.Outlined, error] {
	return func(yield func(compare.Outlined, error) bool) {
		for o, err := range l.crawl.Outlines() {
			page := compare.Outlined{URL: o.URL}
			if err == nil {
				page.Outline, err = template.ParseOutline(o.Outline)
			}
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}

func (l *layout) LeaveOut(ctx context.Context, address string, t *template.Template) ([]template.LeftOut, bool, error) {
	o, _, err := l.crawl.Outline(address)
	if err != nil || o.Left == t.ID() {
		return nil, true, err
	}
	staged, _, err := l.crawl.Page(address)
	if err != nil {
		return nil, false, err
	}
	whole, ok, err := wholeHTML(l.crawl, staged)
	if err != nil || !ok {
		return nil, false, err
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, false, err
	}
	outline, err := template.ParseOutline(o.Outline)
	if err != nil {
		return nil, false, err
	}
	ctx = budget.Allow(ctx, budget.Page)
	release, err := l.room.Reserve(ctx, budget.ForText(whole, whole))
	if err != nil {
		return nil, false, err
	}
	var article extract.Article
	err = budget.Run(ctx, budget.Page, func(ctx context.Context) (err error) {
		defer release()
		late := template.Late{
			Address: u, Title: staged.Title, HTML: whole,
			Before: l.known, Outline: outline, Meter: budget.From(ctx),
		}
		article, ok, err = extract.Strip(late, t)
		return err
	})
	if err != nil || !ok {
		return nil, false, unlessCostly(err)
	}
	redacted, err := l.redactions(staged)
	if err != nil {
		return nil, false, err
	}
	page := crawler.Page{
		Source: l.source, ExternalID: staged.ExternalID, Identity: staged.Identity, URL: staged.URL,
		Title: staged.Title, Locale: staged.Locale,
		HTML: article.HTML, Markdown: article.Markdown, LeftOut: article.LeftOut, End: staged.End, Inside: staged.Inside, Untitled: staged.Untitled,
		Availability: crawler.Availability{AIAgent: o.AIAgent, AICopilot: o.AICopilot},
	}
	if err := l.stage(ctx, page, redacted, l.linter.Again); err != nil {
		return nil, false, unlessCostly(err)
	}
	o.Left = t.ID()
	if err := l.crawl.SetOutline(o); err != nil {
		return nil, false, err
	}
	return article.LeftOut, true, l.memory.left(address, t)
}

// unlessCostly returns err, or nil where it says that a page takes too much work or memory. Such a page
// stays as it was staged.
func unlessCostly(err error) error {
	if costly := (*budget.Exceeded)(nil); errors.As(err, &costly) {
		return nil
	}
	return err
}

func (l *layout) Learned(c compare.Common) error {
	l.common = c
	return nil
}

// redactions returns the findings of a page and its parts that were redacted. A second screening would
// not find them again.
func (l *layout) redactions(p state.Staged) (all []state.Finding, err error) {
	parts, err := partsOf(l.crawl, p)
	if err != nil {
		return nil, err
	}
	for _, part := range append([]state.Staged{p}, parts...) {
		findings, err := part.Findings.List()
		if err != nil {
			return nil, err
		}
		for _, f := range findings {
			if f.Action == string(screen.Redact) {
				all = append(all, f)
			}
		}
	}
	return all, nil
}

// left records a page as it is without the template.
func (m *memory) left(address string, t *template.Template) error {
	if m == nil || m.readOnly {
		return nil
	}
	seen, ok, err := m.learned.Seen(m.source, address)
	if err != nil || !ok || seen.Page == nil || seen.Settings != m.fingerprint {
		return err
	}
	page, ok, err := m.crawl.Page(address)
	if err != nil || !ok {
		return err
	}
	if seen.Parts, err = partsOf(m.crawl, page); err != nil {
		return err
	}
	seen.Page, seen.Settings = &page, under(m.own, t)
	return m.learned.SetSeen(m.source, seen)
}

// keepTemplate records the template that was learnt. What is remembered of the source's pages stays
// valid under the new template. Where some pages would change with it, everything is fetched again.
func (r *Runner) keepTemplate(s config.Source, read reading, l *layout) error {
	found := l.common
	if !found.Enough {
		return nil
	}
	known, learnt, err := r.Ledger.Template(s.Name)
	if err != nil {
		return err
	}
	next, err := l.kept(found.Next)
	if err != nil {
		return err
	}
	if learnt && known.Version == next.Version && slices.Equal(known.Blocks, next.Blocks) {
		return nil
	}
	was, now, will := read.fingerprint, under(read.own, found.Now), under(read.own, found.Next)
	if was != will && !found.Unread {
		for address, err := range r.Ledger.AllSeen(s.Name) {
			if err != nil {
				return err
			}
			seen, ok, err := r.Ledger.Seen(s.Name, address)
			if err != nil {
				return err
			}
			if !ok || seen.Settings != was && seen.Settings != now {
				continue
			}
			seen.Settings = will
			if err := r.Ledger.SetSeen(s.Name, seen); err != nil {
				return err
			}
		}
	}
	return r.Ledger.SetTemplate(s.Name, next)
}

// inReport converts the template for the report.
func inReport(c compare.Common) *report.Template {
	if c.Of == 0 || c.Pages == 0 && len(c.Whole) == 0 {
		return nil
	}
	return &report.Template{Blocks: c.Blocks, Pages: c.Pages, Of: c.Of, Whole: c.Whole}
}

// wholeAdvice returns advice on the pages that have nothing but template.
func wholeAdvice(c compare.Common) (list []report.Advice) {
	for _, address := range c.Whole {
		list = append(list, report.Advice{Kind: "template-only", URL: address,
			Detail: "it says nothing but what most pages begin or end with, so it is left as it is",
			Fix:    "Say something on it, or exclude it; where the site shows more, see content.body."})
	}
	return list
}

// templateLength returns the number of letters of a text that turned out to be template.
func templateLength(text string, left []template.LeftOut) (n int) {
	said := notice.LettersOf(markdown.WithoutTargets(text))
	for _, l := range left {
		letters := notice.LettersOf(l.Text)
		if before, after, had := strings.Cut(said, letters); had && letters != "" {
			said = before + "\x00" + after // so that it is found only once
			n += utf8.RuneCountInString(letters)
		}
	}
	return n
}

// inWords returns the blocks of a template whose words are known, sorted by place and number of pages.
func inWords(t *template.Template) (list []report.LeftOut) {
	for _, b := range t.Blocks() {
		if b.Words != "" {
			list = append(list, report.LeftOut{Words: b.Words, Place: b.Place.String(), Pages: b.Pages, Of: b.Of})
		}
	}
	slices.SortStableFunc(list, func(a, b report.LeftOut) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(b.Pages, a.Pages), cmp.Compare(a.Words, b.Words))
	})
	return list
}

// leftOutOf adds to an explanation what was removed from its page.
func leftOutOf(p crawler.Page, t *template.Template, screener *screen.Screener, e *report.Explanation) error {
	for _, l := range p.LeftOut {
		words, err := firstWords(screener, l.Text)
		if err != nil {
			return err
		}
		e.LeftOut = append(e.LeftOut, report.LeftOut{Words: words, Place: l.Place.String(), Pages: l.Pages, Of: l.Of})
	}
	_, e.Whole = t.Covers(p.Outline)
	return nil
}
