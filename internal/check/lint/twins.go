package lint

import (
	"fmt"
	"hash/maphash"
	"iter"
	"math/bits"
	"slices"
	"strings"
)

const (
	minWords    = 25        // smallest number of words of a text that is compared
	maxDistance = 7         // largest number of bits in which the signatures of twins differ
	maxTwins    = 1000      // largest number of pairs whose texts are compared
	maxCompared = 256 << 20 // largest number of bytes that are searched for contradictions
)

// simhash computes the signature of a text (Charikar). The signatures of texts that share most of their
// words differ in few bits. All numbers count as the same word, so that pages which differ only in
// numbers are twins.
type simhash struct {
	words    int
	previous [2]uint64 // hashes of the last two words
	votes    [64]int   // how often each bit was set
}

// add adds a word. Together with the two words before it, it votes for bits of the signature.
func (s *simhash) add(word []byte) {
	h := hashWord(word)
	if s.words >= 2 {
		shingle := mix(s.previous[0], s.previous[1], h)
		for bit := range s.votes {
			s.votes[bit] += int(shingle >> bit & 1)
		}
	}
	s.previous[0], s.previous[1] = s.previous[1], h
	s.words++
}

// sum returns the signature: the bits with a majority of votes.
func (s *simhash) sum() uint64 {
	var signature uint64
	for bit, votes := range s.votes {
		if 2*votes > max(0, s.words-2) {
			signature |= 1 << bit
		}
	}
	return signature
}

// hashWord is FNV-1a over a word in lower case, with each number as one digit.
func hashWord(word []byte) uint64 {
	h := uint64(14695981039346656037)
	digit := false
	for _, b := range word {
		switch {
		case b >= '0' && b <= '9':
			if digit {
				continue
			}
			digit, b = true, '0'
		case b >= 'A' && b <= 'Z':
			digit, b = false, b+'a'-'A'
		case b == '.' || b == ',' || b == ';' || b == ':' || b == '!' || b == '?':
			continue
		default:
			digit = false
		}
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

// mix combines three hashes into one.
func mix(a, b, c uint64) uint64 {
	h := a*0x9e3779b97f4a7c15 ^ bits.RotateLeft64(b*0xc2b2ae3d27d4eb4f, 21) ^ bits.RotateLeft64(c*0x165667b19e3779f9, 42)
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	return h ^ h>>32
}

// twins finds pages that say nearly the same, and where they contradict each other. Each page is paired
// with the first such page. Pages whose titles differ only in numbers are left out.
func (l *Linter) twins(text func(externalID string) (string, error)) ([]Issue, error) {
	slices.SortFunc(l.pages, func(a, b signed) int { return strings.Compare(a.url, b.url) })
	var issues []Issue
	compared := 0
	for _, pair := range pairs(l.pages) {
		first, second := l.pages[pair[0]], l.pages[pair[1]]
		one, err := text(first.id)
		if err != nil {
			return nil, fmt.Errorf("read the text of %s: %w", first.url, err)
		}
		other, err := text(second.id)
		if err != nil {
			return nil, fmt.Errorf("read the text of %s: %w", second.url, err)
		}
		if one != other && (ofASeries(first.title, second.title) || !areAlike(one, other)) {
			continue
		}
		issue := Issue{
			Kind: Duplicate, URL: second.url, Title: second.title, Other: first.url,
			Detail: "says nearly the same as " + first.url,
			Fix:    "Keep one, and let the other lead to it, or exclude it: Fin can't tell which one holds.",
		}
		if one != "" && one == other {
			issue.Detail = "says the same as " + first.url
		}
		if compared += len(one) + len(other); compared > maxCompared {
			issues = append(issues, issue)
			continue
		}
		if this, that, ok := contradiction(other, one); ok && isOneSubject(first.title, second.title, one, other) {
			issue.Kind = Contradiction
			issue.Detail = fmt.Sprintf("says %q, and %s says %q", this, first.url, that)
			issue.Fix = "Find out which one is right, and keep that: Fin answers with either."
		}
		issues = append(issues, issue)
	}
	return issues, nil
}

// ofASeries reports whether two titles differ only in their numbers, such as those of release notes. What
// such pages say is about different things.
func ofASeries(one, other string) bool {
	return one != other && maskNumbers(one) == maskNumbers(other)
}

// pairs returns each page that has a near twin before it, with the first such twin. Two signatures that
// differ in maxDistance bits at most have one of their eight bytes in common, so only such pages are
// compared.
func pairs(pages []signed) [][2]int {
	twin := make([]int, len(pages))
	for i := range twin {
		twin[i] = -1
	}
	// Of pages with the same signature only the first is compared with others.
	firsts := make(map[uint64]int, len(pages))
	unique := make([]int, 0, len(pages))
	for i, p := range pages {
		if p.brief {
			continue
		}
		if first, ok := firsts[p.signature]; ok {
			twin[i] = first
			continue
		}
		firsts[p.signature] = i
		unique = append(unique, i)
	}
	for band := range 8 {
		var buckets [256][]int
		for _, i := range unique {
			key := byte(pages[i].signature >> (8 * band))
			for _, j := range buckets[key] {
				if bits.OnesCount64(pages[i].signature^pages[j].signature) <= maxDistance {
					if twin[i] < 0 || j < twin[i] {
						twin[i] = j
					}
					break
				}
			}
			buckets[key] = append(buckets[key], i)
		}
	}
	var found [][2]int
	for i, first := range twin {
		if first >= 0 && len(found) < maxTwins {
			found = append(found, [2]int{first, i})
		}
	}
	return found
}

// numberedSentences yields the sentences that have a number. A sentence ends with its line, or with a
// punctuation mark before white space.
func numberedSentences(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		from, numbered := 0, false
		for i := range len(text) {
			ends := false
			switch text[i] {
			case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
				numbered = true
			case '\n':
				ends = true
			case '.', '!', '?', ':':
				ends = i+1 == len(text) || strings.IndexByte(" \t\n\f\r", text[i+1]) >= 0
			}
			if !ends {
				continue
			}
			if numbered && !yield(text[from:i]) {
				return
			}
			from, numbered = i+1, false
		}
		if numbered {
			yield(text[from:])
		}
	}
}

// maskNumbers replaces each number by a #, including dates, times and versions.
func maskNumbers(text string) string {
	isDigit := func(i int) bool { return i < len(text) && '0' <= text[i] && text[i] <= '9' }
	var out strings.Builder
	out.Grow(len(text))
	for i := 0; i < len(text); {
		if !isDigit(i) {
			out.WriteByte(text[i])
			i++
			continue
		}
		for isDigit(i) || isDigit(i+1) && strings.IndexByte(".,:/", text[i]) >= 0 {
			i++
		}
		out.WriteByte('#')
	}
	return out.String()
}

// contradiction finds a sentence that two texts have with different numbers. It ignores sentences with
// few other words, such as addresses and versions.
func contradiction(one, other string) (this, that string, ok bool) {
	const fewest = 4 // smallest number of words besides the numbers
	numbered := map[uint64]string{}
	whole := map[string]bool{}
	seed := maphash.MakeSeed()
	sentences := func(text string, each func(key uint64, sentence string) bool) {
		for sentence := range numberedSentences(text) {
			if strings.Contains(sentence, "://") || isDated(sentence) {
				continue
			}
			masked := maskNumbers(strings.ToLower(sentence))
			words := strings.Fields(masked)
			if len(words)-strings.Count(masked, "#") < fewest {
				continue
			}
			if !each(maphash.String(seed, strings.Join(words, " ")), strings.Join(strings.Fields(sentence), " ")) {
				return
			}
		}
	}
	sentences(one, func(key uint64, sentence string) bool {
		whole[sentence] = true
		if _, twice := numbered[key]; twice {
			numbered[key] = "" // items of a list, which cannot be matched
		} else {
			numbered[key] = sentence
		}
		return true
	})
	sentences(other, func(key uint64, sentence string) bool {
		if mine := numbered[key]; mine != "" && !whole[sentence] {
			this, that, ok = brief(mine), brief(sentence), true
		}
		return !ok
	})
	return this, that, ok
}
