package proof

import (
	"sync"

	"github.com/fincrawl/fincrawl/internal/texthash"
)

// said remembers the hash (see [TextOf]) of each page of a private source, as it was last read.
type said struct {
	mu    sync.Mutex
	texts map[uint64]uint64 // by address
}

func (s *said) note(address string, text uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts == nil {
		s.texts = make(map[uint64]uint64)
	}
	s.texts[texthash.Of(address)] = text
}

// of returns the text of the page at an address, or 0 if it is not known.
func (s *said) of(address string) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.texts[texthash.Of(address)]
}
