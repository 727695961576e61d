package reconcile

import (
	"cmp"
	"fmt"
	"iter"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/compare"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// sentUnder knows the external IDs of pages that differ from their URLs. The zero value knows none.
type sentUnder struct {
	moved map[string]string   // by URL: external IDs of pages that have moved
	parts map[string][]string // by external ID: sorted anchors of further parts
}

func newSentUnder(entries iter.Seq2[state.Entry, error]) (sentUnder, error) {
	u := sentUnder{moved: make(map[string]string), parts: make(map[string][]string)}
	for e, err := range entries {
		if err != nil {
			return sentUnder{}, err
		}
		id, address, anchor := crawler.CutPart(e.ExternalID, e.URL)
		if anchor != "" {
			u.parts[id] = append(u.parts[id], anchor)
		}
		if id != address && strings.HasPrefix(id, "http") {
			u.moved[address] = id
		}
	}
	return u, nil
}

// id returns the external ID of a page.
func (u sentUnder) id(pageURL, identity string) string {
	_, address, anchor := crawler.CutPart(pageURL, pageURL)
	id := identity
	if id == "" {
		id = cmp.Or(u.moved[address], address)
	}
	return crawler.PartID(id, anchor)
}

// review gives a crawl access to its staged pages.
type review struct {
	source string
	crawl  *state.Crawl
	ledger *state.Store
	sent   sentUnder
}

func (r review) Summaries() iter.Seq2[compare.Summary, error] {
	return func(yield func(compare.Summary, error) bool) {
		for p, err := range r.crawl.Staged() {
			if err == nil && isPart(p) {
				continue // its page stands for it
			}
			summary := compare.Summary{
				URL: p.URL, Identity: p.Identity, Says: p.Says, Title: p.Title, Dialogue: p.Dialogue,
			}
			if !yield(summary, err) {
				return
			}
		}
	}
}

func (r review) Changed(address string) (bool, error) {
	p, ok, err := r.crawl.Page(address)
	if err != nil || !ok {
		return false, err
	}
	id := r.sent.id(p.URL, p.Identity)
	e, ok, err := r.ledger.Entry(r.source, id)
	if err != nil || !ok || e.URL != p.URL || e.Hash == "" {
		return false, err
	}
	if e.Hash != p.Hash || len(p.Parts) != len(r.sent.parts[id]) {
		return true, nil
	}
	for _, anchor := range p.Parts {
		part, _, err := r.crawl.Page(crawler.PartID(p.ExternalID, anchor))
		if err != nil {
			return false, err
		}
		if e, _, err = r.ledger.Entry(r.source, crawler.PartID(id, anchor)); err != nil || e.Hash != part.Hash {
			return true, err
		}
	}
	return false, nil
}

// identify renames the staged pages of a crawl from their URLs to the external IDs that Intercom
// knows them by.
func identify(s config.Source, crawl *state.Crawl, ledger *state.Store, sent sentUnder) error {
	names, err := ingest.Identify(
		ingest.Inputs{Pages: pagesOf(crawl), Entries: ledger.Entries(s.Name), Outcome: outcomes(crawl)},
		ingest.Recorded{
			Entry: func(id string) (state.Entry, bool, error) { return ledger.Entry(s.Name, id) },
			Text:  func(id string) (string, error) { return sentText(s.Name, ledger, id, sent.parts[id]) },
		})
	if err != nil {
		return err
	}
	to := make(map[string]string)
	of := make(map[string]string) // by external ID with an anchor: the page that gets it
	for p, err := range pagesOf(crawl) {
		if err != nil {
			return err
		}
		id := sentUnder{moved: names}.id(p.URL, p.Identity)
		if id != p.ExternalID {
			to[p.ExternalID] = id
		}
		if !strings.Contains(id, "#") {
			continue
		}
		if other, taken := of[id]; taken {
			return fmt.Errorf("%s and %s would both be known by the external ID %q: "+
				"let content.external_id find another one", other, p.URL, id)
		}
		of[id] = p.URL
	}
	return crawl.Rename(to)
}

// sentText returns the [textHash] of what was sent of a page with its further parts, or "" where
// that is not known.
func sentText(source string, ledger *state.Store, id string, anchors []string) (string, error) {
	texts := make(map[string]string, 1+len(anchors))
	for _, anchor := range append([]string{""}, anchors...) {
		markdown, err := ledger.SentMarkdown(source, crawler.PartID(id, anchor))
		if err != nil || markdown == "" {
			return "", err
		}
		texts[anchor] = markdown
	}
	return textHashOf(texts), nil
}
