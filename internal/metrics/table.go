package metrics

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// Metric describes one metric. All metrics are gauges.
type Metric struct {
	Name   string
	Help   string
	Labels []string

	of       func(s Snapshot, add adder)             // nil for a metric of sources
	ofSource func(s Source, at time.Time, add adder) // its first label is the source, which add does not need
}

// adder adds a value with the values of its labels.
type adder func(value float64, labels ...string)

// Table describes all metrics in the order in which they are written.
func Table() []Metric { return slices.Concat(aboutRuns(), aboutSources(), aboutProgress()) }

func aboutRuns() []Metric {
	return []Metric{
		{Name: "fincrawl_info", Help: "Always 1; the label has the version of fincrawl.", Labels: []string{"version"},
			of: func(s Snapshot, add adder) { add(1, s.Version) }},
		{Name: "fincrawl_run_started_timestamp_seconds", Help: "When the run began.",
			of: func(s Snapshot, add adder) {
				if !s.Started.IsZero() {
					add(seconds(s.Started))
				}
			}},
		{Name: "fincrawl_run_ended_timestamp_seconds", Help: "When the run ended; none while it goes on.",
			of: func(s Snapshot, add adder) {
				if !s.Ended.IsZero() {
					add(seconds(s.Ended))
				}
			}},
		{Name: "fincrawl_run_duration_seconds", Help: "How long the run took, or has taken so far.",
			of: func(s Snapshot, add adder) {
				end := s.Ended
				if end.IsZero() {
					end = s.At
				}
				if !s.Started.IsZero() { // else it did not come to that
					add(end.Sub(s.Started).Seconds())
				}
			}},
		{Name: "fincrawl_run_exit_code", Help: "The exit code of the run; none while it goes on. docs/runbook.md says what each means.",
			of: func(s Snapshot, add adder) {
				if !s.Ended.IsZero() {
					add(float64(s.ExitCode))
				}
			}},
		{Name: "fincrawl_run_api_requests", Help: "Requests of the run to Intercom, by the status of the answer: an HTTP status, or none where no answer came.", Labels: []string{"status"},
			of: func(s Snapshot, add adder) {
				for _, status := range slices.Sorted(maps.Keys(s.API.Answers)) {
					name := strconv.Itoa(status)
					if status == 0 {
						name = "none"
					}
					add(float64(s.API.Answers[status]), name)
				}
			}},
		{Name: "fincrawl_run_api_retries", Help: "Requests of the run to Intercom that repeated another one.",
			of: func(s Snapshot, add adder) { add(float64(s.API.Retries)) }},
		{Name: "fincrawl_run_api_waited_seconds", Help: "How long requests to Intercom waited for its rate limit, all together.",
			of: func(s Snapshot, add adder) { add(s.API.Waited.Seconds()) }},
		{Name: "fincrawl_api_budget_limit", Help: "Calls that all apps together may make in a window of Intercom's rate limit; none where Intercom does not say.",
			of: func(s Snapshot, add adder) {
				if s.API.Limited {
					add(float64(s.API.Limit))
				}
			}},
		{Name: "fincrawl_api_budget_remaining", Help: "Calls that were left of them at the last answer.",
			of: func(s Snapshot, add adder) {
				if s.API.Limited {
					add(float64(s.API.LeftOver))
				}
			}},
	}
}

func aboutSources() []Metric {
	return []Metric{
		{Name: "fincrawl_source_last_success_timestamp_seconds", Labels: []string{"source"},
			Help: "When the last run ended that read the source to its end and sent what it could; 0 where a run ended and none did so. From the state file, in every push.",
			ofSource: func(s Source, _ time.Time, add adder) {
				if s.Last != nil || !s.Health.Success.IsZero() {
					add(seconds(s.Health.Success))
				}
			}},
		{Name: "fincrawl_source_staleness_seconds", Labels: []string{"source"},
			Help: "How long ago that was when these numbers were made. An alert takes the time above instead, since that goes on counting where no run ends any more.",
			ofSource: func(s Source, at time.Time, add adder) {
				if !s.Health.Success.IsZero() {
					add(at.Sub(s.Health.Success).Seconds())
				}
			}},
		{Name: "fincrawl_source_failed_runs", Help: "Runs in a row that failed for the source; 0 after a success.", Labels: []string{"source"},
			ofSource: func(s Source, _ time.Time, add adder) {
				if s.Last != nil {
					add(float64(s.Health.FailedRuns))
				}
			}},
		number("fincrawl_source_ended_timestamp_seconds", "When the last run of the source ended.", func(n *Numbers) float64 { return seconds(n.Ended) }),
		number("fincrawl_source_duration_seconds", "How long that run worked on the source.", func(n *Numbers) float64 { return n.Seconds }),
		number("fincrawl_source_failed", "1 where the source could not be read, or next to nothing of it; else 0.", func(n *Numbers) float64 { return truth(n.Failed) }),
		number("fincrawl_source_complete", "1 where every URL could be judged, so that what is missing counts as missing; else 0.", func(n *Numbers) float64 { return truth(n.Complete) }),
		counts("fincrawl_source_urls", "URLs that the last run discovered, by how their reading ended. docs/runbook.md says what each outcome means.", []string{"outcome"},
			func(n *Numbers, add adder) {
				for _, o := range slices.Sorted(maps.Keys(n.URLs)) {
					add(float64(n.URLs[o]), string(o))
				}
			}),
		number("fincrawl_source_read_urls", "URLs that gave a page, or answered that it is as before.", func(n *Numbers) float64 { return float64(n.read()) }),
		number("fincrawl_source_unread_urls", "URLs that could not be read, so that a page may be behind them.", func(n *Numbers) float64 { return float64(n.unread()) }),
		counts("fincrawl_source_pages", "Pages of the plan by what it does with them (create, update, delete, keep) and what became of that (done, planned, failed, refused, held, pending). Each counts once.",
			[]string{"action", "result"}, func(n *Numbers, add adder) {
				for _, action := range actions() {
					for _, result := range results() {
						if action == "keep" && result != resultDone {
							continue
						}
						add(float64(n.Changes[changeKey(action, result)]), action, result)
					}
				}
			}),
		number("fincrawl_source_library_pages", "Pages that the source has in the library.", func(n *Numbers) float64 { return float64(n.Library) }),
		counts("fincrawl_source_held", "Changes that wait for a person, by the guard that holds them; none where nothing does.", []string{"guard"},
			func(n *Numbers, add adder) {
				for _, g := range slices.Sorted(maps.Keys(n.Held)) {
					add(float64(n.Held[g]), string(g))
				}
			}),
		number("fincrawl_source_pending", "Deletes that wait for their second complete crawl, and for nobody.", func(n *Numbers) float64 { return float64(n.with(resultPending)) }),
		number("fincrawl_source_refused", "Pages that Intercom does not take as they are.", func(n *Numbers) float64 { return float64(n.with(resultRefused)) }),
		counts("fincrawl_source_new", "What the run told of for the first time, or again after remind_after: held changes, and pages that failed or were refused.", []string{"kind"},
			func(n *Numbers, add adder) {
				for _, kind := range []string{newHeld, newFailed} {
					add(float64(n.New[kind]), kind)
				}
			}),
	}
}

func aboutProgress() []Metric {
	progress := func(name, help, state string, values func(p *Progress, add adder)) Metric {
		labels := []string{"source"}
		if state != "" {
			labels = append(labels, state)
		}
		return Metric{Name: name, Help: help, Labels: labels, ofSource: func(s Source, _ time.Time, add adder) {
			if s.Progress != nil {
				values(s.Progress, add)
			}
		}}
	}
	return []Metric{
		progress("fincrawl_progress_urls", "URLs of the run that goes on, by how far they are: discovered counts all, settled those that ended, failed those of them that could not be read.", "state",
			func(p *Progress, add adder) {
				add(float64(p.Discovered), "discovered")
				add(float64(p.Settled), "settled")
				add(float64(p.Failed), "failed")
			}),
		progress("fincrawl_progress_pages", "Pages that the run that goes on has read.", "", func(p *Progress, add adder) { add(float64(p.Pages)) }),
		progress("fincrawl_progress_changes", "Changes of the run that goes on: planned counts all that are to be sent, sent those that were.", "state",
			func(p *Progress, add adder) {
				add(float64(p.ToSend), "planned")
				add(float64(p.Sent), "sent")
			}),
	}
}

// number returns a metric with one value for each source.
func number(name, help string, value func(*Numbers) float64) Metric {
	return counts(name, help, nil, func(n *Numbers, add adder) { add(value(n)) })
}

// counts returns a metric with several values for each source.
func counts(name, help string, labels []string, values func(*Numbers, adder)) Metric {
	return Metric{Name: name, Help: help, Labels: slices.Concat([]string{"source"}, labels), ofSource: func(s Source, _ time.Time, add adder) {
		if s.Last != nil {
			values(s.Last, add)
		}
	}}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// seconds returns a time in Unix seconds, or 0 for the zero time.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
