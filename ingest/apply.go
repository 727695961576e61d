package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/state"
)

// Library is the part of the API that Apply needs; *intercom.Client has it.
type Library interface {
	UpsertPage(ctx context.Context, p intercom.PageRequest) (intercom.ExternalPage, error)
	ExternalPage(ctx context.Context, id string) (intercom.ExternalPage, error)
	DeletePage(ctx context.Context, id string) error
	ImportSource(ctx context.Context, id int64) (intercom.ImportSource, error)
}

// Ledger is where Apply records what the API acknowledged; *state.Store has it.
type Ledger interface {
	Entry(source, externalID string) (state.Entry, bool, error)
	PutEntry(source string, e state.Entry) error
	Acknowledge(source string, e state.Entry) error
	Forget(source, externalID string) error
	Flush() error
}

// Bodies gives the HTML of staged pages; *state.Crawl has it.
type Bodies interface {
	HTML(externalID string) (text string, ok bool, err error)
}

// Target is where a plan is applied. Its parts are used by several goroutines
// at once.
type Target struct {
	SourceID int64 // import source
	Locale   string
	Library  Library
	Ledger   Ledger
	Bodies   Bodies
	Workers  int                   // requests in flight; at least one
	Now      func() time.Time      // for Entry.SentAt
	Progress func(done, total int) // one at a time; may be nil
}

// Result is what became of a plan.
type Result struct {
	Applied map[Action]int `json:"applied"`          // acknowledged, by action
	Failed  []Failure      `json:"failed,omitempty"` // sorted by external ID
}

// Failure is a change that was not acknowledged.
type Failure struct {
	ExternalID string `json:"external_id"`
	URL        string `json:"url"`
	Action     Action `json:"action"`
	Refused    bool   `json:"refused"` // rests until the page changes; else it is tried again by the next run
	Status     int    `json:"status,omitempty"`
	Code       string `json:"code,omitempty"`
	Message    string `json:"message"`
	RequestID  string `json:"request_id,omitempty"`
	Surplus    bool   `json:"surplus,omitempty"` // it is about a page with the external ID of another one
}

// ErrSourceGone is wrapped by the error of Apply where the import source was
// deleted in Intercom while pages were being sent to it, and its pages with it.
var ErrSourceGone = errors.New("the import source was deleted in Intercom meanwhile, and its pages with it: run again to make it anew and send every page")

// Apply deletes the surplus pages of a plan, as an upsert may reach either of two, then
// sends its creates and updates, then does the other deletes, by a pool of workers, and records each once the API acknowledged it; then it records what it
// learned without sending, and the misses of a complete crawl. A page that is refused or fails does not stop the
// others. An error ends it: the context's, the ledger's, or a fatal one of the
// API; what was acknowledged until then is recorded, and in the Result.
func Apply(ctx context.Context, plan Plan, t Target) (Result, error) {
	a := application{source: plan.Source, Target: t, total: plan.Pending(), result: Result{Applied: map[Action]int{}}}
	err := a.each(ctx, plan.Changes, a.removeSurplus, func(c Change) bool { return c.Action == Delete && c.Surplus })
	if err == nil {
		err = a.each(ctx, plan.Changes, a.send, func(c Change) bool { return c.Action == Create || c.Action == Update })
	}
	if err == nil {
		err = a.each(ctx, plan.Changes, a.remove, func(c Change) bool { return c.Action == Delete && !c.Surplus })
	}
	if err == nil {
		err = errors.Join(a.learn(plan.Changes), a.recordSights(plan.Changes))
	}
	if flushErr := t.Ledger.Flush(); flushErr != nil {
		err = errors.Join(err, fmt.Errorf("write what was acknowledged: %w", flushErr))
	}
	slices.SortFunc(a.result.Failed, func(x, y Failure) int { return strings.Compare(x.ExternalID, y.ExternalID) })
	return a.result, err
}

// application is a plan being applied.
type application struct {
	Target
	source string
	total  int

	mu     sync.Mutex // for the rest, and Progress
	done   int
	result Result
}

// each does the changes that are due, Workers at a time, until one returns an error,
// which ends the others too, or ctx ends.
func (a *application) each(ctx context.Context, changes []Change, do func(context.Context, Change) error, due func(Change) bool) error {
	pool, working := errgroup.WithContext(ctx)
	var taken atomic.Int64
	for range max(1, a.Workers) {
		pool.Go(func() error { // each for many: a stack that has grown is of use again
			for working.Err() == nil {
				i := int(taken.Add(1)) - 1
				if i >= len(changes) {
					return nil
				}
				if !due(changes[i]) {
					continue
				}
				if err := do(working, changes[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := pool.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// send creates or updates a page. Its text is read only now, so that no more
// than Workers texts are in memory.
func (a *application) send(ctx context.Context, c Change) error {
	text, ok, err := a.Bodies.HTML(c.ExternalID)
	if err != nil {
		return fmt.Errorf("read the text of %s: %w", c.After.URL, err)
	}
	if !ok {
		a.fail(c, false, errors.New("its text was not kept by the crawl; the next run fetches it again"))
		return nil
	}
	request := intercom.PageRequest{
		Title:                 c.After.Title,
		HTML:                  text,
		URL:                   c.After.URL,
		Locale:                a.Locale,
		SourceID:              a.SourceID,
		ExternalID:            c.ExternalID,
		AIAgentAvailability:   c.After.AIAgent,
		AICopilotAvailability: c.After.AICopilot,
	}
	page, err := a.Library.UpsertPage(ctx, request)
	if err == nil && page.ID == "" {
		err = errors.New("the answer has no id")
	}
	if err != nil {
		return a.refusedOrFailed(ctx, c, err)
	}
	e := c.entry(page.ID)
	e.SentAt, e.Remote = a.Now(), contentAfter(request, page)
	if err := a.Ledger.Acknowledge(a.source, e); err != nil {
		return fmt.Errorf("record %s as sent: %w", c.After.URL, err)
	}
	a.applied(c)
	return nil
}

// entry is the entry of a page whose crawled version Intercom has.
func (c Change) entry(remoteID string) state.Entry {
	return state.Entry{
		ExternalID: c.ExternalID,
		RemoteID:   remoteID,
		URL:        c.After.URL,
		Title:      c.After.Title,
		Hash:       c.After.Hash,
		AIAgent:    c.After.AIAgent,
		AICopilot:  c.After.AICopilot,
		Sketch:     c.After.Sketch,
	}
}

// remove deletes a page. One that was never accepted is only forgotten.
func (a *application) remove(ctx context.Context, c Change) error {
	if page, anchor := c.Page(); anchor != "" && a.hasFailed(page) {
		a.fail(c, false, errors.New("its page could not be sent, which may have its text now; the next run deletes it"))
		return nil
	}
	if c.RemoteID != "" {
		if err := DeleteOurs(ctx, a.Library, a.SourceID, c.ExternalID, c.RemoteID); err != nil {
			return a.refusedOrFailed(ctx, c, err)
		}
	}
	if err := a.Ledger.Forget(a.source, c.ExternalID); err != nil {
		return fmt.Errorf("record %s as deleted: %w", c.Before.URL, err)
	}
	a.applied(c)
	return nil
}

// DeleteOurs deletes a page by Intercom's ID, if what has that ID now is the page still. If
// it isn't, ours is gone already, and what took its place is left alone.
func DeleteOurs(ctx context.Context, lib interface {
	ExternalPage(ctx context.Context, id string) (intercom.ExternalPage, error)
	DeletePage(ctx context.Context, id string) error
}, sourceID int64, externalID, remoteID string) error {
	page, err := lib.ExternalPage(ctx, remoteID)
	if err != nil && intercom.KindOf(err) != intercom.NotFound {
		return err
	}
	if page.SourceID != 0 && page.SourceID != sourceID || page.ExternalID != "" && page.ExternalID != externalID {
		return nil
	}
	return lib.DeletePage(ctx, remoteID)
}

// removeSurplus deletes a page that is in Intercom beside the one with its external ID,
// if that one still is: much may have happened since they were looked at.
func (a *application) removeSurplus(ctx context.Context, c Change) error {
	e, _, err := a.Ledger.Entry(a.source, c.ExternalID)
	if err != nil {
		return fmt.Errorf("read the entry of %s: %w", c.Before.URL, err)
	}
	if e.RemoteID == "" || e.RemoteID == c.RemoteID {
		a.fail(c, false, errors.New("which of the pages with its external ID is to be kept is not recorded; the next run looks at them again"))
		return nil
	}
	kept, err := a.Library.ExternalPage(ctx, e.RemoteID)
	switch {
	case err != nil && intercom.KindOf(err) == intercom.NotFound, err == nil && (kept.SourceID != a.SourceID || kept.ExternalID != c.ExternalID):
		a.fail(c, false, fmt.Errorf("page %s, which was to be kept, is no more; the next run looks at them again", e.RemoteID))
		return nil
	case err == nil:
		err = DeleteOurs(ctx, a.Library, a.SourceID, c.ExternalID, c.RemoteID)
	}
	if err != nil {
		return a.refusedOrFailed(ctx, c, err)
	}
	a.applied(c)
	return nil
}

// refusedOrFailed tells an error that concerns one page, which it records, from
// one that ends the run, which it returns.
func (a *application) refusedOrFailed(ctx context.Context, c Change, err error) error {
	if ctx.Err() != nil { // the page has no part in it
		return ctx.Err()
	}
	switch kind := intercom.KindOf(err); {
	case kind == intercom.Fatal:
		return err
	case kind == intercom.NotFound && c.Action != Delete:
		return a.notFound(ctx, c, err)
	case kind == intercom.Refused && c.Action != Delete:
		return a.refused(c, err)
	default:
		a.fail(c, false, err)
	}
	return nil
}

// notFound looks at what it was that Intercom did not find when a page was sent: the import
// source, which ends the run, or something else that the page needs.
func (a *application) notFound(ctx context.Context, c Change, err error) error {
	_, gone := a.Library.ImportSource(ctx, a.SourceID)
	switch {
	case gone == nil:
		return a.refused(c, err)
	case intercom.KindOf(gone) == intercom.NotFound:
		return fmt.Errorf("%w (%w)", ErrSourceGone, err)
	case intercom.KindOf(gone) == intercom.Fatal:
		return gone
	}
	a.fail(c, false, err)
	return nil
}

func (a *application) refused(c Change, err error) error {
	if err := a.rest(c, err); err != nil {
		return err
	}
	a.fail(c, true, err)
	return nil
}

// rest records that the API refused this version, beside what it accepted before.
func (a *application) rest(c Change, refused error) error {
	e, ok, err := a.Ledger.Entry(a.source, c.ExternalID)
	if err != nil {
		return fmt.Errorf("read the entry of %s: %w", c.After.URL, err)
	}
	if !ok {
		e = state.Entry{ExternalID: c.ExternalID, URL: c.After.URL, Title: c.After.Title}
	}
	f := failure(c, true, refused)
	e.Misses = c.Misses
	e.Refused = &state.Refusal{
		Hash:      c.After.Hash,
		Status:    f.Status,
		Code:      f.Code,
		Message:   f.Message,
		RequestID: f.RequestID,
		At:        a.Now(),
	}
	if err := a.Ledger.PutEntry(a.source, e); err != nil {
		return fmt.Errorf("record %s as refused: %w", c.After.URL, err)
	}
	return nil
}

// learn records the pages that Intercom turned out to have as they were crawled.
func (a *application) learn(changes []Change) error {
	for _, c := range changes {
		if !c.Learn {
			continue
		}
		known, _, err := a.Ledger.Entry(a.source, c.ExternalID)
		if err != nil {
			return fmt.Errorf("read the entry of %s: %w", c.After.URL, err)
		}
		e := c.entry(c.RemoteID)
		e.SentAt, e.Remote = known.SentAt, known.Remote
		if err := a.Ledger.Acknowledge(a.source, e); err != nil {
			return fmt.Errorf("record %s as Intercom has it: %w", c.After.URL, err)
		}
	}
	return nil
}

// recordSights records what the crawl saw of pages beside their texts: Entry.Misses,
// Entry.Doubted, and that a page found in Intercom is ours. It writes only where that is news, so that a run
// in which nothing changed writes nothing.
func (a *application) recordSights(changes []Change) error {
	for _, c := range changes {
		owned := c.Unproved && c.After != nil
		if c.Misses == c.Missed && c.Doubt == c.Doubted && !owned {
			continue
		}
		e, ok, err := a.Ledger.Entry(a.source, c.ExternalID)
		if err != nil {
			return fmt.Errorf("read the entry of %s: %w", c.ExternalID, err)
		}
		if !ok || e.Misses == c.Misses && e.Doubted == c.Doubt && (!owned || e.Ours()) { // deleted or sent by now
			continue
		}
		e.Misses, e.Doubted, e.Owned = c.Misses, c.Doubt, e.Owned || owned
		if err := a.Ledger.PutEntry(a.source, e); err != nil {
			return fmt.Errorf("record what was seen of %s: %w", c.ExternalID, err)
		}
	}
	return nil
}

func (a *application) applied(c Change) {
	a.settle(func() { a.result.Applied[c.Action]++ })
}

func (a *application) fail(c Change, refused bool, err error) {
	a.settle(func() { a.result.Failed = append(a.result.Failed, failure(c, refused, err)) })
}

func (a *application) settle(note func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	note()
	a.done++
	if a.Progress != nil {
		a.Progress(a.done, a.total)
	}
}

// hasFailed reports whether a page was to be sent, and was not.
func (a *application) hasFailed(externalID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(a.result.Failed, func(f Failure) bool { return f.ExternalID == externalID && f.Action != Delete })
}

// failure describes a change that was not acknowledged.
func failure(c Change, refused bool, err error) Failure {
	f := Failure{ExternalID: c.ExternalID, Action: c.Action, Refused: refused, Message: err.Error(), Surplus: c.Surplus}
	if c.After != nil {
		f.URL = c.After.URL
	} else {
		f.URL = c.Before.URL
	}
	if answer, ok := errors.AsType[*intercom.Error](err); ok {
		f.Status, f.Code, f.RequestID = answer.Status, answer.Code, answer.RequestID
		if answer.Message != "" {
			f.Message = answer.Message
		}
		if answer.Field != "" {
			f.Message += " (field " + answer.Field + ")"
		}
	}
	return f
}
