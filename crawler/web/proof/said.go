package proof

import (
	"sync"

	"github.com/fincrawl/fincrawl/internal/texthash"
)

// said is what each page of a private source said when it was read last, as [TextOf]
// stands for it.
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

// of returns what the page at an address said; 0 where that is not known.
func (s *said) of(address string) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.texts[texthash.Of(address)]
}
