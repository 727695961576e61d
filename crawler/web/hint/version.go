package hint

import (
	"sync"

	"github.com/fincrawl/fincrawl/internal/texthash"
)

// versions are what pages say of their versions in other languages. That a page leaves
// itself to its version in the source's language is believed where that one names it back,
// as readers of hreflang commonly want it; or where it names none, and the page says that it is
// in another language, of which no other page claims the same version. See
// docs/adr/0025.
type versions struct {
	mu        sync.Mutex
	named     map[uint64]bool   // page and version
	naming    map[uint64]bool   // pages that name any
	languages map[uint64]string // of pages that leave themselves to a version
	claimants map[uint64]uint64 // version and language → the first page that claims it
	contested map[uint64]bool   // version and language: there are two
}

func pairOf(a, b string) uint64 { return texthash.Of(a + "\x00" + b) }

// note remembers which versions the document at an address names.
func (v *versions) note(address string, named []string) {
	if len(named) == 0 {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.naming == nil {
		v.named, v.naming = make(map[uint64]bool), make(map[uint64]bool)
	}
	v.naming[texthash.Of(address)] = true
	for _, version := range named {
		v.named[pairOf(address, version)] = true
	}
}

// claim remembers that a page in a language leaves itself to a version; language is ""
// where the page does not say its own.
func (v *versions) claim(address, version, language string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.languages == nil {
		v.languages, v.claimants, v.contested = make(map[uint64]string), make(map[uint64]uint64), make(map[uint64]bool)
	}
	page, place := texthash.Of(address), pairOf(version, language)
	v.languages[page] = language
	if first, claimed := v.claimants[place]; !claimed {
		v.claimants[place] = page
	} else if first != page {
		v.contested[place] = true
	}
}

// verified reports whether a page that leaves itself to a version may be believed. known
// is false where the page has to be read again to tell.
func (v *versions) verified(address, version string, isStart bool) (verified, known bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	language, known := v.languages[texthash.Of(address)]
	switch {
	case v.named[pairOf(version, address)]:
		return true, true
	case !known:
		return false, false
	}
	return !isStart && !v.naming[texthash.Of(version)] && language != "" && !v.contested[pairOf(version, language)], true
}
