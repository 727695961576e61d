package state_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/fincrawl/fincrawl/internal/golden"
	"github.com/fincrawl/fincrawl/state"
)

// TestAFileOfEachSchemaKeepsAllThatItSays opens a file of each schema that there ever was. A program
// with a new schema has to migrate them. The files are written once, by a program of their schema.
func TestAFileOfEachSchemaKeepsAllThatItSays(t *testing.T) {
	for version := 1; version <= state.SchemaVersion; version++ {
		name := filepath.Join("testdata", fmt.Sprintf("schema-%d", version))
		packed, err := os.ReadFile(name + ".db.zst")
		if errors.Is(err, fs.ErrNotExist) && version == state.SchemaVersion {
			writeExample(t, name+".db.zst")
			t.Errorf("there was no file of schema %d: it is written now, and has to be kept", version)
			packed, err = os.ReadFile(name + ".db.zst")
		}
		check(t, err)
		unzip, err := zstd.NewReader(nil)
		check(t, err)
		content, err := unzip.DecodeAll(packed, nil)
		unzip.Close()
		check(t, err)
		path := filepath.Join(t.TempDir(), "state.db")
		check(t, os.WriteFile(path, content, 0o600))
		golden.Compare(t, name+".txt", contents(t, open(t, path)))
	}
}

// writeExample writes a file with a record of every kind.
func writeExample(t *testing.T, to string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	s, err := state.Open(path, state.Options{})
	check(t, err)
	furnish(t, s)
	at := time.Date(2026, 12, 1, 3, 0, 0, 7, time.UTC)
	page := state.Staged{ExternalID: "https://w.example/b", URL: "https://w.example/b", Title: "B", Hash: "h"}
	check(t,
		s.SetWorkspace("ab12cd34"),
		s.SetHealth("wiki", state.Health{Success: at, FailedRuns: 1, Failing: at, Numbers: json.RawMessage(`{"library":40}`), Told: map[string]state.Told{"ticket": {State: "held", At: at, Ticket: "7"}}}),
		s.SetHints("wiki", state.Hints{Settings: map[string]string{"content": "x"}, Version: "1.0", Runs: 3, Wrong: "https://w.example/b", Phrases: []state.Phrase{{Words: []string{"views"}, Learnt: true}}}),
		s.SetTemplate("wiki", state.Template{Version: 1, Blocks: []state.TemplateBlock{{Hash: 9, Place: 1, Words: "Menu", Pages: 40, Of: 41}}}),
		s.SetStyleSheets("wiki", map[string]string{"https://w.example/a.css": ".a{display:none}"}),
		s.SetUnanswered("wiki", slices.Values([]string{"https://w.example/c"})),
		s.SetSeen("wiki", state.Seen{URL: "https://w.example/b", ETag: `"1"`, At: at, Settings: "f", Outcome: "page", Links: []string{"https://w.example/"}, Page: &page}),
		s.PutEntry("wiki", state.Entry{ExternalID: "https://w.example/d", RemoteID: "8", URL: "https://w.example/d", Title: "D", Owned: true, AIAgent: true, Replaced: true, End: "e", Doubted: "f"}),
		s.PutDecision("wiki", state.Decision{ExternalID: "01", URL: "u", Verdict: state.Reject, Guards: []string{"shrunk"}, Change: "c", By: "Ada", At: at, Reason: "why"}),
		s.PutWithdrawal("wiki", state.Withdrawal{Page: "02", URL: "u", Delete: true, By: "Ada", At: at}),
		s.SetConcerns("wiki", []state.Concern{{Kind: state.ConcernHeld, ID: "01", URL: "u", Sign: "s", Since: at, Guards: []string{"shrunk"}, Change: "c"}}),
		s.Flush(), s.Close())
	_, _, err = state.Compact(path, 0)
	check(t, err)
	content, err := os.ReadFile(path)
	check(t, err)
	zip, err := zstd.NewWriter(nil)
	check(t, err)
	check(t, os.WriteFile(to, zip.EncodeAll(content, nil), 0o644), zip.Close())
}

// contents returns everything that a state file says, in lines.
func contents(t *testing.T, s *state.Store) string {
	t.Helper()
	var b strings.Builder
	say := func(what string, v any, err error) {
		check(t, err)
		text, err := json.Marshal(v)
		check(t, err)
		fmt.Fprintf(&b, "%s %s\n", what, text)
	}
	workspace, err := s.Workspace()
	say("workspace", workspace, err)
	runs, err := s.Runs()
	say("runs", runs, err)
	sources, err := s.Sources()
	say("sources", sources, err)
	for _, source := range sources {
		is, _, err := s.ImportSource(source)
		say("import source", is, err)
		verification, err := s.Verification(source)
		say("verification", verification, err)
		health, err := s.Health(source)
		say("health", health, err)
		hints, _, err := s.Hints(source)
		say("hints", hints, err)
		template, _, err := s.Template(source)
		say("template", template, err)
		sheets, err := s.StyleSheets(source)
		say("style sheets", slices.Sorted(maps.Keys(sheets)), err)
		session, err := s.Session(source)
		say("session", string(session), err)
		each(say, "entry", s.Entries(source))
		each(say, "unanswered", s.Unanswered(source))
		each(say, "trail", s.Trails(source))
		each(say, "decision", s.Decisions(source))
		each(say, "withdrawal", s.Withdrawals(source))
		each(say, "concern", s.Concerns(source))
		for url, err := range s.AllSeen(source) {
			check(t, err)
			seen, _, err := s.Seen(source, url)
			say("seen", seen, err)
		}
		sent, err := s.SentMarkdown(source, "00")
		say("sent", len(sent), err)
	}
	return b.String()
}

func each[T any](say func(string, any, error), what string, all iter.Seq2[T, error]) {
	for v, err := range all {
		say(what, v, err)
	}
}
