package decide

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/state"
)

// TakeFile records the decisions of a saved plan and prints them. The person and the reason are those of word, or else
// those of the file; the default for the person is fallback.
func TakeFile(out io.Writer, store *state.Store, sources []string, path string, word Word, fallback string) error {
	plan, err := ReadPlan(path, "plan")
	if err != nil {
		return err
	}
	word.By, word.Reason = cmp.Or(word.By, plan.By, fallback), cmp.Or(word.Reason, plan.Reason)
	if decided, err := Take(out, store, sources, plan, word); decided || err != nil {
		return err
	}
	fmt.Fprintf(out, "Nothing in %s that is held still is set to \"approved\": true, and nothing is rejected or withdrawn.\n", path)
	return nil
}

// Take records the decisions of a plan and prints them. decided is false where nothing was decided.
func Take(out io.Writer, store *state.Store, sources []string, plan ingest.Approval, word Word) (decided bool, err error) {
	all, err := Agree(store, sources, plan, word)
	if err != nil {
		return false, err
	}
	var approved, rejected, withdrawn int
	for _, a := range all {
		stale := make(map[string]bool)
		for _, d := range a.stale {
			stale[d.Change] = true
		}
		for _, d := range a.Decisions {
			past := "approved"
			if d.Verdict == state.Reject {
				past = "rejected"
			}
			if stale[d.Change] {
				fmt.Fprintf(out, "%s: %s as it was: %s, which has become another change since, and is held still\n", a.Source, past, Shown(d.URL))
				continue
			}
			fmt.Fprintf(out, "%s: %s: %s, held by %s\n", a.Source, past, Shown(d.URL), strings.Join(d.Guards, ", "))
			if d.Verdict == state.Reject {
				rejected++
			} else {
				approved++
			}
		}
		for _, w := range a.Withdrawn {
			fmt.Fprintf(out, "%s: withdrawn: %s\n", a.Source, Shown(w.URL))
		}
		withdrawn += len(a.Withdrawn)
	}
	if approved > 0 {
		fmt.Fprintf(out, "The next sync makes %s, if it is still the same.\n", plural.Count(approved, "change"))
	}
	if rejected > 0 {
		fmt.Fprintf(out, "What Intercom has stays until the page changes on the site: %s.\n", plural.Count(rejected, "page"))
	}
	if withdrawn > 0 {
		fmt.Fprintf(out, "The next sync switches off %s for AI Agent and Copilot; `fincrawl withdraw` does it at once.\n", plural.Count(withdrawn, "page"))
	}
	return approved+rejected+withdrawn > 0, nil
}
