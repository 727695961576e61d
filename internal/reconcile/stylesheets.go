package reconcile

import "maps"

// keptSheets stores the style sheets that the pages of a source were read with.
type keptSheets struct{ *memory }

func (k keptSheets) Known() (map[string]string, error) { return k.learned.StyleSheets(k.source) }

// Changed forgets all documents, including those that this crawl may not reach.
func (k keptSheets) Changed() error {
	k.stale.Store(true)
	if k.readOnly {
		return nil
	}
	for address, err := range k.learned.AllSeen(k.source) {
		if err != nil {
			return err
		}
		if err := k.learned.ForgetSeen(k.source, address); err != nil {
			return err
		}
	}
	return nil
}

func (k keptSheets) Keep(sheets map[string]string) error {
	before, err := k.Known()
	if err != nil || k.readOnly || maps.Equal(before, sheets) {
		return err
	}
	return k.learned.SetStyleSheets(k.source, sheets)
}
