// Package sketch makes small digests of texts, from hashes of some of their pairs of words. They
// serve to estimate later how much of a text another text contains.
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

// sketchPairs is how many pairs of words a sketch has. They are those with the lowest hashes: a
// fair sample that is the same for the same text. A text with fewer pairs is covered whole.
const sketchPairs = 16

// Of returns the sketch of a page's HTML. It ignores markup, and a heading at the beginning: an
// error notice may stand on many pages under the title of each.
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

// OfMarkdown returns the sketch of a text in Markdown.
func OfMarkdown(markdown string) state.Sketch {
	if strings.HasPrefix(markdown, "#") {
		_, markdown, _ = strings.Cut(markdown, "\n")
	}
	return Of(markupOf(markdown))
}

// markupOf converts Markdown to HTML for its words only. It drops the targets of links.
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

// eachPair calls found for each word of HTML or plain text, with its number of letters and digits
// and the hash of the pair that it ends.
func eachPair(markup string, found func(letters int, pair uint32)) {
	before := uint32(0)
	eachWord(markup, func(letters int, hash uint32) {
		found(letters, mixed(before, hash))
		before = hash
	})
}

// eachWord calls found for each word of HTML or plain text, with its number of letters and digits
// and its hash. In scripts without spaces between words, each letter is a word.
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

// withoutFirstHeading removes a heading at the beginning of HTML.
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

// mixed combines two hashes in order.
func mixed(a, b uint32) uint32 {
	x := uint64(a)<<32 | uint64(b)
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return uint32(x >> 32)
}

// Remains estimates which share of a text another text still contains. ok is false where the
// sketches do not show it, as for a short text within a long one.
func Remains(before, after state.Sketch) (share float64, ok bool) {
	kept, seen := Shared(before, after)
	if seen == 0 {
		return 0, false
	}
	return float64(kept) / float64(seen), true
}

// Shared returns how many pairs of words of before the sketches can decide about, and how many of
// these after has.
func Shared(before, after state.Sketch) (kept, seen int) {
	old, now := Pairs(before), Pairs(after)
	// A full sample says nothing about pairs above its highest hash.
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

// SaysAllOf needs pairsInSight pairs that the sketches can decide about, and nearlyAll as the share
// of them that the text has.
const (
	pairsInSight = 4
	nearlyAll    = 0.9
)

// SaysAllOf reports whether a text contains nearly everything of another one, both given by the
// sketches of their parts. It is false where the sketches do not show it, as for a short text
// within a long one.
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

// alikeShare is the smallest share of common pairs, of all pairs of two texts, with which the
// texts say nearly the same.
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

// Union returns the sketch of two texts together.
func Union(a, b state.Sketch) state.Sketch {
	if !a.Known() || !b.Known() {
		return state.Sketch{Letters: a.Letters + b.Letters, Pairs: a.Pairs + b.Pairs}
	}
	pairs := append(Pairs(a), Pairs(b)...)
	slices.Sort(pairs)
	pairs = slices.Compact(pairs)
	return state.Sketch{Letters: a.Letters + b.Letters, Pairs: asText(pairs[:min(len(pairs), sketchPairs)])}
}

// PairsOfMarkdown returns the hashes of all pairs of words of a text in Markdown.
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

// Pairs returns the sorted hashes of a sketch.
func Pairs(s state.Sketch) []uint32 {
	pairs := make([]uint32, len(s.Pairs)/4)
	for i := range pairs {
		pairs[i] = binary.BigEndian.Uint32([]byte(s.Pairs[4*i : 4*i+4]))
	}
	return pairs
}

// SameText returns a number that is the same for equal texts. It is 0 for an unknown text.
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
