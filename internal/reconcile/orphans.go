package reconcile

import (
	"slices"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// Orphans returns the recorded sources that are no longer in sources.yaml.
func Orphans(c *config.Config, store *state.Store) ([]report.Orphan, error) {
	names, err := store.Sources()
	if err != nil {
		return nil, err
	}
	var list []report.Orphan
	for _, name := range names {
		if slices.ContainsFunc(c.Sources, func(s config.Source) bool { return s.Name == name }) {
			continue
		}
		is, _, err := store.ImportSource(name)
		if err != nil {
			return nil, err
		}
		orphan := report.Orphan{Name: name, ImportSourceID: is.ID, LibraryURL: is.URL}
		for e, err := range store.Entries(name) {
			if err != nil {
				return nil, err
			}
			if e.RemoteID != "" {
				orphan.Pages++
			}
		}
		if orphan.SharedWith, err = Sharer(c, store, name, is.ID); err != nil {
			return nil, err
		}
		list = append(list, orphan)
	}
	return list, nil
}

// Sharer returns another source of sources.yaml with the given import source, or "". A source that
// was renamed is one.
func Sharer(c *config.Config, store *state.Store, name string, id int64) (string, error) {
	for _, s := range c.Sources {
		is, ok, err := store.ImportSource(s.Name)
		if err != nil {
			return "", err
		}
		if ok && s.Name != name && is.ID == id {
			return s.Name, nil
		}
	}
	return "", nil
}
