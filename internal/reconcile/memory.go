package reconcile

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/internal/check/lint"
	"github.com/fincrawl/fincrawl/state"
)

// memory is what the state file remembers about the documents of a source.
type memory struct {
	source  string
	crawl   *state.Crawl
	ledger  *state.Store // what was sent
	learned *state.Store // what was seen
	sent    sentUnder
	reading
	trustLastmod bool
	readOnly     bool // for a preview
	now          func() time.Time
	linter       *lint.Linter // is told of pages that were not read; nil for nobody

	wrong atomic.Pointer[string] // a URL that changed although the site said it had not
	stale atomic.Bool            // what is remembered was read with other style sheets
}

// Recall returns what is remembered of a URL, if the site's word on changes is trusted. A page counts
// only if the library has it as it was seen, because otherwise its text is needed.
func (m *memory) Recall(url string) (web.Remembered, bool, error) {
	if !m.believes || m.stale.Load() {
		return web.Remembered{}, false, nil
	}
	seen, ok, err := m.learned.Seen(m.source, url)
	isPage := crawler.Outcome(seen.Outcome) == crawler.Paged
	if err != nil || !ok || seen.Settings != m.fingerprint || isPage != (seen.Page != nil) {
		return web.Remembered{}, false, err
	}
	r := web.Remembered{
		ETag: seen.ETag, LastModified: seen.LastModified,
		Outcome: crawler.Outcome(seen.Outcome), Links: seen.Links, Versions: seen.Versions,
	}
	if seen.Page != nil {
		entry, _, err := m.ledger.Entry(m.source, m.sent.id(url, seen.Page.Identity))
		if err != nil || entry.RemoteID == "" || entry.Hash != seen.Page.Hash {
			return web.Remembered{}, false, err
		}
		for _, part := range seen.Parts {
			entry, _, err := m.ledger.Entry(m.source, m.sent.id(part.URL, part.Identity))
			if err != nil || entry.RemoteID == "" || entry.Hash != part.Hash {
				return web.Remembered{}, false, err
			}
		}
		r.ExternalID, r.Fingerprint, r.Page = seen.Page.ExternalID, seen.Page.Hash, &seen
	}
	r.Current, err = m.isCurrent(seen)
	return r, err == nil && (r.Current || r.ETag != "" || r.LastModified != ""), err
}

// isCurrent reports whether the sitemap is trusted and says that a URL has not changed since it was
// seen.
func (m *memory) isCurrent(seen state.Seen) (bool, error) {
	if !m.trustLastmod {
		return false, nil
	}
	changed, err := m.crawl.Date(seen.URL)
	return !changed.IsZero() && changed.Before(seen.At), err
}

// Remember records what was seen at a URL, and whether it changed although the site said that it had
// not.
func (m *memory) Remember(url string, r web.Remembered) error {
	before, known, err := m.learned.Seen(m.source, url)
	if err != nil {
		return err
	}
	now := state.Seen{
		URL: url, ETag: r.ETag, LastModified: r.LastModified, At: m.now().UTC(), Settings: m.fingerprint,
		Outcome: string(r.Outcome), Links: r.Links, Versions: r.Versions,
	}
	if r.ExternalID != "" {
		page, ok, err := m.crawl.Page(r.ExternalID)
		if err != nil {
			return err
		}
		if ok {
			now.Page = &page
			if now.Parts, err = partsOf(m.crawl, page); err != nil {
				return err
			}
		}
	}
	if known {
		if err := m.compare(before, now); err != nil {
			return err
		}
	}
	switch useless := r.ETag == "" && r.LastModified == "" && !m.trustLastmod; {
	case m.readOnly, useless && !known:
		return nil
	case useless:
		return m.learned.ForgetSeen(m.source, url)
	case known && before.Same(now) && !m.trustLastmod:
		return nil // the second of two equal runs writes nothing
	}
	return m.learned.SetSeen(m.source, now)
}

// compare records a hint that would have been wrong.
func (m *memory) compare(before, now state.Seen) error {
	if before.Settings != now.Settings || before.Page == nil || now.Page == nil || samePages(before, now) {
		return nil
	}
	wrong := before.ETag != "" && before.ETag == now.ETag ||
		before.ETag == "" && now.ETag == "" && before.LastModified != "" && before.LastModified == now.LastModified
	if !wrong {
		current, err := m.isCurrent(before)
		if err != nil {
			return err
		}
		wrong = current
	}
	if wrong {
		m.wrong.CompareAndSwap(nil, &now.URL)
	}
	return nil
}

// samePages reports whether a URL gave the same pages both times.
func samePages(a, b state.Seen) bool {
	same := func(p, q state.Staged) bool { return p.ExternalID == q.ExternalID && p.Hash == q.Hash }
	return same(*a.Page, *b.Page) && slices.EqualFunc(a.Parts, b.Parts, same)
}

// Dated records when a URL changed according to the sitemap, where that is trusted.
func (m *memory) Dated(url string, changed time.Time) error {
	if !m.trustLastmod {
		return nil
	}
	return m.crawl.SetDate(url, changed)
}

// Again stages a page with its parts as it was last seen. It stages no text, because the library has
// the page already.
func (m *memory) Again(r web.Remembered) error {
	seen, ok := r.Page.(*state.Seen)
	if !ok {
		return nil
	}
	var whole strings.Builder
	for _, p := range append([]state.Staged{*seen.Page}, seen.Parts...) {
		if err := m.crawl.Stage(p, nil); err != nil {
			return err
		}
		text, err := m.ledger.SentMarkdown(m.source, m.sent.id(p.URL, p.Identity))
		if err != nil {
			return err
		}
		whole.WriteString(text + "\n")
	}
	if page := seen.Page; m.linter != nil {
		m.linter.AddSent(crawler.Page{
			ExternalID: page.ExternalID, URL: page.URL, Title: page.Title, Markdown: whole.String(), Untitled: page.Untitled,
		})
	}
	return nil
}
