package screen

import (
	"fmt"
	"slices"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// redact takes what is to be redacted out of the page's HTML and title, and
// writes its Markdown anew from that HTML, so that the three say the same.
func (s *Screener) redact(p *crawler.Page, matches []match, meter *budget.Meter) error {
	var change edits
	for _, m := range matches {
		if m.action == Redact {
			change[m.area] = append(change[m.area], span{m.start, m.end})
		}
	}
	for i := range change {
		change[i] = apart(change[i])
	}
	if len(change[inBody])+len(change[inAttributes]) == 0 {
		return nil
	}
	var again reading
	p.HTML = walk(p.HTML, &again, &change)
	markdown, err := s.config.Markdown(p.HTML, meter)
	if err != nil {
		return fmt.Errorf("write it as Markdown: %w", err)
	}
	p.Markdown = markdown
	return nil
}

// showable takes secrets out of a title that is to be sent without them, or is only
// shown.
func showable(title string, matches []match) string {
	var out []span
	for _, m := range matches {
		if m.area == inTitle && (m.action == Redact || m.action == Hold && m.kind.secret()) {
			out = append(out, span{m.start, m.end})
		}
	}
	title, _ = edit(title, 0, apart(out))
	return title
}

// apart sorts spans and joins those that touch.
func apart(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	var joined []span
	for _, s := range spans {
		if last := len(joined) - 1; last >= 0 && s.start <= joined[last].end {
			joined[last].end = max(joined[last].end, s.end)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}
