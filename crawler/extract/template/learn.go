package template

import (
	"iter"
)

// What makes a template of what pages have in common.
const (
	// MinPages is how many different pages there must be: a few that are alike are a
	// series, and not a template.
	MinPages = 8
	// A block comes in where more than half of all pages have it, and goes where less
	// than two fifths do, so that none comes and goes by turns.
	leavesBelow, leavesOf = 2, 5
)

// Learned is what the pages of a crawl show of their template.
type Learned struct {
	// Now is what is to be left out of the pages of this crawl: the template that was
	// known, and what is new.
	Now *Template
	// Next is Now without what has gone. It is for the next crawl, which fetches the
	// pages again that have it still.
	Next *Template
	// Enough: there were pages enough to tell.
	Enough bool
	// Unread: a block is new or gone that pages may have which were not read, or have
	// still. They are to be fetched again.
	Unread bool

	news map[uint64]bool
}

// New reports whether an article has blocks that are new to the template.
func (l Learned) New(o Outline) bool {
	if len(l.news) == 0 {
		return false
	}
	for _, b := range o {
		if l.news[b.Hash] {
			return true
		}
		for _, item := range b.Items {
			if l.news[item] {
				return true
			}
		}
	}
	return false
}

// Learn finds what most pages of a source have at their beginning or end. before is
// what was known; unread counts the pages that are there and were not read, as where
// they had not changed: they count as having nothing of what is new, and all of what
// was known.
//
// pages is gone through several times, and its order makes no difference: first for
// the hashes that may be on more than half of the pages, by the algorithm of Misra and
// Gries, which needs room for a few times the blocks of one page and misses none; then
// to count them exactly where they stand. Pages with the same blocks count once.
func Learn(before *Template, pages iter.Seq2[Outline, error], unread int) (Learned, error) {
	l := learner{before: before, pages: pages, unread: unread}
	same := Learned{Now: before, Next: before}
	if err := l.measure(); err != nil || l.read == 0 || l.total() < MinPages {
		return same, err
	}
	frequent, err := l.frequent()
	if err != nil {
		return same, err
	}
	now, counts, err := l.settle(frequent)
	if err != nil {
		return same, err
	}
	return l.conclude(now, counts), nil
}

type learner struct {
	before *Template
	pages  iter.Seq2[Outline, error]
	unread int

	read   int // different pages
	blocks int // of them
}

func (l *learner) total() int { return l.read + l.unread }

// each calls do for each page that has other blocks than those before.
func (l *learner) each(do func(Outline)) error {
	met := make(map[uint64]struct{}, l.read)
	for o, err := range l.pages {
		if err != nil {
			return err
		}
		id := hashText(string(o.Bytes()))
		if _, again := met[id]; !again {
			met[id] = struct{}{}
			do(o)
		}
	}
	return nil
}

// measure counts the pages, and their blocks.
func (l *learner) measure() error {
	return l.each(func(o Outline) {
		l.read++
		l.blocks += len(hashesOf(o))
	})
}

// hashesOf returns each hash of an outline once.
func hashesOf(o Outline) map[uint64]struct{} {
	hashes := make(map[uint64]struct{}, len(o))
	for _, b := range o {
		if b.is(gap) {
			continue
		}
		hashes[b.Hash] = struct{}{}
		for _, item := range b.Items {
			hashes[item] = struct{}{}
		}
	}
	return hashes
}

// frequent returns all hashes that are on more than half of the pages, and some that
// are not: with k counters, none is missed that occurs more than blocks/(k+1) times.
func (l *learner) frequent() (map[uint64]int, error) {
	most := 2*l.blocks/l.total() + 1
	counters := make(map[uint64]int, most+1)
	err := l.each(func(o Outline) {
		for hash := range hashesOf(o) {
			counters[hash]++
			if len(counters) <= most {
				continue
			}
			for other, n := range counters {
				if n == 1 {
					delete(counters, other)
				} else {
					counters[other] = n - 1
				}
			}
		}
	})
	return counters, err
}

// key is a block at a place.
type key struct {
	hash  uint64
	place Place
}

// settle takes away from all that may be template what too few pages have at its place,
// until nothing is left to take away: a block is at the beginning of a page only if all
// before it is template, too. It returns how many pages have each.
func (l *learner) settle(frequent map[uint64]int) (now map[key]bool, counts map[key]int, err error) {
	now = make(map[key]bool)
	for hash := range frequent {
		now[key{hash, AtStart}], now[key{hash, AtEnd}] = true, true
	}
	for _, b := range l.before.Blocks() {
		now[key{b.Hash, b.Place}] = true
	}
	for {
		counts, err = l.count(now)
		if err != nil {
			return nil, nil, err
		}
		gone := 0
		for k := range now {
			if 2*counts[k] <= l.total() && !l.before.hasAt(k) {
				delete(now, k)
				gone++
			}
		}
		if gone == 0 {
			return now, counts, nil
		}
	}
}

func (t *Template) hasAt(k key) bool { return t != nil && t.at[k.hash]&k.place != 0 }

// count counts the pages that have each block where it would be left out.
func (l *learner) count(now map[key]bool) (map[key]int, error) {
	blocks := make([]Known, 0, len(now))
	for k := range now {
		blocks = append(blocks, Known{Hash: k.hash, Place: k.place})
	}
	t := New(blocks)
	counts := make(map[key]int, len(now))
	err := l.each(func(o Outline) {
		here := make(map[key]struct{})
		for i, place := range t.marks(o) {
			for _, at := range []Place{AtStart, AtEnd} {
				if place&at == 0 {
					continue
				}
				for _, hash := range append([]uint64{o[i].Hash}, o[i].Items...) {
					here[key{hash, at}] = struct{}{}
				}
			}
		}
		for k := range here {
			if now[k] {
				counts[k]++
			}
		}
	})
	return counts, err
}

// conclude tells what is new and what has gone.
func (l *learner) conclude(now map[key]bool, counts map[key]int) Learned {
	known := make(map[key]Known)
	for _, b := range l.before.Blocks() {
		known[key{b.Hash, b.Place}] = b
	}
	learned := Learned{Enough: true, news: make(map[uint64]bool)}
	var all, left []Known
	for k := range now {
		b, old := known[k]
		if !old {
			b = Known{Hash: k.hash, Place: k.place}
			learned.news[k.hash] = true
			learned.Unread = learned.Unread || l.unread > 0
		}
		if l.unread == 0 || !old {
			b.Pages, b.Of = counts[k], l.total()
		}
		all = append(all, b)
		if old && leavesOf*(counts[k]+l.unread) < leavesBelow*l.total() {
			learned.Unread = learned.Unread || l.unread > 0 || counts[k] > 0
			continue
		}
		left = append(left, b)
	}
	learned.Now, learned.Next = New(all), New(left)
	return learned
}
