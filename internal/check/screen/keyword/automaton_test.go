package keyword

import (
	"slices"
	"strings"
	"testing"
)

// The automaton finds what looking for each word by itself finds.
func FuzzAutomatonFindsEveryWord(f *testing.F) {
	f.Add("he she his hers", "ushers and his heirs")
	f.Add("a aa aaa", "aaaa")
	f.Add("Pass word", "PASSWORD Word")
	f.Add("ab b", "\x00abab\xff")
	f.Add("пароль пирог 密码 p\xf0x", "Пароль: пирог, 密码 p\xf0x p\xe0x")
	f.Fuzz(func(t *testing.T, list, text string) {
		words := strings.Fields(lower(list))
		slices.Sort(words)
		words = slices.Compact(words)
		if len(words) == 0 || len(text) > 1000 {
			return
		}
		var got, want [][3]int
		EachWord(NewAutomaton(words), text, func(word, start, end int) { got = append(got, [3]int{word, start, end}) })
		text = lower(text)
		for end := range len(text) + 1 {
			for word, w := range words {
				if strings.HasSuffix(text[:end], w) {
					want = append(want, [3]int{word, end - len(w), end})
				}
			}
		}
		order := func(a, b [3]int) int { return slices.Compare(a[:], b[:]) }
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
		if !slices.Equal(got, want) {
			t.Errorf("%q in %q: got %v, want %v", words, text, got, want)
		}
	})
}

// lower leaves letters beyond ASCII, and bytes that are no text, as they are.
func lower(text string) string {
	b := []byte(text)
	for i := range b {
		if 'A' <= b[i] && b[i] <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
