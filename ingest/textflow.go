package ingest

import (
	"hash/fnv"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/ingest/sketch"
	"github.com/fincrawl/fincrawl/state"
)

// textFlow says which changes lose text, and which others get it.
type textFlow struct {
	unknown map[int]bool        // updates of which it is not known what they lose
	losing  map[int]bool        // changes that lose a sentence
	lost    map[uint64][]int    // changes, by a sentence that they lose
	gets    map[[2]int]struct{} // changes that lose one, with those that get it
	// pairs are changes of which only a sketch is known, by the pairs of words that they lose.
	pairs map[uint32][]int
}

// Limits of a comparison. Beyond them it is not made: so many pages don't change in one
// night by moving text about, and their number must not take memory.
const (
	changesCompared = 10_000
	sentencesKept   = 500_000
	losersOfOne     = 4  // a sentence that more pages lose is a template's
	sentenceLetters = 12 // a shorter one that turns up elsewhere is no evidence
)

// readTextFlow compares the texts of updates and deletes, as they were sent, with those of
// creates and updates, as they were crawled.
func readTextFlow(texts func(externalID string) (sent, crawled string, err error), changes []Change) (*textFlow, error) {
	f := &textFlow{unknown: map[int]bool{}, losing: map[int]bool{}, lost: map[uint64][]int{}, gets: map[[2]int]struct{}{}, pairs: map[uint32][]int{}}
	compared := 0
	for _, c := range changes {
		if c.sends() || c.mayLose() {
			compared++
		}
	}
	if texts == nil || compared > changesCompared {
		for i, c := range changes {
			if c.is(Update) {
				f.unknown[i] = true
			}
		}
		return f, nil
	}
	for i, c := range changes {
		if !c.mayLose() {
			continue
		}
		sent, crawled, err := texts(c.ExternalID)
		if err != nil {
			return nil, err
		}
		switch {
		case sent == "" || c.Before.Hash == "" || c.is(Update) && crawled == "":
			f.unknown[i] = c.is(Update)
			f.losesPairs(i, c.Before.Sketch, crawled)
		case c.is(Delete):
			f.losesAll(i, sentences(sent), nil)
		default:
			f.losesAll(i, sentences(sent), sentences(crawled))
		}
		if len(f.lost) > sentencesKept {
			clear(f.lost)
			return f, nil
		}
	}
	for s, losers := range f.lost {
		if len(losers) > losersOfOne {
			delete(f.lost, s)
		}
	}
	if len(f.lost)+len(f.pairs) == 0 {
		return f, nil
	}
	for i, c := range changes {
		if !c.sends() {
			continue
		}
		sent, crawled, err := texts(c.ExternalID)
		if err != nil {
			return nil, err
		}
		f.getsPairs(i, sent, crawled)
		has := sentences(sent)
		for s := range sentences(crawled) {
			if has[s] > 0 && !f.unknown[i] {
				continue
			}
			for _, loser := range f.lost[s] {
				f.gets[[2]int{loser, i}] = struct{}{}
			}
		}
	}
	return f, nil
}

// losesAll notes the sentences that a change takes away.
func (f *textFlow) losesAll(i int, before, after map[uint64]int) {
	for s, letters := range before {
		if after[s] > 0 {
			continue
		}
		f.losing[i] = true
		if letters >= sentenceLetters {
			f.lost[s] = append(f.lost[s], i)
		}
	}
}

// losesPairs notes the pairs of words that a change takes away of a text that is known by its
// sketch alone, as after a lost state.
func (f *textFlow) losesPairs(i int, before state.Sketch, after string) {
	left := sketch.PairsOfMarkdown(after)
	for _, pair := range sketch.Pairs(before) {
		if !left[pair] {
			f.pairs[pair] = append(f.pairs[pair], i)
		}
	}
}

// pairsAlike is how many pairs of words that one page loses make another one a place where
// its text may be: one alone is in many texts.
const pairsAlike = 2

// getsPairs finds the changes that lose what one gets, by their pairs of words.
func (f *textFlow) getsPairs(i int, sent, crawled string) {
	if len(f.pairs) == 0 {
		return
	}
	had := sketch.PairsOfMarkdown(sent)
	alike := make(map[int]int)
	for pair := range sketch.PairsOfMarkdown(crawled) {
		if had[pair] || len(f.pairs[pair]) > losersOfOne {
			continue
		}
		for _, loser := range f.pairs[pair] {
			if alike[loser]++; alike[loser] == pairsAlike && loser != i {
				f.gets[[2]int{loser, i}] = struct{}{}
			}
		}
	}
}

// loses reports whether a change loses a sentence, or may.
func (f *textFlow) loses(i int) bool { return f.losing[i] || f.unknown[i] }

// each calls do for each change that loses what another gets, with that one.
func (f *textFlow) each(do func(loser, holder int)) {
	for pair := range f.gets {
		do(pair[0], pair[1])
	}
}

// sentences returns how many letters each sentence of a Markdown text has, by a hash of
// its letters and digits alone, so that markup and spaces make no difference.
func sentences(markdown string) map[uint64]int {
	found := make(map[uint64]int)
	hash, letters := fnv.New64a(), 0
	end := func() {
		if letters > 0 {
			found[hash.Sum64()] = letters
		}
		hash.Reset()
		letters = 0
	}
	var buffer []byte
	for _, r := range markdown {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			buffer = append(buffer[:0], string(unicode.ToLower(r))...)
			_, _ = hash.Write(buffer)
			letters++
		case strings.ContainsRune("\n.!?。！？|", r):
			end()
		}
	}
	end()
	return found
}
