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
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/state"
)

// Library is the part of the API that Apply needs. *intercom.Client implements it.
type Library interface {
	UpsertPage(ctx context.Context, p intercom.PageRequest) (intercom.ExternalPage, error)
	ExternalPage(ctx context.Context, id string) (intercom.ExternalPage, error)
	DeletePage(ctx context.Context, id string) error
	ImportSource(ctx context.Context, id int64) (intercom.ImportSource, error)
}

// Ledger is where Apply records what the API acknowledged. *state.Store implements it.
type Ledger interface {
	Entry(source, externalID string) (state.Entry, bool, error)
	PutEntry(source string, e state.Entry) error
	Acknowledge(source string, e state.Entry, others ...string) error
	Forget(source, externalID string) error
	Flush() error
}

// Bodies returns the HTML of staged pages. *state.Crawl implements it.
type Bodies interface {
	HTML(externalID string) (text string, ok bool, err error)
}

// Target is where a plan is applied. Its interfaces are used by several goroutines at once.
type Target struct {
	SourceID int64 // Intercom's ID of the import source
	Locale   string
	Library  Library
	Ledger   Ledger
	Bodies   Bodies
	Workers  int                   // number of requests in flight; at least 1
	Now      func() time.Time      // the clock for Entry.SentAt
	Progress func(done, total int) // never called concurrently; may be nil
}

// Result is the outcome of applying a plan.
type Result struct {
	Applied map[Action]int `json:"applied"`          // number of acknowledged changes, by action
	Failed  []Failure      `json:"failed,omitempty"` // sorted by external ID
}

// Failure is a change that was not acknowledged.
type Failure struct {
	ExternalID string `json:"external_id"`
	URL        string `json:"url"`
	Action     Action `json:"action"`
	Refused    bool   `json:"refused"` // it is not sent again until the page changes; otherwise the next run tries again
	Status     int    `json:"status,omitempty"`
	Code       string `json:"code,omitempty"`
	Message    string `json:"message"`
	RequestID  string `json:"request_id,omitempty"`
	Surplus    bool   `json:"surplus,omitempty"` // the page has the external ID of another page
}

// ErrSourceGone is wrapped by the error of Apply where the import source, and its pages
// with it, was deleted at Intercom during the run.
var ErrSourceGone = errors.New("the import source was deleted in Intercom meanwhile, and its pages with it: " +
	"run again to make it anew and send every page")

// Apply first deletes the surplus pages of a plan, because an upsert may reach either of
// two pages with one external ID. A pool of workers then makes the other changes. Each
// starts after the changes that it awaits were acknowledged, and deletes come last. Each
// change is recorded once the API acknowledged it. At the end Apply records what it learned
// without sending anything, and the misses of a complete crawl.
//
// A page that is refused or fails stops only the changes that await it, so that text which
// was to move to it stays where it is. Apply ends with an error of the context, of the
// ledger, or a fatal one of the API. What was acknowledged until then is recorded and is in
// the Result.
func Apply(ctx context.Context, plan Plan, t Target) (Result, error) {
	a := application{source: plan.Source, Target: t, total: plan.Pending(), result: Result{Applied: map[Action]int{}}}
	err := a.removeAllSurplus(ctx, plan.Changes)
	if err == nil {
		err = a.inOrder(ctx, plan.Changes)
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

// application is the state of one Apply.
type application struct {
	Target
	source string
	total  int

	mu     sync.Mutex // guards the fields below and calls of Progress
	done   int
	result Result
}

// removeAllSurplus deletes the pages whose external ID another page at Intercom has.
func (a *application) removeAllSurplus(ctx context.Context, changes []Change) error {
	return a.work(ctx, func(working context.Context, taken func() int) error {
		for i := taken(); i < len(changes) && working.Err() == nil; i = taken() {
			if c := changes[i]; c.Surplus && c.Action == Delete {
				if err := a.removeSurplus(working, c); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// inOrder makes all other changes.
func (a *application) inOrder(ctx context.Context, changes []Change) error {
	s := newSchedule(changes)
	return a.work(ctx, func(working context.Context, _ func() int) error {
		defer s.stopWith(working)()
		for {
			todo, blockedBy, ok := s.next()
			if !ok {
				return nil
			}
			acknowledged, err := a.do(working, todo, changes, blockedBy)
			if err != nil {
				return err
			}
			s.settle(todo, acknowledged)
		}
	})
}

// work calls do in each of the workers, until one of them returns an error or ctx ends.
// Either cancels working for all. The workers share a counter, which taken increments. Each
// worker makes many changes, so that its stack has to grow only once.
func (a *application) work(ctx context.Context, do func(working context.Context, taken func() int) error) error {
	pool, working := errgroup.WithContext(ctx)
	var counter atomic.Int64
	taken := func() int { return int(counter.Add(1)) - 1 }
	for range max(1, a.Workers) {
		pool.Go(func() error { return do(working, taken) })
	}
	if err := pool.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// do carries out one step. It reports whether the API acknowledged it.
func (a *application) do(
	ctx context.Context, todo step, changes []Change, blockedBy string,
) (acknowledged bool, err error) {
	c := changes[todo.change]
	switch {
	case blockedBy != "" && todo.carries:
		return false, nil // the change's own step reports it
	case blockedBy == c.ExternalID:
		a.fail(c, false, fmt.Errorf("it could not be sent together with %s, which it exchanges text with; "+
			"the next run tries again", strings.Join(c.Carries, ", ")))
		return false, nil
	case blockedBy != "":
		a.fail(c, false, fmt.Errorf("%s, which may have text of it now, could not be sent; "+
			"the next run tries again", blockedBy))
		return false, nil
	case todo.carries:
		return a.carry(ctx, c)
	case c.Action == Delete:
		return a.remove(ctx, c)
	}
	return a.send(ctx, c)
}

// send creates or updates a page. It reads the text only now, so that no more than Workers
// texts are in memory.
func (a *application) send(ctx context.Context, c Change) (acknowledged bool, err error) {
	request, ok, err := a.request(c, c.ExternalID)
	if err != nil {
		return false, err
	}
	if !ok {
		a.fail(c, false, errors.New("its text was not kept by the crawl; the next run fetches it again"))
		return false, nil
	}
	page, err := a.upsert(ctx, request)
	if err != nil {
		return false, a.refusedOrFailed(ctx, c, err)
	}
	e := c.entry(page.ID)
	e.SentAt, e.Remote = a.Now(), verify.ContentAfter(request, page)
	if err := a.Ledger.Acknowledge(a.source, e); err != nil {
		return false, fmt.Errorf("record %s as sent: %w", c.After.URL, err)
	}
	a.applied(c)
	return true, nil
}

// carriedHash is the hash of an entry while the page has the text of other pages as well. No
// page has this hash, so the next run sends the page again, whatever happened meanwhile.
const carriedHash = "with the text of others"

// carry updates a page so that it has both its own text and that of the pages it exchanges text with.
func (a *application) carry(ctx context.Context, c Change) (acknowledged bool, err error) {
	request, ok, err := a.request(c, append([]string{c.ExternalID}, c.Carries...)...)
	if err != nil || !ok {
		return false, err
	}
	page, err := a.upsert(ctx, request)
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case err != nil && intercom.KindOf(err) == intercom.Fatal:
		return false, err
	case err != nil:
		return false, nil // the change's own step reports it
	}
	e, _, err := a.Ledger.Entry(a.source, c.ExternalID)
	if err != nil {
		return false, fmt.Errorf("read the entry of %s: %w", c.After.URL, err)
	}
	e.RemoteID, e.Hash, e.SentAt, e.Remote = page.ID, carriedHash, a.Now(), verify.ContentAfter(request, page)
	if err := a.Ledger.Acknowledge(a.source, e, c.Carries...); err != nil {
		return false, fmt.Errorf("record %s as sent: %w", c.After.URL, err)
	}
	return true, nil
}

// request returns the request of a change. Its text is that of the pages with the given
// external IDs, joined. ok is false where the text of one of them was not kept.
func (a *application) request(c Change, ids ...string) (r intercom.PageRequest, ok bool, err error) {
	var all []string
	for _, id := range ids {
		text, ok, err := a.Bodies.HTML(id)
		if err != nil {
			return r, false, fmt.Errorf("read the text of %s: %w", c.After.URL, err)
		}
		if !ok {
			return r, false, nil
		}
		all = append(all, text)
	}
	return intercom.PageRequest{
		Title:                 c.After.Title,
		HTML:                  strings.Join(all, "\n"),
		URL:                   c.After.URL,
		Locale:                a.Locale,
		SourceID:              a.SourceID,
		ExternalID:            c.ExternalID,
		AIAgentAvailability:   c.After.AIAgent,
		AICopilotAvailability: c.After.AICopilot,
	}, true, nil
}

func (a *application) upsert(ctx context.Context, r intercom.PageRequest) (intercom.ExternalPage, error) {
	page, err := a.Library.UpsertPage(ctx, r)
	if err == nil && page.ID == "" {
		err = errors.New("the answer has no id")
	}
	return page, err
}

// entry returns the entry of a page of which Intercom has the crawled version.
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
		Replaced:   c.replaces(),
		End:        c.After.End,
	}
}

// replaces reports whether the text of the page replaced another text, now or earlier.
func (c Change) replaces() bool {
	if c.Before == nil || !c.Before.Sketch.Known() {
		return false
	}
	return c.Before.Replaced || rewrite{before: c.Before.Sketch, after: c.After.Sketch}.loses()
}

// remove deletes a page. If Intercom never accepted it, remove only forgets its entry.
func (a *application) remove(ctx context.Context, c Change) (acknowledged bool, err error) {
	if c.RemoteID != "" {
		if err := DeleteOurs(ctx, a.Library, a.SourceID, c.ExternalID, c.RemoteID); err != nil {
			return false, a.refusedOrFailed(ctx, c, err)
		}
	}
	if err := a.Ledger.Forget(a.source, c.ExternalID); err != nil {
		return false, fmt.Errorf("record %s as deleted: %w", c.Before.URL, err)
	}
	a.applied(c)
	return true, nil
}

// DeleteOurs deletes a page by Intercom's ID. It does nothing where that ID now belongs to
// another page: then ours is gone already.
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

// removeSurplus deletes a page whose external ID another page has, unless that other page
// is gone by now.
func (a *application) removeSurplus(ctx context.Context, c Change) error {
	e, _, err := a.Ledger.Entry(a.source, c.ExternalID)
	if err != nil {
		return fmt.Errorf("read the entry of %s: %w", c.Before.URL, err)
	}
	if e.RemoteID == "" || e.RemoteID == c.RemoteID {
		a.fail(c, false, errors.New("which of the pages with its external ID is to be kept is not recorded; "+
			"the next run looks at them again"))
		return nil
	}
	kept, err := a.Library.ExternalPage(ctx, e.RemoteID)
	switch {
	case err != nil && intercom.KindOf(err) == intercom.NotFound,
		err == nil && (kept.SourceID != a.SourceID || kept.ExternalID != c.ExternalID):
		a.fail(c, false, fmt.Errorf("page %s, which was to be kept, is no more; "+
			"the next run looks at them again", e.RemoteID))
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

// refusedOrFailed records an error that concerns one page, and returns one that ends the run.
func (a *application) refusedOrFailed(ctx context.Context, c Change, err error) error {
	if ctx.Err() != nil { // the page is not to blame
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

// notFound asks what Intercom did not find when a page was sent. If it was the import source,
// the run ends. Otherwise it was something that the page refers to.
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

// rest records that the API refused this version. The version that it accepted before stays recorded.
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

// learn records the pages that Intercom turned out to have in the version that was crawled.
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

// recordSights records what the crawl saw of pages besides their texts: Entry.Misses,
// Entry.Doubted, and that a page found at Intercom is ours. It writes only what is new, so
// that a run in which nothing changed writes nothing.
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
		deletedOrSent := !ok || e.Misses == c.Misses && e.Doubted == c.Doubt && (!owned || e.Ours())
		if deletedOrSent {
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
