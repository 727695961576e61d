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

// Takeout carries out withdrawals and restorations of one source's pages without a crawl. It works
// with the texts that Intercom has. What it cannot do is left to the next plan: see [Inputs].
type Takeout struct {
	Source   string
	SourceID int64 // Intercom's ID of the import source
	Locale   string
	Library  Library
	Ledger   Ledger
	Workers  int // number of requests in flight; at least 1
}

// Withdraw deletes or switches off the entries' pages as the decisions say, and returns the number
// of pages that it changed. A page that is out already needs no call. failed are pages that could
// not be changed; err is an error that ended it.
func (t Takeout) Withdraw(
	ctx context.Context, entries iter.Seq2[state.Entry, error], d Decisions,
) (done int, failed []Failure, err error) {
	return t.each(ctx, entries, func(e state.Entry) (Action, func(context.Context, state.Entry) error) {
		action := d.TakesOut(e)
		return action, map[Action]func(context.Context, state.Entry) error{Delete: t.delete, Update: t.switchOff}[action]
	})
}

// TakesOut returns what remains to be done with a page: Delete, Update to switch it off, or
// Unchanged.
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

// Restore switches on the entries' pages whose withdrawal has ended. done is the number of pages
// that it switched on. later is the number of pages that it leaves to the next plan, because their
// availability is not known. markdown returns the text that was sent, from which the availability
// can mostly be found.
func (t Takeout) Restore(ctx context.Context, entries iter.Seq2[state.Entry, error], d Decisions,
	markdown func(externalID string) (string, error)) (done, later int, failed []Failure, err error) {
	done, failed, err = t.each(ctx, entries, func(e state.Entry) (Action, func(context.Context, state.Entry) error) {
		_, out := d.withdrawal(pair{entry: e, recorded: true})
		if out || e.RemoteID == "" || !e.Ours() || e.AIAgent || e.AICopilot {
			return Unchanged, nil
		}
		text, err := markdown(e.ExternalID)
		if err != nil {
			return Update, func(context.Context, state.Entry) error { return err }
		}
		a, known := availabilityOf(e, text, t.Locale)
		switch {
		case !isOff(e) && e.Hash != "": // switched off by the settings
			return Unchanged, nil
		case !known:
			later++
			return Unchanged, nil
		}
		return Update, func(ctx context.Context, e state.Entry) error { return t.switchOn(ctx, e, a) }
	})
	return done, later, failed, err
}

// each applies the function that choose returns to each entry, unless it is nil.
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

// availabilityOf finds the availability with which the version of an entry was read. It tries all
// of them, because the hash of the entry covers the availability and the text.
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

// set sends a page as Intercom has it with another availability, and returns its entry. The entry
// says so where the page was deleted or edited at Intercom.
func (t Takeout) set(ctx context.Context, e state.Entry, a crawler.Availability) (state.Entry, error) {
	page, err := t.Library.ExternalPage(ctx, e.RemoteID)
	switch {
	case err != nil && intercom.KindOf(err) != intercom.NotFound:
		return e, err
	case err != nil, page.SourceID != 0 && page.SourceID != t.SourceID,
		page.ExternalID != "" && page.ExternalID != e.ExternalID:
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
		Title: page.Title, HTML: page.HTML, URL: page.URL, Locale: cmp.Or(page.Locale, t.Locale),
		SourceID: t.SourceID, ExternalID: e.ExternalID,
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
		return e, fmt.Errorf("it is in Intercom twice, as %s and %s: run `fincrawl sync --verify`, which keeps one",
			e.RemoteID, now.ID)
	}
	e.Remote = verify.ContentAfter(request, now)
	return e, nil
}

func isOff(e state.Entry) bool { return strings.HasPrefix(e.Hash, offPrefix) }
