package proof

import (
	"sync"

	"github.com/fincrawl/fincrawl/internal/texthash"
)

// signs records what shows that sessions were alive, and which answers came after that and so may be a
// stranger's. It keeps three numbers for each address. See docs/adr/0023.
type signs struct {
	mu     sync.Mutex
	clock  int64           // counts requests and answers
	reads  map[uint64]read // by address
	seen   map[int64]int64 // session → when its last request began that was a member's
	since  int             // answers since the last check or sign
	enough int             // answers after which the next check is due
}

// read is a request, with the time of its answer.
type read struct {
	Asked
	at int64
}

// Asked is the session of a request, and the time when it began.
type Asked struct {
	Session int64
	began   int64
}

// looksEvery is after how many answers without a sign the session is checked. It doubles after a check that
// showed nothing.
const looksEvery = 100

// begins records that a request with a session begins now.
func (s *signs) begins(session int64) Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	return Asked{session, s.clock}
}

// note records that an address was answered. sure reports whether the answer itself shows that it is a
// member's.
func (s *signs) note(address string, a Asked, sure bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reads == nil {
		s.reads, s.enough = make(map[uint64]read), looksEvery
	}
	s.clock++
	if sure {
		delete(s.reads, texthash.Of(address))
		return
	}
	s.reads[texthash.Of(address)] = read{a, s.clock}
	s.since++
}

// sign records that a request was answered as a member's. So were all earlier answers of its session.
func (s *signs) sign(a Asked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = make(map[int64]int64)
	}
	s.seen[a.Session] = max(s.seen[a.Session], a.began)
	s.since = 0
}

// looksUnseen records that a check showed nothing.
func (s *signs) looksUnseen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since, s.enough = 0, 2*s.enough
}

// due reports whether the session should be checked now.
func (s *signs) due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enough > 0 && s.since >= s.enough
}

// unsure reports whether the answer of an address may be a stranger's, and when it came.
func (s *signs) unsure(address string) (r read, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.reads[texthash.Of(address)]
	return r, ok && r.at > s.seen[r.Session]
}

// at returns when an address was answered, or 0 if that is not known or its answer is sure.
func (s *signs) at(address string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads[texthash.Of(address)].at
}

// settle makes all answers sure, because nothing can show whether they are.
func (s *signs) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.reads)
}
