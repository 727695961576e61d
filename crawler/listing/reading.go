package listing

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// reading is one reading of a source.
type reading struct {
	Source
	Surroundings
	crawler.Reading

	start  func(func(context.Context) error) // has a page read beside the list, when there is room
	ids    map[key]bool                      // of the items so far
	faults Faults
	pages  int               // items that End.Count counts
	aside  map[string]string // address → ID of the page that was settled there and is no page
	wanted map[string]Sent   // by ID and by address: the pages of Reading.Only; nil for all

	mu       sync.Mutex // guards what follows
	progress crawler.Progress
}

// key is a hash of an ID, since a long list has to fit into memory.
type key [16]byte

func keyOf(id string) key {
	sum := sha256.Sum256([]byte(id))
	return key(sum[:16])
}

// Read implements [crawler.Source].
func (p *place) Read(ctx context.Context, r crawler.Reading) (crawler.Coverage, error) {
	sur := p.surroundings
	sur.Documents = cmp.Or(sur.Documents, new(document.Reader))
	sur.Room = cmp.Or(sur.Room, new(budget.Memory))
	sur.Secrets = cmp.Or(sur.Secrets, new(secrets.Set))
	sur.Log = cmp.Or(sur.Log, slog.New(slog.DiscardHandler))
	if p.surroundings.Documents == nil {
		defer sur.Documents.Close()
	}
	reading := &reading{
		Source: p.source, Surroundings: sur, Reading: r, ids: make(map[key]bool), aside: make(map[string]string),
	}
	return reading.read(ctx, p.lister)
}

// read lists the source and judges the list.
func (r *reading) read(ctx context.Context, lister Lister) (crawler.Coverage, error) {
	ask, err := r.ask()
	if err != nil {
		return crawler.Coverage{}, err
	}
	work, working := errgroup.WithContext(ctx)
	work.SetLimit(max(2, runtime.GOMAXPROCS(0)))
	r.start = func(read func(context.Context) error) { work.Go(func() error { return read(working) }) }
	end, listErr := lister.List(working, ask, r.give)
	if err := work.Wait(); err != nil {
		listErr = errors.Join(err, listErr)
	}
	var fault *Fault
	if ctx.Err() != nil {
		listErr = context.Cause(ctx)
	} else if listErr == nil || errors.As(listErr, &fault) {
		fault = r.verdict(end, fault)
		listErr = r.conclude(end, fault)
	}
	coverage, err := frontier.New(r.Outcomes, r.Log, r.Secrets, nil).Tally()
	if err = errors.Join(listErr, err); err != nil {
		coverage.Complete = false
		coverage.Partial = r.Only != nil
		return coverage, err
	}
	if end.Changes || r.Only != nil {
		coverage.Complete, coverage.Partial, coverage.Changes = false, true, r.Only == nil
	}
	if fault == nil {
		coverage.Cursor = end.Cursor
	} else {
		coverage.Ended = r.Secrets.Mask(fault.Detail)
	}
	if fault != nil && len(r.ids) == 0 {
		return coverage, fmt.Errorf("list the pages: %s", r.Secrets.Mask(fault.Detail))
	}
	return coverage, nil
}

// ask says what to list.
func (r *reading) ask() (Ask, error) {
	ask := Ask{Cursor: r.Cursor, Preview: r.Preview, Blame: r.blame, Note: r.Log.Info}
	if r.Memory != nil {
		ask.Known = r.Memory.Sent()
	}
	if r.Only == nil {
		return ask, nil
	}
	ids, err := r.idsSent()
	if err != nil {
		return ask, err
	}
	ask.Cursor, r.wanted = "", make(map[string]Sent)
	for _, u := range r.Only {
		s := Sent{URL: u.String()}
		r.wanted[s.URL] = s
		for _, id := range ids[s.URL] {
			s.ID = id
			r.wanted[id] = s
		}
		ask.Only = append(ask.Only, s)
	}
	return ask, nil
}

// idsSent returns the IDs under which pages at the wanted addresses were sent. It reads the memory once, which may be
// of many pages.
func (r *reading) idsSent() (map[string][]string, error) {
	if r.Memory == nil {
		return nil, nil
	}
	ids := make(map[string][]string, len(r.Only))
	for _, u := range r.Only {
		ids[u.String()] = nil
	}
	for sent, err := range r.Memory.Sent() {
		if err != nil {
			return nil, err
		}
		if at, ok := ids[sent.URL]; ok {
			ids[sent.URL] = append(at, sent.ID)
		}
	}
	return ids, nil
}

// blame counts a fault that does not end the list.
func (r *reading) blame(f *Fault) {
	r.faults.Add(f)
	if r.Blamed != nil {
		r.Blamed(f)
	}
}

// verdict returns what is wrong with a list that ended, or nil. fault is what the Lister said.
func (r *reading) verdict(end End, fault *Fault) *Fault {
	switch {
	case r.faults.count > 0:
		return r.faults.First()
	case fault != nil:
		return fault
	case !end.Complete:
		return Faultf("the source says that its list is not complete: %s", cmp.Or(end.Reason, "it gives no reason"))
	case end.Count >= 0 && end.Count != r.pages:
		return Faultf("the list says that it has %d pages, and has %d: lines were lost, or the number is wrong",
			end.Count, r.pages)
	case !end.Changes && len(r.ids) == 0:
		return Faultf("the list is empty: nobody can tell that from a login which sees nothing; " +
			"where all pages are gone, the source has to name them as gone")
	}
	return nil
}

// conclude settles the list itself, if it has a fault, and then the pages that were sent and are not in it.
func (r *reading) conclude(end End, fault *Fault) error {
	if fault != nil {
		if _, err := r.Outcomes.Discover("", 0, []string{r.Address}); err != nil {
			return err
		}
		r.Log.Warn("the list of the source is not whole", "reason", r.Secrets.Mask(fault.Detail))
		return r.settle(r.Address, cmp.Or(fault.Outcome, crawler.BadListing), fault.Detail)
	}
	if r.Only != nil {
		for _, u := range r.Only {
			if err := r.missed(u.String()); err != nil {
				return err
			}
		}
		return nil
	}
	switch {
	case end.Changes:
		return nil
	case r.Memory != nil:
		for sent, err := range r.Memory.Sent() {
			if err != nil {
				return err
			}
			if r.ids[keyOf(sent.ID)] {
				continue
			}
			if err := r.missed(sent.URL); err != nil {
				return err
			}
		}
		return nil
	case r.Known == nil:
		return nil
	}
	for address := range r.Known {
		if err := r.missed(address); err != nil {
			return err
		}
	}
	return nil
}

// missed settles the address of a page that was sent and is not in a complete list, unless the page is listed
// under another address.
func (r *reading) missed(address string) error {
	if s, ok := r.wanted[address]; ok && s.ID != "" && r.ids[keyOf(s.ID)] {
		return nil
	}
	fresh, err := r.Outcomes.Discover("", 0, []string{address})
	if err != nil || len(fresh) == 0 {
		return err
	}
	return r.settle(address, crawler.Unlisted, "")
}

// settle gives a discovered address its outcome.
func (r *reading) settle(address string, o crawler.Outcome, detail string) error {
	detail = r.Secrets.Mask(detail)
	if err := r.Outcomes.Settle(address, o, detail); err != nil {
		return fmt.Errorf("remember an outcome: %w", err)
	}
	r.Log.Debug("settled", "url", address, "outcome", string(o), "detail", detail)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress.Settled++
	r.progress.Discovered = max(r.progress.Discovered, r.progress.Settled)
	if o == crawler.Paged {
		r.progress.Pages++
	}
	if o.Failed() {
		r.progress.Failed++
	}
	if r.Progress != nil {
		r.Progress(r.progress)
	}
	return nil
}

// isWanted reports whether an item is asked for.
func (r *reading) isWanted(i Item) bool {
	if r.wanted == nil {
		return true
	}
	_, byID := r.wanted[i.ID]
	_, byURL := r.wanted[i.URL]
	return byID || byURL
}

// counted reports whether End.Count counts an item.
func counted(s Statement) bool { return slices.Contains([]Statement{Page, Same, Hidden}, s) }
