package trap

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds of what people write by hand. Beyond them an address is looked at more
// closely; what decides is what the pages say.
const (
	maxAddress    = 2000 // bytes
	maxParameters = 20   // in one query
	maxRepeats    = 2    // of a folder within itself
	emptyRow      = 5    // pages that gave nothing new, in a row, of addresses that look endless
)

const datedLook = "a calendar's address"

// looksEndless says what makes an address look like one of a row without an end; "" for
// nothing. It is evidence and no verdict: manuals have pages with numbers for dates.
func looksEndless(u *url.URL) string {
	switch {
	case len(u.String()) > maxAddress:
		return fmt.Sprintf("an address of more than %d bytes", maxAddress)
	case strings.Count(u.RawQuery, "&") >= maxParameters:
		return fmt.Sprintf("more than %d parameters", maxParameters)
	case repeats(strings.Split(u.EscapedPath(), "/")) > 1:
		return "its path repeats itself"
	}
	if _, dated := yearOf(u); dated {
		return datedLook
	}
	return ""
}

// enough is how many pages in a row that gave nothing new make a trap of an address that
// looks endless. One whose path has grown twice already needs no more than that.
func enough(u *url.URL) int {
	if repeats(strings.Split(u.EscapedPath(), "/")) > maxRepeats {
		return 1
	}
	return emptyRow
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
	path := strings.Split(u.EscapedPath(), "/")
	for i, segment := range path {
		path[i] = identifiers.ReplaceAllString(segment, "#")
	}
	path = once(path)
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

// once is a row of segments without what it repeats. Rows of numbers are dates or the like.
func once(segments []string) []string {
	for size := 1; 2*size <= len(segments); size++ {
		for i := 0; i+2*size <= len(segments); {
			row := segments[i : i+size]
			if !slices.Equal(row, segments[i+size:i+2*size]) || strings.Trim(strings.Join(row, ""), "#") == "" {
				i++
				continue
			}
			segments = slices.Delete(segments, i+size, i+2*size)
		}
	}
	return segments
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
			return year, err == nil && year >= 1000
		}
	}
	if m := times.FindStringSubmatch(address); m != nil {
		seconds, err := strconv.ParseInt(m[1], 10, 64)
		return time.Unix(seconds, 0).UTC().Year(), err == nil
	}
	return 0, false
}
