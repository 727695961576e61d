package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/state"
)

// Takeout takes pages of one source out of the library that are withdrawn, and brings back
// those that are restored, without a crawl. Of what a page says it needs only what Intercom
// has. What it leaves undone, the next plan does: see [Inputs].
type Takeout struct {
	Source   string
	SourceID int64 // import source
	Locale   string
	Library  Library
	Ledger   Ledger
	Workers  int // requests in flight; at least one
}

// Withdraw deletes the pages among entries that the decisions want out of the library, and
// switches off those that they want off. It returns how many it did so with. A page that is
// out already costs no call. One that fails is in the failures; an error ends it.
func (t Takeout) Withdraw(ctx context.Context, entries iter.Seq2[state.Entry, error], d Decisions) (done int, failed []Failure, err error) {
	return t.each(ctx, entries, func(e state.Entry) (Action, func(context.Context, state.Entry) error) {
		action := d.TakesOut(e)
		return action, map[Action]func(context.Context, state.Entry) error{Delete: t.delete, Update: t.switchOff}[action]
	})
}

// TakesOut returns what is to be done yet with a page that is withdrawn: Delete, Update to
// switch it off, or Unchanged.
func (d Decisions) TakesOut(e state.Entry) Action {
	w, ok := d.withdrawal(pair{entry: e, recorded: true})
	switch {
	case !ok || e.RemoteID == "" || !e.Ours():
		return Unchanged
	case w.Delete:
		return Delete
	case e.AIAgent || e.AICopilot || e.Hash != "" && !isOff(e):
		return Update
	}
	return Unchanged
}

// Restore switches on again the pages among entries that are off for a withdrawal that has
// ended. It returns how many it did so with, and how many it leaves to the next plan, since
// it is not known where they were available: markdown gives the text that was sent of a
// page, which tells.
func (t Takeout) Restore(ctx context.Context, entries iter.Seq2[state.Entry, error], d Decisions,
	markdown func(externalID string) (string, error)) (done, later int, failed []Failure, err error) {
	done, failed, err = t.each(ctx, entries, func(e state.Entry) (Action, func(context.Context, state.Entry) error) {
		if _, out := d.withdrawal(pair{entry: e, recorded: true}); out || e.RemoteID == "" || !e.Ours() || e.AIAgent || e.AICopilot {
			return Unchanged, nil
		}
		text, err := markdown(e.ExternalID)
		if err != nil {
			return Update, func(context.Context, state.Entry) error { return err }
		}
		a, known := availabilityOf(e, text, t.Locale)
		switch {
		case !isOff(e) && e.Hash != "": // off by the settings
			return Unchanged, nil
		case !known:
			later++
			return Unchanged, nil
		}
		return Update, func(ctx context.Context, e state.Entry) error { return t.switchOn(ctx, e, a) }
	})
	return done, later, failed, err
}

// each does with each entry what choose wants done with it; nil is nothing.
func (t Takeout) each(ctx context.Context, entries iter.Seq2[state.Entry, error],
	choose func(state.Entry) (Action, func(context.Context, state.Entry) error)) (done int, failed []Failure, err error) {
	var mu sync.Mutex
	pool, working := errgroup.WithContext(ctx)
	pool.SetLimit(max(1, t.Workers))
	for e, readErr := range entries {
		if readErr != nil {
			err = readErr
		}
		if err != nil || working.Err() != nil {
			break
		}
		action, do := choose(e)
		if do == nil {
			continue
		}
		pool.Go(func() error {
			doErr := do(working, e)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case doErr == nil:
				done++
			case working.Err() != nil, intercom.KindOf(doErr) == intercom.Fatal:
				return doErr
			default:
				before := recordedVersion(e)
				failed = append(failed, failure(Change{Action: action, ExternalID: e.ExternalID, Before: &before}, false, doErr))
			}
			return nil
		})
	}
	err = errors.Join(cmp.Or(pool.Wait(), err, ctx.Err()), t.Ledger.Flush())
	slices.SortFunc(failed, func(a, b Failure) int { return cmp.Compare(a.ExternalID, b.ExternalID) })
	return done, failed, err
}

func (t Takeout) delete(ctx context.Context, e state.Entry) error {
	if err := DeleteOurs(ctx, t.Library, t.SourceID, e.ExternalID, e.RemoteID); err != nil {
		return err
	}
	return t.Ledger.Forget(t.Source, e.ExternalID)
}

func (t Takeout) switchOff(ctx context.Context, e state.Entry) error {
	e, err := t.set(ctx, e, crawler.Availability{})
	if err != nil {
		return err
	}
	return t.Ledger.PutEntry(t.Source, switchedOffEntry(e))
}

func (t Takeout) switchOn(ctx context.Context, e state.Entry, a crawler.Availability) error {
	e.Hash = strings.TrimPrefix(e.Hash, offPrefix)
	e, err := t.set(ctx, e, a)
	if err != nil {
		return err
	}
	return t.Ledger.PutEntry(t.Source, e)
}

// availabilityOf finds out with which availability the version was read that an entry has:
// its hash covers that, beside the text.
func availabilityOf(e state.Entry, markdown, locale string) (a crawler.Availability, ok bool) {
	for _, agent := range []bool{true, false} {
		for _, copilot := range []bool{true, false} {
			a = crawler.Availability{AIAgent: agent, AICopilot: copilot}
			p := crawler.Page{Markdown: markdown, Title: e.Title, URL: e.URL, Locale: locale, Availability: a}
			if p.Fingerprint() == strings.TrimPrefix(e.Hash, offPrefix) {
				return a, true
			}
		}
	}
	return a, false
}

// set sends a page as Intercom has it, but for its availability, and returns its entry. A
// page that is no more is recorded so, and one that was edited there, too.
func (t Takeout) set(ctx context.Context, e state.Entry, a crawler.Availability) (state.Entry, error) {
	page, err := t.Library.ExternalPage(ctx, e.RemoteID)
	switch {
	case err != nil && intercom.KindOf(err) != intercom.NotFound:
		return e, err
	case err != nil, page.SourceID != 0 && page.SourceID != t.SourceID, page.ExternalID != "" && page.ExternalID != e.ExternalID:
		e.RemoteID, e.Hash, e.Remote, e.Drift = "", "", "", verify.DriftDeleted
		return e, nil
	case page.HTML == "":
		return e, errors.New("no text of it is in Intercom, which takes no page without")
	}
	if e.Remote != "" && e.Remote != verify.ContentOf(page) {
		e = verify.Edited(e, page)
	}
	e.AIAgent, e.AICopilot = a.AIAgent, a.AICopilot
	request := intercom.PageRequest{
		Title: page.Title, HTML: page.HTML, URL: page.URL, Locale: cmp.Or(page.Locale, t.Locale), SourceID: t.SourceID, ExternalID: e.ExternalID,
		AIAgentAvailability: a.AIAgent, AICopilotAvailability: a.AICopilot,
	}
	if page.AIAgentAvailability == a.AIAgent && page.AICopilotAvailability == a.AICopilot {
		e.Remote = verify.ContentOf(page)
		return e, nil
	}
	now, err := t.Library.UpsertPage(ctx, request)
	switch {
	case err != nil:
		return e, err
	case now.ID != e.RemoteID:
		return e, fmt.Errorf("it is in Intercom twice, as %s and %s: run `fincrawl sync --verify`, which keeps one", e.RemoteID, now.ID)
	}
	e.Remote = verify.ContentAfter(request, now)
	return e, nil
}

func isOff(e state.Entry) bool { return strings.HasPrefix(e.Hash, offPrefix) }
