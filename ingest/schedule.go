package ingest

import (
	"cmp"
	"context"
	"sync"
)

// step is one call that a plan makes: a change, or its first sending with the text of
// others, where it carries that.
type step struct {
	change  int
	carries bool
}

// schedule hands out the steps of a plan to several workers: each once all that it
// awaits is settled, and deletes once nothing is left to be sent.
type schedule struct {
	changes []Change

	mu      sync.Mutex
	more    *sync.Cond
	sends   []int           // changes that await nothing, from the next one on
	removes []step          // deletes
	later   []step          // steps that awaited others, which are settled
	left    int             // steps that are not settled
	sending int             // those of them that send
	needs   map[step]int    // how many steps are not settled that a step awaits
	then    map[step][]step // steps that await a step
	blocked map[step]string // external ID of what a step awaits and did not get
	stopped bool
}

func newSchedule(changes []Change) *schedule {
	s := &schedule{changes: changes, needs: map[step]int{}, then: map[step][]step{}, blocked: map[step]string{}}
	s.more = sync.NewCond(&s.mu)
	at := positions(changes)
	for i, c := range changes {
		if !c.due() {
			continue
		}
		s.left++
		if c.Action != Delete {
			s.sending++
		}
		own := step{change: i}
		for _, id := range c.Awaits {
			s.await(s.firstOf(i), at, id)
		}
		if len(c.Carries) > 0 {
			s.left++
			s.sending++
			s.after(own, s.firstOf(i))
			for _, id := range c.Carries {
				if j, ok := at[id]; ok && changes[j].due() {
					s.after(own, step{change: j})
				} else {
					s.blocked[s.firstOf(i)] = id
				}
			}
		}
		switch first := s.firstOf(i); {
		case c.Action == Delete: // all that it awaits is sent, and so settled before
			s.removes = append(s.removes, first)
		case s.needs[first] > 0:
		case s.blocked[first] != "" || first.carries:
			s.later = append(s.later, first)
		default:
			s.sends = append(s.sends, i)
		}
	}
	return s
}

// due reports whether a change is one that Apply sends, or deletes in order.
func (c Change) due() bool {
	return !c.Surplus && (c.Action == Create || c.Action == Update || c.Action == Delete)
}

// positions are the indexes of those changes that others await or carry, and of those that
// do so, by external ID.
func positions(changes []Change) map[string]int {
	at := make(map[string]int)
	for _, c := range changes {
		for _, id := range c.Awaits {
			at[id] = -1
		}
		for _, id := range c.Carries {
			at[id] = -1
		}
	}
	if len(at) == 0 {
		return at
	}
	for i, c := range changes {
		if _, wanted := at[c.ExternalID]; wanted && !c.Surplus {
			at[c.ExternalID] = i
		}
	}
	for id, i := range at {
		if i < 0 {
			delete(at, id)
		}
	}
	return at
}

// firstOf is the step by which what a change adds is in the library.
func (s *schedule) firstOf(i int) step {
	return step{change: i, carries: len(s.changes[i].Carries) > 0}
}

// await lets a step wait for the page with an external ID. One that is in the library as
// it was crawled is not waited for, and one that is held will not come.
func (s *schedule) await(loser step, at map[string]int, id string) {
	i, ok := at[id]
	switch {
	case !ok:
	case s.changes[i].due():
		s.after(loser, s.firstOf(i))
	case s.changes[i].Action == Held && s.changes[i].sends():
		s.blocked[loser] = id
	}
}

func (s *schedule) after(later, earlier step) {
	s.needs[later]++
	s.then[earlier] = append(s.then[earlier], later)
}

// next returns a step to do, once there is one; ok is false where there are no more.
// Where something that it awaits was not sent, it returns that instead of nothing, and the
// step is not to be done.
func (s *schedule) next() (todo step, blockedBy string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.stopped && s.left > 0 {
		switch {
		case len(s.later) > 0:
			todo, s.later = s.later[0], s.later[1:]
			return todo, s.blocked[todo], true
		case len(s.sends) > 0:
			todo, s.sends = step{change: s.sends[0]}, s.sends[1:]
			return todo, "", true
		case s.sending == 0 && len(s.removes) > 0:
			todo, s.removes = s.removes[0], s.removes[1:]
			return todo, s.blocked[todo], true
		}
		s.more.Wait()
	}
	return step{}, "", false
}

// settle notes how a step ended.
func (s *schedule) settle(done step, acknowledged bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left--
	if s.changes[done.change].Action != Delete {
		s.sending--
	}
	for _, later := range s.then[done] {
		if !acknowledged && s.blocked[later] == "" {
			s.blocked[later] = cmp.Or(s.blocked[done], s.changes[done.change].ExternalID)
		}
		if s.needs[later]--; s.needs[later] == 0 && s.changes[later.change].Action != Delete {
			s.later = append(s.later, later)
			s.more.Signal()
		}
	}
	if s.sending == 0 {
		s.more.Broadcast()
	}
}

// stopWith ends the schedule with a context.
func (s *schedule) stopWith(ctx context.Context) (release func() bool) {
	return context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.stopped = true
		s.more.Broadcast()
	})
}
