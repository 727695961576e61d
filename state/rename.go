package state

import (
	"maps"
	"slices"
)

// Rename moves staged pages and their texts to other external IDs (grouped). It replaces a
// page that is staged under such an ID, unless that page is moved as well. After a kill on
// the way, each page is under one of its two IDs.
func (c *Crawl) Rename(to map[string]string) error {
	waiting := maps.Clone(to)
	for len(waiting) > 0 {
		free := slices.DeleteFunc(slices.Sorted(maps.Keys(waiting)), func(from string) bool {
			_, busy := waiting[waiting[from]]
			return busy && waiting[from] != from
		})
		if len(free) == 0 { // the rest are cycles
			from := slices.Min(slices.Collect(maps.Keys(waiting)))
			aside := aside + from
			if err := c.rename(from, aside); err != nil {
				return err
			}
			waiting[aside] = waiting[from]
			delete(waiting, from)
			continue
		}
		for _, from := range free {
			if err := c.rename(from, waiting[from]); err != nil {
				return err
			}
			delete(waiting, from)
		}
	}
	return nil
}

// aside is a prefix that no external ID has.
const aside = "\x00"

func (c *Crawl) rename(from, to string) error {
	if from == to {
		return nil
	}
	var writes []write
	for _, t := range []table{staged(c.source), html(c.source), markdown(c.source)} {
		value, ok, err := c.store.readRaw(t, from)
		if err != nil {
			return err
		}
		if !ok {
			value = nil
		}
		writes = append(writes, write{t, to, value}, write{t, from, nil})
	}
	return c.store.add(writes...)
}
