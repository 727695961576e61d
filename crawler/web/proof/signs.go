package proof

import (
	"sync"

	"github.com/fincrawl/fincrawl/internal/texthash"
)

// signs remembers what shows that sessions were alive, and which answers were given after
// that: those may be a stranger's. It holds three numbers for each address. See docs/adr/0023.
type signs struct {
	mu     sync.Mutex
	clock  int64           // counts requests and answers
	reads  map[uint64]read // by address
	seen   map[int64]int64 // by session: when the last request began that was a member's
	since  int             // answers since the last look or sign
	enough int             // so many of them ask for a look
}

// read is a request and when it was answered.
type read struct {
	Asked
	at int64
}

// Asked is when a request began, and with which session.
type Asked struct {
	Session int64
	began   int64
}

// looksEvery is after how many answers without a sign it is looked whether the session is
// alive. It doubles where nothing tells.
const looksEvery = 100

// begins returns what a request of a session is remembered by that begins now.
func (s *signs) begins(session int64) Asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	return Asked{session, s.clock}
}

// note remembers that an address was answered. sure: the answer itself shows that it is a
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

// sign remembers that a request was answered as a member's: so all answers of its session
// were that came before.
func (s *signs) sign(a Asked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = make(map[int64]int64)
	}
	s.seen[a.Session] = max(s.seen[a.Session], a.began)
	s.since = 0
}

// looksUnseen is told that a look showed nothing.
func (s *signs) looksUnseen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since, s.enough = 0, 2*s.enough
}

// due reports whether it is time to look whether the session is alive.
func (s *signs) due() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.enough > 0 && s.since >= s.enough
}

// unsure reports whether the answer of an address may be a stranger's, and when it was given.
func (s *signs) unsure(address string) (r read, is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.reads[texthash.Of(address)]
	return r, ok && r.at > s.seen[r.Session]
}

// at returns when an address was answered; 0 where that is not known, or of no matter.
func (s *signs) at(address string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads[texthash.Of(address)].at
}

// settle forgets what is unsure: there is no telling.
func (s *signs) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.reads)
}
