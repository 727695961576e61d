package reconcile

import (
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest/sketch"
	"github.com/fincrawl/fincrawl/state"
)

// pageTexts gives a crawl the texts of pages, as they were read and as they were sent.
type pageTexts struct {
	source string
	crawl  *state.Crawl
	ledger *state.Store
	sent   sentUnder
}

// Read returns the text of a page that was read. Where the text was not staged because it is unchanged,
// it is the text that was sent.
func (t pageTexts) Read(url string) (markdown string, ok bool, err error) {
	page, ok, err := t.crawl.Page(url)
	if err != nil || !ok {
		return "", false, err
	}
	var whole strings.Builder
	for _, anchor := range append([]string{""}, page.Parts...) {
		part, _, err := t.crawl.Page(crawler.PartID(page.ExternalID, anchor))
		if err != nil {
			return "", false, err
		}
		body, kept, err := t.crawl.Body(part.ExternalID)
		if err != nil {
			return "", false, err
		}
		if !kept || body.Markdown == "" {
			id := crawler.PartID(t.sent.id(page.URL, page.Identity), anchor)
			entry, _, err := t.ledger.Entry(t.source, id)
			if err != nil || entry.Hash != part.Hash {
				return "", false, err
			}
			if body.Markdown, err = t.ledger.SentMarkdown(t.source, id); err != nil || body.Markdown == "" {
				return "", false, err
			}
		}
		whole.WriteString(body.Markdown + "\n")
	}
	return whole.String(), true, nil
}

// Sent returns what was sent of a page with all its parts.
func (t pageTexts) Sent(url string) (markdown string, ok bool, err error) {
	id := t.sent.id(url, "")
	entry, ok, err := t.ledger.Entry(t.source, id)
	if err != nil || !ok || entry.RemoteID == "" {
		return "", false, err
	}
	var whole strings.Builder
	for _, anchor := range append([]string{""}, t.sent.parts[id]...) {
		text, err := t.ledger.SentMarkdown(t.source, crawler.PartID(id, anchor))
		if err != nil {
			return "", false, err
		}
		whole.WriteString(text + "\n")
	}
	return strings.TrimSpace(whole.String()), true, nil
}

// SaysAllOf reports whether a page, with all its parts, has the text of a page that was found at Intercom.
func (t pageTexts) SaysAllOf(url, other string) (bool, error) {
	page, ok, err := t.crawl.Page(url)
	if err != nil || !ok {
		return false, err
	}
	var says, found []state.Sketch
	for _, anchor := range append([]string{""}, page.Parts...) {
		part, _, err := t.crawl.Page(crawler.PartID(page.ExternalID, anchor))
		if err != nil {
			return false, err
		}
		says = append(says, part.Sketch)
	}
	id := t.sent.id(other, "")
	for _, anchor := range append([]string{""}, t.sent.parts[id]...) {
		entry, there, err := t.ledger.Entry(t.source, crawler.PartID(id, anchor))
		if err != nil || there && (entry.Hash != "" || !entry.Sketch.Known()) {
			return false, err
		}
		found = append(found, entry.Sketch)
	}
	return sketch.SaysAllOf(says, found), nil
}

// WasThere reports whether crawls have found the page at url for longer than they have found the current
// outcome at other. It is false for a page that was only found at Intercom, since nothing shows that
// it was ever at other.
func (t pageTexts) WasThere(url, other string) (bool, error) {
	if entry, _, err := t.ledger.Entry(t.source, t.sent.id(other, "")); err != nil || !entry.Ours() {
		return false, err
	}
	page, ok, err := t.ledger.Trail(t.source, url)
	if err != nil || !ok || crawler.Outcome(page.Last.Outcome) != crawler.Paged {
		return false, err
	}
	from, ok, err := t.ledger.Trail(t.source, other)
	if err != nil || !ok {
		return false, err
	}
	return crawler.Outcome(from.Last.Outcome) == crawler.Paged || page.Last.Since.Before(from.Last.Since), nil
}
