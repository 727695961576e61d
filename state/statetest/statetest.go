// Package statetest has the tests that every implementation of the store runs on itself.
package statetest

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/state"
)

// Store is a store of state. *state.Store implements it but for the type of its crawls.
type Store interface {
	ImportSource(source string) (state.ImportSource, bool, error)
	SetImportSource(source string, is state.ImportSource) error
	Verification(source string) (state.Verification, error)
	SetVerification(source string, v state.Verification) error
	Health(source string) (state.Health, error)
	SetHealth(source string, h state.Health) error
	Session(source string) ([]byte, error)
	KeepSession(source string, sealed []byte) error
	Hints(source string) (state.Hints, bool, error)
	SetHints(source string, h state.Hints) error
	Template(source string) (state.Template, bool, error)
	SetTemplate(source string, t state.Template) error
	StyleSheets(source string) (map[string]string, error)
	SetStyleSheets(source string, sheets map[string]string) error
	Seen(source, url string) (state.Seen, bool, error)
	SetSeen(source string, v state.Seen) error
	ForgetSeen(source, url string) error
	AllSeen(source string) iter.Seq2[string, error]
	Trail(source, url string) (state.Trail, bool, error)
	Trails(source string) iter.Seq2[state.Trail, error]
	Follow(source string, v state.Visit, at time.Time) error
	ForgetTrail(source, url string) error
	Sources() ([]string, error)
	Entries(source string) iter.Seq2[state.Entry, error]
	Entry(source, externalID string) (state.Entry, bool, error)
	SentMarkdown(source, externalID string) (string, error)
	PutEntry(source string, e state.Entry) error
	Acknowledge(source string, e state.Entry, others ...string) error
	Forget(source, externalID string) error
	ForgetAll(source string) error
	BeginCrawl(source string) (Crawl, error)
	ResumeCrawl(source string) (Crawl, state.Beginning, bool, error)
	EndCrawl(source string) error
	PutDecision(source string, list ...state.Decision) error
	Decisions(source string) iter.Seq2[state.Decision, error]
	ForgetDecision(source string, d state.Decision) error
	PutWithdrawal(source string, list ...state.Withdrawal) error
	Withdrawals(source string) iter.Seq2[state.Withdrawal, error]
	EndWithdrawal(source, page string) error
	SetConcerns(source string, list []state.Concern) error
	Concerns(source string) iter.Seq2[state.Concern, error]
	ForgetDecisions(source string) error
	PutRun(r state.Run) error
	Runs() ([]state.Run, error)
	Flush() error
	Close() error
}

// Crawl is a crawl in progress. *state.Crawl implements it.
type Crawl interface {
	Discover(from string, depth int, urls []string) ([]string, error)
	Settle(url, outcome, detail string) error
	Outcome(url string) (outcome, detail string, known bool, err error)
	Visits() iter.Seq2[state.Visit, error]
	Init() error
	AddRequest(request []byte) error
	GetRequest() ([]byte, error)
	QueueSize() (int, error)
	Stage(p state.Staged, body *state.Body) error
	Staged() iter.Seq2[state.Staged, error]
	Page(externalID string) (state.Staged, bool, error)
	SetBeginning(b state.Beginning) error
	SetNote(note []byte) error
	Note() ([]byte, error)
	SetDate(url string, changed time.Time) error
	Date(url string) (time.Time, error)
	SetOutline(o state.Outlined) error
	Outline(url string) (state.Outlined, bool, error)
	Outlines() iter.Seq2[state.Outlined, error]
	Body(externalID string) (state.Body, bool, error)
	HTML(externalID string) (string, bool, error)
	Flush() error
}

// Run tests an implementation. Each call of fresh prepares an empty place and returns a
// function that opens the store there. Opened again after Close, the store has what was stored.
func Run(t *testing.T, fresh func(t *testing.T) (open func() Store)) {
	for name, test := range map[string]func(t *testing.T, open func() Store){
		"what was written is read at once and after reopening": remembers,
		"an acknowledgement keeps the staged Markdown":         acknowledges,
		"forgetting a source leaves the others":                forgets,
		"what persons decided outlives a source":               remembersDecisions,
		"a URL is discovered once":                             discovers,
		"a settled URL keeps where it was found":               settles,
		"the queue is first in, first out":                     queues,
		"a page staged again is replaced, text and all":        restages,
		"a new crawl begins empty":                             begins,
		"a crawl is resumed where it was":                      resumes,
		"what was seen of a URL is remembered":                 remembersSeen,
		"the last outcomes of a URL are remembered":            followsTrails,
		"names of any length and any bytes are told apart":     names,
		"the last runs are kept, the newest first":             keepsRuns,
		"any history reads like a plain map":                   agreesWithMap,
	} {
		t.Run(name, func(t *testing.T) { test(t, fresh(t)) })
	}
}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 123, time.UTC)

func remembers(t *testing.T, open func() Store) {
	want := state.Entry{
		ExternalID: "a", RemoteID: "7", URL: "https://w.example/a", Title: "Ä title", Hash: "sha256:1",
		AIAgent: true, SentAt: noon, Misses: 2, Remote: "r1", Drift: "drift: edited in Intercom", Owned: true,
		Refused: &state.Refusal{Hash: "sha256:2", Status: 422, Code: "parameter_invalid", Message: "no", RequestID: "r", At: noon},
	}
	bare := state.Entry{ExternalID: "b"}
	healthy := state.Health{Success: noon, FailedRuns: 2, Failing: noon, Numbers: []byte(`{"pages":3}`)}
	source := state.ImportSource{ID: 9, URL: "https://w.example", AudienceIDs: []int64{5, 6}, Deactivated: true}
	verified := state.Verification{At: noon, Runs: 3, Due: "a run was cut off"}
	s := open()
	must(t, s.PutEntry("wiki", bare), s.PutEntry("wiki", want), s.SetImportSource("wiki", source), s.SetVerification("wiki", verified), s.SetHealth("wiki", healthy),
		s.PutEntry("only pages", bare), s.SetImportSource("only an import source", source),
		s.KeepSession("wiki", []byte("old")), s.KeepSession("wiki", []byte{1, 0, 255}), s.KeepSession("ended", []byte("x")), s.KeepSession("ended", nil))
	for _, when := range []string{"at once", "after reopening"} {
		got, ok, err := s.Entry("wiki", "a")
		must(t, err)
		equal(t, when, ok, true)
		equal(t, when, got, want)
		equal(t, when, all(t, s.Entries("wiki")), []state.Entry{want, bare})
		is, ok, err := s.ImportSource("wiki")
		must(t, err)
		equal(t, when, ok, true)
		equal(t, when, is, source)
		v, err := s.Verification("wiki")
		must(t, err)
		equal(t, when, v, verified)
		h, err := s.Health("wiki")
		must(t, err)
		equal(t, when, h, healthy)
		for name, want := range map[string][]byte{"wiki": {1, 0, 255}, "ended": nil, "only pages": nil} {
			session, err := s.Session(name)
			must(t, err)
			equal(t, when+", session of "+name, session, want)
		}
		names, err := s.Sources()
		must(t, err)
		equal(t, when, names, []string{"only an import source", "only pages", "wiki"})
		must(t, s.Close())
		s = open()
	}
	_, ok, err := s.Entry("other", "a")
	must(t, err)
	equal(t, "entry of another source", ok, false)
	_, ok, err = s.ImportSource("other")
	must(t, err)
	equal(t, "import source of another source", ok, false)
	must(t, s.Close())
}

func acknowledges(t *testing.T, open func() Store) {
	s := open()
	c := begin(t, s, "wiki")
	stage := func(hash, markdown string) {
		must(t, c.Stage(state.Staged{ExternalID: "a", Hash: hash}, &state.Body{HTML: "<p>", Markdown: markdown}))
	}
	check := func(when, markdown string) {
		t.Helper()
		got, err := s.SentMarkdown("wiki", "a")
		must(t, err)
		equal(t, when, got, markdown)
	}
	stage("1", "one")
	check("before any acknowledgement", "")
	must(t, s.Acknowledge("wiki", state.Entry{ExternalID: "a", Hash: "1"}))
	check("acknowledged", "one")
	equal(t, "staged pages after the acknowledgement", len(all(t, c.Staged())), 1)

	must(t, s.PutEntry("wiki", state.Entry{ExternalID: "a", Hash: "1", Misses: 1}))
	check("after PutEntry", "one")
	must(t, s.Acknowledge("wiki", state.Entry{ExternalID: "a", Hash: "1"}))
	check("acknowledged twice", "one")
	must(t, s.Flush())
	stage("2", "")
	must(t, s.Acknowledge("wiki", state.Entry{ExternalID: "a", Hash: "2"}))
	check("acknowledged with an empty text", "")
	must(t, c.Stage(state.Staged{ExternalID: "b"}, &state.Body{Markdown: "other"}))
	stage("2+", "two")
	must(t, s.Acknowledge("wiki", state.Entry{ExternalID: "a", Hash: "2+"}, "b"))
	check("acknowledged with the text of another page", "two\n\nother")
	stage("3", "three")
	must(t, s.Acknowledge("wiki", state.Entry{ExternalID: "a", Hash: "3"}), s.EndCrawl("wiki"))
	check("after the crawl", "three")
	must(t, s.Acknowledge("wiki", state.Entry{ExternalID: "a", Hash: "4"}))
	check("another version, of which no text was staged", "")
	must(t, s.Close())
}

func forgets(t *testing.T, open func() Store) {
	s := open()
	for _, source := range []string{"wiki", "help"} {
		c := begin(t, s, source)
		must(t, c.Stage(state.Staged{ExternalID: "a"}, &state.Body{Markdown: source}))
		must(t, c.Stage(state.Staged{ExternalID: "b"}, &state.Body{Markdown: source}))
		must(t, s.Acknowledge(source, state.Entry{ExternalID: "a"}), s.Acknowledge(source, state.Entry{ExternalID: "b"}))
		must(t, s.SetImportSource(source, state.ImportSource{ID: 1}), s.KeepSession(source, []byte(source)), s.SetHealth(source, state.Health{FailedRuns: 1}))
	}
	must(t, s.Forget("wiki", "a"), s.Forget("wiki", "never there"))
	equal(t, "entries but one", ids(all(t, s.Entries("wiki"))), []string{"b"})
	must(t, s.ForgetAll("wiki"), s.Close())
	s = open()
	equal(t, "entries", ids(all(t, s.Entries("wiki"))), nil)
	h, err := s.Health("wiki")
	must(t, err)
	equal(t, "how runs went", h, state.Health{})
	for _, id := range []string{"a", "b"} {
		text, err := s.SentMarkdown("wiki", id)
		must(t, err)
		equal(t, "Markdown", text, "")
	}
	_, ok, err := s.ImportSource("wiki")
	must(t, err)
	equal(t, "import source", ok, false)
	session, err := s.Session("wiki")
	must(t, err)
	equal(t, "session", session, nil)
	session, err = s.Session("help")
	must(t, err)
	equal(t, "session of the other", string(session), "help")
	names, err := s.Sources()
	must(t, err)
	equal(t, "sources", names, []string{"help"})
	equal(t, "entries of the other", ids(all(t, s.Entries("help"))), []string{"a", "b"})
	_, ok, err = s.ImportSource("help")
	must(t, err)
	equal(t, "import source of the other", ok, true)
	must(t, s.Close())
}

func remembersDecisions(t *testing.T, open func() Store) {
	one := state.Decision{
		ExternalID: "a", URL: "https://w.example/a", Verdict: state.Approve, Guards: []string{"shrunk", "marker"}, Change: "c1", After: "h1",
		By: "anna", At: noon, Reason: "looked at it",
	}
	surplus := state.Decision{ExternalID: "a", RemoteID: "7", Verdict: state.Reject, Guards: []string{"count"}, Change: "c2", By: "bert", At: noon}
	whole := state.Withdrawal{Delete: true, By: "anna", At: noon, Reason: "wrong"}
	page := state.Withdrawal{Page: "a", URL: "https://w.example/a", By: "anna", At: noon}
	held := state.Concern{
		Kind: state.ConcernHeld, ID: "a", URL: "https://w.example/a", Title: "A", Sign: "s", Since: noon, Said: noon, Wants: "~",
		Guards: []string{"shrunk"}, Change: "c1", After: "h1",
	}
	failed := state.Concern{Kind: state.ConcernFailed, ID: "a", URL: "https://w.example/a", Sign: "read 500", Since: noon}
	earlier := one
	earlier.Verdict, earlier.Change = state.Reject, "c0"
	s := open()
	must(t, s.PutDecision("wiki", surplus, earlier), s.PutDecision("wiki", one), s.PutWithdrawal("wiki", page, whole),
		s.SetConcerns("wiki", []state.Concern{{Kind: state.ConcernRefused, ID: "x"}}), s.SetConcerns("wiki", []state.Concern{held, failed}),
		s.PutDecision("help", one), s.PutWithdrawal("help", page), s.PutEntry("wiki", state.Entry{ExternalID: "a"}))
	for _, when := range []string{"at once", "after reopening", "after the source was forgotten"} {
		equal(t, when, all(t, s.Decisions("wiki")), []state.Decision{one, surplus})
		equal(t, when, all(t, s.Withdrawals("wiki")), []state.Withdrawal{whole, page})
		equal(t, when, all(t, s.Concerns("wiki")), []state.Concern{failed, held})
		must(t, s.Close())
		s = open()
		if when != "at once" {
			must(t, s.ForgetAll("wiki"))
		}
	}
	must(t, s.ForgetDecision("wiki", surplus), s.EndWithdrawal("wiki", ""), s.EndWithdrawal("wiki", "never there"))
	equal(t, "decisions but one", all(t, s.Decisions("wiki")), []state.Decision{one})
	equal(t, "withdrawals but one", all(t, s.Withdrawals("wiki")), []state.Withdrawal{page})
	must(t, s.ForgetDecisions("wiki"), s.Close())
	s = open()
	equal(t, "decisions", all(t, s.Decisions("wiki")), nil)
	equal(t, "withdrawals", all(t, s.Withdrawals("wiki")), nil)
	equal(t, "concerns", all(t, s.Concerns("wiki")), nil)
	equal(t, "decisions of the other", all(t, s.Decisions("help")), []state.Decision{one})
	equal(t, "withdrawals of the other", all(t, s.Withdrawals("help")), []state.Withdrawal{page})
	must(t, s.Close())
}

func discovers(t *testing.T, open func() Store) {
	s := open()
	c := begin(t, s, "wiki")
	fresh, err := c.Discover("", 0, []string{"u2", "u1", "u2"})
	must(t, err)
	equal(t, "fresh, in order", fresh, []string{"u2", "u1"})
	must(t, s.Flush())
	fresh, err = c.Discover("u1", 1, []string{"u1", "u3", "u2"})
	must(t, err)
	equal(t, "fresh, some being known", fresh, []string{"u3"})
	fresh, err = c.Discover("u1", 1, nil)
	must(t, err)
	equal(t, "fresh of none", fresh, nil)
	_, _, known, err := c.Outcome("u4")
	must(t, err)
	equal(t, "u4 is known", known, false)

	// Each URL is fresh for exactly one of several goroutines.
	const finders = 8
	found := make(chan []string, finders)
	urls := make([]string, 300)
	for i := range urls {
		urls[i] = fmt.Sprintf("shared-%03d", i)
	}
	for range finders {
		go func() {
			var mine []string
			for part := range slices.Chunk(urls, 7) {
				fresh, err := c.Discover("", 0, part)
				if err != nil {
					t.Error(err)
				}
				mine = append(mine, fresh...)
			}
			found <- mine
		}()
	}
	var together []string
	for range finders {
		together = append(together, <-found...)
	}
	slices.Sort(together)
	equal(t, "shared out", together, urls)
	must(t, s.Close())
}

func settles(t *testing.T, open func() Store) {
	s := open()
	c := begin(t, s, "wiki")
	_, err := c.Discover("start", 3, []string{"u2", "u1"})
	must(t, err)
	must(t, c.Settle("u1", "timeout", "after 30s"), c.Settle("u1", "page", ""))
	if err := c.Settle("unknown", "page", ""); err == nil {
		t.Error("a URL that was never discovered was settled")
	}
	want := []state.Visit{{URL: "u1", From: "start", Depth: 3, Outcome: "page"}, {URL: "u2", From: "start", Depth: 3}}
	equal(t, "visits", all(t, c.Visits()), want)
	outcome, _, known, err := c.Outcome("u2")
	must(t, err)
	equal(t, "outcome of u2", outcome, "")
	equal(t, "u2 is known", known, true)
	must(t, s.Close())
}

func queues(t *testing.T, open func() Store) {
	s := open()
	c := begin(t, s, "wiki")
	must(t, c.Init())
	var want, got []string
	take := func() {
		request, err := c.GetRequest()
		must(t, err)
		got = append(got, string(request))
	}
	for i := range 700 {
		request := fmt.Sprint("request ", i)
		want = append(want, request)
		must(t, c.AddRequest([]byte(request)))
		if i%3 == 0 {
			take()
		}
		if i == 300 {
			must(t, s.Flush())
		}
	}
	size, err := c.QueueSize()
	must(t, err)
	equal(t, "size", size, len(want)-len(got))
	for len(got) < len(want) {
		take()
	}
	equal(t, "requests", got, want)
	request, err := c.GetRequest()
	must(t, err)
	equal(t, "request from an empty queue", request, nil)
	must(t, s.Close())
}

func restages(t *testing.T, open func() Store) {
	s := open()
	c := begin(t, s, "wiki")
	body := state.Body{HTML: "<p>" + strings.Repeat("text ", 5000), Markdown: "text"}
	must(t, c.Stage(state.Staged{ExternalID: "a", Title: "old"}, &body))
	got, ok, err := c.Body("a")
	must(t, err)
	equal(t, "text is there", ok, true)
	equal(t, "text", got, body)
	asHTML, ok, err := c.HTML("a")
	must(t, err)
	equal(t, "HTML is there", ok, true)
	equal(t, "HTML", asHTML, body.HTML)
	page := state.Staged{ExternalID: "a", URL: "u", Title: "new", Locale: "en", Hash: "h", AIAgent: true, AICopilot: true, Size: 12}
	must(t, c.Stage(page, nil))
	equal(t, "pages", all(t, c.Staged()), []state.Staged{page})
	_, ok, err = c.Body("a")
	must(t, err)
	equal(t, "text of the older is there", ok, false)
	_, ok, err = c.HTML("a")
	must(t, err)
	equal(t, "HTML of the older is there", ok, false)
	must(t, c.Flush())
	must(t, s.Close())
}

func begins(t *testing.T, open func() Store) {
	s := open()
	c := begin(t, s, "wiki")
	_, err := c.Discover("", 0, []string{"u"})
	must(t, err)
	must(t, c.AddRequest([]byte("u")), c.Stage(state.Staged{ExternalID: "u"}, &state.Body{}))
	must(t, s.PutEntry("wiki", state.Entry{ExternalID: "u"}))
	c = begin(t, s, "wiki")
	equal(t, "visits", all(t, c.Visits()), nil)
	equal(t, "pages", all(t, c.Staged()), nil)
	size, err := c.QueueSize()
	must(t, err)
	equal(t, "queue", size, 0)
	_, ok, err := c.Body("u")
	must(t, err)
	equal(t, "text is there", ok, false)
	equal(t, "entries", ids(all(t, s.Entries("wiki"))), []string{"u"})
	must(t, s.EndCrawl("wiki"), s.EndCrawl("wiki"), s.Close())
}

func resumes(t *testing.T, open func() Store) {
	s := open()
	_, _, ok, err := s.ResumeCrawl("wiki")
	must(t, err)
	equal(t, "there is a crawl to resume", ok, false)
	c := begin(t, s, "wiki")
	_, err = c.Discover("", 0, []string{"done", "in flight", "queued"})
	must(t, err)
	_, _, ok, err = s.ResumeCrawl("wiki")
	must(t, err)
	equal(t, "a crawl that does not say how it began can be resumed", ok, false)

	began := state.Beginning{At: time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC), Settings: "s"}
	changed := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	page := state.Staged{ExternalID: "done", URL: "done", Hash: "h"}
	must(t, c.SetBeginning(began), c.SetDate("done", changed), c.SetNote([]byte("a note")))
	for _, url := range []string{"done", "in flight", "queued"} {
		must(t, c.AddRequest([]byte(url)))
	}
	for range 2 {
		_, err = c.GetRequest()
		must(t, err)
	}
	must(t, c.Stage(page, &state.Body{HTML: "<p>done", Markdown: "done"}), c.Settle("done", "page", ""))
	must(t, s.Close())

	s = open()
	for range 2 {
		c, got, ok, err := s.ResumeCrawl("wiki")
		must(t, err)
		equal(t, "there is a crawl to resume", ok, true)
		equal(t, "its beginning", got, began)
		size, err := c.QueueSize()
		must(t, err)
		equal(t, "queue", size, 0)
		equal(t, "visits", all(t, c.Visits()), []state.Visit{{URL: "done", Outcome: "page"}, {URL: "in flight"}, {URL: "queued"}})
		body, _, err := c.Body("done")
		must(t, err)
		equal(t, "text", body.Markdown, "done")
		staged, ok, err := c.Page("done")
		must(t, err)
		equal(t, "page is there", ok, true)
		equal(t, "page", staged, page)
		note, err := c.Note()
		must(t, err)
		equal(t, "note", string(note), "a note")
		date, err := c.Date("done")
		must(t, err)
		equal(t, "date", date, changed)
		must(t, c.AddRequest([]byte("again")))
		request, err := c.GetRequest()
		must(t, err)
		equal(t, "first request", string(request), "again")
		must(t, c.AddRequest([]byte("left over")))
	}
	_, _, ok, err = s.ResumeCrawl("other")
	must(t, err)
	equal(t, "another source has a crawl", ok, false)
	must(t, s.EndCrawl("wiki"))
	_, _, ok, err = s.ResumeCrawl("wiki")
	must(t, err)
	equal(t, "a crawl that ended can be resumed", ok, false)
	must(t, s.Close())
}

func followsTrails(t *testing.T, open func() Store) {
	s := open()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 3, 0, 0, 0, time.UTC) }
	follow := func(n int, from, outcome, detail string) {
		t.Helper()
		must(t, s.Follow("wiki", state.Visit{URL: "u", From: from, Depth: 2, Outcome: outcome, Detail: detail}, day(n)))
	}
	follow(1, "a", "page", "article")
	follow(2, "a", "page", "article")
	follow(3, "b", "page", "main")
	got, ok, err := s.Trail("wiki", "u")
	must(t, err)
	equal(t, "it is there", ok, true)
	equal(t, "as it is now, since when it is", got, state.Trail{URL: "u", From: "b", Depth: 2,
		Last: state.TrailOutcome{Outcome: "page", Detail: "main", Since: day(1)}})

	for n := range 6 {
		follow(4+n, "b", fmt.Sprint("outcome ", n), "")
	}
	must(t, s.Close())
	s = open()
	got, _, err = s.Trail("wiki", "u")
	must(t, err)
	equal(t, "the last", got.Last, state.TrailOutcome{Outcome: "outcome 5", Since: day(9)})
	equal(t, "how many before it", len(got.Earlier), state.EarlierKept)
	equal(t, "the one before", got.Earlier[0], state.TrailOutcome{Outcome: "outcome 4", Since: day(8)})

	must(t, s.Follow("wiki", state.Visit{URL: "v", Outcome: "gone"}, day(1)), s.ForgetTrail("wiki", "u"))
	equal(t, "how many are left", len(all(t, s.Trails("wiki"))), 1)
	must(t, s.ForgetAll("wiki"))
	_, ok, err = s.Trail("wiki", "v")
	must(t, err)
	equal(t, "it is forgotten with its source", ok, false)
	must(t, s.Close())
}

func remembersSeen(t *testing.T, open func() Store) {
	s := open()
	seen := state.Seen{
		URL: "u", ETag: `W/"x"`, LastModified: "Sun, 22 Nov 2026 09:30:00 GMT", At: time.Date(2026, 11, 22, 9, 31, 0, 0, time.UTC),
		Settings: "s", Outcome: "page", Links: []string{"a", "b"}, Page: &state.Staged{ExternalID: "id", URL: "u", Title: "T", Hash: "h", Size: 3, Parts: []string{"p", "q"}},
		Parts: []state.Staged{{ExternalID: "id#p", URL: "u#p", Hash: "i"}, {ExternalID: "id#q", URL: "u#q", Hash: "j"}},
	}
	listing := state.Seen{URL: "l", ETag: "e", Outcome: "listing"}
	hints := state.Hints{Settings: map[string]string{"content.body": "main"}, Runs: 3, Wrong: "u"}
	must(t, s.SetSeen("wiki", seen), s.SetSeen("wiki", listing), s.SetSeen("other", listing), s.SetHints("wiki", hints))
	template := state.Template{Version: 1, Blocks: []state.TemplateBlock{{Hash: 1<<64 - 1, Place: 2, Words: "w", Pages: 3, Of: 4}}}
	sheets := map[string]string{"https://wiki.example/a.css": ".a { display: none }", "https://wiki.example/b.css": ""}
	must(t, s.SetTemplate("wiki", template), s.SetStyleSheets("wiki", sheets))
	for range 2 {
		got, ok, err := s.Seen("wiki", "u")
		must(t, err)
		equal(t, "it is there", ok, true)
		equal(t, "what was seen", got, seen)
		equal(t, "it is the same", got.Same(seen), true)
		got.Parts = got.Parts[:1]
		equal(t, "it is the same with a part less", got.Same(seen), false)
		got, _, err = s.Seen("wiki", "l")
		must(t, err)
		equal(t, "what was seen", got, listing)
		kept, _, err := s.Hints("wiki")
		must(t, err)
		equal(t, "hints", kept, hints)
		common, _, err := s.Template("wiki")
		must(t, err)
		equal(t, "template", common, template)
		styled, err := s.StyleSheets("wiki")
		must(t, err)
		equal(t, "style sheets", styled, sheets)
		must(t, s.Close())
		s = open()
	}
	must(t, s.ForgetSeen("wiki", "l"))
	equal(t, "URLs", all(t, s.AllSeen("wiki")), []string{"u"})
	must(t, s.ForgetAll("wiki"))
	equal(t, "URLs", all(t, s.AllSeen("wiki")), nil)
	_, ok, err := s.Hints("wiki")
	must(t, err)
	equal(t, "hints are there", ok, false)
	_, ok, err = s.Template("wiki")
	must(t, err)
	equal(t, "the template is there", ok, false)
	styled, err := s.StyleSheets("wiki")
	must(t, err)
	equal(t, "style sheets", len(styled), 0)
	equal(t, "URLs of the other", all(t, s.AllSeen("other")), []string{"l"})
	must(t, s.Close())
}

func names(t *testing.T, open func() Store) {
	long := strings.Repeat("x", 100_000)
	want := []string{"\x00", "a", "a\x00b", long + "1", long + "2", "ÿ", "\xff"}
	s := open()
	for _, id := range want {
		must(t, s.PutEntry("wi/ki", state.Entry{ExternalID: id, Title: id[len(id)-1:]}))
	}
	must(t, s.Close())
	s = open()
	for _, id := range want {
		e, ok, err := s.Entry("wi/ki", id)
		must(t, err)
		equal(t, "found", ok, true)
		equal(t, "title", e.Title, id[len(id)-1:])
	}
	got := ids(all(t, s.Entries("wi/ki")))
	slices.Sort(got)
	equal(t, "entries", got, want)
	if err := s.PutEntry("wiki", state.Entry{}); err == nil {
		t.Error("an entry without an external ID was put")
	}
	must(t, s.PutEntry("wiki", state.Entry{ExternalID: "the store still works"}), s.Close())
}

func keepsRuns(t *testing.T, open func() Store) {
	s := open()
	var want []state.Run
	for i := range state.KeptRuns + 3 {
		r := state.Run{ID: fmt.Sprintf("run-%d", i*37%100), Mode: "sync", Started: noon.Add(time.Duration(i) * time.Minute)}
		must(t, s.PutRun(r))
		r.Finished, r.ExitCode, r.Summary = r.Started.Add(time.Second), 3, []byte(`{"pages":1}`)
		must(t, s.PutRun(r))
		want = append([]state.Run{r}, want...)
	}
	must(t, s.Close())
	s = open()
	got, err := s.Runs()
	must(t, err)
	equal(t, "runs", got, want[:state.KeptRuns])
	must(t, s.Close())
}

// agreesWithMap makes random calls on the store and on maps and compares the two.
func agreesWithMap(t *testing.T, open func() Store) {
	const seed = 20261122
	random := rand.New(rand.NewPCG(seed, 0))
	s := open()
	c := begin(t, s, "wiki")
	entries, sent, bodies := map[string]state.Entry{}, map[string]string{}, map[string]string{}
	for step := range 3000 {
		id := fmt.Sprint("page-", random.IntN(40))
		text := fmt.Sprint("text ", step)
		e := state.Entry{ExternalID: id, Hash: text, Misses: random.IntN(3)}
		switch random.IntN(10) {
		case 0, 1:
			must(t, s.PutEntry("wiki", e))
			entries[id] = e
		case 2, 3:
			must(t, c.Stage(state.Staged{ExternalID: id}, &state.Body{Markdown: text}))
			bodies[id] = text
		case 4, 5:
			must(t, s.Acknowledge("wiki", e))
			entries[id], sent[id] = e, bodies[id]
		case 6:
			must(t, s.Forget("wiki", id))
			delete(entries, id)
			delete(sent, id)
		case 7:
			must(t, s.Flush())
		case 8:
			if random.IntN(20) == 0 {
				must(t, s.Close())
				s = open()
				c, bodies = begin(t, s, "wiki"), map[string]string{}
			}
		case 9:
			want := slices.SortedFunc(func(yield func(state.Entry) bool) {
				for _, e := range entries {
					if !yield(e) {
						return
					}
				}
			}, func(x, y state.Entry) int { return strings.Compare(x.ExternalID, y.ExternalID) })
			equal(t, fmt.Sprintf("entries at step %d of seed %d", step, seed), all(t, s.Entries("wiki")), want)
		}
		got, ok, err := s.Entry("wiki", id)
		must(t, err)
		want, there := entries[id]
		markdown, err := s.SentMarkdown("wiki", id)
		must(t, err)
		body, staged, err := c.Body(id)
		must(t, err)
		if ok != there || got != want || markdown != sent[id] || body.Markdown != bodies[id] || staged != (bodies[id] != "") {
			t.Fatalf("step %d of seed %d: %s is %+v, sent %q, staged %q; want %+v, %q, %q",
				step, seed, id, got, markdown, body.Markdown, want, sent[id], bodies[id])
		}
	}
	must(t, s.Close())
}

func begin(t *testing.T, s Store, source string) Crawl {
	t.Helper()
	c, err := s.BeginCrawl(source)
	must(t, err)
	return c
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func all[T any](t *testing.T, values iter.Seq2[T, error]) (list []T) {
	t.Helper()
	for v, err := range values {
		must(t, err)
		list = append(list, v)
	}
	return list
}

func ids(entries []state.Entry) (list []string) {
	for _, e := range entries {
		list = append(list, e.ExternalID)
	}
	return list
}
