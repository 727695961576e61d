// Package trap finds endless series of addresses whose pages say nothing new.
package trap

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// Detector finds endless series of addresses whose pages say nothing new: filters and orders of one list,
// calendars, links that make paths grow. It bounds them without making the crawl incomplete, since otherwise
// pages that are gone would be kept for ever. See docs/adr/0013 and 0027.
//
// The pages of a pattern of addresses show whether it is a trap. A crawl proceeds in rounds, each of which
// requests what the rounds before it found. A decision depends only on earlier rounds, and so not on the
// order of answers. Of a pattern with very many addresses a round requests some, chosen by a hash, and
// leaves the others to later rounds until all are read or it is a trap.
//
// Start addresses, seeds, addresses from sitemaps and pages sent earlier never count as a trap.
type Detector struct {
	limit int // consecutive duplicates that make a trap; 0 is no limit

	mu    sync.Mutex
	texts map[uint64]struct{} // hashes of all pages of earlier rounds
	rows  map[uint64]int      // pattern → duplicates since it last gave something new
	words map[uint64]vocabulary
	asked map[uint64]int // pattern → addresses requested in earlier rounds, if there are many

	blanks    map[uint64]uint64   // address of a calendar page → its text without dates
	blankText map[uint64]int      // such a text → number of pages with it
	grids     map[uint64]struct{} // patterns whose pages showed a month in earlier rounds

	now     map[uint64]*tally   // of this round, by pattern
	waiting map[uint64][]uint64 // pattern → hashes of the addresses of the next round
	upTo    map[uint64]uint64   // pattern → highest hash that this round requests
}

// tally counts the pages of one pattern in one round.
type tally struct {
	fresh map[uint64]struct{} // texts that no page gave before
	again int                 // pages that gave nothing new
	words map[uint64]struct{} // of addresses that look endless
	grid  bool                // a page shows a month
}

// vocabulary is the set of words in the pages of a pattern so far.
type vocabulary map[uint64]struct{}

// maxVocabulary is how many words are remembered. A page with more is not empty.
const maxVocabulary = 20_000

// New returns a detector with a limit of consecutive duplicates. 0 is no limit.
func New(limit int) *Detector {
	return &Detector{
		limit: limit, texts: make(map[uint64]struct{}), rows: make(map[uint64]int), words: make(map[uint64]vocabulary),
		asked: make(map[uint64]int), now: make(map[uint64]*tally), blanks: make(map[uint64]uint64),
		blankText: make(map[uint64]int), grids: make(map[uint64]struct{}), waiting: make(map[uint64][]uint64),
	}
}

// Note records the page at u.
func (t *Detector) Note(u *url.URL, p crawler.Page) {
	says, pattern := texthash.Of(p.Says()), texthash.Of(alike(u))
	rest, grid, dated := withoutDates(u, p)
	t.mu.Lock()
	defer t.mu.Unlock()
	if dated {
		t.noteBlank(u, rest)
	}
	now := t.now[pattern]
	if now == nil {
		now = new(tally)
		t.now[pattern] = now
	}
	if grid {
		now.grid, says = true, rest
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

// noteWords compares a page whose address looks endless with the others of its pattern, word by word. An
// empty month differs from the next only by its name. The words of its own address are not new.
func (t *Detector) noteWords(now *tally, pattern uint64, u *url.URL, p crawler.Page) {
	own := make(map[uint64]struct{})
	eachWord(u.Path+" "+u.RawQuery, func(w string) { own[texthash.Of(w)] = struct{}{} })
	year, _ := yearOf(u)
	for y := year - 1; y <= year+1; y++ {
		own[texthash.Of(strconv.Itoa(y))] = struct{}{}
	}
	known := t.words[pattern]
	if now.words == nil {
		now.words = make(map[uint64]struct{})
	}
	news := known == nil
	eachWord(markdown.WithoutTargets(p.Markdown), func(w string) {
		h := texthash.Of(w)
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
	now.fresh[texthash.Of(u.String())] = struct{}{}
}

// Queued records an address that is queued for the next round.
func (t *Detector) Queued(u *url.URL) {
	if t.limit == 0 {
		return
	}
	pattern := texthash.Of(alike(u))
	t.mu.Lock()
	t.waiting[pattern] = append(t.waiting[pattern], texthash.Of(u.EscapedPath()+"?"+u.RawQuery))
	t.mu.Unlock()
}

// growth is how many times more addresses of a pattern a round may request than all earlier rounds together,
// if those gave something new.
const growth = 3

// BeginRound begins a round that requests what was queued.
func (t *Detector) BeginRound() {
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

// EndRound evaluates the pages of a round.
func (t *Detector) EndRound() {
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
		if now.grid {
			t.grids[pattern] = struct{}{}
		}
		if now.words != nil {
			t.learn(pattern, now)
			continue
		}
		for text := range now.fresh {
			t.texts[text] = struct{}{}
		}
	}
	t.now = make(map[uint64]*tally)
}

// learn adds the words of a round to the vocabulary of a pattern.
func (t *Detector) learn(pattern uint64, now *tally) {
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

// Waits reports whether an address is left to a later round.
func (t *Detector) Waits(u *url.URL) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.upTo) == 0 {
		return false
	}
	last, some := t.upTo[texthash.Of(alike(u))]
	return some && texthash.Of(u.EscapedPath()+"?"+u.RawQuery) > last
}

// row returns how many pages with the pattern of u gave nothing new since the last one that did.
func (t *Detector) row(u *url.URL) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 {
		return 0
	}
	return t.rows[texthash.Of(alike(u))]
}

// Spent says why addresses with the pattern of u are no longer requested, or returns "".
func (t *Detector) Spent(u *url.URL) string {
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

// IsCalendar reports whether u was found on a page with the same pattern and belongs to a calendar whose
// last pages were empty.
func (t *Detector) IsCalendar(from string, u *url.URL) bool {
	return (looksEndless(u) == datedLook || t.showsMonths(u)) && isNextTo(from, u) && t.row(u) >= emptyRow
}

func (t *Detector) showsMonths(u *url.URL) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, shown := t.grids[texthash.Of(alike(u))]
	return shown
}

// eachWord calls do for each word of a text, which is a run of letters and digits.
func eachWord(text string, do func(string)) {
	separates := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), separates) {
		do(word)
	}
}
