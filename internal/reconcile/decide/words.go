package decide

import (
	"fmt"
	"io"
	"strings"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

// This file has the messages about what is going to be done, and what was done.

// Describe says what is deleted and what stays.
func (d *Departure) Describe(out io.Writer) {
	is := d.ImportSource
	switch {
	case d.SharedWith != "":
		fmt.Fprintf(out, "Import source %d (%s) is that of %s now, and stays with its pages. "+
			"Only the name %s is forgotten.\n",
			is.ID, is.URL, d.SharedWith, d.source)
		return
	case is.ID == 0:
		return
	case !d.There:
		fmt.Fprintf(out, "Import source %d (%s) is no longer in Intercom. Only what is recorded of it is forgotten.\n",
			is.ID, is.URL)
		return
	case d.Whole():
		fmt.Fprintf(out, "This deletes import source %d (%s) from Intercom, and with it %s:\n",
			is.ID, is.URL, plural.Count(len(d.Ours), "page"))
	default:
		fmt.Fprintf(out, "This deletes %s of import source %d (%s) from Intercom, one by one:\n",
			plural.Count(d.Recorded, "page"), is.ID, is.URL)
	}
	List(out, d.Ours, max(len(d.Ours), d.Recorded))
	if len(d.Others) > 0 {
		fmt.Fprintf(out, "%s in it that fincrawl did not bring there stay, and the import source with them:\n",
			plural.Count(len(d.Others), "page"))
		List(out, d.Others, len(d.Others))
	}
	if d.Ended {
		fmt.Fprintln(out, "Intercom's listing ends before all pages of the workspace, "+
			"so that there may be more in the import source. It stays if there are.")
	}
}

// TitlesShown is how many pages are listed before something is done with them.
const TitlesShown = 20

// List lists pages before something is done with them. all is the number of all pages.
func List(out io.Writer, pages []Named, all int) {
	shown := pages[:min(TitlesShown, len(pages))]
	for _, p := range shown {
		fmt.Fprintf(out, "  %s\n", p)
	}
	if more := all - len(shown); more > 0 {
		fmt.Fprintf(out, "  … and %d more\n", more)
	}
}

// Describe says what was decided and what was left out. command returns a command line in the form
// to copy.
func Describe(out io.Writer, all []Decided, verdict state.Verdict, command func(line string) string) error {
	past := "approved"
	if verdict == state.Reject {
		past = "rejected"
	}
	var decided, left int
	for _, d := range all {
		for _, c := range d.Picked {
			fmt.Fprintf(out, "%s: %s: %s of %s, held by %s\n",
				d.Source, past, named(c.Wants), Shown(c.URL), strings.Join(c.Guards, ", "))
		}
		for _, c := range d.Left {
			fmt.Fprintf(out, "%s: left out: %s is held by %s", d.Source, Shown(c.URL), strings.Join(c.Guards, ", "))
			if ingest.Releasing(c.Guards) == ingest.Never {
				fmt.Fprintln(out, ", which no approval lets go of")
				continue
			}
			fmt.Fprintf(out, "; look at it, then: %s\n", command(report.DecideCommand(string(verdict), d.Source, c.URL)))
		}
		decided, left = decided+len(d.Picked), left+len(d.Left)
	}
	switch {
	case decided > 0 && verdict == state.Approve:
		fmt.Fprintf(out, "The next sync makes %s, if it is still the same.\n", plural.Count(decided, "change"))
	case decided == 1:
		fmt.Fprintln(out, "1 page keeps what Intercom has until it changes on the site.")
	case decided > 0:
		fmt.Fprintf(out, "%d pages keep what Intercom has until it changes on the site.\n", decided)
	case left > 0:
		return reconcile.Mistaken("nothing was decided")
	default:
		fmt.Fprintln(out, "Nothing of that is held.")
	}
	return nil
}

func named(wants string) string {
	switch ingest.Action(wants) {
	case ingest.Create:
		return "creation"
	case ingest.Delete:
		return "deletion"
	case ingest.Unchanged:
		return "keeping"
	}
	return "update"
}
