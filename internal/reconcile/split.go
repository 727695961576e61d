package reconcile

import (
	"maps"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest/sketch"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/check/screen"
	"github.com/fincrawl/fincrawl/internal/reconcile/notice"
	"github.com/fincrawl/fincrawl/state"
)

// part is one of the pages that a page of the site is split into, mostly the only one.
type part struct {
	page      crawler.Page // as it may be sent
	hash      string       // its fingerprint
	sent      state.Entry  // what was sent of it; zero for nothing
	findings  []state.Finding
	template  int  // number of letters of the sent page, with all parts, that turned out to be template
	mayShrink bool // a person allowed the page to lose text
}

// parts splits a page and screens each part.
func (s stager) parts(p crawler.Page, meter *budget.Meter) ([]part, error) {
	id := s.sent.id(p.URL, p.Identity)
	had := s.sent.parts[id]
	pages, err := s.split.Of(p, meter, func(anchor string) bool { return slices.Contains(had, anchor) })
	if err != nil {
		return nil, err
	}
	parts := make([]part, len(pages))
	for i, page := range pages {
		one := &parts[i]
		var secrets []screen.Finding
		if one.page, secrets, err = s.screener.Page(page, meter); err != nil {
			return nil, err
		}
		meter.Spend((len(one.page.HTML) + len(one.page.Markdown)) / 4) // for its hashes, its sketch and lint
		one.hash, one.findings = one.page.Fingerprint(), found(secrets)
		if one.sent, _, err = s.ledger.Entry(s.source, s.sent.id(page.URL, page.Identity)); err != nil {
			return nil, err
		}
		if err := s.leaveAsSent(one); err != nil {
			return nil, err
		}
	}
	parts[0].mayShrink = s.screener.Allows(parts[0].page.URL, "shrunk")
	parts[0].template, err = s.templateIn(id, parts)
	return parts, err
}

// templateIn returns the number of letters of a sent page, with all its parts, that turned out to be
// template. Losing them is no loss.
func (s stager) templateIn(id string, parts []part) (letters int, err error) {
	left := parts[0].page.LeftOut
	if len(left) == 0 || parts[0].sent.Hash == "" || !slices.ContainsFunc(parts, part.changed) {
		return 0, nil
	}
	for _, anchor := range append([]string{""}, s.sent.parts[id]...) {
		markdown, err := s.ledger.SentMarkdown(s.source, crawler.PartID(id, anchor))
		if err != nil {
			return 0, err
		}
		letters += templateLength(markdown, left)
	}
	return letters, nil
}

// staged returns the part as it is staged, without its text.
func (p part) staged() state.Staged {
	return state.Staged{
		ExternalID: p.page.ExternalID,
		URL:        p.page.URL,
		Title:      p.page.Title,
		Locale:     p.page.Locale,
		Hash:       p.hash,
		AIAgent:    p.page.Availability.AIAgent,
		AICopilot:  p.page.Availability.AICopilot,
		Size:       len(p.page.HTML),
		Content:    verify.ContentHash(request(p.page)),
		Text:       textHash(p.page.Markdown),
		Identity:   p.page.Identity,
		Says:       p.page.Says(),
		Findings:   state.KeepFindings(p.findings),
		Sketch:     sketch.Of(p.page.HTML),
		Template:   p.template,
		Notice:     notice.In(p.page),
		MayShrink:  p.mayShrink,
		End:        p.page.End,
		Inside:     p.page.Inside,
		Dialogue:   p.page.Dialogue,
		Untitled:   p.page.Untitled,
	}
}

// changed reports whether the part differs from what was sent.
func (p part) changed() bool { return p.hash != p.sent.Hash }

// held reports whether the part must not be sent.
func (p part) held() bool {
	return slices.ContainsFunc(p.findings, func(f state.Finding) bool { return f.Action == string(screen.Hold) })
}

// firstOf returns the first part of a page as it is staged. It lists the other parts. Its hashes of the
// content cover all parts.
func firstOf(parts []part) state.Staged {
	first := parts[0].staged()
	if len(parts) == 1 {
		return first
	}
	whole := parts[0].page
	texts := make(map[string]string, len(parts))
	for i, p := range parts {
		_, _, anchor := crawler.CutPart(p.page.ExternalID, p.page.URL)
		texts[anchor] = p.page.Markdown
		if i > 0 {
			first.Parts = append(first.Parts, anchor)
			whole.Markdown += "\n\n" + p.page.Markdown
		}
	}
	first.Says, first.Text = whole.Says(), textHashOf(texts)
	return first
}

// textHashOf returns the [textHash] of all parts of a page, given by their anchors.
func textHashOf(texts map[string]string) string {
	ordered := make([]string, 0, len(texts))
	for _, anchor := range slices.Sorted(maps.Keys(texts)) {
		ordered = append(ordered, texts[anchor])
	}
	return textHash(strings.Join(ordered, "\n\n"))
}

// partsOf returns the further parts of a staged page, in order.
func partsOf(crawl *state.Crawl, p state.Staged) ([]state.Staged, error) {
	var parts []state.Staged
	for _, anchor := range p.Parts {
		part, ok, err := crawl.Page(crawler.PartID(p.ExternalID, anchor))
		if err != nil {
			return nil, err
		}
		if ok {
			parts = append(parts, part)
		}
	}
	return parts, nil
}

// wholeHTML joins the HTML of the parts of a staged page. ok is false where the text of a part was not
// staged.
func wholeHTML(crawl *state.Crawl, p state.Staged) (html string, ok bool, err error) {
	var all []string
	for _, anchor := range append([]string{""}, p.Parts...) {
		part, ok, err := crawl.HTML(crawler.PartID(p.ExternalID, anchor))
		if err != nil || !ok {
			return "", false, err
		}
		all = append(all, part)
	}
	return strings.Join(all, "\n"), true, nil
}

// isPart reports whether a staged page is a further part of another page.
func isPart(p state.Staged) bool {
	_, _, anchor := crawler.CutPart(p.ExternalID, p.URL)
	return anchor != ""
}
