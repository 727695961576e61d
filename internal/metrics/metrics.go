// Package metrics provides numbers about runs in Prometheus' text format: during a run over HTTP, and at
// its end to a Pushgateway or in a file for the node exporter.
//
// A process does only one run, so all metrics are gauges, about that run or about the last run of a
// source. [Table] describes all of them, and docs/metrics.md is generated from it.
package metrics

import (
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/state"
)

// Snapshot is the data that the metrics are made from.
type Snapshot struct {
	Version  string
	At       time.Time // when it was taken
	Started  time.Time // when the run began
	Ended    time.Time // when the run ended; zero while it goes on
	ExitCode int       // set once the run has ended
	API      intercom.Usage
	Sources  []Source // all sources of sources.yaml, not only those of the run
}

// Source has the data of one source.
type Source struct {
	Name     string
	Health   state.Health
	Last     *Numbers // of the last run that ended; nil for none
	Progress *Progress
}

// Numbers are counts of a run of a source that ended.
type Numbers struct {
	Ended    time.Time               `json:"ended"`
	Seconds  float64                 `json:"seconds"`
	Failed   bool                    `json:"failed,omitempty"`   // it could not be read, or hardly any of it
	Complete bool                    `json:"complete,omitempty"` // the crawl was complete
	URLs     map[crawler.Outcome]int `json:"urls,omitempty"`
	Changes  map[string]int          `json:"changes,omitempty"` // by action and result: see changeKey
	Held     map[ingest.Guard]int    `json:"held,omitempty"`    // changes that wait for a person
	New      map[string]int          `json:"new,omitempty"`     // concerns that are new or due, by newHeld and newFailed
	Library  int                     `json:"library"`           // number of its pages in the library
}

// Progress is the progress of a source in the current run.
type Progress struct {
	Discovered, Settled, Failed, Pages int
	Sent, ToSend                       int
}

// Results of a change.
const (
	resultDone    = "done"    // acknowledged by Intercom, or nothing to do
	resultPlanned = "planned" // not sent, because the run ended before
	resultFailed  = "failed"  // the next run tries again
	resultRefused = "refused" // not sent again until the page changes
	resultHeld    = "held"    // held by a guard
	resultPending = "pending" // waits for another complete crawl
)

// Keys of Numbers.New.
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

// Count counts what a run did to a source. library is the number of its pages in the library now. Each
// change of the plan counts once.
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

// Succeeded reports whether a run read all of a source, found about what was expected, and sent what it
// could. Single pages may have failed, because a page that fails each night should not raise an alarm each
// night. Other metrics count such pages.
func Succeeded(s report.Source) bool {
	if s.Error != "" || s.Plan == nil || s.Result == nil || s.Plan.Coverage.Ended != "" || s.Plan.Coverage.Partial && !s.Plan.Coverage.Changes {
		return false
	}
	a := s.Attention
	return a == nil || len(a.Always) == 0 || a.Secret && len(a.Always) == 1
}

// read returns the number of URLs that gave pages, and unread the number of URLs that may hide a page.
func (n *Numbers) read() int { return n.URLs[crawler.Paged] + n.URLs[crawler.NotModified] }

func (n *Numbers) unread() (count int) {
	for o, urls := range n.URLs {
		if o.Unread() {
			count += urls
		}
	}
	return count
}

// with returns the number of changes with a result.
func (n *Numbers) with(result string) (count int) {
	for _, a := range actions() {
		count += n.Changes[changeKey(a, result)]
	}
	return count
}
