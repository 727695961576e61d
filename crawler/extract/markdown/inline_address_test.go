package markdown

import (
	"testing"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
)

// The canonical form of a plain address is the address itself.
func FuzzPlainAddressesAreCanonical(f *testing.F) {
	for _, address := range []string{"https://x.example/", "http://x.example/a/b:c,d=e+~_$@f#g", "http:///a", "http://x.example//a/../b/", "http://:1/"} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if got := canonicalAddress(address); cleanhtml.IsPlainAddress(address) && got != address {
			t.Errorf("the canonical address of %q is %q", address, got)
		}
	})
}

// Most texts are told from an address by how they begin, and only by parsing are they the
// same.
func FuzzTextsSayAnAddressOnlyAsItIsWritten(f *testing.F) {
	for _, said := range [][2]string{
		{"HTTP://x.example/a b", "http://x.example/a%20b"}, {"x.example/?nonce=1&b", "http://x.example/?b"}, {"A@x.example", "mailto:A@x.example"},
		{"Mailto:a", "mailto:a"}, {"a:b:%zz", "http://"}, {"(a)", "http://%28a%29"}, {"1:b", "http://./1:b"}, {"%41", "http://A"}, {"", "mailto:"}, {"\x10", "http://0"},
	} {
		f.Add(said[0], said[1])
	}
	f.Fuzz(func(t *testing.T, text, address string) {
		said := canonicalAddress(text)
		for _, address := range []string{address, said, "http://" + said, "mailto:" + said} {
			want := said == address || "http://"+said == address || "mailto:"+said == address
			if got := saysAddress(text, address); got != want {
				t.Errorf("%q says %q: %t", text, address, got)
			}
		}
	})
}
