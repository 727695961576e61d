// Package keyword finds expressions in a text where their keywords stand. A page is read once for
// all keywords, and most expressions are never tried on it.
package keyword

import "unicode/utf8"

// Automaton finds all of many words in a text in one pass (Aho and Corasick), with
// one look at a table for each byte. ASCII letters are found in either case. It is ours since the tables of the libraries
// there are follow links between states and have a column for each byte value,
// which took a third of the time of all screening.
//
// Bytes beyond ASCII share a few columns, so that the words of many scripts leave the table small. What seems to be a
// word that has such bytes is compared with it.
type Automaton struct {
	column  [256]uint8 // of each byte in the table; 0: in no word
	columns int32
	table   []int32   // a row for each state: where the next one's begins, by column; its complement where words end
	ends    [][]int32 // by state: the words that may end there, the longest first
	words   []string
	ascii   []bool // of each word: whether it has no other bytes
}

// sharedColumns is how many columns the bytes beyond ASCII have, by their last bits.
const sharedColumns = 16

// NewAutomaton returns the automaton of different words in lower case, none of them
// empty.
func NewAutomaton(words []string) *Automaton {
	a := &Automaton{columns: 1 + sharedColumns, words: words}
	states := 1
	for b := utf8.RuneSelf; b < 256; b++ {
		a.column[b] = uint8(1 + b%sharedColumns)
	}
	for _, word := range words {
		states += len(word)
		a.ascii = append(a.ascii, true)
		for i := range len(word) {
			if b := word[i]; b >= utf8.RuneSelf {
				a.ascii[len(a.ascii)-1] = false
			} else if a.column[b] == 0 {
				a.column[b] = uint8(a.columns)
				a.columns++
			}
		}
	}
	a.table = make([]int32, 0, states*int(a.columns))
	a.addState()
	for w, word := range words {
		state := int32(0)
		for i := range len(word) {
			at := state*a.columns + int32(a.column[word[i]])
			if a.table[at] == 0 {
				a.table[at] = a.addState()
			}
			state = a.table[at]
		}
		a.ends[state] = append(a.ends[state], int32(w))
	}
	a.complete()
	for b := byte('a'); b <= 'z'; b++ {
		a.column[b-'a'+'A'] = a.column[b]
	}
	return a
}

func (a *Automaton) addState() int32 {
	state := int32(len(a.ends))
	a.ends = append(a.ends, nil)
	a.table = a.table[:len(a.table)+int(a.columns)]
	return state
}

// complete fills in, breadth first, where a state goes on that has no word going
// on there: to where the longest end of its word goes that begins a word too.
func (a *Automaton) complete() {
	shorter := make([]int32, len(a.ends)) // the state of that end
	queue := []int32{0}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		for c := range a.columns {
			at := state*a.columns + c
			next, instead := a.table[at], int32(0)
			if state != 0 {
				instead = a.table[shorter[state]*a.columns+c]
			}
			if next == 0 {
				a.table[at] = instead
				continue
			}
			shorter[next] = instead
			a.ends[next] = append(a.ends[next], a.ends[instead]...)
			queue = append(queue, next)
		}
	}
	for at, state := range a.table {
		a.table[at] = state * a.columns
		if len(a.ends[state]) > 0 {
			a.table[at] = ^a.table[at]
		}
	}
}

// EachWord calls found for every word in text, with where it begins and ends.
func EachWord[Text string | []byte](a *Automaton, text Text, found func(word, start, end int)) {
	row := int32(0)
	for i := range len(text) {
		row = a.table[row+int32(a.column[text[i]])]
		if row >= 0 {
			continue
		}
		row = ^row
		for _, word := range a.ends[row/a.columns] {
			if w := a.words[word]; a.ascii[word] || spells(w, text[i+1-len(w):i+1]) {
				found(int(word), i+1-len(w), i+1)
			}
		}
	}
}

// spells reports whether text is a word as to its bytes beyond ASCII.
func spells[Text string | []byte](word string, text Text) bool {
	for i := range len(word) {
		if word[i] != text[i] && (word[i] >= utf8.RuneSelf || text[i] >= utf8.RuneSelf) {
			return false
		}
	}
	return true
}
