package screen

// automaton finds all of many words in a text in one pass (Aho and Corasick), with
// one look at a table for each byte. It is ours since the tables of the libraries
// there are follow links between states and have a column for each byte value,
// which took a third of the time of all screening.
type automaton struct {
	column  [256]uint8 // of each byte in the table; 0: in no word
	columns int32
	table   []int32   // what state follows a state, by column; the rows are multiples of columns
	ends    [][]int32 // by state: the words that end there, the longest first
	length  []int     // of each word
}

// newAutomaton returns the automaton of different words, none of them empty.
func newAutomaton(words []string) *automaton {
	a := &automaton{columns: 1}
	for _, word := range words {
		a.length = append(a.length, len(word))
		for i := range len(word) {
			if a.column[word[i]] == 0 {
				a.column[word[i]] = uint8(a.columns)
				a.columns++
			}
		}
	}
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
	return a
}

func (a *automaton) addState() int32 {
	state := int32(len(a.ends))
	a.ends = append(a.ends, nil)
	a.table = append(a.table, make([]int32, a.columns)...)
	return state
}

// complete fills in, breadth first, where a state goes on that has no word going
// on there: to where the longest end of its word goes that begins a word too.
func (a *automaton) complete() {
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
}

// each calls found for every word in text, with where it begins and ends.
func (a *automaton) each(text []byte, found func(word, start, end int)) {
	state := int32(0)
	for i, b := range text {
		state = a.table[state*a.columns+int32(a.column[b])]
		for _, word := range a.ends[state] {
			found(int(word), i+1-a.length[word], i+1)
		}
	}
}
