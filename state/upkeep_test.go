package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/state"
)

// furnish writes something of every kind.
func furnish(t *testing.T, s *state.Store) {
	t.Helper()
	at := time.Date(2026, 11, 22, 12, 0, 0, 5, time.UTC)
	check(t,
		s.SetImportSource("wiki", state.ImportSource{ID: 7, URL: "https://w.example", AudienceIDs: []int64{5}}),
		s.SetVerification("wiki", state.Verification{At: at, Runs: 2}),
		s.PutEntry("help", state.Entry{ExternalID: "x", Refused: &state.Refusal{Hash: "h", Status: 422, Message: "<no>", At: at}}),
		s.PutRun(state.Run{ID: "1", Mode: "sync", Started: at, Finished: at.Add(time.Second), ExitCode: 3, Summary: []byte(`{"a":[1,"<2>"]}`)}),
		s.PutRun(state.Run{ID: "2", Mode: "resync", Started: at.Add(time.Hour)}),
		s.KeepSession("wiki", []byte("sealed")))
	for day, outcome := range []string{"page", "server error", "page", "gone"} {
		check(t, s.Follow("wiki", state.Visit{URL: "https://w.example/a", From: "https://w.example/", Depth: 1, Outcome: outcome}, at.AddDate(0, 0, day)))
	}
	c := begin(t, s)
	for i := range 40 {
		id := fmt.Sprintf("%02d", i)
		check(t, c.Stage(state.Staged{ExternalID: id}, &state.Body{HTML: "<p>", Markdown: strings.Repeat("text of "+id+"\n", 500)}),
			s.Acknowledge("wiki", state.Entry{ExternalID: id, RemoteID: "r", Hash: "h", SentAt: at, Misses: 1, Remote: "c", Drift: "d"}))
	}
	check(t, s.EndCrawl("wiki"), s.Flush())
}

func export(t *testing.T, s *state.Store) string {
	t.Helper()
	var b bytes.Buffer
	check(t, s.Export(&b))
	return b.String()
}

func TestAnExportImportedIsTheSame(t *testing.T) {
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "a.db"))
	furnish(t, s)
	first := export(t, s)
	if n := strings.Count(first, "\n"); n != 1+1+1+41+1+2+1 {
		t.Errorf("%d lines", n)
	}
	if strings.Contains(first, "sealed") {
		t.Error("a session was exported")
	}
	to := filepath.Join(folder, "b.db")
	check(t, state.Import(strings.NewReader(first), to, false))
	second := export(t, open(t, to))
	// Whoever imports doesn't know what happened since.
	const doubt = `"due":"the state was imported","old":true`
	second = strings.Replace(second, `,`+doubt, "", 1)
	second = strings.Replace(second, `{"kind":"verification","source":"help","verification":{`+doubt+"}}\n", "", 1)
	second = strings.Replace(second, `"records":47`, `"records":46`, 1)
	if first != second {
		t.Errorf("exported again:\n%.600s\nwant\n%.600s", second, first)
	}
}

func TestAnExportThatIsNotRightLeavesAllAsItWas(t *testing.T) {
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "a.db"))
	furnish(t, s)
	whole := export(t, s)
	lines := strings.SplitAfter(whole, "\n")
	to := filepath.Join(folder, "b.db")
	for name, test := range map[string]struct{ text, want string }{
		"nothing":             {"", "cut off after 0 lines"},
		"cut off":             {strings.Join(lines[:20], ""), "cut off after 20 lines"},
		"cut within a line":   {whole[:len(whole)/2], "line "},
		"a line lost":         {strings.Join(slices.Delete(slices.Clone(lines), 3, 4), ""), "it names another number"},
		"a line twice":        {strings.Join(slices.Insert(slices.Clone(lines), 10, lines[10]), ""), "a second entry"},
		"no head":             {strings.Join(lines[1:], ""), "line 1: an export begins"},
		"another version":     {strings.Replace(whole, `"version":1`, `"version":2`, 1), "version 2"},
		"an unknown kind":     {lines[0] + `{"kind":"cake","source":"a"}` + "\n", `line 2: a record of the kind "cake"`},
		"an unknown field":    {strings.Replace(whole, `"remote_id"`, `"remoteid"`, 1), "remoteid"},
		"an entry without ID": {lines[0] + `{"kind":"entry","source":"a","entry":{"url":"u"}}` + "\n", "not whole"},
		"no source":           {lines[0] + `{"kind":"entry","entry":{"external_id":"u"}}` + "\n", "without a source"},
		"more after the end":  {whole + lines[1], "after the end"},
	} {
		err := state.Import(strings.NewReader(test.text), to, false)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
	if got := export(t, open(t, to)); strings.Count(got, "\n") != 2 {
		t.Errorf("something was imported:\n%s", got)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*.tmp*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestAnImportReplacesOnlyWhatItMay(t *testing.T) {
	folder := t.TempDir()
	full, path := filepath.Join(folder, "full.db"), filepath.Join(folder, "state.db")
	s := open(t, full)
	furnish(t, s)
	whole := export(t, s)
	if err := state.Import(strings.NewReader(whole), full, true); !errors.As(err, new(*state.LockedError)) {
		t.Errorf("into a file that is held: %v", err)
	}

	other, err := state.Open(path, state.Options{})
	check(t, err)
	check(t, other.PutEntry("mine", state.Entry{ExternalID: "m"}), other.Close())
	if err := state.Import(strings.NewReader(whole), path, false); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Errorf("into a file that remembers something: %v", err)
	}
	check(t, state.Import(strings.NewReader(whole), path, true))
	if names, err := open(t, path).Sources(); err != nil || !slices.Equal(names, []string{"help", "wiki"}) {
		t.Errorf("%v, %v", names, err)
	}

	broken := filepath.Join(folder, "broken.db")
	check(t, os.WriteFile(broken, damage(sampleFile(t, 100)), 0o600))
	if err := state.Import(strings.NewReader(whole), broken, false); !errors.Is(err, state.ErrCorrupt) {
		t.Errorf("into a damaged file: %v", err)
	}
	check(t, state.Import(strings.NewReader(whole), broken, true))
	open(t, broken)
}

func TestCheckSaysWhatThereIsOrTheWayBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if _, err := state.Check(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	s := open(t, path)
	furnish(t, s)
	for _, when := range []string{"held", "not held"} {
		got, err := state.Check(path)
		if err != nil || got.Bytes == 0 || got.Runs != 2 ||
			!slices.Equal(got.Sources, []state.SourceContents{{Name: "help", Entries: 1}, {Name: "wiki", Entries: 40}}) {
			t.Errorf("%s: %+v, %v", when, got, err)
		}
		check(t, s.Close())
	}
	file, err := os.ReadFile(path)
	check(t, err, os.WriteFile(path, damage(file), 0o600))
	_, err = state.Check(path)
	if !errors.Is(err, state.ErrCorrupt) || !strings.Contains(err.Error(), "restore a backup") {
		t.Errorf("got %v", err)
	}
}

func TestCompactionMakesTheFileSmallerAndChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, err := state.Open(path, state.Options{})
	check(t, err)
	furnish(t, s)
	for i := range 2000 {
		check(t, s.PutEntry("gone", state.Entry{ExternalID: fmt.Sprint(i), Title: strings.Repeat("t", 1000)}))
	}
	check(t, s.Flush(), s.ForgetAll("gone"))
	want := export(t, s)
	if _, _, err := state.Compact(path, 0); !errors.As(err, new(*state.LockedError)) {
		t.Errorf("of a file that is held: %v", err)
	}
	check(t, s.Close())

	before, after, err := state.Compact(path, 0)
	check(t, err)
	if after > before/4 {
		t.Errorf("%d bytes before, %d after", before, after)
	}
	s = open(t, path)
	if got := export(t, s); got != want {
		t.Errorf("got\n%.500s\nwant\n%.500s", got, want)
	}
	if sealed, err := s.Session("wiki"); err != nil || string(sealed) != "sealed" {
		t.Errorf("session %q, %v", sealed, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}
