// Package notify tells people outside of where a run needs one of them: once for each change of
// state of a source, and not for each run.
//
// What there is to tell comes from what the state file remembers (see docs/adr/0035): a failure
// that lasts, changes that guards hold, pages that Intercom refuses. Each channel has its own
// memory of what it was told, so that one that was out of reach is told by the next run. No
// message has a page's text, title or address in it.
package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/state"
)

// Event is what a message says of a source.
type Event string

// The events. docs/runbook.md has a heading for each.
const (
	EventFailing  Event = "failing"  // so many runs in a row could not read it
	EventWaiting  Event = "waiting"  // a person has to decide or mend something that is new
	EventReminder Event = "reminder" // what was told of stands still
	EventClean    Event = "clean"    // nothing asks for a person any more
)

// Events are all of them.
func Events() []Event { return []Event{EventFailing, EventWaiting, EventReminder, EventClean} }

// Source is how a source is after a run. Its fields are what a template may use.
type Source struct {
	Name       string
	Event      Event
	Text       string   // all of it, in a sentence or a few
	Commands   []string // to look and to decide
	FailedRuns int      // in a row
	Failing    string   // since when they fail, in RFC 3339; "" where they do not
	Error      string   // of the last run; it may have addresses of the site in it
	Held       int      // changes that guards hold, and about which nobody decided
	Guards     []Guard  // which, by name
	Refused    int      // pages that Intercom does not take

	newest time.Time // when the last of what is held or refused came
}

// Guard is one that holds something.
type Guard struct {
	Name    string
	Changes int
}

// Message is what one run tells one channel. Its fields are what a template may use.
type Message struct {
	Run       string
	Workspace string
	Text      string // that of all sources, each on a line
	Sources   []Source
}

// NewSource sums up how a source is. after is how many runs in a row have to fail.
func NewSource(name string, h state.Health, lastError string, concerns []state.Concern, after int) Source {
	s := Source{Name: name, FailedRuns: h.FailedRuns, Commands: []string{"fincrawl status " + quoted(name)}}
	if h.FailedRuns >= after {
		s.Failing, s.Error = h.Failing.UTC().Format(time.RFC3339), lastError
	}
	for _, c := range concerns {
		switch c.Kind {
		case state.ConcernHeld:
			s.Held++
			guard := "?"
			if len(c.Guards) > 0 {
				guard = c.Guards[0]
			}
			if i := slices.IndexFunc(s.Guards, func(g Guard) bool { return g.Name == guard }); i >= 0 {
				s.Guards[i].Changes++
			} else {
				s.Guards = append(s.Guards, Guard{guard, 1})
			}
		case state.ConcernRefused:
			s.Refused++
		case state.ConcernFailed: // tried again by the next run; where it lasts, other numbers tell of it
			continue
		}
		if c.Since.After(s.newest) {
			s.newest = c.Since
		}
	}
	slices.SortFunc(s.Guards, func(a, b Guard) int { return strings.Compare(a.Name, b.Name) })
	return s
}

// state is what asks for a person; "" where nothing does.
func (s Source) state() Event {
	switch {
	case s.Failing != "":
		return EventFailing
	case s.Held+s.Refused > 0:
		return EventWaiting
	}
	return ""
}

// News returns what is to be told of a source, to somebody who was told last as told says. ok is
// false where nothing changed. remind is after how long what stands is told of again.
func (s Source) News(told state.Told, at time.Time, remind time.Duration) (_ Source, ok bool) {
	now, before := s.state(), Event(told.State)
	switch {
	case now == "" && before == "":
		return s, false
	case now == "":
		s.Event = EventClean
	case now != before, s.newest.After(told.At):
		s.Event = now
	case !at.Before(told.At.Add(remind)):
		s.Event = EventReminder
	default:
		return s, false
	}
	s.Text = s.sentence()
	return s, true
}

// Told is what to remember once a channel has heard of a source.
func (s Source) Told(at time.Time) state.Told { return state.Told{State: string(s.state()), At: at} }

func (s Source) sentence() string {
	var parts []string
	if s.Failing != "" {
		parts = append(parts, fmt.Sprintf("%s in a row failed, since %s", plural.Count(s.FailedRuns, "run"), s.Failing))
	}
	if s.Held > 0 {
		var guards []string
		for _, g := range s.Guards {
			guards = append(guards, fmt.Sprintf("%s: %d", g.Name, g.Changes))
		}
		parts = append(parts, fmt.Sprintf("%s by guards (%s)", plural.Count(s.Held, "change")+" held", strings.Join(guards, ", ")))
	}
	if s.Refused > 0 {
		parts = append(parts, plural.Count(s.Refused, "page")+" refused by Intercom")
	}
	text := strings.Join(parts, "; ")
	switch s.Event {
	case EventClean:
		return s.Name + " is clean again: nothing asks for a person."
	case EventReminder:
		text = "still: " + text
	case EventFailing, EventWaiting:
	}
	return s.Name + " needs a person: " + text + ". To look: " + strings.Join(s.Commands, "; ")
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+=,", r))
	}) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
