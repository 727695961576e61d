package state_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/fincrawl/fincrawl/state"
)

func TestOpenRefusesWhatItCannotKeepSafely(t *testing.T) {
	sample := sampleFile(t, 100)
	for name, test := range map[string]struct {
		make func(t *testing.T, path string)
		is   error
		says []string
	}{
		"a folder":            {func(t *testing.T, path string) { check(t, os.Mkdir(path, 0o700)) }, state.ErrCorrupt, []string{"is a folder", "sources.yaml"}},
		"a text":              {file([]byte(strings.Repeat("not a database\n", 2000))), state.ErrCorrupt, []string{"backup", "delete"}},
		"a short text":        {file([]byte("hello")), state.ErrCorrupt, []string{"backup", "delete"}},
		"zeroes":              {file(make([]byte, 1<<16)), state.ErrCorrupt, []string{"backup"}},
		"a file cut in half":  {file(sample[:len(sample)/2]), state.ErrCorrupt, []string{"damaged", "backup"}},
		"a file's first page": {file(sample[:4096]), state.ErrCorrupt, []string{"backup"}},
		"another's database":  {database("someone", "key", "value"), state.ErrCorrupt, []string{"not a state file", "sources.yaml"}},
		"a newer schema":      {database("meta", "schema", "2"), state.ErrNewerSchema, []string{"schema 2", "knows 1"}},
		"a senseless schema":  {database("meta", "schema", "-1"), state.ErrCorrupt, []string{"schema", "backup"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, readOnly := range []bool{true, false} {
				path := filepath.Join(t.TempDir(), "state.db")
				test.make(t, path)
				s, err := state.Open(path, state.Options{ReadOnly: readOnly})
				if err == nil {
					s.Close()
					t.Fatal("opened")
				}
				if !errors.Is(err, test.is) {
					t.Errorf("read-only %t: %v", readOnly, err)
				}
				for _, part := range append(test.says, path) {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("read-only %t: %q does not say %q", readOnly, err, part)
					}
				}
				if _, err := os.Stat(path + ".lock"); err == nil {
					t.Error("a note of the lock is left")
				}
			}
		})
	}
}

func TestANewFileIsPrivateAndItsFolderMustExist(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	open(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	_, err = state.Open(filepath.Join(t.TempDir(), "none", "state.db"), state.Options{})
	if err == nil || !strings.Contains(err.Error(), "make its folder") {
		t.Errorf("a folder that does not exist: %v", err)
	}
}

func TestAFileThatMayNotBeWrittenSaysWhatToDo(t *testing.T) {
	folder := t.TempDir()
	t.Cleanup(func() { check(t, os.Chmod(folder, 0o700)) })
	check(t, os.Chmod(filepath.Dir(folder), 0o755)) // so that nobody gets as far as folder
	path := filepath.Join(folder, "state.db")
	check(t, os.WriteFile(path, sampleFile(t, 100), 0o444), os.Chmod(path, 0o444), os.Chmod(folder, 0o555))
	for _, path := range []string{path, filepath.Join(folder, "new.db")} {
		out, err := child(t, "open as nobody", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{path, "permission denied", "let this user write", "sources.yaml"} {
			if !strings.Contains(string(out), part) {
				t.Errorf("%q does not say %q", out, part)
			}
		}
	}
}

// openAsNobody says on standard output why a user without rights cannot open a file.
func openAsNobody(path string) error {
	if os.Geteuid() == 0 {
		if err := syscall.Setuid(65534); err != nil {
			return err
		}
	}
	_, err := state.Open(path, state.Options{})
	fmt.Println(err)
	return nil
}

// The incident behind this one is Norconex 107: a power cut emptied the progress files.
func TestAnEmptyFileIsANewOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	check(t, os.WriteFile(path, nil, 0o600))
	s, err := state.Open(path, state.Options{ReadOnly: true})
	check(t, err)
	check(t, s.Close())
	s = open(t, path)
	check(t, s.PutEntry("wiki", state.Entry{ExternalID: "a"}), s.Flush())
}

func TestReadingOnlyTouchesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "state.db")
	before := sampleFile(t, 100)
	check(t, os.WriteFile(path, before, 0o600))
	missing := filepath.Join(folder, "missing.db")
	for _, path := range []string{path, missing} {
		s, err := state.Open(path, state.Options{ReadOnly: true})
		check(t, err)
		n := 0
		for _, err := range s.Entries("wiki") {
			check(t, err)
			n++
		}
		if want := map[string]int{missing: 0}[path]; path == missing && n != want || path != missing && n == 0 {
			t.Errorf("%s: %d entries", path, n)
		}
		_, err = s.Runs()
		check(t, err)
		_, _, err = s.ImportSource("wiki")
		check(t, err)
		_, begin := s.BeginCrawl("wiki")
		for _, err := range []error{
			begin, s.PutEntry("wiki", state.Entry{ExternalID: "a"}), s.PutRun(state.Run{ID: "1"}),
			s.Forget("wiki", "a"), s.ForgetAll("wiki"), s.SetImportSource("wiki", state.ImportSource{}),
		} {
			if !errors.Is(err, state.ErrReadOnly) {
				t.Errorf("%s: writing: %v", path, err)
			}
		}
		check(t, s.Flush(), s.Close())
	}
	after, err := os.ReadFile(path)
	check(t, err)
	if !bytes.Equal(before, after) {
		t.Error("the file changed")
	}
	left, err := os.ReadDir(folder)
	check(t, err)
	if len(left) != 1 {
		t.Errorf("beside the file: %v", left)
	}
}

func TestAHeldFileSaysWhoHoldsIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	c := child(t, "hold", path)
	in, err := c.StdinPipe()
	check(t, err)
	out, err := c.StdoutPipe()
	check(t, err)
	check(t, c.Start())
	if !bufio.NewScanner(out).Scan() {
		t.Fatal("the child did not open the file")
	}
	host, err := os.Hostname()
	check(t, err)
	for _, readOnly := range []bool{false, true} {
		_, err := state.Open(path, state.Options{ReadOnly: readOnly})
		var locked *state.LockedError
		if !errors.As(err, &locked) {
			t.Fatalf("read-only %t: %v", readOnly, err)
		}
		if locked.PID != c.Process.Pid || locked.Host != host || time.Since(locked.Since) > time.Minute {
			t.Errorf("read-only %t: %+v", readOnly, locked)
		}
		for _, part := range []string{path, fmt.Sprintf("process %d on %s since 20", c.Process.Pid, host), "wait"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not say %q", err, part)
			}
		}
	}
	check(t, in.Close(), c.Wait()) // it closes the file
	if _, err := os.Stat(path + ".lock"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the note is still there after Close: %v", err)
	}
	open(t, path)
}

// hold keeps a file open until standard input ends.
func hold(path string) error {
	s, err := state.Open(path, state.Options{})
	if err != nil {
		return err
	}
	fmt.Println("held")
	bufio.NewScanner(os.Stdin).Scan()
	return s.Close()
}

func TestTheNoteOfADeadProcessMisleadsNobody(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	check(t, os.WriteFile(path, sampleFile(t, 100), 0o600))
	dead := child(t, "hold", path)
	check(t, dead.Run()) // its standard input is empty
	host, err := os.Hostname()
	check(t, err)
	for _, note := range []string{
		fmt.Sprintf(`{"pid":%d,"host":%q,"since":"2026-11-22T08:00:01Z"}`, dead.Process.Pid, host),
		`{"pid":-1}`, "garbage", "",
	} {
		check(t, os.WriteFile(path+".lock", []byte(note), 0o600))
		reader, err := state.Open(path, state.Options{ReadOnly: true})
		check(t, err)
		_, err = state.Open(path, state.Options{})
		var locked *state.LockedError
		if !errors.As(err, &locked) || locked.PID != 0 || !strings.Contains(err.Error(), "another process") {
			t.Errorf("with the note %q: %v", note, err)
		}
		check(t, reader.Close())
	}
	open(t, path)
}

func TestOpenWaitsForTheHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, err := state.Open(path, state.Options{})
	check(t, err)
	opened := make(chan error)
	go func() {
		second, err := state.Open(path, state.Options{Wait: time.Minute})
		if err == nil {
			err = second.Close()
		}
		opened <- err
	}()
	check(t, s.Close(), <-opened)
}

// Bits flip in disks and in memory. Wherever one does, the file is refused or what
// is read is what was written: never anything else. Only of the first two pages a
// broken one may be passed over, as after a power cut: the other one has the
// transaction before.
func TestAFlippedBitIsNoticedOrHarmless(t *testing.T) {
	whole := sampleFile(t, 100)
	path := filepath.Join(t.TempDir(), "state.db")
	want := readAll(t, path, whole)
	if want.err != nil {
		t.Fatal(want.err)
	}
	const seed = 7
	random := rand.New(rand.NewPCG(seed, 0))
	noticed := 0
	for range 200 {
		at, bit := random.IntN(len(whole)), random.IntN(8)
		bad := bytes.Clone(whole)
		bad[at] ^= 1 << bit
		got := readAll(t, path, bad)
		if got.err != nil {
			noticed++
			if !errors.Is(got.err, state.ErrCorrupt) && !errors.Is(got.err, state.ErrNewerSchema) {
				t.Errorf("byte %d, bit %d: %v", at, bit, got.err)
			}
		} else if got.text != want.text && at >= 2*os.Getpagesize() {
			t.Errorf("byte %d, bit %d: something else was read", at, bit)
		}
	}
	if noticed == 0 {
		t.Error("no flipped bit was noticed")
	}
}

type reading struct {
	text string
	err  error
}

// readAll writes content to a file, opens it and reads everything.
func readAll(t *testing.T, path string, content []byte) (r reading) {
	t.Helper()
	check(t, os.WriteFile(path, content, 0o600))
	s, err := state.Open(path, state.Options{})
	if err != nil {
		return reading{err: err}
	}
	defer s.Close()
	var text strings.Builder
	for e, err := range s.Entries("wiki") {
		if err != nil {
			return reading{err: err}
		}
		markdown, err := s.SentMarkdown("wiki", e.ExternalID)
		if err != nil {
			return reading{err: err}
		}
		fmt.Fprintln(&text, e, markdown)
	}
	is, _, err := s.ImportSource("wiki")
	if err != nil {
		return reading{err: err}
	}
	kept, err := s.Runs()
	fmt.Fprintln(&text, is, kept)
	return reading{text.String(), err}
}

// FuzzOpen: whatever the file holds, opening it and reading and writing end in
// an answer or an error.
func FuzzOpen(f *testing.F) {
	whole := sampleFile(f, 3)
	f.Add(whole)
	f.Add(whole[:9000])
	f.Add([]byte("hello"))
	path := filepath.Join(f.TempDir(), "state.db")
	f.Fuzz(func(t *testing.T, content []byte) {
		if r := readAll(t, path, content); r.err != nil {
			return
		}
		s, err := state.Open(path, state.Options{})
		if err != nil {
			t.Fatalf("it was open before: %v", err)
		}
		_ = s.PutEntry("wiki", state.Entry{ExternalID: "a"})
		_ = s.ForgetAll("wiki")
		_ = s.Close()
	})
}

// sampleFile is the content of a state file with something of everything, and with
// free pages.
func sampleFile(t testing.TB, pages int) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sample.db")
	s, err := state.Open(path, state.Options{})
	check(t, err)
	c := begin(t, s)
	for i := range pages {
		e := sampleEntry(i)
		check(t, c.Stage(state.Staged{ExternalID: e.ExternalID, URL: e.URL}, &state.Body{HTML: "<p>", Markdown: text(i)}),
			s.Acknowledge("wiki", e), s.PutEntry("gone", e))
	}
	check(t, s.EndCrawl("wiki"), s.Flush(), s.ForgetAll("gone"), s.SetImportSource("wiki", state.ImportSource{ID: 1, URL: "https://wiki.example.com"}),
		s.PutRun(state.Run{ID: "1", Mode: "sync"}), s.Close())
	content, err := os.ReadFile(path)
	check(t, err)
	return content
}

func file(content []byte) func(*testing.T, string) {
	return func(t *testing.T, path string) { check(t, os.WriteFile(path, content, 0o600)) }
}

// database makes a bbolt file with one value.
func database(bucket, key, value string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		db, err := bbolt.Open(path, 0o600, nil)
		check(t, err)
		check(t, db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucket([]byte(bucket))
			if err != nil {
				return err
			}
			return b.Put([]byte(key), []byte(value))
		}), db.Close())
	}
}

func check(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}
