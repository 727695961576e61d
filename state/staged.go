package state

import (
	"iter"
	"strings"
)

// Staged is a page of the crawl in progress, without its text.
type Staged struct {
	ExternalID string
	URL        string
	Title      string
	Locale     string
	Hash       string
	AIAgent    bool
	AICopilot  bool
	Size       int    // bytes of HTML
	Content    string // hash of what would be sent, comparable with Entry.Remote
	Text       string // hash of the Markdown without the targets of its links
	Findings   Findings
	Identity   string // the page's own identifier; "" where its URL identifies it
	Says       string // hash of the content; duplicates have the same
	// Parts are the anchors of the further parts of a page that was split, in order. Each
	// part is staged as a page of its own.
	Parts  []string
	Sketch Sketch // of its text, without the further parts
	// Template is the number of letters that were sent and have since turned out to be template.
	Template int
	// Notice says why its text looks like an error notice instead of an article, or is "".
	Notice string
	// End is how its document ended: see crawler.Page.
	End string
	// Inside reports whether the page itself shows that its reader is logged in.
	Inside bool
	// Dialogue reports whether the text is in a form to be filled in.
	Dialogue bool
	// Untitled reports whether nothing on the page names it: see crawler.Page.
	Untitled bool
	// MayShrink reports whether a person allowed the page to lose any part of its text.
	MayShrink bool
}

// Body is the text of a page.
type Body struct{ HTML, Markdown string }

// Stage stores a page of this crawl, and its compressed text where body is not nil. It
// replaces a page with the same external ID together with its text.
func (c *Crawl) Stage(p Staged, body *Body) error {
	page := write{staged(c.source), p.ExternalID, p.encode()}
	asHTML := write{html(c.source), p.ExternalID, nil}
	asMarkdown := write{markdown(c.source), p.ExternalID, nil}
	if body != nil {
		asHTML.value = c.store.compress(body.HTML)
		asMarkdown.value = c.store.compress(body.Markdown)
	}
	return c.store.add(page, asHTML, asMarkdown)
}

// Unstage removes a page of this crawl and its text.
func (c *Crawl) Unstage(externalID string) error {
	return c.store.add(write{staged(c.source), externalID, nil},
		write{html(c.source), externalID, nil}, write{markdown(c.source), externalID, nil})
}

// Staged yields the pages of this crawl, sorted by external ID.
func (c *Crawl) Staged() iter.Seq2[Staged, error] {
	return scan(c.store, staged(c.source), decodeStaged)
}

// Page returns one page of this crawl. ok is false where it was not staged.
func (c *Crawl) Page(externalID string) (p Staged, ok bool, err error) {
	return readOne(c.store, staged(c.source), externalID, decodeStaged)
}

// HTML returns the staged HTML of a page. ok is false where none was staged.
func (c *Crawl) HTML(externalID string) (text string, ok bool, err error) {
	return c.store.readText(html(c.source), externalID)
}

// Body returns the staged text of a page. ok is false where none was staged.
func (c *Crawl) Body(externalID string) (b Body, ok bool, err error) {
	if b.HTML, ok, err = c.HTML(externalID); err != nil || !ok {
		return Body{}, false, err
	}
	if b.Markdown, ok, err = c.store.readText(markdown(c.source), externalID); err != nil || !ok {
		return Body{}, false, err
	}
	return b, true, nil
}

func (p Staged) encode() []byte {
	f := make(fields, 0, 256)
	f.text(p.URL)
	f.text(p.Title)
	f.text(p.Locale)
	f.text(p.Hash)
	f.flag(p.AIAgent)
	f.flag(p.AICopilot)
	f.number(int64(p.Size))
	f.text(p.Content)
	f.text(p.Text)
	f.text(string(p.Findings))
	f.text(p.Identity)
	f.text(p.Says)
	f.text(strings.Join(p.Parts, "\n"))
	f.sketch(p.Sketch)
	f.number(int64(p.Template))
	f.text(p.Notice)
	f.flag(p.MayShrink)
	f.text(p.End)
	f.flag(p.Inside)
	f.flag(p.Dialogue)
	f.flag(p.Untitled)
	return f
}

func decodeStaged(externalID string, value []byte) (Staged, error) {
	r := read(value)
	p := Staged{
		ExternalID: externalID,
		URL:        r.text(),
		Title:      r.text(),
		Locale:     r.text(),
		Hash:       r.text(),
		AIAgent:    r.flag(),
		AICopilot:  r.flag(),
		Size:       int(r.number()),
		Content:    r.text(),
		Text:       r.text(),
		Findings:   Findings(r.text()),
		Identity:   r.text(),
		Says:       r.text(),
	}
	if parts := r.text(); parts != "" {
		p.Parts = strings.Split(parts, "\n")
	}
	p.Sketch, p.Template, p.Notice, p.MayShrink = r.sketch(), int(r.number()), r.text(), r.flag()
	p.End, p.Inside, p.Dialogue, p.Untitled = r.text(), r.flag(), r.flag(), r.flag()
	return p, r.err
}
