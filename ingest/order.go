package ingest

import (
	"fmt"
	"slices"

	"github.com/fincrawl/fincrawl/crawler"
)

// orderChanges sets which changes wait for which others, so that text never leaves the library
// before it is there under another external ID. See docs/adr/0032.
//
// A page and its parts are one change: what shortens or deletes a part waits for the parts that
// are new or only grow. The delete of a page that another one replaced waits for that one. And
// a change that loses sentences which turn up in another page waits for that page.
func orderChanges(in Inputs, changes []Change) error {
	if !slices.ContainsFunc(changes, Change.mayLose) {
		return nil // as in the first run
	}
	o := ordering{in: in, changes: changes, awaits: make(map[int][]int)}
	if err := o.readTexts(); err != nil {
		return fmt.Errorf("compare what pages lose with what others get: %w", err)
	}
	o.keepPagesWhole()
	if err := o.followReplaced(); err != nil {
		return fmt.Errorf("find what took the place of pages that go: %w", err)
	}
	o.untangle()
	o.note()
	return nil
}

// ordering is the state of orderChanges. It refers to changes by their index.
type ordering struct {
	in      Inputs
	changes []Change
	texts   *textFlow
	awaits  map[int][]int
	carries map[int][]int
}

// sends reports whether a change sends a page, or would if it were not held. Nothing waits for
// a page that a person withdrew.
func (c Change) sends() bool {
	return !c.Surplus && (c.is(Create) || c.is(Update)) && c.Guard != GuardWithdrawn
}

// is reports whether a change has an action, or would have it if it were not held.
func (c Change) is(a Action) bool { return c.Action == a || c.Action == Held && c.Wants == a }

// mayLose reports whether a change may remove text that has to stay in the library. The delete
// of a withdrawn page does not: the text has to go as well.
func (c Change) mayLose() bool { return !c.Surplus && (c.is(Update) || c.is(Delete)) && !c.takenOut() }

// takenOut reports whether a change deletes a page that a person withdrew.
func (c Change) takenOut() bool { return c.is(Delete) && c.Decided.says(Withdraw) }

// await makes one change wait for another. It may be called twice for the same two.
func (o *ordering) await(loser, holder int) {
	if loser != holder {
		o.awaits[loser] = append(o.awaits[loser], holder)
	}
}

// readTexts makes each change wait for those that get the text which it loses.
func (o *ordering) readTexts() error {
	var err error
	if o.texts, err = readTextFlow(o.in.Texts, o.changes); err != nil {
		return err
	}
	o.texts.each(o.await)
	return nil
}

// keepPagesWhole orders the changes of each page that has parts.
func (o *ordering) keepPagesWhole() {
	groups := make(map[string][]int) // of pages that have parts
	for _, c := range o.changes {
		if page, anchor := c.Page(); anchor != "" {
			groups[page] = nil
		}
	}
	if len(groups) == 0 {
		return
	}
	for i, c := range o.changes {
		page, _ := c.Page()
		if _, split := groups[page]; split && (c.sends() || c.mayLose()) {
			groups[page] = append(groups[page], i)
		}
	}
	for _, group := range groups {
		for _, loser := range group {
			if !o.loses(loser) {
				continue
			}
			for _, holder := range group {
				if o.changes[holder].sends() && (o.changes[loser].is(Delete) || !o.loses(holder)) {
					o.await(loser, holder)
				}
			}
		}
	}
}

// loses reports whether a change removes text from a page. It is true for an update whose text
// is not known.
func (o *ordering) loses(i int) bool {
	c := o.changes[i]
	return c.is(Delete) || c.is(Update) && o.texts.loses(i)
}

// followReplaced makes the delete of a page wait for the page that replaced it: the one that
// its URL leads to, or the one with another identity at its URL.
func (o *ordering) followReplaced() error {
	replaced := make(map[string][]int) // by the URL that theirs leads to: deletes
	for i, c := range o.changes {
		if c.Surplus || !c.is(Delete) || c.takenOut() {
			continue
		}
		id, address, _ := crawler.CutPart(c.ExternalID, c.Before.URL)
		for _, from := range []string{address, id} {
			to, err := leadsTo(o.in.Outcome, from)
			if err != nil {
				return err
			}
			if to != "" {
				replaced[to] = append(replaced[to], i)
				break
			}
		}
	}
	if len(replaced) == 0 {
		return nil
	}
	for i, c := range o.changes {
		if c.After == nil || !c.sends() {
			continue
		}
		for _, loser := range replaced[crawler.Address(c.After.URL)] {
			o.await(loser, i)
		}
	}
	return nil
}

// untangle breaks the cycles of changes that wait for each other because their pages exchange
// text. One change of a cycle is first sent with the text of all, and the others wait only for
// that.
func (o *ordering) untangle() {
	o.carries = make(map[int][]int)
	for _, tangle := range tangles(o.awaits) {
		slices.Sort(tangle)
		first, others := tangle[0], tangle[1:]
		for _, i := range tangle {
			o.awaits[i] = slices.DeleteFunc(o.awaits[i], func(j int) bool { return slices.Contains(tangle, j) })
			if i != first {
				o.await(i, first)
			}
		}
		o.carries[first] = others
	}
}

// note writes the order into the changes.
func (o *ordering) note() {
	ids := func(of []int) (list []string) {
		for _, i := range of {
			list = append(list, o.changes[i].ExternalID)
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	for i, of := range o.awaits {
		o.changes[i].Awaits = ids(of)
	}
	for i, of := range o.carries {
		o.changes[i].Carries = ids(of)
	}
}

// tangles returns the strongly connected components of two or more nodes, by Tarjan's algorithm.
func tangles(leads map[int][]int) [][]int {
	var (
		found   [][]int
		path    []int
		met     = make(map[int]int) // number of a node in the order of first visits, from 1
		lowest  = make(map[int]int) // lowest such number that is reachable from a node
		onPath  = make(map[int]bool)
		explore func(int)
	)
	explore = func(n int) {
		met[n] = len(met) + 1
		lowest[n] = met[n]
		path, onPath[n] = append(path, n), true
		for _, to := range leads[n] {
			if met[to] == 0 {
				explore(to)
				lowest[n] = min(lowest[n], lowest[to])
			} else if onPath[to] {
				lowest[n] = min(lowest[n], met[to])
			}
		}
		if lowest[n] < met[n] {
			return
		}
		start := slices.Index(path, n)
		for _, member := range path[start:] {
			onPath[member] = false
		}
		if len(path)-start > 1 {
			found = append(found, slices.Clone(path[start:]))
		}
		path = path[:start]
	}
	for n := range leads {
		if met[n] == 0 {
			explore(n)
		}
	}
	return found
}

// leadsTo returns the URL of the page that a URL leads to, or "".
func leadsTo(outcomeOf func(string) (crawler.Outcome, string, bool, error), address string) (string, error) {
	const longest = 20
	for range longest {
		outcome, detail, _, err := outcomeOf(address)
		switch {
		case err != nil:
			return "", err
		case isPage(outcome):
			return address, nil
		case outcome != crawler.Redirected && outcome != crawler.Canonical && outcome != crawler.Duplicate:
			return "", nil
		}
		address = detail
	}
	return "", nil
}

// blockedBy returns the external ID of the held change that keeps a change back, or "". It is
// one that the change waits for, directly or not, or that of the page that it is a part of.
func (s scene) blockedBy(c Change) string {
	for _, ids := range [][]string{c.Awaits, c.Carries} {
		for _, id := range ids {
			if by := s.blocked[id]; by != "" {
				return by
			}
		}
	}
	if page, anchor := c.Page(); anchor != "" && c.mayLose() {
		return s.blocked[page]
	}
	return ""
}

// blockedChanges returns, for each change that is held or waits for a held one, the external ID
// of the held one. It is empty where no change waits for another.
func blockedChanges(changes []Change) map[string]string {
	blocked := make(map[string]string)
	waits := func(c Change) bool {
		_, anchor := c.Page()
		return anchor != "" || len(c.Awaits) > 0
	}
	for found := slices.ContainsFunc(changes, waits); found; {
		found = false
		for _, c := range changes {
			if c.Surplus || blocked[c.ExternalID] != "" {
				continue
			}
			by := c.ExternalID
			if c.Action != Held || c.After == nil {
				by = scene{blocked: blocked}.blockedBy(c)
			}
			if by != "" {
				blocked[c.ExternalID], found = by, true
			}
		}
	}
	return blocked
}

// partOfHeld holds a change that may remove text which another page gets, while the change of
// that page is held.
func partOfHeld(c Change, s scene) string {
	if by := s.blockedBy(c); by != "" && !c.Surplus {
		return "part of its text may go to " + by + ", which is held back"
	}
	return ""
}
