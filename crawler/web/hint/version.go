package hint

import (
	"sync"

	"github.com/fincrawl/fincrawl/internal/texthash"
)

// versions records what pages say about their versions in other languages. A page may be left to its version
// in the source's language in two cases: that version names the page too, as hreflang requires; or it names
// no versions, the page gives its own language, and no other page in that language claims the version. See
// docs/adr/0025.
type versions struct {
	mu        sync.Mutex
	named     map[uint64]bool   // hashes of page and version
	naming    map[uint64]bool   // pages that name any version
	languages map[uint64]string // of pages that were left to a version
	claimants map[uint64]uint64 // version and language → the first page that claims it
	contested map[uint64]bool   // version and language that two pages claim
}

func pairOf(a, b string) uint64 { return texthash.Of(a + "\x00" + b) }

// note records the versions that the document at an address names.
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

// claim records that a page in a language was left to a version of it. language is "" if the page does not
// give its own.
func (v *versions) claim(address, version, language string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.languages == nil {
		v.languages = make(map[uint64]string)
		v.claimants, v.contested = make(map[uint64]uint64), make(map[uint64]bool)
	}
	page, place := texthash.Of(address), pairOf(version, language)
	v.languages[page] = language
	if first, claimed := v.claimants[place]; !claimed {
		v.claimants[place] = page
	} else if first != page {
		v.contested[place] = true
	}
}

// verified reports whether a page was rightly left to a version. known is false if the page must be read
// again to find out.
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
	alone := !v.naming[texthash.Of(version)] && !v.contested[pairOf(version, language)]
	return !isStart && language != "" && alone, true
}
