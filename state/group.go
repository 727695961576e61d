package state

import (
	"errors"
	"sync"
	"time"
)

// A batch is written when it holds fullRecords or fullBytes. Writers wait when it holds
// four times as much. Batches of this size take a few megabytes; larger ones save little.
const (
	fullRecords = 4 << 10
	fullBytes   = 4 << 20
)

// write puts a value. It removes the key where value is nil.
type write struct {
	table table
	key   string
	value []byte
}

// group collects writes into batches and commits one batch after the other, while the
// next one fills.
type group struct {
	commit func(*batch) error

	mu      sync.Mutex
	turn    sync.Cond   // signals that a batch was committed, or that err was set
	filling *batch      // takes new writes
	writing *batch      // is being committed; nil when idle
	timer   *time.Timer // fires Linger after the first write of filling; nil when it has fired
	begun   int         // number of batches handed to commit
	ended   int         // number of batches committed
	err     error       // the first error; nothing is committed after it
}

func newGroup(commit func(*batch) error) *group {
	g := &group{commit: commit, filling: newBatch()}
	g.turn.L = &g.mu
	return g
}

// add adds writes that belong together. They reach the file in one transaction.
func (g *group) add(writes ...write) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.err == nil && g.filling.full(4) {
		g.turn.Wait()
	}
	if g.err != nil {
		return g.err
	}
	if g.filling.records == 0 {
		g.timer = time.AfterFunc(Linger, g.expire)
	}
	for _, w := range writes {
		g.filling.put(w)
	}
	if g.filling.full(1) {
		g.next()
	}
	return nil
}

// expire starts the commit of a batch that has waited for Linger.
func (g *group) expire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.timer = nil
	g.next()
}

// next starts the commit of the filling batch. While another batch is being committed it
// does nothing: write calls it again.
func (g *group) next() {
	if g.writing != nil || g.filling.records == 0 || g.err != nil {
		return
	}
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
	g.writing, g.filling = g.filling, newBatch()
	g.begun++
	go g.write(g.writing)
}

func (g *group) write(b *batch) {
	err := g.commit(b)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		g.stop(err) // b stays, so that reads still find its writes
	} else {
		g.writing = nil
		g.ended++
		if g.timer == nil || g.filling.full(1) {
			g.next()
		}
	}
	g.turn.Broadcast()
}

// flush returns when everything that was added before is committed.
func (g *group) flush() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	target := g.begun
	if g.filling.records > 0 {
		target++
	}
	for g.err == nil && g.ended < target {
		if g.begun < target {
			g.next()
		}
		g.turn.Wait()
	}
	return g.err
}

// fail makes every later write return err.
func (g *group) fail(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stop(err)
	g.turn.Broadcast()
}

func (g *group) stop(err error) {
	if g.err == nil {
		g.err = err
	}
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
}

// close flushes the group. Later writes return ErrClosed.
func (g *group) close() error {
	err := g.flush()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.err = nil
	g.stop(ErrClosed)
	g.turn.Broadcast()
	return err
}

func (g *group) closed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return errors.Is(g.err, ErrClosed)
}

// look returns the writes to keys that are not in the file yet. The result has one
// element for each key.
func (g *group) look(t table, keys []string) []pending {
	g.mu.Lock()
	defer g.mu.Unlock()
	found := make([]pending, len(keys))
	for _, b := range []*batch{g.writing, g.filling} { // the later one wins
		if b == nil || b.tables[t] == nil {
			continue
		}
		for i, key := range keys {
			if value, ok := b.tables[t][key]; ok {
				found[i] = pending{value, true}
			}
		}
	}
	return found
}

// pending is a write that is not in the file yet. It removes the key where value is nil.
type pending struct {
	value []byte
	known bool
}

// batch is a set of writes. The last write to a key replaces the earlier ones.
type batch struct {
	tables  map[table]map[string][]byte
	records int
	bytes   int
}

func newBatch() *batch { return &batch{tables: make(map[table]map[string][]byte)} }

func (b *batch) put(w write) {
	t := b.tables[w.table]
	if t == nil {
		t = make(map[string][]byte)
		b.tables[w.table] = t
	}
	b.records++
	b.bytes += len(w.key) + len(w.value)
	t[w.key] = w.value
}

func (b *batch) full(times int) bool {
	return b.records >= times*fullRecords || b.bytes >= times*fullBytes
}
