package state_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/state"
)

// Whatever a state file remembers, an export brings it to another one, from which it is
// exported as the same bytes.
func TestAnyExportIsImportedAndExportedAsTheSame(t *testing.T) {
	for seed := range uint64(30) {
		folder := t.TempDir()
		s := open(t, filepath.Join(folder, "a.db"))
		remember(t, s, rand.New(rand.NewPCG(seed, 0)))
		again := filepath.Join(folder, "b.db")
		check(t, state.Import(strings.NewReader(export(t, s)), again, false))
		second := open(t, again)
		// An import is doubted until the next run compares it with what Intercom has, and
		// its export says so; all else is as it was.
		check(t, doubt(s))
		if want, got := export(t, s), export(t, second); got != want {
			t.Fatalf("seed %d: exported again\n%.900s\nwant\n%.900s", seed, got, want)
		}
	}
}

// doubt records of each source that the state was imported.
func doubt(s *state.Store) error {
	names, err := s.Sources()
	for _, name := range names {
		v, readErr := s.Verification(name)
		if readErr != nil {
			return readErr
		}
		v.Due, v.Old = "the state was imported", true
		if err := s.SetVerification(name, v); err != nil {
			return err
		}
	}
	return err
}

// remember writes anything that a state file may remember.
func remember(t *testing.T, s *state.Store, r *rand.Rand) {
	t.Helper()
	word := func() string {
		return []string{"", "a", "ü ✓ 文", "<p>&amp;</p>", "\"quoted\"", "two\nlines\ttabbed", "\u2028\u0000\x7f", strings.Repeat("long ", 2000)}[r.IntN(8)]
	}
	when := func() time.Time { return time.Unix(r.Int64N(2e9), r.Int64N(1e9)).UTC() }
	chance := func() bool { return r.IntN(2) == 0 }
	for n := range r.IntN(4) {
		source := fmt.Sprintf("source %d %s", n, []string{"", "ü", "/", "\"<"}[r.IntN(4)])
		if chance() {
			check(t, s.SetImportSource(source, state.ImportSource{ID: 1 + r.Int64N(1e9), URL: word(), AudienceIDs: make([]int64, r.IntN(3)), Deactivated: chance()}))
		}
		if chance() {
			check(t, s.SetVerification(source, state.Verification{At: when(), Runs: r.IntN(9), Due: word(),
				Foreign: state.Foreign{Pages: r.IntN(3), First: []state.ForeignPage{{ExternalID: word(), URL: word(), Title: word()}}}}))
		}
		if chance() {
			check(t, s.SetHealth(source, state.Health{Success: when(), FailedRuns: r.IntN(3), Numbers: []byte(`{"<&":"\u2028"}`)}))
		}
		crawl, err := s.BeginCrawl(source)
		check(t, err)
		for i := range r.IntN(20) {
			e := state.Entry{ExternalID: fmt.Sprint(i, word()), RemoteID: word(), URL: word(), Title: word(), Hash: word(), AIAgent: chance(), AICopilot: chance(),
				SentAt: when(), Misses: r.IntN(9), Remote: word(), Drift: word(), Owned: r.IntN(2) == 0}
			if chance() {
				e.Refused = &state.Refusal{Hash: word(), Status: r.IntN(600), Code: word(), Message: word(), RequestID: word(), At: when()}
			}
			if chance() {
				check(t, crawl.Stage(state.Staged{ExternalID: e.ExternalID}, &state.Body{HTML: word(), Markdown: word()}), s.Acknowledge(source, e))
			} else {
				check(t, s.PutEntry(source, e))
			}
		}
		check(t, s.EndCrawl(source))
		for i := range r.IntN(4) {
			id := fmt.Sprint(i, word())
			check(t, s.PutDecision(source, state.Decision{
				ExternalID: id, RemoteID: word(), URL: word(), Verdict: state.Verdict(word()), Guards: make([]string, 1+r.IntN(2)),
				Change: word(), After: word(), By: word(), At: when(), Reason: word(),
			}))
			check(t, s.PutWithdrawal(source, state.Withdrawal{Page: word(), URL: word(), Delete: chance(), By: word(), At: when(), Reason: word()}))
			check(t, s.SetConcerns(source, []state.Concern{{
				Kind: state.ConcernKind(word()), ID: id, URL: word(), Sign: word(), Reason: word(), Since: when(), Said: when(),
				RemoteID: word(), Wants: word(), Guards: make([]string, 1+r.IntN(2)), Change: word(), After: word(),
			}}))
		}
		for i := range r.IntN(20) {
			url := fmt.Sprint("https://w.example/", i, word())
			for range 1 + r.IntN(8) {
				check(t, s.Follow(source, state.Visit{URL: url, From: word(), Depth: r.IntN(9), Outcome: word(), Detail: word()}, when()))
			}
		}
	}
	for n := range r.IntN(5) {
		run := state.Run{ID: fmt.Sprint(n, word()), Mode: word(), Started: when(), ExitCode: r.IntN(6)}
		if chance() {
			run.Finished, run.Summary = when(), []byte(`{"sources":[{"name":"<wiki>","n":1.50}],"big":12345678901234567890}`)
		}
		check(t, s.PutRun(run))
	}
	check(t, s.Flush())
}
