package secrets

import (
	"strings"
	"sync"
)

// maxPassing limits how many values of sessions are remembered. A site that sends a new value with every answer only
// shows the latest one on its pages.
const maxPassing = 2000

// Set is a set of secrets that can grow. It is safe for concurrent use. The zero value and nil are empty; nothing can be
// added to nil.
type Set struct {
	mu      sync.RWMutex
	fixed   []string       // the patterns of configured values
	passing []string       // the values of sessions, oldest first
	holders map[string]int // how many sessions use a value that is held
	known   map[string]bool
	table   *table
}

// Add adds configured values. It ignores values that cannot be searched for: see [Suits].
func (s *Set) Add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		if !s.isNew(value) {
			continue
		}
		for _, p := range patternsOf(value) {
			s.fixed = append(s.fixed, p)
			s.tableOf().add(p)
		}
	}
}

// AddPassing adds values of a session, which may be forgotten once many newer ones have been added.
func (s *Set) AddPassing(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		if !s.isNew(value) {
			continue
		}
		s.passing = append(s.passing, value)
		for _, p := range patternsOf(value) {
			s.tableOf().add(p)
		}
	}
	if len(s.passing)-len(s.holders) > maxPassing {
		s.forget(maxPassing / 2)
	}
}

// Hold adds a value of a session that is in use. It is not forgotten before [Set.Release].
func (s *Set) Hold(value string) {
	s.AddPassing(value)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.known[value] {
		return
	}
	if s.holders == nil {
		s.holders = make(map[string]int)
	}
	s.holders[strings.Clone(value)]++
}

// Release ends a [Set.Hold]: the session has replaced the value.
func (s *Set) Release(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holders[value] > 1 {
		s.holders[value]--
		return
	}
	delete(s.holders, value)
}

// forget drops the values of sessions except those that are held and the newest ones, of which it keeps last.
func (s *Set) forget(last int) {
	var kept []string
	for i, value := range s.passing {
		if s.holders[value] == 0 && i < len(s.passing)-last {
			delete(s.known, value)
			continue
		}
		kept = append(kept, value)
	}
	s.passing = kept
	s.table = newTable()
	for _, p := range s.fixed {
		s.table.add(p)
	}
	for _, value := range s.passing {
		for _, p := range patternsOf(value) {
			s.table.add(p)
		}
	}
}

func (s *Set) isNew(value string) bool {
	if s.known[value] || !Suits(value) {
		return false
	}
	if s.known == nil {
		s.known = make(map[string]bool)
	}
	s.known[strings.Clone(value)] = true
	return true
}

func (s *Set) tableOf() *table {
	if s.table == nil {
		s.table = newTable()
	}
	return s.table
}

// In reports whether a text contains one of the secrets, in any of the encodings.
func (s *Set) In(text string) bool {
	if s == nil || len(text) < shortest {
		return false
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.in(text)
}

func (s *Set) in(text string) (found bool) {
	if s.table == nil {
		return false
	}
	stop := func(int, int) bool {
		found = true
		return false
	}
	s.table.find(text, stop)
	if found {
		return true
	}
	if plain, changed := decoded(text); changed {
		s.table.find(plain, stop)
	}
	return found
}

// Places returns where the secrets stand in a text: pairs of start and end, sorted and not overlapping. For a secret
// that is escaped, the pair covers the whole word.
func (s *Set) Places(text string) (places [][2]int) {
	if !s.In(text) {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.table.find(text, func(start, end int) bool {
		for n := len(places) - 1; n >= 0 && places[n][1] >= start; n-- {
			start = min(start, places[n][0])
			places = places[:n]
		}
		places = append(places, [2]int{start, end})
		return true
	})
	var all [][2]int
	rest := 0
	for _, p := range append(places, [2]int{len(text), len(text)}) {
		all = append(all, s.escapedIn(text, rest, p[0])...)
		if p[0] < len(text) {
			all = append(all, p)
		}
		rest = p[1]
	}
	if len(all) == 0 || s.in(without(text, all, "|")) {
		return [][2]int{{0, len(text)}} // a secret stretches over several words
	}
	return all
}

// escapedIn returns the words in text[from:to] that contain an escaped secret.
func (s *Set) escapedIn(text string, from, to int) (words [][2]int) {
	ends := func(r rune) bool { return strings.ContainsRune(" \t\r\n\"'<>", r) }
	for from < to {
		end := from + strings.IndexFunc(text[from:to], ends)
		if end < from {
			end = to
		}
		if end > from && s.in(text[from:end]) {
			words = append(words, [2]int{from, end})
		}
		from = end + 1
	}
	return words
}

// Hidden is shown in place of a secret.
const Hidden = "•••"

// Mask returns the text with [Hidden] in place of each secret.
func (s *Set) Mask(text string) string {
	places := s.Places(text)
	if len(places) == 0 {
		return text
	}
	return without(text, places, Hidden)
}

// without returns the text with each of the places replaced.
func without(text string, places [][2]int, by string) string {
	var out strings.Builder
	done := 0
	for _, p := range places {
		out.WriteString(text[done:p[0]])
		out.WriteString(by)
		done = p[1]
	}
	out.WriteString(text[done:])
	return out.String()
}
