package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"regexp"
	"slices"
	"sync"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/lint"
	"github.com/fincrawl/fincrawl/ingest/screen"
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

	screener  *screen.Screener
	maxShrink float64
	linter    *lint.Linter
	keepsAll  bool // the text of each page, whether it may have to be sent or not
}

func (s stager) Put(_ context.Context, p crawler.Page) error {
	if p.Outline != nil {
		o := state.Outlined{URL: p.URL, Outline: p.Outline.Bytes(), AIAgent: p.Availability.AIAgent, AICopilot: p.Availability.AICopilot}
		if err := s.crawl.SetOutline(o); err != nil {
			return err
		}
	}
	return s.stage(p, nil, s.linter.Add)
}

// stage screens a page and puts it into the state file, with the findings that it had
// before and lint's word on it.
func (s stager) stage(p crawler.Page, before []state.Finding, lint func(crawler.Page)) error {
	entry, _, err := s.ledger.Entry(s.source, s.sent.id(p.URL, p.Identity))
	if err != nil {
		return err
	}
	p, findings, err := s.screen(p, entry)
	if err != nil {
		return err
	}
	findings = append(before, findings...)
	staged := state.Staged{
		ExternalID: p.ExternalID,
		URL:        p.URL,
		Title:      p.Title,
		Locale:     p.Locale,
		Hash:       p.Fingerprint(),
		AIAgent:    p.Availability.AIAgent,
		AICopilot:  p.Availability.AICopilot,
		Size:       len(p.HTML),
		Content:    ingest.ContentHash(request(p)),
		Text:       textHash(p.Markdown),
		Identity:   p.Identity,
		Says:       p.Says(),
		Findings:   state.KeepFindings(findings),
	}
	var body *state.Body
	held := slices.ContainsFunc(findings, func(f state.Finding) bool { return f.Action == string(screen.Hold) })
	if !held {
		lint(p)
	}
	if !held && (s.resend || s.keepsAll || staged.Hash != entry.Hash) { // what is held is not sent, and so not kept
		body = &state.Body{HTML: p.HTML, Markdown: p.Markdown}
	}
	return s.crawl.Stage(staged, body)
}

// screen returns the page as it may be sent, and what speaks against sending it.
func (s stager) screen(p crawler.Page, sent state.Entry) (crawler.Page, []state.Finding, error) {
	p, secrets, err := s.screener.Page(p)
	if err != nil {
		return p, nil, err
	}
	findings := found(secrets)
	if sent.Hash == "" || sent.Hash == p.Fingerprint() || s.screener.Allows(p.URL, "shrunk") {
		return p, findings, nil
	}
	before, err := s.ledger.SentMarkdown(s.source, s.sent.id(p.URL, p.Identity))
	if err != nil {
		return p, nil, err
	}
	if f, ok := shrunk(before, p, s.maxShrink); ok {
		findings = append(findings, f)
	}
	return p, findings, nil
}

// textHash is a hash of what a page says, without the addresses its links lead to: a
// wall's name the page to return to.
func textHash(markdown string) string {
	sum := sha256.Sum256([]byte(linkTargets().ReplaceAllString(markdown, "]")))
	return hex.EncodeToString(sum[:16])
}

var linkTargets = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\]\([^)]*\)`) })

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
				outcome, _, _, lookErr := crawl.Outcome(p.URL)
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

// known yields the URLs of the pages that were sent. An entry that cannot be
// read ends it; the plan, which reads them all again, reports the error.
func known(entries iter.Seq2[state.Entry, error]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for e, err := range entries {
			if err != nil || !yield(e.URL) {
				return
			}
		}
	}
}
