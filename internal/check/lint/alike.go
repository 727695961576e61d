package lint

import (
	"strings"
	"unicode"
)

// areAlike reports whether two texts say nearly the same: most of what three words in a row say in one of them is in
// the other, too. Numbers count as one word. Signatures that are near each other only suggest it: much of what they
// are made of may be the words of a form.
func areAlike(one, other string) bool {
	const share = 0.7
	if one == other {
		return true
	}
	a, b := shingles(one), shingles(other)
	common := 0
	for s := range a {
		if b[s] {
			common++
		}
	}
	return common > 0 && float64(common) >= share*float64(len(a)+len(b)-common)
}

// shingles returns each three words that follow each other in a text, as a hash.
func shingles(text string) map[uint64]bool {
	all := map[uint64]bool{}
	var before [2]uint64
	for word := range strings.FieldsSeq(text) {
		h := hashWord([]byte(word))
		all[mix(before[0], before[1], h)] = true
		before[0], before[1] = before[1], h
	}
	return all
}

// isOneSubject reports whether two pages are about the same thing: no word that only the title of one has is in its
// text alone. What two plans cost is no contradiction.
func isOneSubject(title, otherTitle, text, otherText string) bool {
	words, others := wordsOfText(text), wordsOfText(otherText)
	inTitle, inOther := wordsOfText(title), wordsOfText(otherTitle)
	for word := range inTitle {
		if !inOther[word] && words[word] && !others[word] {
			return false
		}
	}
	for word := range inOther {
		if !inTitle[word] && others[word] && !words[word] {
			return false
		}
	}
	return true
}

func wordsOfText(text string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		all[word] = true
	}
	return all
}

// isDated reports whether a sentence names a year: of two pages that were written at different times, both are right.
func isDated(sentence string) bool {
	digits := 0
	for i := range len(sentence) + 1 {
		if i < len(sentence) && '0' <= sentence[i] && sentence[i] <= '9' {
			digits++
			continue
		}
		if digits == 4 && (sentence[i-4:i-2] == "19" || sentence[i-4:i-2] == "20") {
			return true
		}
		digits = 0
	}
	return false
}
