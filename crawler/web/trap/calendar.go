package trap

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// A calendar has a page for each month, and most of them have nothing on them. Such a page
// differs from the others by the date in its title and by how its days fall. A price that was
// another one last month is no date: numbers count, but for those of the days of a month that
// is shown.

// daysShown is how many days in a row make a page one that shows a month.
const daysShown = 28

// noteBlank remembers what a page of a calendar says beside its date.
func (t *Detector) noteBlank(u *url.URL, rest uint64) {
	at := texthash.Of(u.String())
	if before, again := t.blanks[at]; again {
		t.blankText[before]--
	}
	t.blanks[at] = rest
	t.blankText[rest]++
}

// Blanks returns how many pages of calendars differ from the page at an address by nothing but
// a date, itself among them; 0 where they are too few to tell a calendar by.
func (t *Detector) Blanks(address string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	rest, ok := t.blanks[texthash.Of(address)]
	if n := t.blankText[rest]; ok && n > emptyRow {
		return n
	}
	return 0
}

// withoutDates returns a hash of what a page says beside the words of its title and of its
// address, and of links to pages whose addresses are built alike. grid: it shows the days of a
// month, which do not count either. dated: it may be one of a calendar.
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

// showsMonth reports whether the cells of a table on a page begin with the days of a month, one after
// the other.
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

// withoutLinksTo returns a Markdown text without the links to addresses that are built like u.
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
		if to, err := u.Parse(strings.Trim(target, "<>")); err == nil && shown >= 0 && to.Host == u.Host && alike(to) == alike(u) {
			before = before[:shown]
		}
		out.WriteString(before)
		out.WriteByte(' ')
		text = rest
	}
}
