package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/state"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// values yields each of vs without an error.
func values[T any](vs ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range vs {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// failing yields vs and then err.
func failing[T any](err error, vs ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range vs {
			if !yield(v, nil) {
				return
			}
		}
		var none T
		yield(none, err)
	}
}

// ended is how the crawl of a URL ended.
type ended struct {
	outcome crawler.Outcome
	detail  string
}

func outcomes(of map[string]ended) func(string) (crawler.Outcome, string, bool, error) {
	return func(url string) (crawler.Outcome, string, bool, error) {
		e, known := of[url]
		return e.outcome, e.detail, known, nil
	}
}

func address(id string) string { return "https://wiki.test/" + id }

// page is a page as crawled: its hash stands for its text, title and URL.
func page(id, text string) state.Staged {
	return state.Staged{ExternalID: id, URL: address(id), Title: "Title of " + id, Locale: "en", Hash: text, AIAgent: true, Size: len(text)}
}

// entry is the page as recorded after it was sent.
func entry(id, text string) state.Entry {
	return state.Entry{ExternalID: id, RemoteID: "remote-" + id, URL: address(id), Title: "Title of " + id, Hash: text, AIAgent: true}
}

func with[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

var complete = crawler.Coverage{Complete: true}

func mustPlan(t testing.TB, in ingest.Inputs) ingest.Plan {
	t.Helper()
	if in.Outcome == nil {
		in.Outcome = outcomes(nil)
	}
	plan, err := ingest.NewPlan(in)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// library is an Intercom with one import source: what Apply sees of it. Each
// call first asks fault, where it is set, for an error to answer with.
type library struct {
	mu     sync.Mutex
	pages  map[string]intercom.PageRequest // by Intercom's ID
	calls  int
	flying int
	most   int // calls in flight at once, at most
	fault  func(call int, externalID string) error
	source bool                     // the import source answers, when it is asked for
	writes func(html string) string // HTML in the library's own way; nil: as it was sent, and not shown in answers
}

func newLibrary() *library { return &library{pages: map[string]intercom.PageRequest{}} }

func (l *library) enter(id string) error {
	l.mu.Lock()
	l.calls++
	l.flying++
	l.most = max(l.most, l.flying)
	call, fault := l.calls, l.fault
	l.mu.Unlock()
	if fault != nil {
		return fault(call, id)
	}
	return nil
}

func (l *library) ids() []string { return slices.Sorted(maps.Keys(l.pages)) }

func (l *library) leave() { l.mu.Lock(); l.flying--; l.mu.Unlock() }

func (l *library) UpsertPage(ctx context.Context, p intercom.PageRequest) (intercom.ExternalPage, error) {
	defer l.leave()
	if err := errors.Join(l.enter(p.ExternalID), ctx.Err()); err != nil {
		return intercom.ExternalPage{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	id := "remote-" + p.ExternalID
	l.pages[id] = p
	page := intercom.ExternalPage{ID: id, ExternalID: p.ExternalID, SourceID: p.SourceID}
	if l.writes != nil {
		page.HTML, page.AIAgentAvailability, page.AICopilotAvailability = l.writes(p.HTML), p.AIAgentAvailability, p.AICopilotAvailability
	}
	return page, nil
}

func (l *library) ExternalPage(_ context.Context, id string) (intercom.ExternalPage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.pages[id]
	if !ok {
		return intercom.ExternalPage{}, notFound
	}
	return intercom.ExternalPage{ID: id, ExternalID: p.ExternalID, SourceID: p.SourceID}, nil
}

func (l *library) ImportSource(_ context.Context, id int64) (intercom.ImportSource, error) {
	if !l.source {
		return intercom.ImportSource{}, notFound
	}
	return intercom.ImportSource{ID: id}, nil
}

func (l *library) DeletePage(ctx context.Context, id string) error {
	defer l.leave()
	if err := errors.Join(l.enter(id), ctx.Err()); err != nil {
		return err
	}
	if id == "" {
		return errors.New("delete of a page without an ID")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pages, id)
	return nil
}

// texts are staged bodies by external ID.
type texts map[string]string

func (t texts) HTML(id string) (string, bool, error) {
	text, ok := t[id]
	return "<p>" + text + "</p>", ok, nil
}

func textsOf(pages []state.Staged) texts {
	t := texts{}
	for _, p := range pages {
		t[p.ExternalID] = p.Hash
	}
	return t
}

// ledger is a state.Store as Apply sees it, in memory.
type ledger struct {
	mu      sync.Mutex
	entries map[string]state.Entry
	writes  int
	flushed bool // since the last write
}

func newLedger(entries ...state.Entry) *ledger {
	l := &ledger{entries: map[string]state.Entry{}}
	for _, e := range entries {
		l.entries[e.ExternalID] = e
	}
	return l
}

func (l *ledger) Entry(_, id string) (state.Entry, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.entries[id]
	return e, ok, nil
}

func (l *ledger) PutEntry(_ string, e state.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries[e.ExternalID] = e
	l.writes++
	l.flushed = false
	return nil
}

func (l *ledger) Acknowledge(source string, e state.Entry, _ ...string) error {
	return l.PutEntry(source, e)
}

func (l *ledger) Forget(_, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.entries, id)
	l.writes++
	l.flushed = false
	return nil
}

func (l *ledger) Flush() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flushed = true
	return nil
}

func (l *ledger) sorted() []state.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var entries []state.Entry
	for _, id := range slices.Sorted(maps.Keys(l.entries)) {
		entries = append(entries, l.entries[id])
	}
	return entries
}

func (l *ledger) Entries() iter.Seq2[state.Entry, error] { return values(l.sorted()...) }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func target(lib ingest.Library, led ingest.Ledger, bodies ingest.Bodies) ingest.Target {
	return ingest.Target{
		SourceID: 31, Locale: "en", Library: lib, Ledger: led, Bodies: bodies, Workers: 4,
		Now: func() time.Time { return noon },
	}
}

// world is a site that was crawled and what is recorded of it, made from a seed.
type world struct {
	pages    []state.Staged
	entries  []state.Entry
	ends     map[string]ended
	coverage crawler.Coverage
}

func newWorld(seed uint64) world {
	r := rand.New(rand.NewPCG(seed, 0))
	everyOutcome := []crawler.Outcome{
		"", crawler.Gone, crawler.Excluded, crawler.NoIndex, crawler.Redirected, crawler.Paged, crawler.Empty, crawler.ServerError,
		crawler.Forbidden, crawler.RedirectedOut, "new-outcome",
	}
	w := world{ends: map[string]ended{}, coverage: crawler.Coverage{Complete: r.IntN(3) > 0}}
	for i := range r.IntN(40) {
		id := fmt.Sprintf("%02d", i)
		text := func() string { return []string{"a", "b", "c"}[r.IntN(3)] }
		if r.IntN(3) > 0 {
			w.pages = append(w.pages, page(id, text()))
		} else if r.IntN(4) > 0 {
			w.ends[address(id)] = ended{everyOutcome[r.IntN(len(everyOutcome))], ""}
		}
		if r.IntN(3) > 0 {
			e := entry(id, text())
			e.Misses = r.IntN(3)
			switch r.IntN(6) {
			case 0:
				e.Refused = &state.Refusal{Hash: text(), Status: 422}
			case 1: // never accepted
				e.RemoteID, e.Hash, e.Refused = "", "", &state.Refusal{Hash: text(), Status: 422}
			case 2: // adopted
				e.Hash = ""
			}
			w.entries = append(w.entries, e)
		}
	}
	return w
}

func (w world) inputs() ingest.Inputs {
	return ingest.Inputs{
		Source: "wiki", Coverage: w.coverage, Pages: values(w.pages...), Entries: values(w.entries...), Outcome: outcomes(w.ends),
	}
}

var policy = ingest.Policy{ConfirmRuns: 2, MaxCount: 10, MaxShare: 0.1, MaxHTML: 1 << 20}
