package secrets

import "strings"

// skipped returns how many bytes at s[i] are ignored in comparisons: white space, invisible characters, the plus sign
// that stands for a space, and the backslash that escapes.
func skipped(s string, i int) int {
	switch b := s[i]; {
	case b <= ' ', b == '+', b == '\\', b == 0x7f:
		return 1
	case b < 0xc2 || b == 0xc3:
		return 0
	case b == 0xc2 && i+1 < len(s) && (s[i+1] == 0xa0 || s[i+1] == 0xad): // no-break space, soft hyphen
		return 2
	case b == 0xe2 && i+2 < len(s):
		c, d := s[i+1], s[i+2]
		if c == 0x80 && (d >= 0x80 && d <= 0x8f || d >= 0xa8 && d <= 0xaf) || c == 0x81 && d >= 0xa0 && d <= 0xaf {
			return 3 // spaces of all widths, joiners, direction marks
		}
	case b == 0xef && i+2 < len(s) && s[i+1] == 0xbb && s[i+2] == 0xbf: // byte order mark
		return 3
	}
	return 0
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// compact returns s in lower case without what [skipped] ignores.
func compact(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	for i := 0; i < len(s); {
		if n := skipped(s, i); n > 0 {
			i += n
			continue
		}
		out.WriteByte(lower(s[i]))
		i++
	}
	return out.String()
}

// table finds patterns by their last eight bytes, which fit into one number.
type table struct {
	maybe   [1 << 10]uint64 // a Bloom filter of 65,536 bits: most windows are not in endings
	endings map[uint64][]string
}

func newTable() *table { return &table{endings: make(map[uint64][]string)} }

func class(window uint64) (word int, bit uint64) {
	h := window * 0x9e3779b97f4a7c15 >> 48
	return int(h >> 6), 1 << (h & 63)
}

func windowOf(pattern string) (w uint64) {
	for i := len(pattern) - shortest; i < len(pattern); i++ {
		w = w<<8 | uint64(pattern[i])
	}
	return w
}

func (t *table) add(pattern string) {
	w := windowOf(pattern)
	for _, p := range t.endings[w] {
		if p == pattern {
			return
		}
	}
	t.endings[w] = append(t.endings[w], pattern)
	word, bit := class(w)
	t.maybe[word] |= bit
}

// find calls found for each place where a pattern stands in text, until found returns false.
func (t *table) find(text string, found func(start, end int) bool) {
	if len(text) < shortest {
		return
	}
	var window uint64
	for i := 0; i < len(text); {
		b := text[i]
		if b <= ' ' || b == '+' || b == '\\' || b >= 0x7f {
			if n := skipped(text, i); n > 0 {
				i += n
				continue
			}
		}
		i++
		window = window<<8 | uint64(lower(b))
		word, bit := class(window)
		if t.maybe[word]&bit == 0 {
			continue
		}
		for _, pattern := range t.endings[window] {
			if start, ok := endsWith(text[:i], pattern); ok && !found(start, i) {
				return
			}
		}
	}
}

// endsWith reports whether text ends with pattern, and where in text the pattern begins.
func endsWith(text, pattern string) (start int, ok bool) {
	i := len(text)
	for p := len(pattern); p > 0; {
		if i == 0 {
			return 0, false
		}
		i--
		if n := backwards(text, i); n > 0 {
			i -= n - 1
			continue
		}
		p--
		if lower(text[i]) != pattern[p] {
			return 0, false
		}
	}
	return i, true
}

// backwards returns how many bytes that end at text[i] are ignored in comparisons.
func backwards(text string, i int) int {
	for n := 1; n <= 3 && n <= i+1; n++ {
		if skipped(text, i+1-n) == n {
			return n
		}
	}
	return 0
}
