// Package metrics says in numbers how runs went, in Prometheus' text format: while a run goes
// on, to whoever asks; at its end, to a Pushgateway or in a file for the node exporter.
//
// All metrics are gauges about the last run of a source, or about the run that goes on, since
// a run begins and ends with its process. [Table] describes every one of them, and
// docs/metrics.md is made of it.
package metrics

import (
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/state"
)

// Snapshot is all that the metrics are made of.
type Snapshot struct {
	Version  string
	At       time.Time // when it was taken
	Started  time.Time // of the run
	Ended    time.Time // of the run; zero while it goes on
	ExitCode int       // of a run that ended
	API      intercom.Usage
	Sources  []Source // all of sources.yaml, and not those of the run alone
}

// Source is what is known of one source.
type Source struct {
	Name     string
	Health   state.Health
	Last     *Numbers // of its last run that ended; nil where none did
	Progress *Progress
}

// Numbers are what was counted of a run of a source that ended.
type Numbers struct {
	Ended    time.Time               `json:"ended"`
	Seconds  float64                 `json:"seconds"`
	Failed   bool                    `json:"failed,omitempty"`   // it could not be read, or hardly
	Complete bool                    `json:"complete,omitempty"` // all of it could be judged
	URLs     map[crawler.Outcome]int `json:"urls,omitempty"`
	Changes  map[string]int          `json:"changes,omitempty"` // by action and result: see changeKey
	Held     map[ingest.Guard]int    `json:"held,omitempty"`    // what waits for a person
	New      map[string]int          `json:"new,omitempty"`     // held or failed → what is told of for the first time, or again
	Library  int                     `json:"library"`           // pages that it has in the library
}

// Progress is how far a source has come in the run that goes on.
type Progress struct {
	Discovered, Settled, Failed, Pages int
	Sent, ToSend                       int
}

// The results of a change.
const (
	resultDone    = "done"    // acknowledged by Intercom, or nothing to do
	resultPlanned = "planned" // not sent, since the run ended before
	resultFailed  = "failed"  // tried again by the next run
	resultRefused = "refused" // rests until the page changes
	resultHeld    = "held"    // by a guard
	resultPending = "pending" // waits for its second complete crawl
)

// What is new in a run.
const (
	newHeld   = "held"
	newFailed = "failed"
)

func actions() []string { return []string{"create", "update", "delete", "keep"} }

func results() []string {
	return []string{resultDone, resultPlanned, resultFailed, resultRefused, resultHeld, resultPending}
}

func actionName(a ingest.Action) string {
	switch a {
	case ingest.Create:
		return "create"
	case ingest.Update:
		return "update"
	case ingest.Delete:
		return "delete"
	default:
		return "keep"
	}
}

func changeKey(action, result string) string { return action + " " + result }

// Count counts what a run did to a source, which has so many pages in the library now. Each
// change of its plan counts once.
func Count(s report.Source, library int, ended time.Time) Numbers {
	n := Numbers{Ended: ended, Seconds: s.Seconds, Failed: !Succeeded(s), Library: library,
		Changes: map[string]int{}, Held: map[ingest.Guard]int{}, New: map[string]int{}}
	if s.Attention != nil {
		n.New[newHeld], n.New[newFailed] = s.Attention.Held, s.Attention.Failed
	}
	if s.Plan == nil {
		return n
	}
	n.Complete, n.URLs = s.Plan.Coverage.Complete, s.Plan.Coverage.Outcomes
	for _, c := range s.Plan.Changes {
		switch {
		case c.Action != ingest.Held:
			n.Changes[changeKey(actionName(c.Action), resultPlanned)]++
		case c.Pending:
			n.Changes[changeKey(actionName(c.Wants), resultPending)]++
		case c.Guard == ingest.GuardRefused:
			n.Changes[changeKey(actionName(c.Wants), resultRefused)]++
		default:
			n.Changes[changeKey(actionName(c.Wants), resultHeld)]++
		}
		if c.Asks() && !c.Guard.Rests() {
			n.Held[c.Guard]++
		}
	}
	settle := func(a ingest.Action, result string, count int) {
		from := changeKey(actionName(a), resultPlanned)
		count = min(count, n.Changes[from])
		n.Changes[from] -= count
		n.Changes[changeKey(actionName(a), result)] += count
	}
	settle(ingest.Unchanged, resultDone, len(s.Plan.Changes))
	if s.Result == nil {
		return n
	}
	for a, count := range s.Result.Applied {
		settle(a, resultDone, count)
	}
	for _, f := range s.Result.Failed {
		if f.Refused {
			settle(f.Action, resultRefused, 1)
		} else {
			settle(f.Action, resultFailed, 1)
		}
	}
	return n
}

// Succeeded reports whether a run read a source to its end, found what it may be expected to
// have, and sent what it could. Single pages may have failed: a page that fails each night is
// no reason to call somebody each night, and other numbers tell of it.
func Succeeded(s report.Source) bool {
	if s.Error != "" || s.Plan == nil || s.Result == nil || s.Plan.Coverage.Ended != "" || s.Plan.Coverage.Partial {
		return false
	}
	a := s.Attention
	return a == nil || len(a.Always) == 0 || a.Secret && len(a.Always) == 1
}

// read counts the URLs that gave pages, and unread those behind which a page may be.
func (n *Numbers) read() int { return n.URLs[crawler.Paged] + n.URLs[crawler.NotModified] }

func (n *Numbers) unread() (count int) {
	for o, urls := range n.URLs {
		if o.Unread() {
			count += urls
		}
	}
	return count
}

// with counts the changes that had a result.
func (n *Numbers) with(result string) (count int) {
	for _, a := range actions() {
		count += n.Changes[changeKey(a, result)]
	}
	return count
}
