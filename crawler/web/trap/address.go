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

// The limits of what people write by hand. An address beyond them is examined more closely. The pages
// decide.
const (
	maxAddress    = 2000 // bytes
	maxParameters = 20   // in one query
	maxRepeats    = 2    // of a folder inside itself
	emptyRow      = 5    // consecutive pages without anything new, at addresses that look endless
)

const datedLook = "a calendar's address"

// looksEndless says why an address looks like one of an endless series, or returns "". That is no proof:
// manuals have pages with numbers that look like dates.
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

// enough returns how many consecutive pages without anything new make a trap of an address that looks
// endless. If its path already repeats itself often, one is enough.
func enough(u *url.URL) int {
	if repeats(strings.Split(u.EscapedPath(), "/")) > maxRepeats {
		return 1
	}
	return emptyRow
}

// isNextTo reports whether an address was found on a page with the same pattern.
func isNextTo(from string, u *url.URL) bool {
	on, err := url.Parse(from)
	return err == nil && on.Host == u.Host && alike(on) == alike(u)
}

// repeats returns how often a sequence of segments occurs in a row in a path. Sequences of numbers are dates
// or the like, and do not count.
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
	identifiers = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|` +
		`\b[0-9a-f]*[0-9][0-9a-f]{7,}\b|[0-9]+`)
	months = regexp.MustCompile(`(?:^|[^0-9])([0-9]{4})` +
		`(?:[-/_.](?:0?[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))(?:[^0-9]|$)`)
	years = regexp.MustCompile(`(?i)[?&](?:y|yr|year)=([0-9]{4})(?:&|$)`)
	times = regexp.MustCompile(`=([0-9]{9,10})(?:&|$)`) // seconds since 1970
)

// alike returns the pattern of an address: its path with # for numbers, dates and other identifiers and
// without repetitions, and the names of its parameters.
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

// once returns segments without repeated sequences. Sequences of numbers are dates or the like, and stay.
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

// yearOf returns the year of the month or day in an address.
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
