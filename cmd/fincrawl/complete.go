package main

import (
	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/commandline"
	"github.com/fincrawl/fincrawl/state"
)

// offers are what stands for the words of a line of use, and for flags.
func (a *app) offers() []commandline.Offer {
	return []commandline.Offer{
		{Word: "SOURCE", Flag: "source", Of: a.sourceNames},
		{Word: "NAME", Of: preset.NewSet(nil).Names},
		{Word: "RUN", Of: a.runIDs},
		{Word: "GUARD", Flag: "guard", Of: guardNames},
		{Flag: "log-format", Of: logFormats},
		{Flag: "format", Of: commandline.ReportFormats},
	}
}

func (a *app) sourceNames() []string {
	c, err := a.loadToLook()
	if err != nil {
		return nil
	}
	return c.Names()
}

func (a *app) runIDs() (ids []string) {
	c, err := a.loadToLook()
	if err != nil {
		return nil
	}
	_ = looking(c.State, func(store *state.Store) error { // a shell has no place for errors
		runs, err := store.Runs()
		for _, r := range runs {
			ids = append(ids, r.ID)
		}
		return err
	})
	return ids
}

func guardNames() (names []string) {
	for _, g := range ingest.Guards() {
		names = append(names, string(g.Name))
	}
	return names
}
