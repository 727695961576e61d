package pages

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/listing"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// maxShown is how many faults a check shows.
const maxShown = 1000

// CheckFile reads the list in a file, or from stdin if path is "-". It writes what is wrong with each line to out,
// and then what the list has. It returns the number of faults. The error is that of the file.
func CheckFile(ctx context.Context, path string, stdin io.Reader, out io.Writer) (faults int, err error) {
	from := stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return 0, err
		}
		defer f.Close()
		from = f
	}
	blame := func(f *listing.Fault) {
		if faults++; faults <= maxShown {
			fmt.Fprintln(out, f.Detail)
		}
	}
	store := new(listing.Outcomes)
	c, err := Check(ctx, from, listing.Source{Name: "check", Address: path, Readers: listing.Members}, store, blame)
	if ctx.Err() != nil {
		return faults, context.Cause(ctx)
	}
	if faults == 0 && c.Ended != "" { // a fault of the list as a whole
		blame(&listing.Fault{Detail: c.Ended})
	}
	for s, settledErr := range store.Settled() {
		if settledErr != nil {
			return faults, settledErr
		}
		if s.Outcome.Unread() && s.URL != path || s.Outcome == crawler.Empty {
			blame(&listing.Fault{Detail: fmt.Sprintf("%s: %s: %s", s.URL, s.Outcome, s.Detail)})
		}
	}
	if faults > maxShown {
		fmt.Fprintf(out, "and %s\n", plural.Count(faults-maxShown, "further fault"))
	}
	for _, o := range slices.Sorted(maps.Keys(c.Outcomes)) {
		if o != crawler.BadListing {
			fmt.Fprintf(out, "%s: %d\n", o, c.Outcomes[o])
		}
	}
	if faults == 0 {
		fmt.Fprintf(out, "%s: right\n", path)
	}
	return faults, nil
}

// Check reads one list and tells blame of each fault of its lines. A fault of the list as a whole is in the
// coverage alone. Nothing is known before, so a page that is the same counts as hidden.
func Check(
	ctx context.Context, from io.Reader, source listing.Source, store *listing.Outcomes, blame func(*listing.Fault),
) (crawler.Coverage, error) {
	return listing.New(source, checked{from}, listing.Surroundings{Outcomes: store, Blamed: blame}).
		Read(ctx, crawler.Reading{Sink: listing.Nowhere{}})
}

// checked lists what is read for a look at it.
type checked struct{ from io.Reader }

// List implements [listing.Lister].
func (c checked) List(
	ctx context.Context, ask listing.Ask, give func(context.Context, listing.Item) error,
) (listing.End, error) {
	s := &stream{mayDiff: true, blame: ask.Blame, now: time.Now, give: func(ctx context.Context, i listing.Item) error {
		if i.What == listing.Same {
			i.What, i.Reason = listing.Hidden, "the same as before"
		}
		return give(ctx, i)
	}}
	end, _, err := s.read(ctx, c.from)
	return end, err
}
