package htmltree

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TextOf returns the text of a clean tree with one space between words.
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

// spaced builds a text with one space between words.
type spaced struct {
	strings.Builder
	gap bool // white space follows the last word
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

// isLetter reports whether b is an ASCII character that is neither white space nor a control.
func isLetter(b byte) bool { return b > ' ' && b < utf8.RuneSelf }

// isOneSpace reports whether a single space is at i, followed by a word. Most spaces are such.
func isOneSpace(s string, i int) bool { return s[i] == ' ' && i+1 < len(s) && isLetter(s[i+1]) }

// spaceAt returns the number of bytes of the white space that begins at i, or 0.
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

// WordsIn counts words. In scripts without spaces between words, each letter counts as one.
func WordsIn(text string) int { return CountWords(text, math.MaxInt) }

// CountWords counts words like [WordsIn], up to most.
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

// IsUnspaced reports whether r is of a script without spaces between words.
func IsUnspaced(r rune) bool {
	return r >= '\u0e00' && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// Words returns the visible words of s with one space between them.
func Words(s string) string {
	var line spaced
	line.write(Visible(s))
	return line.String()
}

// WordsUpTo counts the words inside n, up to most.
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

// OnlyText returns the text of an element that holds nothing else, as it stands there; "" for others.
func OnlyText(n *html.Node) string {
	if n.FirstChild == nil || n.FirstChild != n.LastChild || n.FirstChild.Type != html.TextNode {
		return ""
	}
	return n.FirstChild.Data
}
