package ingest

import (
	"cmp"
	"context"
	"sync"
)

// step is one call that applies a change: the change itself or, where the change carries the text
// of others, its first sending with that text.
type step struct {
	change  int
	carries bool
}

// schedule hands out the steps of a plan to several workers. A step starts when everything that it
// awaits is settled. Deletes start when nothing is left to send.
type schedule struct {
	changes []Change

	mu      sync.Mutex
	more    *sync.Cond
	sends   []int           // changes that await nothing and were not handed out yet
	removes []step          // deletes
	later   []step          // steps whose awaited steps are all settled
	left    int             // number of steps that are not settled
	sending int             // number of these that send a page
	needs   map[step]int    // number of awaited steps that are not settled
	then    map[step][]step // the steps that await a step
	blocked map[step]string // external ID of an awaited page that was not sent
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
		case c.Action == Delete: // deletes come last, when everything that they await is settled
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

// due reports whether Apply carries the change out through the schedule.
func (c Change) due() bool {
	return !c.Surplus && (c.Action == Create || c.Action == Update || c.Action == Delete)
}

// positions returns the indexes of the changes that others await or carry, by external ID.
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

// firstOf returns the step after which the text of a change is in the library.
func (s *schedule) firstOf(i int) step {
	return step{change: i, carries: len(s.changes[i].Carries) > 0}
}

// await makes a step wait for the page with an external ID. It does not wait for a page that the
// library already has as it was crawled. A held page blocks the step.
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

// next waits for a step and returns it. ok is false when no step is left. blockedBy is the external
// ID of a page that the step awaited and that was not sent; then the step must not be carried out.
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

// settle records the end of a step.
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

// stopWith ends the schedule when ctx ends.
func (s *schedule) stopWith(ctx context.Context) (release func() bool) {
	return context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.stopped = true
		s.more.Broadcast()
	})
}
