package past

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/nearest"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

// Find returns the history of a run, given its ID or the beginning of its ID; of a page, given its URL; or all runs if
// what is "". source is needed if the URL belongs to several sources.
func Find(c *config.Config, store *state.Store, what, source string) (report.Document, error) {
	switch {
	case what == "":
		return history(store)
	case !strings.Contains(what, "://"):
		return pastRun(store, what)
	}
	address, err := url.Parse(what)
	if err != nil || address.Host == "" {
		return nil, reconcile.Mistaken("%q is no web address: write it with https:// and a host", what)
	}
	e := report.Explanation{Address: address.Redacted()}
	s, err := reconcile.Owner(c, address, source, &e)
	switch {
	case err != nil:
		return nil, reconcile.Mistaken("%w", err)
	case e.Source == "":
		return nil, reconcile.Mistaken("%s belongs to no source: %s", e.Address, reconcile.Elsewhere(e))
	}
	return pageHistory(store, s.Name, e.URL)
}

// history returns the recorded runs, newest first, with what each changed.
func history(store *state.Store) (report.History, error) {
	h := report.History{Runs: []report.PastRun{}}
	runs, err := store.Runs()
	if err != nil {
		return h, err
	}
	for _, r := range runs {
		past := report.PastRun{RunStatus: reconcile.StatusOf(r)}
		if run, ok := reconcile.SummaryOf(r); ok {
			past.Error = run.Error
			for _, s := range run.Sources {
				past.Sources = append(past.Sources, report.NewPastSource(s))
			}
		}
		h.Runs = append(h.Runs, past)
	}
	return h, nil
}

// pastRun returns the report of a run by its ID, or by the beginning of its ID.
func pastRun(store *state.Store, id string) (report.Run, error) {
	runs, err := store.Runs()
	if err != nil {
		return report.Run{}, err
	}
	var ids []string
	for _, r := range runs {
		ids = append(ids, r.ID)
	}
	found := slices.DeleteFunc(slices.Clone(runs), func(r state.Run) bool { return !strings.HasPrefix(r.ID, id) })
	switch {
	case len(found) > 1:
		return report.Run{}, reconcile.Mistaken(
			"%s begins the IDs of %d runs: write more of it; `fincrawl history` lists them", id, len(found))
	case len(found) == 0 && len(ids) == 0:
		return report.Run{}, reconcile.Mistaken("no run is remembered yet; the first `fincrawl sync` is")
	case len(found) == 0:
		hint := nearest.Hint(id, ids, "`fincrawl history` lists those that are")
		return report.Run{}, reconcile.Mistaken("no run %q is remembered: %s", id, hint)
	}
	run, ok := reconcile.SummaryOf(found[0])
	if !ok {
		return report.Run{}, fmt.Errorf("run %s did not end, so that there is no report of it; "+
			"`fincrawl status` says how things stand", found[0].ID)
	}
	return run, nil
}

// pageHistory returns what the recorded runs did with a page, newest first.
func pageHistory(store *state.Store, source, address string) (report.PageHistory, error) {
	h := report.PageHistory{Source: source, URL: address, Changes: []report.PastChange{}}
	runs, err := store.Runs()
	if err != nil {
		return h, err
	}
	for _, r := range runs {
		run, ok := reconcile.SummaryOf(r)
		if !ok {
			continue
		}
		h.Runs++
		for _, s := range run.Sources {
			if s.Name != source || s.Plan == nil {
				continue
			}
			for _, c := range s.Plan.Changes {
				at := c.ExternalID == address || isAt(c.Before, address) || isAt(c.After, address)
				if at && c.Action != ingest.Unchanged {
					h.Changes = append(h.Changes, report.NewPastChange(reconcile.StatusOf(r), s, c))
				}
			}
		}
	}
	return h, nil
}

func isAt(v *ingest.Version, address string) bool { return v != nil && v.URL == address }
