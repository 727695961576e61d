package crawler

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// traps notices addresses that go on without an end and say nothing new: filters and
// sortings of one list, calendars, links that make paths grow. It bounds them without
// making the crawl incomplete, since that would keep pages that are gone for ever. See
// docs/adr/0013.
//
// Start addresses, seeds, sitemaps and pages sent earlier are never taken for a trap.
type traps struct {
	limit int       // addresses in a row that give nothing new; 0 for any number
	today time.Time // from which a calendar's dates are far

	mu     sync.Mutex
	texts  map[uint64]struct{} // of all pages so far
	inARow map[string]int      // pattern → duplicates since it last gave something new
}

func newTraps(limit int, today time.Time) *traps {
	return &traps{limit: limit, today: today, texts: make(map[uint64]struct{}), inARow: make(map[string]int)}
}

// note remembers what the page at u says.
func (t *traps) note(u *url.URL, p Page) {
	says := hash64(p.Says())
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, again := t.texts[says]; again {
		t.inARow[alike(u)]++
		return
	}
	t.texts[says] = struct{}{}
	delete(t.inARow, alike(u))
}

// spent says why an address that is built like u needn't be asked for any more; "" for
// no reason.
func (t *traps) spent(u *url.URL) string {
	if t.limit == 0 {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.inARow) == 0 {
		return ""
	}
	pattern := alike(u)
	if n := t.inARow[pattern]; n >= t.limit {
		return fmt.Sprintf("%d addresses like %s gave nothing new (discover.max_duplicates)", n, pattern)
	}
	return ""
}

// avoids settles a visit without asking for its address where that would be one more of
// a trap.
func (c *crawl) avoids(v visit) (bool, error) {
	if v.depth == 0 || v.asItself {
		return false, nil
	}
	why := c.traps.spent(v.url)
	if why == "" {
		return false, nil
	}
	return true, c.settle(v.url, Trap, why)
}

// The bounds of what people write by hand.
const (
	maxAddress    = 2000 // bytes
	maxParameters = 20   // in one query
	maxRepeats    = 2    // of a folder within itself
	yearsAhead    = 1    // of a calendar
	firstYear     = 1990 // of one
)

// endless says why an address that was found on another is one of a row without an
// end; "" for no reason.
func (t *traps) endless(from string, u *url.URL) string {
	switch {
	case len(u.String()) > maxAddress:
		return fmt.Sprintf("an address of more than %d bytes", maxAddress)
	case strings.Count(u.RawQuery, "&") >= maxParameters:
		return fmt.Sprintf("more than %d parameters", maxParameters)
	case repeats(strings.Split(u.EscapedPath(), "/")) > maxRepeats:
		return "its path repeats itself"
	}
	if year, ok := yearOf(u); ok && (year > t.today.AddDate(yearsAhead, 0, 0).Year() || year < firstYear) && isNextTo(from, u) {
		return "a calendar that has come to " + strconv.Itoa(year)
	}
	return ""
}

// isCalendar reports whether u is a page of a calendar that was found on another one.
func isCalendar(from string, u *url.URL) bool {
	_, dated := yearOf(u)
	return dated && isNextTo(from, u)
}

// isNextTo reports whether an address was found on one that is built alike.
func isNextTo(from string, u *url.URL) bool {
	on, err := url.Parse(from)
	return err == nil && on.Host == u.Host && alike(on) == alike(u)
}

// repeats returns how often a row of segments stands one after another in a path. Rows
// of numbers are dates or the like.
func repeats(segments []string) (most int) {
	for size := 1; size*(maxRepeats+1) <= len(segments); size++ {
		for start := range segments {
			row := segments[start:min(start+size, len(segments))]
			if strings.Trim(strings.Join(row, ""), "0123456789") == "" {
				continue
			}
			n := 1
			for next := start + size; next+size <= len(segments) && slices.Equal(segments[next:next+size], row); next += size {
				n++
			}
			most = max(most, n)
		}
	}
	return most
}

var (
	identifiers = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]*[0-9][0-9a-f]{7,}\b|[0-9]+`)
	months      = regexp.MustCompile(`(?:^|[^0-9])([0-9]{4})(?:[-/_.](?:0?[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))(?:[^0-9]|$)`)
	years       = regexp.MustCompile(`(?i)[?&](?:y|yr|year)=([0-9]{4})(?:&|$)`)
	times       = regexp.MustCompile(`=([0-9]{9,10})(?:&|$)`) // seconds since 1970
)

// alike returns how an address is built: its path with # for numbers, dates and other
// identifiers, whatever it repeats once, and the names of its parameters.
func alike(u *url.URL) string {
	var path []string
	for segment := range strings.SplitSeq(u.EscapedPath(), "/") {
		segment = identifiers.ReplaceAllString(segment, "#")
		if len(path) == 0 || path[len(path)-1] != segment || segment == "#" {
			path = append(path, segment)
		}
	}
	var names []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if name, _, _ := strings.Cut(pair, "="); name != "" {
			names = append(names, identifiers.ReplaceAllString(name, "#"))
		}
	}
	slices.Sort(names)
	pattern := strings.Join(path, "/")
	if len(names) > 0 {
		pattern += "?" + strings.Join(slices.Compact(names), "&")
	}
	return pattern
}

// yearOf returns the year of the month or day that an address names.
func yearOf(u *url.URL) (int, bool) {
	address := u.EscapedPath()
	if u.RawQuery != "" {
		address += "?" + u.RawQuery
	}
	for _, date := range []*regexp.Regexp{months, years} {
		if m := date.FindStringSubmatch(address); m != nil {
			year, err := strconv.Atoi(m[1])
			return year, err == nil
		}
	}
	if m := times.FindStringSubmatch(address); m != nil {
		seconds, err := strconv.ParseInt(m[1], 10, 64)
		return time.Unix(seconds, 0).UTC().Year(), err == nil
	}
	return 0, false
}
