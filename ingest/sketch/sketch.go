// Package sketch remembers of a text a few hashes of its pairs of words, by which can be
// told later how much of it another text still says.
package sketch

import (
	"encoding/binary"
	"html"
	"slices"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/internal/htmltree"
	"github.com/fincrawl/fincrawl/state"
)

// sketchPairs is how many pairs of words a sketch remembers: those with the lowest
// hashes, which are a fair sample of any text, and the same ones of the same text. A
// text of fewer pairs is remembered whole.
const sketchPairs = 16

// Of sketches the text of a page's HTML. Its markup does not count, nor does a
// heading that it begins with: a notice in place of many pages may stand under the title
// of each.
func Of(markup string) state.Sketch {
	var s state.Sketch
	lowest := make([]uint32, 0, sketchPairs+1)
	eachPair(withoutFirstHeading(markup), func(letters int, pair uint32) {
		s.Letters += letters
		if len(lowest) == sketchPairs && pair >= lowest[sketchPairs-1] {
			return
		}
		if at, known := slices.BinarySearch(lowest, pair); !known {
			lowest = slices.Insert(lowest, at, pair)
			lowest = lowest[:min(len(lowest), sketchPairs)]
		}
	})
	s.Pairs = asText(lowest)
	return s
}

// OfMarkdown sketches a text that is known as Markdown alone.
func OfMarkdown(markdown string) state.Sketch {
	if strings.HasPrefix(markdown, "#") {
		_, markdown, _ = strings.Cut(markdown, "\n")
	}
	return Of(markupOf(markdown))
}

// markupOf is Markdown as HTML, for its words only: without where its links lead.
func markupOf(markdown string) string {
	var text strings.Builder
	for markdown != "" {
		before, rest, _ := strings.Cut(markdown, "](")
		text.WriteString(html.EscapeString(before))
		text.WriteByte(' ')
		_, markdown, _ = strings.Cut(rest, ")")
	}
	return text.String()
}

// eachPair calls found for each word of HTML, or of plain text, with how many letters and digits it has and the hash of
// the pair that it ends.
func eachPair(markup string, found func(letters int, pair uint32)) {
	before := uint32(0)
	eachWord(markup, func(letters int, hash uint32) {
		found(letters, mixed(before, hash))
		before = hash
	})
}

// eachWord calls found for each word of HTML, or of plain text, with how many letters and digits it has and its hash.
// Scripts that put no spaces between words have one for each letter.
func eachWord(markup string, found func(letters int, hash uint32)) {
	for markup != "" {
		text, rest, _ := strings.Cut(markup, "<")
		if strings.Contains(text, "&") {
			text = html.UnescapeString(text)
		}
		eachWordOf(text, found)
		_, markup, _ = strings.Cut(rest, ">")
	}
}

func eachWordOf(text string, found func(letters int, hash uint32)) {
	const offset, prime = 2166136261, 16777619 // FNV-1a
	letters, hash := 0, uint32(offset)
	end := func() {
		if letters > 0 {
			found(min(letters, 1<<16-1), hash)
		}
		letters, hash = 0, offset
	}
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z':
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
		case '0' <= r && r <= '9':
		case r < 0x80:
			end()
			continue
		case unicode.IsDigit(r):
		case htmltree.IsUnspaced(r):
			end()
			found(1, (offset^uint32(r))*prime)
			continue
		case unicode.IsLetter(r):
			r = unicode.ToLower(r)
		case unicode.IsMark(r):
			continue
		default:
			end()
			continue
		}
		hash = (hash ^ uint32(r)) * prime
		letters++
	}
	end()
}

// withoutFirstHeading is HTML without a heading that it begins with.
func withoutFirstHeading(markup string) string {
	start := strings.TrimSpace(markup)
	if len(start) < 4 || start[0] != '<' || start[1] != 'h' || start[2] < '1' || start[2] > '6' {
		return markup
	}
	if _, rest, closed := strings.Cut(start, "</"+start[1:3]+">"); closed {
		return rest
	}
	return markup
}

// mixed is a hash of two hashes in their order.
func mixed(a, b uint32) uint32 {
	x := uint64(a)<<32 | uint64(b)
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return uint32(x >> 32)
}

// Remains estimates which share of a text another one still says; ok is false where that
// cannot be told, as of a short text within a long one.
func Remains(before, after state.Sketch) (share float64, ok bool) {
	kept, seen := Shared(before, after)
	if seen == 0 {
		return 0, false
	}
	return float64(kept) / float64(seen), true
}

// Shared counts the pairs of words of a text of which it can be told whether another one
// has them, and those that it has.
func Shared(before, after state.Sketch) (kept, seen int) {
	old, now := Pairs(before), Pairs(after)
	// Above the highest hash of a sample that is full, what the text says is not known.
	limit := ^uint32(0)
	for _, pairs := range [][]uint32{old, now} {
		if len(pairs) == sketchPairs {
			limit = min(limit, pairs[sketchPairs-1])
		}
	}
	for _, pair := range old {
		if pair > limit {
			break
		}
		seen++
		if _, stays := slices.BinarySearch(now, pair); stays {
			kept++
		}
	}
	return kept, seen
}

// Of a text that another one is to say, by their sketches: so many pairs of words have to
// be in sight, of which so large a share is there.
const (
	pairsInSight = 4
	nearlyAll    = 0.9
)

// SaysAllOf reports whether a text says nearly all that another one says, both by the
// sketches of their parts. A long text may hide a short one, so that it cannot be told:
// that is no.
func SaysAllOf(text, of []state.Sketch) bool {
	var now, had state.Sketch
	for _, s := range text {
		now = Union(now, s)
	}
	for _, s := range of {
		had = Union(had, s)
	}
	kept, seen := Shared(had, now)
	return seen >= pairsInSight && float64(kept) >= nearlyAll*float64(seen)
}

// alikeShare is the share of the pairs of words of two texts together that texts have in
// common which say nearly the same.
const alikeShare = 0.4

// Alike reports whether two texts say nearly the same.
func Alike(a, b state.Sketch) bool {
	of, in := Pairs(a), Pairs(b)
	both := 0
	for _, pair := range of {
		if _, common := slices.BinarySearch(in, pair); common {
			both++
		}
	}
	all := len(of) + len(in) - both
	return all > 0 && float64(both) >= alikeShare*float64(all)
}

// Union is the sketch of two texts together.
func Union(a, b state.Sketch) state.Sketch {
	if !a.Known() || !b.Known() {
		return state.Sketch{Letters: a.Letters + b.Letters, Pairs: a.Pairs + b.Pairs}
	}
	pairs := append(Pairs(a), Pairs(b)...)
	slices.Sort(pairs)
	pairs = slices.Compact(pairs)
	return state.Sketch{Letters: a.Letters + b.Letters, Pairs: asText(pairs[:min(len(pairs), sketchPairs)])}
}

// PairsOfMarkdown returns the hashes of all pairs of words of a text.
func PairsOfMarkdown(markdown string) map[uint32]bool {
	pairs := make(map[uint32]bool)
	eachPair(markupOf(markdown), func(_ int, pair uint32) { pairs[pair] = true })
	return pairs
}

func asText(pairs []uint32) string {
	text := make([]byte, 0, 4*len(pairs))
	for _, pair := range pairs {
		text = binary.BigEndian.AppendUint32(text, pair)
	}
	return string(text)
}

// Pairs returns the hashes of the pairs of words in a sketch, sorted.
func Pairs(s state.Sketch) []uint32 {
	pairs := make([]uint32, len(s.Pairs)/4)
	for i := range pairs {
		pairs[i] = binary.BigEndian.Uint32([]byte(s.Pairs[4*i : 4*i+4]))
	}
	return pairs
}

// SameText stands for what a sketch says: the same for texts that are the same, or as
// good as. 0 is that of no text.
func SameText(s state.Sketch) uint64 {
	if !s.Known() {
		return 0
	}
	sum := uint64(14695981039346656037)
	for i := range len(s.Pairs) {
		sum = (sum ^ uint64(s.Pairs[i])) * 1099511628211
	}
	return max(1, sum)
}
