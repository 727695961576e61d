// Package skeleton reduces texts to what they spell, however their letters are disguised.
package skeleton

import (
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
	"golang.org/x/text/unicode/norm"
)

// Of reduces text to what it spells: letters in lower case without accents,
// nothing between them, and one letter for those that are written alike. Spaced
// out, in other alphabets' letters, in digits or with invisible characters
// between, an instruction comes out the same:
//
//	"Ignore  all", "i g n o r e a l l", "1gn0re ɑll", "ｉｇｎｏｒｅ аll" → "ignoreaii"
//
// I, l and 1 are one letter, since which of them is meant can't be told. Letters that look like none of ours stand
// for themselves. emit gets each byte with the place of what it was made of.
func Of(plain string, emit func(letter byte, at int)) {
	for i := 0; i < len(plain); {
		b := plain[i]
		if b < utf8.RuneSelf {
			if letter := asciiSkeleton[b]; letter != 0 && (keyword.IsWord(b) || startsWord(plain[i+1:]) || b == '$' && i > 0 && keyword.IsWord(plain[i-1])) {
				emit(letter, i)
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(plain[i:])
		switch {
		case int(r) < len(wideSkeleton()):
			for _, letter := range []byte(wideSkeleton()[r]) {
				emit(letter, i)
			}
		case hasVariants(r):
			for _, letter := range []byte(spellOut(r)) {
				emit(letter, i)
			}
		case unicode.IsLetter(r) || isVowel(r):
			for _, letter := range []byte(plain[i : i+size]) {
				emit(letter, i)
			}
		}
		i += size
	}
}

// Append appends the letters of a text's skeleton to dst.
func Append(dst []byte, plain string) []byte {
	dst = slices.Grow(dst, len(plain))
	for i := 0; i < len(plain); i++ {
		b := plain[i]
		if b >= utf8.RuneSelf {
			_, size := utf8.DecodeRuneInString(plain[i:])
			dst = appendSpelt(dst, plain[i:i+size])
			i += size - 1
		} else if letter := asciiSkeleton[b]; letter != 0 && (keyword.IsWord(b) || startsWord(plain[i+1:]) || b == '$' && i > 0 && keyword.IsWord(plain[i-1])) {
			dst = append(dst, letter)
		}
	}
	return dst
}

func appendSpelt(dst []byte, character string) []byte {
	Of(character, func(letter byte, _ int) { dst = append(dst, letter) })
	return dst
}

// startsWord reports whether a text goes on with a word, so that a sign before it
// stands for a letter.
func startsWord(text string) bool { return text != "" && keyword.IsWord(text[0]) }

// wideSkeleton has the first letter of what each character of the alphabets near
// ours spells: the Latin, Greek, Cyrillic, Hebrew and Arabic ones, with their accents.
var wideSkeleton = sync.OnceValue(func() *[0x700]string {
	var table [0x700]string
	for r := rune(utf8.RuneSelf); int(r) < len(table); r++ {
		letters := spellOut(r)
		_, size := utf8.DecodeRuneInString(letters)
		table[r] = letters[:size]
	}
	return &table
})

// isVowel reports whether a mark is a vowel of its own, as in the scripts of India and its neighbours.
func isVowel(r rune) bool { return 0x900 <= r && r < 0x1800 && unicode.IsMark(r) }

// hasVariants tells of the blocks beyond those that have typographical variants of
// our letters, or letters like them.
func hasVariants(r rune) bool {
	switch {
	case r >= 0x13a0 && r <= 0x13ff, r >= 0x1d00 && r <= 0x1eff, r >= 0x2070 && r <= 0x24ff, r >= 0xa640 && r <= 0xa7ff,
		r >= 0xfb00 && r <= 0xfdff, r >= 0xfe70 && r <= 0xfefc, r >= 0xff00 && r <= 0xff65, r >= 0x1d400 && r <= 0x1d7ff, r >= 0x1f100 && r <= 0x1f1ff, r >= 0xe0020 && r <= 0xe007e:
		return true
	}
	return false
}

// spellOut takes a character apart: a letter from its accents, a typographical
// variant back to its letters (NFKD), a letter that looks like one of ours to that.
func spellOut(r rune) string {
	if letter, ok := lookalikes()[r]; ok {
		return string(letter)
	}
	switch {
	case r >= 0x1f1e6 && r <= 0x1f1ff: // of flags
		r = 'a' + r - 0x1f1e6
	case r >= 0xe0020 && r <= 0xe007e: // tags, which nobody sees
		r -= 0xe0000
	}
	var letters []rune
	for _, part := range norm.NFKD.String(string(r)) {
		if part < utf8.RuneSelf {
			if letter := asciiSkeleton[part]; letter != 0 && !inWordsOnly(byte(part)) {
				letters = append(letters, rune(letter))
			}
			continue
		}
		letter, ok := lookalikes()[part]
		if !ok {
			part = unicode.ToLower(part)
			letter, ok = lookalikes()[part]
		}
		if ok {
			letters = append(letters, letter)
		} else if unicode.IsLetter(part) && part != tatweel {
			letters = append(letters, part)
		}
	}
	return string(letters)
}

// tatweel makes words of Arabic longer, and is no letter.
const tatweel = 'ـ'

// inWordsOnly tells of the signs that stand for letters only inside of words.
func inWordsOnly(b byte) bool { return b == '!' || b == '|' || b == '@' || b == '$' }

// asciiSkeleton maps letters, and what is used in their place, to letters.
//
//nolint:gochecknoglobals // a table that every byte of every page is looked up in
var asciiSkeleton = func() (table [utf8.RuneSelf]byte) {
	for b := byte('a'); b <= 'z'; b++ {
		table[b], table[b-'a'+'A'] = b, b
	}
	for from, to := range map[byte]byte{
		'l': 'i', 'L': 'i', '1': 'i', '!': 'i', '|': 'i', '0': 'o', '3': 'e', '4': 'a', '@': 'a', '5': 's', '$': 's', '7': 't',
		'2': '2', '6': '6', '8': '8', '9': '9',
	} {
		table[from] = to
	}
	return table
}()

// lookalikes are letters of other alphabets that look like ours, after Unicode's
// confusables (UTS 39), as far as NFKD does not take them apart.
var lookalikes = sync.OnceValue(func() map[rune]rune {
	table := map[rune]rune{}
	for to, from := range map[rune]string{
		'a': "аΑαɑАᴀ∂", 'b': "ВЬвʙƄ", 'c': "сСϲᴄ", 'd': "ԁᴅɗđ", 'e': "еЕΕεҽєᴇ℮", 'f': "ƒғ", 'g': "ɡցɢ", 'h': "һНΗнհʜ",
		'i': "іІΙιɩıɪӏӀⅼǀłʟ", 'j': "јЈϳᴊ", 'k': "κΚкКᴋ", 'm': "мМΜᴍ", 'n': "пΝηոɴռи", 'o': "оОοΟօσᴏøӨө", 'p': "рРρΡᴘ",
		'q': "ԛզ", 'r': "гᴦʀɾя", 's': "ѕЅꜱʂ", 't': "тТτΤᴛ", 'u': "υսᴜμцʋ", 'v': "νѵᴠ", 'w': "ѡԝωшщᴡ", 'x': "хХχΧ", 'y': "уУγʏүΥ", 'z': "ᴢΖʐ",
	} {
		for _, r := range from {
			table[r] = to
		}
	}
	table['ß'] = 's'                                                       // its second s is not missed by any phrase
	for to, from := range map[rune]string{'ک': "ك", 'ی': "يى", 'ه': "ة"} { // as Arabic and Persian write them
		for _, r := range from {
			table[r] = to
		}
	}
	return table
})
