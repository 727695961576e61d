package htmltree

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TextOf returns the text of a clean tree, its words one space apart.
func TextOf(n *html.Node) string {
	length := 0
	for t := range Below(n) {
		if t.Type == html.TextNode {
			length += len(t.Data)
		}
	}
	var line spaced
	line.Grow(length)
	for t := range Below(n) {
		if t.Type == html.TextNode {
			line.write(t.Data)
		} else if IsBlockName(t.DataAtom) || t.DataAtom == atom.Br {
			line.gap = true
		}
	}
	return line.String()
}

// spaced is text whose words are one space apart, however they were written.
type spaced struct {
	strings.Builder
	gap bool // something stands between the last word and the next
}

func (l *spaced) write(s string) {
	for i := 0; i < len(s); {
		if size := spaceAt(s, i); size > 0 {
			l.gap = true
			i += size
			continue
		}
		start := i
		for i < len(s) && (isLetter(s[i]) || isOneSpace(s, i) || spaceAt(s, i) == 0) {
			i++
		}
		if l.gap && l.Len() > 0 {
			l.WriteByte(' ')
		}
		l.gap = false
		l.WriteString(s[start:i])
	}
}

// isLetter tells of what is plainly no white space: letters, figures and marks of ASCII.
func isLetter(b byte) bool { return b > ' ' && b < utf8.RuneSelf }

// isOneSpace tells whether a space alone stands at i before the next word, as most do.
func isOneSpace(s string, i int) bool { return s[i] == ' ' && i+1 < len(s) && isLetter(s[i+1]) }

// spaceAt returns how many bytes the white space takes that begins at i, 0 where
// there is none.
func spaceAt(s string, i int) int {
	if b := s[i]; b < utf8.RuneSelf {
		if b == ' ' || '\t' <= b && b <= '\r' {
			return 1
		}
		return 0
	}
	if r, size := utf8.DecodeRuneInString(s[i:]); unicode.IsSpace(r) {
		return size
	}
	return 0
}

// WordsIn counts words; of scripts that set no spaces between them, letters.
func WordsIn(text string) int { return CountWords(text, math.MaxInt) }

// CountWords counts words as [WordsIn] does, and stops at most.
func CountWords(text string, most int) int {
	words, inside := 0, false
	for i := 0; i < len(text) && words < most; {
		if b := text[i]; b < utf8.RuneSelf {
			if b <= ' ' {
				inside = false
			} else if !inside && ('0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z') {
				words, inside = words+1, true
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsSpace(r):
			inside = false
		case IsUnspaced(r):
			words, inside = words+1, false
		case !inside:
			words, inside = words+1, true
		}
		i += size
	}
	return words
}

// IsUnspaced reports whether r is of a script that sets no spaces between words.
func IsUnspaced(r rune) bool {
	return r >= '\u0e00' && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// Words returns the visible words of s, one space apart.
func Words(s string) string {
	var line spaced
	line.write(Visible(s))
	return line.String()
}

// WordsUpTo counts the words inside n, and stops at most.
func WordsUpTo(n *html.Node, most int) int {
	count := 0
	for d := range Below(n) {
		if d.Type == html.TextNode && !IsElement(d.Parent, atom.Script, atom.Style) {
			if count += CountWords(d.Data, most); count >= most {
				return most
			}
		}
	}
	return count
}
