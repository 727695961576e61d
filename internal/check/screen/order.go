package screen

import (
	"bytes"
	_ "embed"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/skeleton"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
)

// order is how a language says that what was told before is to be forgotten: see orders.txt. Languages
// near each other share one.
type order struct{ verbs, nouns, which, not []string }

//go:embed orders.txt
var ordersText string

// orders returns those of all languages but English.
func orders() (all []order) {
	for line := range strings.Lines(ordersText) {
		key, said, isList := strings.Cut(line, "=")
		switch {
		case line[0] == '[':
			all = append(all, order{})
		case line[0] != '#' && isList:
			last := &all[len(all)-1]
			lists := map[string]*[]string{"verb": &last.verbs, "noun": &last.nouns, "which": &last.which, "not": &last.not}
			list := lists[strings.TrimSpace(key)]
			for word := range strings.SplitSeq(said, "|") {
				*list = append(*list, strings.ReplaceAll(strings.TrimSpace(word), "_", " "))
			}
		}
	}
	return all
}

const classicOrder = "ignore-instructions"

// orderReach is how far from its noun an order has its other words, in letters.
const orderReach = 38

// stem is what the forms of a word have in common, as a skeleton.
type stem struct {
	letters      []byte
	begins, ends bool // a word
}

// negation is a word that turns an order into its opposite.
type negation struct {
	stem
	before bool // it stands in front of the verb
	apart  bool // it is a word of its own behind the verb, maybe after another
}

// stems are the words of an order but for its noun.
type stems struct {
	verbs, which []stem
	negations    []negation
}

func (o order) stems() *stems {
	s := &stems{verbs: stemsOf(o.verbs...), which: stemsOf(o.which...)}
	for _, word := range o.not {
		letters, before := strings.CutSuffix(word, "…")
		letters = strings.TrimPrefix(letters, "…")
		for _, stem := range stemsOf(letters) {
			s.negations = append(s.negations, negation{stem, before, letters[0] == ' '})
		}
	}
	return s
}

func stemsOf(words ...string) (list []stem) {
	for _, word := range words {
		letters := strings.TrimSpace(word)
		first, _ := utf8.DecodeRuneInString(letters)
		for _, spelling := range spellings(letters) {
			list = append(list, stem{
				letters: []byte(spelling), begins: unicode.In(first, unicode.Latin, unicode.Cyrillic, unicode.Greek), ends: strings.HasSuffix(word, " "),
			})
		}
	}
	return list
}

// mayBeIn reports whether the letters around a noun have what an order has.
func (s *stems) mayBeIn(letters []byte) bool {
	isIn := func(stem stem) bool { return bytes.Contains(letters, stem.letters) }
	return slices.ContainsFunc(s.verbs, isIn) && slices.ContainsFunc(s.which, isIn)
}

// in returns what of a sentence with a noun is an order, if it is one, and its verb.
func (s *stems) in(text *spelt, noun span) (all, of span, ok bool) {
	for _, verb := range s.verbs {
		for at := range text.each(verb) {
			if at.meets(noun) || slices.ContainsFunc(s.negations, func(n negation) bool { return n.negates(text, at) }) {
				continue
			}
			for _, which := range s.which {
				for other := range text.each(which) {
					if !other.meets(noun) && !other.meets(at) {
						return span{min(noun.start, at.start, other.start), max(noun.end, at.end, other.end)}, at, true
					}
				}
			}
		}
	}
	return span{}, span{}, false
}

// negates reports whether a verb has the word beside it.
func (n negation) negates(text *spelt, verb span) bool {
	const near = 12 // letters: an ending, and a word such as "please"
	for at := range text.each(n.stem) {
		switch {
		case n.before && at.end == verb.start,
			!n.before && at.start == verb.end,
			n.apart && at.start > verb.end && at.start <= verb.end+near && text.begins(at.start) && text.begins(at.end):
			return true
		}
	}
	return false
}

func (s span) meets(other span) bool { return s.start < other.end && other.start < s.end }

// spelt is the skeleton of a text, with where each letter of it stands.
type spelt struct {
	plain   string
	letters []byte
	places  []int
}

func spellText(plain string) *spelt {
	s := &spelt{plain: plain}
	skeleton.Of(plain, func(letter byte, at int) {
		s.letters = append(s.letters, letter)
		s.places = append(s.places, at)
	})
	return s
}

// each yields where a word stands.
func (s *spelt) each(word stem) iter.Seq[span] {
	return func(yield func(span) bool) {
		for from := 0; ; {
			i := bytes.Index(s.letters[from:], word.letters)
			if i < 0 {
				return
			}
			at := span{from + i, from + i + len(word.letters)}
			from = at.start + 1
			if word.begins && !s.begins(at.start) || word.ends && !s.begins(at.end) {
				continue
			}
			if !yield(at) {
				return
			}
		}
	}
}

// begins reports whether a word begins with the i-th letter, or the text ends there.
func (s *spelt) begins(i int) bool {
	if i == 0 || i == len(s.letters) {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(s.plain[:s.places[i]])
	return !isLetterOrDigit(before) && !unicode.IsMark(before)
}

// order returns the words of the order whose noun stands from start to end, if it is one, and where its verb stands.
func (t *text) order(language *stems, start, end int) (in span, verb int, ok bool) {
	t.meter.Spend(2 * keyword.PerTry)
	in = t.sentenceAround(start, end)
	sentence := spellText(t.plain[in.start:in.end])
	first, _ := slices.BinarySearch(sentence.places, start-in.start)
	last, _ := slices.BinarySearch(sentence.places, end-in.start)
	all, of, ok := language.in(sentence, span{first, last})
	if !ok {
		return span{}, 0, false
	}
	verb = in.start + sentence.places[of.start]
	if all.end < len(sentence.places) {
		in.end = in.start + sentence.places[all.end]
	}
	in.start += sentence.places[all.start]
	return in, verb, true
}

// sentenceAround returns what of the sentence around a word is near it.
func (t *text) sentenceAround(start, end int) span {
	const most = 4 * orderReach // characters, where others stand between the letters
	from, to := start, end
	for letters, n := 0, 0; from > 0 && letters < orderReach && n < most; n++ {
		r, size := utf8.DecodeLastRuneInString(t.plain[:from])
		if endsSentence(r, t.plain[from:]) {
			break
		}
		from -= size
		letters += letterCount(r)
	}
	for letters, n := 0, 0; to < len(t.plain) && letters < orderReach && n < most; n++ {
		r, size := utf8.DecodeRuneInString(t.plain[to:])
		if endsSentence(r, t.plain[to+size:]) {
			break
		}
		to += size
		letters += letterCount(r)
	}
	return span{from, to}
}

// endsSentence reports whether a sign in front of a text ends a sentence.
func endsSentence(sign rune, text string) bool {
	switch sign {
	case '。', '！', '？', '؟', '।', '\n':
		return true
	case '.', '!', '?':
		return text == "" || !keyword.IsWord(text[0])
	}
	return false
}

func letterCount(r rune) int {
	if unicode.IsLetter(r) {
		return 1
	}
	return 0
}
