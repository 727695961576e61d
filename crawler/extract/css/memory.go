package css

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// Memory keeps the style sheets that were read and what was worked out of them, for the pages of a
// site: these have few sheets, each on many pages. It changes nothing of what a page is found to be.
// Its zero value is ready, and may be used by several goroutines at once.
type Memory struct {
	mu       sync.Mutex
	sheets   map[string]*sheet // by their texts
	cascades map[string]*cascade
	size     atomic.Int64
}

// maxKnown is how much is kept, in bytes more or less. Where each page has sheets of its own,
// nothing is gained by keeping more.
const maxKnown = 16 << 20

// What is kept takes that many bytes each, more or less.
const (
	ruleSize = 1024
	usedSize = 200 // a rule in a cascade
	pathSize = 1500
)

// sheet returns what a text says.
func (m *Memory) sheet(text string) *sheet {
	m.mu.Lock()
	s, ok := m.sheets[text]
	m.mu.Unlock()
	if ok {
		return s
	}
	s = readSheet(text)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keep(len(text) + ruleSize*len(s.rules)) {
		m.sheets[text] = s
	}
	return s
}

// keep makes room for something of a size, and reports whether that may be kept at all.
func (m *Memory) keep(size int) bool {
	if m.sheets == nil || m.size.Load()+int64(size) > maxKnown {
		m.sheets, m.cascades = map[string]*sheet{}, map[string]*cascade{}
		m.size.Store(0)
	}
	if size > maxKnown {
		return false
	}
	m.size.Add(int64(size))
	return true
}

// cascade returns the rules of sheets in their order. It is alone if the page has no others.
func (m *Memory) cascade(sheets []placedSheet, alone bool) *cascade {
	var key strings.Builder
	fmt.Fprintf(&key, "%t ", alone)
	rules := 0
	for _, s := range sheets {
		fmt.Fprintf(&key, "%p %d ", s.sheet, s.when)
		rules += len(s.rules)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.cascades[key.String()]; ok {
		return c
	}
	c := newCascade(sheets, alone)
	if m.keep(usedSize * rules) {
		c.memory = m
		m.cascades[key.String()] = c // which keeps the sheets, and so their addresses
	}
	return c
}
