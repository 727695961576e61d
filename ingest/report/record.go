package report

import (
	"log/slog"
	"maps"
	"slices"

	"github.com/fincrawl/fincrawl/crawler"
)

// LogTo logs the end of a source, as one record: what was read, and what became of its pages.
func (s Source) LogTo(log *slog.Logger) {
	record := []any{"source", s.Name, "seconds", rounded(s.Seconds)}
	if p := s.Plan; p != nil {
		failed := 0
		for o, urls := range p.Coverage.Outcomes {
			if o.Failed() {
				failed += urls
			}
		}
		record = append(record, "complete", p.Coverage.Complete, "urls", p.Coverage.Discovered, "urls_failed", failed,
			"urls_read", p.Coverage.Outcomes[crawler.Paged]+p.Coverage.Outcomes[crawler.NotModified])
	}
	record = append(record, tallyOf(s).attributes()...)
	if s.Attention != nil {
		record = append(record, "new", s.Attention.New+s.Attention.Due)
	}
	if s.Error != "" {
		log.Error("source failed", append(record, "error", s.Error)...)
		return
	}
	log.Info("source done", record...)
}

// LogTo logs the end of a run, as one record.
func (r Run) LogTo(log *slog.Logger) {
	var all tally
	failed := 0
	for _, s := range r.Sources {
		all.add(tallyOf(s))
		if s.Error != "" {
			failed++
		}
	}
	record := []any{"mode", r.Mode, "exit_code", r.ExitCode, "seconds", rounded(r.Finished.Sub(r.Started).Seconds()),
		"sources", len(r.Sources), "sources_failed", failed}
	record = append(record, all.attributes()...)
	if r.Error != "" {
		record = append(record, "error", r.Error)
	}
	switch r.ExitCode {
	case ExitDone:
		log.Info("run done", record...)
	case ExitSomeFailed, ExitHeld:
		log.Warn("run done, and a person has to look", record...)
	default:
		log.Error("run failed", record...)
	}
}

// attributes are the counts of a tally, each under the name that a report has for it.
func (t tally) attributes() (list []any) {
	counts := map[string]int{"failed": t.failed, "refused": t.refused, "held": t.held, "pending": t.pending, "unchanged": t.unchanged}
	for _, a := range written() {
		counts[past(a)], counts["to_"+verb(a)] = t.done[a], t.left[a]
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] != 0 {
			list = append(list, name, counts[name])
		}
	}
	return list
}

// rounded is a duration in seconds, to the millisecond.
func rounded(seconds float64) float64 { return float64(int64(seconds*1000+0.5)) / 1000 }
