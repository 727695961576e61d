package main

import (
	"fmt"
	"iter"
	"regexp"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// newIdentity says in the crawler's words what identifies a page.
func newIdentity(c config.Identity) (crawler.Identity, error) {
	i := crawler.Identity{Selector: c.Selector, Attr: c.Attr, Meta: c.Meta}
	if c.Regex == "" {
		return i, nil
	}
	var err error
	if i.Regex, err = regexp.Compile(c.Regex); err != nil {
		err = fmt.Errorf("content.external_id: %w", err)
	}
	return i, err
}

// sentUnder knows which pages were sent under another external ID than their address:
// those with an identity of their own, and, by their addresses, those that have moved.
type sentUnder map[string]string

func newSentUnder(entries iter.Seq2[state.Entry, error]) (sentUnder, error) {
	moved := make(sentUnder)
	for e, err := range entries {
		if err != nil {
			return nil, err
		}
		if e.ExternalID != e.URL && strings.HasPrefix(e.ExternalID, "http") {
			moved[e.URL] = e.ExternalID
		}
	}
	return moved, nil
}

// id returns the external ID that a page was sent under, if it was.
func (u sentUnder) id(address, identity string) string {
	if identity != "" {
		return identity
	}
	if id, ok := u[address]; ok {
		return id
	}
	return address
}

// review lets a crawl look over the pages that were staged.
type review struct {
	source string
	crawl  *state.Crawl
	ledger *state.Store
	sent   sentUnder
}

func (r review) Summaries() iter.Seq2[crawler.Summary, error] {
	return func(yield func(crawler.Summary, error) bool) {
		for p, err := range r.crawl.Staged() {
			if !yield(crawler.Summary{URL: p.URL, Identity: p.Identity, Says: p.Says}, err) {
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
	e, ok, err := r.ledger.Entry(r.source, r.sent.id(p.URL, p.Identity))
	return ok && e.URL == p.URL && e.Hash != "" && e.Hash != p.Hash, err
}

// identify puts the pages of a crawl, which were staged under their addresses, under the
// external IDs by which Intercom knows them.
func identify(s config.Source, crawl *state.Crawl, ledger *state.Store) error {
	names, err := ingest.Identify(
		ingest.Inputs{Pages: pagesOf(crawl), Entries: ledger.Entries(s.Name), Outcome: outcomes(crawl)},
		ingest.Recorded{
			Entry: func(id string) (state.Entry, bool, error) { return ledger.Entry(s.Name, id) },
			Text: func(id string) (string, error) {
				markdown, err := ledger.SentMarkdown(s.Name, id)
				if err != nil || markdown == "" {
					return "", err
				}
				return textHash(markdown), nil
			},
		})
	if err != nil {
		return err
	}
	to := make(map[string]string)
	for p, err := range pagesOf(crawl) {
		if err != nil {
			return err
		}
		id := sentUnder(names).id(p.URL, p.Identity)
		if id != p.ExternalID {
			to[p.ExternalID] = id
		}
	}
	return crawl.Rename(to)
}
