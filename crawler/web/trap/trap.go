// Package trap finds addresses that go on without an end and say nothing new.
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

// Detector notices addresses that go on without an end and say nothing new: filters and
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
type Detector struct {
	limit int // duplicates in a row that make a trap; 0 for any number

	mu    sync.Mutex
	texts map[uint64]struct{} // of all pages of the rounds before
	rows  map[uint64]int      // pattern → duplicates since it last gave something new
	words map[uint64]vocabulary
	asked map[uint64]int // pattern → addresses asked for in the rounds before, where many are

	blanks    map[uint64]uint64   // address of a page without anything of its own but a date → what it says
	blankText map[uint64]int      // what such pages say → how many of them there are
	grids     map[uint64]struct{} // patterns whose pages show a month, in the rounds before

	now     map[uint64]*tally   // of this round, by pattern
	waiting map[uint64][]uint64 // pattern → names of the addresses of the next round
	upTo    map[uint64]uint64   // pattern → highest name that this round asks for
}

// tally is what the pages of a pattern were in one round.
type tally struct {
	fresh map[uint64]struct{} // texts that nobody had given
	again int                 // pages that gave nothing new
	words map[uint64]struct{} // of addresses that may be a calendar's or the like
	grid  bool                // a page shows a month
}

// vocabulary is what the pages of a pattern have said so far, word by word.
type vocabulary map[uint64]struct{}

// maxVocabulary is how many words are worth remembering: what says more is no empty page.
const maxVocabulary = 20_000

// New returns a detector to which so many duplicates in a row are a trap; 0 for any number.
func New(limit int) *Detector {
	return &Detector{limit: limit, texts: make(map[uint64]struct{}), rows: make(map[uint64]int), words: make(map[uint64]vocabulary),
		asked: make(map[uint64]int), now: make(map[uint64]*tally), blanks: make(map[uint64]uint64),
		blankText: make(map[uint64]int), grids: make(map[uint64]struct{}), waiting: make(map[uint64][]uint64)}
}

// Note remembers what the page at u says.
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

// noteWords compares a page, whose address looks like one of a row without an end, with
// the others of its pattern by their words: an empty month differs from the next by its
// name. What its own address says is no news.
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

// Queued counts an address among those of the next round.
func (t *Detector) Queued(u *url.URL) {
	if t.limit == 0 {
		return
	}
	pattern := texthash.Of(alike(u))
	t.mu.Lock()
	t.waiting[pattern] = append(t.waiting[pattern], texthash.Of(u.EscapedPath()+"?"+u.RawQuery))
	t.mu.Unlock()
}

// growth is how many times as many addresses of a pattern a round may ask for as all
// rounds before, where they gave something new.
const growth = 3

// BeginRound starts a round that asks for what was queued.
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

// EndRound takes in what the pages of a round said.
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

// learn adds to the vocabulary of a pattern.
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

// row returns how many pages of the pattern of u gave nothing new since one did.
func (t *Detector) row(u *url.URL) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 {
		return 0
	}
	return t.rows[texthash.Of(alike(u))]
}

// Spent says why an address that is built like u needn't be asked for any more; "" for
// no reason.
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

// IsCalendar reports whether u, which was found on another page that is built alike, is
// one more of a calendar whose last pages had nothing on them.
func (t *Detector) IsCalendar(from string, u *url.URL) bool {
	return (looksEndless(u) == datedLook || t.showsMonths(u)) && isNextTo(from, u) && t.row(u) >= emptyRow
}

func (t *Detector) showsMonths(u *url.URL) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, shown := t.grids[texthash.Of(alike(u))]
	return shown
}

// eachWord calls do for each word of a text: letters and digits without a gap.
func eachWord(text string, do func(string)) {
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		do(word)
	}
}
