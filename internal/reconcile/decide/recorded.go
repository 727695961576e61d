package decide

import (
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/nearest"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

// recorded returns the name of the source that a person gives by name or URL. The state file has to
// know it. It need not be in sources.yaml.
func recorded(c *config.Config, store *state.Store, word string) (name string, err error) {
	names, err := store.Sources()
	if err != nil {
		return "", err
	}
	name = word
	if s, ok := c.Source(word); ok {
		name = s.Name
	}
	switch _, configured := c.Source(name); {
	case slices.Contains(names, name):
		return name, nil
	case configured:
		return "", reconcile.Mistaken(
			"nothing is recorded of %q yet: run `fincrawl sync` first, or check state in %s", name, c.Path)
	case len(names) == 0:
		return "", reconcile.Mistaken("nothing is recorded of a source %q, nor of any other in %s: "+
			"no sync has ended with this file yet; check state in %s", name, c.State, c.Path)
	}
	hint := nearest.Hint(name, names, "recorded are: "+strings.Join(names, ", "))
	return "", reconcile.Mistaken("nothing is recorded of a source %q: %s", name, hint)
}
