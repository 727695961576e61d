package trap

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// A calendar has a page for each month, most of which are empty. An empty month differs from the others by
// the date in its title and by the position of its days. Other numbers count, since a price that has changed
// is no date. Only the days of a month that is shown do not count.

// daysShown is how many days in a row show that a page shows a month.
const daysShown = 28

// noteBlank records what a calendar page says besides its date.
func (t *Detector) noteBlank(u *url.URL, rest uint64) {
	at := texthash.Of(u.String())
	if before, again := t.blanks[at]; again {
		t.blankText[before]--
	}
	t.blanks[at] = rest
	t.blankText[rest]++
}

// Blanks returns how many calendar pages, including the one at address, differ from it by nothing but a
// date. It returns 0 if they are too few to show that it is a calendar.
func (t *Detector) Blanks(address string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	rest, ok := t.blanks[texthash.Of(address)]
	if n := t.blankText[rest]; ok && n > emptyRow {
		return n
	}
	return 0
}

// withoutDates returns a hash of a page's text without the words of its title and its address, and without
// links to addresses with the same pattern. grid reports whether the page shows the days of a month, which
// are then left out too. dated reports whether it may be a calendar page.
func withoutDates(u *url.URL, p crawler.Page) (rest uint64, grid, dated bool) {
	grid = showsMonth(p.Markdown)
	if !grid && looksEndless(u) != datedLook {
		return 0, false, false
	}
	own := make(map[string]bool)
	eachWord(p.Title+" "+u.Path+" "+u.RawQuery, func(w string) { own[w] = true })
	var said strings.Builder
	eachWord(withoutLinksTo(p.Markdown, u), func(w string) {
		if n, err := strconv.Atoi(w); own[w] || grid && err == nil && 1 <= n && n <= 31 {
			return
		}
		said.WriteString(w)
		said.WriteByte(' ')
	})
	return texthash.Of(said.String()), grid, true
}

// showsMonth reports whether the cells of a table begin with the days of a month, in order.
func showsMonth(text string) bool {
	day, best := 0, 0
	for line := range strings.Lines(markdown.WithoutTargets(text)) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		for cell := range strings.SplitSeq(strings.Trim(line, "| \n"), "|") {
			first, _, _ := strings.Cut(strings.Trim(cell, " []*"), " ")
			n, err := strconv.Atoi(strings.Trim(first, "[]*"))
			switch {
			case err != nil:
				continue
			case n == day+1:
				day = n
			case n == 1:
				day = 1
			default:
				day = 0
			}
			best = max(best, day)
		}
	}
	return best >= daysShown
}

// withoutLinksTo returns a Markdown text without links to addresses with the pattern of u.
func withoutLinksTo(text string, u *url.URL) string {
	var out strings.Builder
	for {
		before, after, ok := strings.Cut(text, "](")
		if !ok {
			out.WriteString(text)
			return out.String()
		}
		target, rest, _ := strings.Cut(after, ")")
		target, _, _ = strings.Cut(target, " ")
		shown := strings.LastIndexByte(before, '[')
		to, err := u.Parse(strings.Trim(target, "<>"))
		if err == nil && shown >= 0 && to.Host == u.Host && alike(to) == alike(u) {
			before = before[:shown]
		}
		out.WriteString(before)
		out.WriteByte(' ')
		text = rest
	}
}
