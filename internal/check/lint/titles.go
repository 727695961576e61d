package lint

import (
	"fmt"
	"slices"
	"strings"
)

// sharing is the smallest number of pages whose common title is an issue.
const sharing = 3

// sharedTitles finds the titles that several pages have: the name of the site or of a section, which tells none of
// them from the others.
func (l *Linter) sharedTitles() (issues []Issue) {
	byTitle := map[string][]signed{}
	for _, p := range l.pages {
		title := strings.ToLower(strings.TrimSpace(p.title))
		byTitle[title] = append(byTitle[title], p)
	}
	for _, pages := range byTitle {
		if len(pages) < sharing {
			continue
		}
		slices.SortFunc(pages, func(a, b signed) int { return strings.Compare(a.url, b.url) })
		first := pages[0]
		issues = append(issues, Issue{
			Kind: SharedTitle, URL: first.url, Title: first.title, Other: pages[1].url,
			Detail: fmt.Sprintf("%d pages have the title %q", len(pages), first.title),
			Fix:    "Give each a title of its own, or set content.title to what names it: Fin finds and cites pages by their title.",
		})
	}
	return issues
}
