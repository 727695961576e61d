package reconcile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/crawler/web/cutoff"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/check/lint"
	"github.com/fincrawl/fincrawl/internal/check/screen"
	"github.com/fincrawl/fincrawl/internal/htmlreport"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/state"
)

// stager puts the pages of a crawl into the state file, with the text of those
// only that may have to be sent.
type stager struct {
	source string
	crawl  *state.Crawl
	ledger *state.Store
	sent   sentUnder
	resend bool

	room     *budget.Memory // that pages are split and screened in
	split    settings.Split
	screener *screen.Screener
	linter   *lint.Linter
	phrases  *phrases // that change with each run; nil: none is left out
	keepsAll bool     // the text of each page, whether it may have to be sent or not
	// decisions are what persons agreed to: those pages may be sent though they are held.
	decisions ingest.Decisions
	shown     *htmlreport.Report // keeps the texts of what is held, to be shown; nil: nothing does
}

func (s stager) Put(ctx context.Context, p crawler.Page) error {
	if p.Outline != nil {
		o := state.Outlined{URL: p.URL, Outline: p.Outline.Bytes(), AIAgent: p.Availability.AIAgent, AICopilot: p.Availability.AICopilot}
		if err := s.crawl.SetOutline(o); err != nil {
			return err
		}
	}
	return s.stage(ctx, p, nil, s.linter.Add)
}

// stage puts the parts of a page into the state file, in place of those that it was staged
// with earlier, with the findings that it had before and lint's word on each. The error is a
// *[budget.Exceeded] where the page costs too much to split and to screen.
func (s stager) stage(ctx context.Context, p crawler.Page, before []state.Finding, lint func(crawler.Page)) error {
	release, err := s.room.Reserve(ctx, budget.ForText(p.HTML, p.Markdown))
	if err != nil {
		return err
	}
	var parts []part
	err = budget.Run(ctx, budget.Page, func(ctx context.Context) (err error) {
		defer release()
		parts, err = s.parts(p, budget.From(ctx))
		return err
	})
	if err != nil {
		return err
	}
	parts[0].findings = append(before, parts[0].findings...)
	first := firstOf(parts)
	if err := s.unstageOthers(first); err != nil {
		return err
	}
	// What is learnt later is left out of all parts together, so that their texts are
	// kept together.
	keeps := s.resend || s.keepsAll || slices.ContainsFunc(parts, part.changed)
	for i, part := range parts {
		staged := first
		if i > 0 {
			staged = part.staged()
		}
		var body *state.Body
		if !part.held() {
			lint(part.page)
		} else {
			s.shown.Hold(s.source, part.page, s.screener)
		}
		// What is held is not sent, and so not kept, unless somebody agreed to it.
		if keeps && (!part.held() || s.decisions.Agreed(part.page.ExternalID, part.page.URL)) {
			body = &state.Body{HTML: part.page.HTML, Markdown: part.page.Markdown}
		}
		if err := s.crawl.Stage(staged, body); err != nil {
			return err
		}
	}
	return nil
}

// unstageOthers drops the parts that a page was staged with earlier and no longer has.
func (s stager) unstageOthers(p state.Staged) error {
	before, _, err := s.crawl.Page(p.ExternalID)
	if err != nil {
		return err
	}
	for _, anchor := range before.Parts {
		if slices.Contains(p.Parts, anchor) {
			continue
		}
		if err := s.crawl.Unstage(crawler.PartID(p.ExternalID, anchor)); err != nil {
			return err
		}
	}
	return nil
}

// textHash is a hash of what a page says, without the addresses its links lead to: a
// wall's name the page to return to.
func textHash(text string) string {
	sum := sha256.Sum256([]byte(markdown.WithoutTargets(text)))
	return hex.EncodeToString(sum[:16])
}

// request is what a page is sent as, but for the import source it goes to.
func request(p crawler.Page) intercom.PageRequest {
	return intercom.PageRequest{
		Title: p.Title, HTML: p.HTML, URL: p.URL, Locale: p.Locale, ExternalID: p.ExternalID,
		AIAgentAvailability: p.Availability.AIAgent, AICopilotAvailability: p.Availability.AICopilot,
	}
}

// pagesOf yields what was staged of a crawl and is a page still: some prove to be
// something else later, such as a wall that stood under many addresses.
func pagesOf(crawl *state.Crawl) iter.Seq2[state.Staged, error] {
	return func(yield func(state.Staged, error) bool) {
		for p, err := range crawl.Staged() {
			if err == nil {
				outcome, _, _, lookErr := crawl.Outcome(crawler.Address(p.URL))
				if err = lookErr; err == nil && crawler.Outcome(outcome) != crawler.Paged && crawler.Outcome(outcome) != crawler.NotModified {
					continue
				}
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// known yields the addresses of the pages that were sent, one for all parts of a page.
// An entry that cannot be read ends it; the plan, which reads them all again, reports
// the error.
func known(source string, ledger *state.Store) iter.Seq[string] {
	return func(yield func(string) bool) {
		asked := make(map[string]bool) // of pages of which only parts are recorded
		for e, err := range ledger.Entries(source) {
			if err != nil {
				return
			}
			id, address, anchor := crawler.CutPart(e.ExternalID, e.URL)
			if anchor != "" {
				first, ok, err := ledger.Entry(source, id)
				if err != nil {
					return
				}
				if ok && first.URL == address || asked[address] {
					continue
				}
				asked[address] = true
			}
			if !yield(address) {
				return
			}
			// Of a page that was only found in Intercom, the URL may be another one's.
			if !e.Ours() && id != address && strings.HasPrefix(id, "http") && !yield(id) {
				return
			}
		}
	}
}

// before returns what was sent of a page, with all its parts.
func (s stager) before(address, identity string) (cutoff.Before, error) {
	id := s.sent.id(address, identity)
	entry, ok, err := s.ledger.Entry(s.source, id)
	if err != nil || !ok {
		return cutoff.Before{}, err
	}
	var text strings.Builder
	letters := 0
	for _, anchor := range append([]string{""}, s.sent.parts[id]...) {
		part := crawler.PartID(id, anchor)
		markdown, err := s.ledger.SentMarkdown(s.source, part)
		if err != nil {
			return cutoff.Before{}, err
		}
		text.WriteString(markdown)
		entry, _, err := s.ledger.Entry(s.source, part)
		if err != nil {
			return cutoff.Before{}, err
		}
		letters += entry.Sketch.Letters
	}
	return cutoff.Before{Markdown: text.String(), Letters: letters, End: entry.End}, nil
}

// found is what the screening found, as the state keeps it and the plan shows it.
func found(findings []screen.Finding) []state.Finding {
	var kept []state.Finding
	for _, f := range findings {
		kept = append(kept, state.Finding{
			Rule: f.Rule, Kind: string(f.Kind), Action: string(f.Action), Where: f.Where, Excerpt: f.Excerpt, Count: f.Count,
		})
	}
	return kept
}
