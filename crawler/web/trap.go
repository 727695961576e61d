package web

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
)

// traps notices addresses that go on without an end and say nothing new: filters and
// sortings of one list, calendars, links that make paths grow. It bounds them without
// making the crawl incomplete, since that would keep pages that are gone for ever. See
// docs/adr/0013 and 0027.
//
// What a pattern of addresses is, its pages tell. A crawl goes in rounds, each of which
// asks for what the ones before it found; what is decided in a round rests on the rounds
// before it alone, and so not on the order in which answers come. Of a pattern with very
// many addresses a round asks for some, chosen by their names, and leaves the others to
// later rounds, until they are through or prove to be a trap.
//
// Start addresses, seeds, sitemaps and pages sent earlier are never taken for a trap.
type traps struct {
	limit int // duplicates in a row that make a trap; 0 for any number

	mu    sync.Mutex
	texts map[uint64]struct{} // of all pages of the rounds before
	rows  map[uint64]int      // pattern → duplicates since it last gave something new
	words map[uint64]vocabulary
	asked map[uint64]int // pattern → addresses asked for in the rounds before, where many are

	now     map[uint64]*trapTally // of this round, by pattern
	waiting map[uint64][]uint64   // pattern → names of the addresses of the next round
	upTo    map[uint64]uint64     // pattern → highest name that this round asks for
}

// trapTally is what the pages of a pattern were in one round.
type trapTally struct {
	fresh map[uint64]struct{} // texts that nobody had given
	again int                 // pages that gave nothing new
	words map[uint64]struct{} // of addresses that may be a calendar's or the like
}

// vocabulary is what the pages of a pattern have said so far, word by word.
type vocabulary map[uint64]struct{}

// maxVocabulary is how many words are worth remembering: what says more is no empty page.
const maxVocabulary = 20_000

func newTraps(limit int) *traps {
	return &traps{limit: limit, texts: make(map[uint64]struct{}), rows: make(map[uint64]int), words: make(map[uint64]vocabulary),
		asked: make(map[uint64]int), now: make(map[uint64]*trapTally), waiting: make(map[uint64][]uint64)}
}

// note remembers what the page at u says.
func (t *traps) note(u *url.URL, p crawler.Page) {
	says, pattern := hash64(p.Says()), hash64(alike(u))
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now[pattern]
	if now == nil {
		now = new(trapTally)
		t.now[pattern] = now
	}
	if looksEndless(u) != "" {
		t.noteWords(now, pattern, u, p)
		return
	}
	_, before := t.texts[says]
	_, just := now.fresh[says]
	if before || just {
		now.again++
		return
	}
	if now.fresh == nil {
		now.fresh = make(map[uint64]struct{})
	}
	now.fresh[says] = struct{}{}
}

// noteWords compares a page, whose address looks like one of a row without an end, with
// the others of its pattern by their words: an empty month differs from the next by its
// name. What its own address says is no news.
func (t *traps) noteWords(now *trapTally, pattern uint64, u *url.URL, p crawler.Page) {
	own := make(map[uint64]struct{})
	eachWord(u.Path+" "+u.RawQuery, func(w string) { own[hash64(w)] = struct{}{} })
	year, _ := yearOf(u)
	for y := year - 1; y <= year+1; y++ {
		own[hash64(strconv.Itoa(y))] = struct{}{}
	}
	known := t.words[pattern]
	if now.words == nil {
		now.words = make(map[uint64]struct{})
	}
	news := known == nil
	eachWord(markdown.WithoutTargets(p.Markdown), func(w string) {
		h := hash64(w)
		if _, ofAddress := own[h]; ofAddress {
			return
		}
		now.words[h] = struct{}{}
		if known != nil {
			if _, said := known[h]; !said {
				news = true
			}
		}
	})
	if !news {
		now.again++
		return
	}
	if now.fresh == nil {
		now.fresh = make(map[uint64]struct{})
	}
	now.fresh[hash64(u.String())] = struct{}{}
}

// queued counts an address among those of the next round.
func (t *traps) queued(u *url.URL) {
	if t.limit == 0 {
		return
	}
	pattern := hash64(alike(u))
	t.mu.Lock()
	t.waiting[pattern] = append(t.waiting[pattern], hash64(u.EscapedPath()+"?"+u.RawQuery))
	t.mu.Unlock()
}

// growth is how many times as many addresses of a pattern a round may ask for as all
// rounds before, where they gave something new.
const growth = 3

// begin starts a round that asks for what was queued.
func (t *traps) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.upTo = make(map[uint64]uint64)
	for pattern, names := range t.waiting {
		most := max(t.limit+1, growth*t.asked[pattern])
		if len(names) > most {
			slices.Sort(names)
			t.upTo[pattern] = names[most-1]
		}
		if n := t.asked[pattern] + min(len(names), most); n > t.limit {
			t.asked[pattern] = n
		}
	}
	t.waiting = make(map[uint64][]uint64)
}

// end takes in what the pages of a round said.
func (t *traps) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for pattern, now := range t.now {
		switch {
		case len(now.fresh) == 0:
			t.rows[pattern] += now.again
		case now.again >= len(now.fresh):
			t.rows[pattern] = now.again / len(now.fresh)
		default:
			delete(t.rows, pattern)
		}
		if now.words != nil {
			t.learn(pattern, now)
			continue
		}
		for text := range now.fresh {
			t.texts[text] = struct{}{}
		}
	}
	t.now = make(map[uint64]*trapTally)
}

// learn adds to the vocabulary of a pattern.
func (t *traps) learn(pattern uint64, now *trapTally) {
	known := t.words[pattern]
	if known == nil {
		known = make(vocabulary)
		t.words[pattern] = known
	}
	if len(known)+len(now.words) > maxVocabulary {
		return
	}
	for w := range now.words {
		known[w] = struct{}{}
	}
}

// waits reports whether an address is left to a later round.
func (t *traps) waits(u *url.URL) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.upTo) == 0 {
		return false
	}
	last, some := t.upTo[hash64(alike(u))]
	return some && hash64(u.EscapedPath()+"?"+u.RawQuery) > last
}

// row returns how many pages of the pattern of u gave nothing new since one did.
func (t *traps) row(u *url.URL) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 {
		return 0
	}
	return t.rows[hash64(alike(u))]
}

// spent says why an address that is built like u needn't be asked for any more; "" for
// no reason.
func (t *traps) spent(u *url.URL) string {
	n := t.row(u)
	if n == 0 {
		return ""
	}
	if t.limit > 0 && n >= t.limit {
		return fmt.Sprintf("%d addresses like %s gave nothing new (discover.max_duplicates)", n, alike(u))
	}
	if looks := looksEndless(u); looks != "" && looks != datedLook && n >= enough(u) {
		return fmt.Sprintf("%s, and %d like it gave nothing new", looks, n)
	}
	return ""
}

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

// isCalendar reports whether u, which was found on another page that is built alike, is
// one more of a calendar whose last pages had nothing on them.
func (t *traps) isCalendar(from string, u *url.URL) bool {
	return looksEndless(u) == datedLook && isNextTo(from, u) && t.row(u) >= emptyRow
}

// isNextTo reports whether an address was found on one that is built alike.
func isNextTo(from string, u *url.URL) bool {
	on, err := url.Parse(from)
	return err == nil && on.Host == u.Host && alike(on) == alike(u)
}

// eachWord calls do for each word of a text: letters and digits without a gap.
func eachWord(text string, do func(string)) {
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		do(word)
	}
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
