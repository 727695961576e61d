package template

import (
	"hash/fnv"
	"testing"
)

func FuzzHashText(f *testing.F) {
	for _, s := range []string{"", "one two", "日本語 text と words", "a\x00b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h := fnv.New64a()
		h.Write([]byte(s))
		if got := hashText(s); got != h.Sum64() {
			t.Errorf("hashText(%q) = %x, want %x", s, got, h.Sum64())
		}
	})
}

func FuzzParseOutline(f *testing.F) {
	f.Add([]byte{})
	f.Add(Outline{{Hash: 1}, {Hash: 2, Items: []uint64{3, 4}, traits: links}}.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := ParseOutline(b)
		if err != nil {
			return
		}
		if again, err := ParseOutline(o.Bytes()); err != nil || len(again) != len(o) {
			t.Errorf("%v came back as %v, %v", o, again, err)
		}
	})
}
