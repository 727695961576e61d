package screen

import (
	"encoding/base32"
	"encoding/base64"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
)

// fewestCodes is how many numbers or signs in a row may be a text of which each stands for a letter.
const fewestCodes = 12

// coded calls found for each part that spells a text by other signs: the numbers of its letters (in whatever base, and
// whatever stands between), Morse's signs, base64 in pieces, and letters upside down.
func (t *text) coded(found func(inner *text, at span)) {
	take := func(plain string, at span) {
		if plain != "" {
			t.meter.Spend(len(plain))
			found(t.within(plain), at)
		}
	}
	t.meter.Spend(len(t.plain) / lettersPerStep)
	eachNumbers(t.plain, func(numbers []string, at span) { take(lettersBy(numbers), at) })
	t.inMorse(take)
	t.inPieces(take)
	t.upsideDown(take)
}

// eachNumbers calls found for numbers that stand in a row. Printable letters have numbers that begin with a digit, in all bases.
func eachNumbers(plain string, found func(numbers []string, at span)) {
	const longest, gap = 8, 6
	var numbers []string
	for i := 0; i < len(plain); {
		if runClass[plain[i]] != runDigit {
			i++
			continue
		}
		numbers = numbers[:0]
		start, end := i, i
		for i < len(plain) && runClass[plain[i]] == runDigit {
			from := i
			for i < len(plain) && i-from <= longest && isHexDigit(plain[i]) {
				i++
			}
			numbers = append(numbers, plain[from:i])
			end = i
			for i < len(plain) && i-end < gap && strings.IndexByte(" \t\r\n,;:-\\xXuU{}&#=%+/|_[]()'\"", plain[i]) >= 0 {
				i++
			}
		}
		if len(numbers) >= fewestCodes {
			found(numbers, span{start, end})
		}
		i = max(i, end)
	}
}

func isHexDigit(b byte) bool { return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f' }

// lettersBy returns what numbers spell in one of the bases; "" for nothing.
func lettersBy(numbers []string) string {
	for _, base := range []struct{ base, least, most int }{{2, 7, 8}, {16, 2, 2}, {16, 4, 6}, {10, 2, 3}, {8, 2, 3}} {
		var out strings.Builder
		for _, number := range numbers {
			code, err := strconv.ParseUint(number, base.base, 32)
			if err != nil || len(number) < base.least || len(number) > base.most || code != '\n' && (code < ' ' || code > '~') {
				out.Reset()
				break
			}
			out.WriteByte(byte(code))
		}
		if out.Len() > 0 {
			return out.String()
		}
	}
	return ""
}

// inMorse finds what is spelt in Morse's signs.
func (t *text) inMorse(found func(plain string, at span)) {
	const signs = ".-·−–_/| \n"
	for from := 0; ; {
		i := strings.Index(t.plain[from:], ".-")
		if i < 0 {
			return
		}
		start, end := from+i, from+i
		for start > from && strings.IndexByte(signs, t.plain[start-1]) >= 0 {
			start--
		}
		if start > 0 && keyword.IsWord(t.plain[start-1]) {
			start += strings.IndexAny(t.plain[start:end], " \n") + 1 // behind the end of a sentence
		}
		for end < len(t.plain) {
			r, size := utf8.DecodeRuneInString(t.plain[end:])
			if !strings.ContainsRune(signs, r) {
				break
			}
			end += size
		}
		if from = max(end, from+i+1); end-start >= 2*fewestCodes {
			t.meter.Spend(end - start)
			found(fromMorse(t.plain[start:end]), span{start, end})
		}
	}
}

// fromMorse reads Morse's signs; "" where some are none.
func fromMorse(signs string) string {
	const letters = "  etianmsurwdkgohvf l pjbxcyzq  "
	var out strings.Builder
	for _, sign := range strings.Fields(strings.NewReplacer("·", ".", "−", "-", "–", "-", "_", "-", "/", " / ", "|", " / ").Replace(signs)) {
		if sign == "/" {
			out.WriteByte(' ')
			continue
		}
		at := 1 // of a tree: a dot leads to the left, a dash to the right
		for _, b := range sign {
			at = 2 * at
			if b == '-' {
				at++
			}
			if at >= len(letters) {
				return ""
			}
		}
		out.WriteByte(letters[at])
	}
	return out.String()
}

// inPieces finds text in base64 of which each piece of some length stands on a line, or between spaces.
func (t *text) inPieces(found func(plain string, at span)) {
	const shortest, fewest = 12, 3
	var joined strings.Builder
	start, end, length, pieces := 0, 0, 0, 0
	flush := func() {
		if pieces >= fewest {
			if raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(joined.String(), "=")); err == nil && isPlainText(raw) {
				found(string(raw), span{start, end})
			}
		}
		joined.Reset()
		pieces, length = 0, 0
	}
	for i := 0; i < len(t.plain); {
		from := i
		for i < len(t.plain) && runClass[t.plain[i]] != 0 {
			i++
		}
		switch n := i - from; {
		case n >= shortest && pieces > 0 && n <= length && i-end <= length+2:
			joined.WriteString(t.plain[from:i])
			pieces, end = pieces+1, i
			if n < length {
				flush()
			}
		case n >= shortest:
			flush()
			joined.WriteString(t.plain[from:i])
			start, end, length, pieces = from, i, n, 1
		case n > 0 && pieces > 1:
			joined.WriteString(t.plain[from:i])
			end = i
			flush()
		case n > 0:
			flush()
		}
		for i < len(t.plain) && runClass[t.plain[i]] == 0 {
			i++
		}
	}
	flush()
}

// isPlainText reports whether bytes are text.
func isPlainText(raw []byte) bool {
	for _, r := range string(raw) {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == utf8.RuneError {
			return false
		}
	}
	return len(raw) > 0
}

// upsideDown finds lines whose letters stand on their heads.
func (t *text) upsideDown(found func(plain string, at span)) {
	if !strings.Contains(t.plain, "ǝ") || !strings.Contains(t.plain, "ʇ") {
		return
	}
	turn := strings.NewReplacer("ɐ", "a", "q", "b", "ɔ", "c", "p", "d", "ǝ", "e", "ɟ", "f", "ƃ", "g", "ɥ", "h", "ᴉ", "i", "ı", "i", "ɾ", "j", "ʞ", "k", "ʃ", "l",
		"ɯ", "m", "u", "n", "d", "p", "b", "q", "ɹ", "r", "ʇ", "t", "n", "u", "ʌ", "v", "ʍ", "w", "ʎ", "y")
	at := 0
	for line := range strings.Lines(t.plain) {
		if strings.Contains(line, "ǝ") {
			found(backwards(turn.Replace(line)), span{at, at + len(strings.TrimRight(line, "\n"))})
		}
		at += len(line)
	}
}

// fromBase32 returns the text that a run is in base32 (RFC 4648); "" for none.
func fromBase32(run string) string {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(run, "="))
	if err != nil || !isPlainText(raw) {
		return ""
	}
	return string(raw)
}
