package decode

import (
	"unicode"
	"unicode/utf8"
)

// IsGarbled reports whether a text is what remains of one that was read in a wrong
// encoding: many characters are replaced, or most letters are those that the bytes of
// another script make in western Europe's, where no language has so many of them.
func IsGarbled(text string) bool {
	const few = 20
	shown, letters, replaced, accented := 0, 0, 0, 0
	for _, r := range text {
		if r >= utf8.RuneSelf {
			switch {
			case r == utf8.RuneError:
				replaced++
			case r < 0x100 && unicode.IsLetter(r):
				accented++
			}
		}
		if unicode.IsLetter(r) {
			letters++
		}
		shown++
	}
	return replaced >= few/4 && replaced*20 > shown || letters >= few && accented*2 > letters
}
