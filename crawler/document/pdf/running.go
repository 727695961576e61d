package pdf

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// dropRunning removes lines that stand at the same place of several pages, apart from the page number, and
// lines of tables of contents.
func (s setting) dropRunning(body float64, outline map[string]int) {
	type place struct {
		says string
		y    int
	}
	const step = 4 // points that the same line may differ by
	places := func(says string, r row) [2]place {
		return [2]place{{says, int(r.y() / step)}, {says, int(r.y()/step + 0.5)}}
	}
	count := make(map[place]int)
	for page, rows := range s.pages {
		seen := make(map[place]bool)
		for _, r := range rows {
			if r.edge == inside {
				continue
			}
			said := sameWords(r.text())
			for _, says := range []string{said, withoutPage(said, page)} {
				for _, p := range places(says, r) {
					if !seen[p] {
						seen[p] = true
						count[p]++
					}
				}
			}
		}
	}
	for page, rows := range s.pages {
		s.pages[page] = slices.DeleteFunc(rows, func(r row) bool {
			said := strings.TrimSpace(r.text())
			if leaders().MatchString(said) || isListed(said, outline) {
				return true
			}
			if r.edge == inside || len(s.pages) == 1 {
				return false
			}
			if pageNumber().MatchString(said) {
				return true
			}
			times := func(says string) int {
				p := places(says, r)
				return max(count[p[0]], count[p[1]])
			}
			literal := sameWords(said)
			again := times(literal)
			if isLarge(r.size(), body) { // a heading, unless it is on most pages
				return again > 2 && again*2 > len(s.pages)
			}
			numbered := withoutPage(literal, page)
			return again > 2 || again == len(s.pages) || numbered != literal && times(numbered) > 1
		})
	}
}

// withoutPage replaces the page number at the beginning or the end of a line by its difference from page, so
// that the line is the same on all pages.
func withoutPage(says string, page int) string {
	for _, pattern := range []*regexp.Regexp{lastNumber(), firstNumber()} {
		if m := pattern.FindStringSubmatchIndex(says); m != nil {
			if n, err := strconv.Atoi(says[m[2]:m[3]]); err == nil {
				return fmt.Sprintf("%s\x00%d%s", says[:m[2]], n-page, says[m[3]:])
			}
		}
	}
	return says
}

// isListed reports whether a line is one of a table of contents: a heading of the outline, and a page
// number.
func isListed(said string, outline map[string]int) bool {
	at := strings.LastIndexByte(said, ' ')
	if at < 0 || !pageNumber().MatchString(said[at+1:]) {
		return false
	}
	key := sameWords(said[:at])
	return outline[key] > 0 || outline[sameWords(number().ReplaceAllString(said[:at], ""))] > 0
}

var firstNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\(?(\d{1,4})\b`) })

var lastNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^\d/.,:])(\d{1,4})(?:\s*(?:/|of|von|sur|de|di)\s*\d{1,4})?\)?$`)
})

var leaders = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:\. ?|…\s?){4,}\s*[\divxlc]+\s*$`)
})

var pageNumber = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:[-–—[(|]\s*)?(?:(?:page|seite|página|pagina|p\.)\s*)?(?:\d{1,4}|[ivxlc]{1,7})` +
		`(?:\s*(?:/|of|von|sur|de|di)\s*\d{1,4})?(?:\s*[-–—\])|])?$`)
})
