package ingest

import (
	"hash/fnv"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/ingest/sketch"
	"github.com/fincrawl/fincrawl/state"
)

// textFlow records which changes lose text, and which other changes get it.
type textFlow struct {
	unknown map[int]bool        // updates whose text is not known
	losing  map[int]bool        // changes that lose a sentence
	lost    map[uint64][]int    // by sentence: the changes that lose it
	gets    map[[2]int]struct{} // pairs of a change that loses a sentence and one that gets it
	// pairs are changes whose text is known by its sketch only, by the pairs of words that they lose.
	pairs map[uint32][]int
}

// Limits of the comparison. Beyond them it is not made, since it would take too much memory, and
// since text does not move between so many pages in one night.
const (
	changesCompared = 10_000
	sentencesKept   = 500_000
	losersOfOne     = 4  // a sentence that more pages lose belongs to a template
	sentenceLetters = 12 // a shorter sentence proves nothing where it turns up elsewhere
)

// readTextFlow compares the texts of updates and deletes as they were sent with the texts of creates
// and updates as they were crawled.
func readTextFlow(
	texts func(externalID string) (sent, crawled string, err error), changes []Change,
) (*textFlow, error) {
	f := &textFlow{
		unknown: map[int]bool{}, losing: map[int]bool{}, lost: map[uint64][]int{},
		gets: map[[2]int]struct{}{}, pairs: map[uint32][]int{},
	}
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

// losesAll records the sentences that a change removes.
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

// losesPairs records the pairs of words that a change removes from a text that is known by its
// sketch only, as after the loss of the state file.
func (f *textFlow) losesPairs(i int, before state.Sketch, after string) {
	left := sketch.PairsOfMarkdown(after)
	for _, pair := range sketch.Pairs(before) {
		if !left[pair] {
			f.pairs[pair] = append(f.pairs[pair], i)
		}
	}
}

// pairsAlike is how many pairs of words that one page loses have to turn up in another page. A
// single pair is in many texts.
const pairsAlike = 2

// getsPairs finds the changes whose lost pairs of words a change gets.
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

// loses reports whether a change loses a sentence, or may lose one.
func (f *textFlow) loses(i int) bool { return f.losing[i] || f.unknown[i] }

// each calls do for each change that loses a sentence, with each change that gets it.
func (f *textFlow) each(do func(loser, holder int)) {
	for pair := range f.gets {
		do(pair[0], pair[1])
	}
}

// sentences returns the number of letters of each sentence in a Markdown text, by hash. The hash
// covers only letters and digits, so that markup and spaces make no difference.
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
