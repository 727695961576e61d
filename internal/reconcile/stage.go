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

// stager stores the pages of a crawl. It stores the text only of those that may have to be sent.
type stager struct {
	source string
	crawl  *state.Crawl
	ledger *state.Store
	sent   sentUnder
	resend bool

	room     *budget.Memory // memory for splitting and screening pages
	split    settings.Split
	screener *screen.Screener
	linter   *lint.Linter
	phrases  *phrases // lines that change with each run; nil where everything is compared
	keepsAll bool     // store the text of every page
	// decisions has the approvals, because an approved page may be sent although it is held.
	decisions ingest.Decisions
	shown     *htmlreport.Report // keeps the texts of what is held, to be shown; nil: nothing does
}

func (s stager) Put(ctx context.Context, p crawler.Page) error {
	if p.Outline != nil {
		o := state.Outlined{
			URL: p.URL, Outline: p.Outline.Bytes(),
			AIAgent: p.Availability.AIAgent, AICopilot: p.Availability.AICopilot,
		}
		if err := s.crawl.SetOutline(o); err != nil {
			return err
		}
	}
	return s.stage(ctx, p, nil, s.linter.Add)
}

// stage splits, screens and lints a page and stores its parts. They replace the parts that it was staged
// with earlier. before are findings to add to those of the screening. The error is a
// *[budget.Exceeded] where that takes too much work or memory.
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
	// A template that is learnt later is removed from all parts together, so either all texts are
	// stored or none.
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
		// A held page is not sent, so its text is not stored unless a person approved it.
		if keeps && (!part.held() || s.decisions.Agreed(part.page.ExternalID, part.page.URL)) {
			body = &state.Body{HTML: part.page.HTML, Markdown: part.page.Markdown}
		}
		if err := s.crawl.Stage(staged, body); err != nil {
			return err
		}
	}
	return nil
}

// unstageOthers removes the parts that a page was staged with earlier and no longer has.
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

// textHash returns a hash of a text without the targets of its links. A login page has the page to
// return to in them.
func textHash(text string) string {
	sum := sha256.Sum256([]byte(markdown.WithoutTargets(text)))
	return hex.EncodeToString(sum[:16])
}

// request returns the request that sends a page, without the import source.
func request(p crawler.Page) intercom.PageRequest {
	return intercom.PageRequest{
		Title: p.Title, HTML: p.HTML, URL: p.URL, Locale: p.Locale, ExternalID: p.ExternalID,
		AIAgentAvailability: p.Availability.AIAgent, AICopilotAvailability: p.Availability.AICopilot,
	}
}

// pagesOf yields the staged pages of a crawl that are still pages. Some turn out to be something else
// later, such as a login that many URLs show.
func pagesOf(crawl *state.Crawl) iter.Seq2[state.Staged, error] {
	return func(yield func(state.Staged, error) bool) {
		for p, err := range crawl.Staged() {
			if err == nil {
				outcome, _, _, lookErr := crawl.Outcome(crawler.Address(p.URL))
				o := crawler.Outcome(outcome)
				if err = lookErr; err == nil && o != crawler.Paged && o != crawler.NotModified {
					continue
				}
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// known yields the URLs of the pages that were sent, one for all parts of a page. It ends at an entry that
// cannot be read. The plan reads all entries again and reports the error.
func known(source string, ledger *state.Store) iter.Seq[string] {
	return func(yield func(string) bool) {
		asked := make(map[string]bool) // URLs of pages that have only entries of parts
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
			// Somebody may have changed the URL of a page that was only found at Intercom.
			if !e.Ours() && id != address && strings.HasPrefix(id, "http") && !yield(id) {
				return
			}
		}
	}
}

// before returns what was sent of a page with all its parts.
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

// found converts the findings of the screening for state.
func found(findings []screen.Finding) []state.Finding {
	var kept []state.Finding
	for _, f := range findings {
		kept = append(kept, state.Finding{
			Rule: f.Rule, Kind: string(f.Kind), Action: string(f.Action), Where: f.Where, Excerpt: f.Excerpt, Count: f.Count,
		})
	}
	return kept
}
