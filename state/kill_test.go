package state_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/fincrawl/fincrawl/state"
)

// A child process of a test is this same program, told by two variables what to
// do and with which file.
const (
	roleVariable = "FINCRAWL_TEST_ROLE"
	fileVariable = "FINCRAWL_TEST_FILE"
)

func child(t *testing.T, role, path string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), program)
	c.Env = append(os.Environ(), roleVariable+"="+role, fileVariable+"="+path)
	c.Stderr = os.Stderr
	return c
}

// play is a child's main.
func play(role string) {
	path := os.Getenv(fileVariable)
	var err error
	switch role {
	case "write":
		err = writeForEver(path)
	case "hold":
		err = hold(path)
	case "open as nobody":
		err = openAsNobody(path)
	default:
		err = errors.New("unknown role " + role)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// writeForEver stages and acknowledges pages, and says on standard output up to
// which number they are on disk.
func writeForEver(path string) error {
	s, err := state.Open(path, state.Options{})
	if err != nil {
		return err
	}
	first := 0
	for _, err := range s.Entries("wiki") {
		if err != nil {
			return err
		}
		first++
	}
	c, err := s.BeginCrawl("wiki")
	if err != nil {
		return err
	}
	for i := first; ; i++ {
		id := fmt.Sprintf("%08d", i)
		if err := c.Stage(state.Staged{ExternalID: id}, &state.Body{HTML: "<p>" + id, Markdown: text(i)}); err != nil {
			return err
		}
		if err := s.Acknowledge("wiki", state.Entry{ExternalID: id, Hash: text(i)}); err != nil {
			return err
		}
		if i%50 == 0 {
			if err := s.Flush(); err != nil {
				return err
			}
			fmt.Println(i)
		}
	}
}

func text(i int) string { return fmt.Sprint("text of page ", i) }

func TestWhatWasFlushedOutlivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	for kill := range 10 {
		c := child(t, "write", path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		promised, lines := -1, bufio.NewScanner(out)
		for range 1 + rand.IntN(25) {
			if !lines.Scan() {
				t.Fatal("the child ended by itself")
			}
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for ok := true; ok; ok = lines.Scan() { // what it said before it died counts too
			if promised, err = strconv.Atoi(lines.Text()); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Wait(); err == nil {
			t.Fatal("the child was not killed")
		}

		s, err := state.Open(path, state.Options{}) // which verifies the structure
		if err != nil {
			t.Fatalf("kill %d: %v", kill, err)
		}
		n := 0
		for e, err := range s.Entries("wiki") {
			if err != nil {
				t.Fatal(err)
			}
			if want := fmt.Sprintf("%08d", n); e.ExternalID != want {
				t.Fatalf("kill %d: entry %s where %s should be", kill, e.ExternalID, want)
			}
			if got, err := s.SentMarkdown("wiki", e.ExternalID); err != nil || got != text(n) {
				t.Fatalf("kill %d: the Markdown of entry %d is %q, %v", kill, n, got, err)
			}
			n++
		}
		if n <= promised {
			t.Errorf("kill %d: %d entries, where number %d was flushed", kill, n, promised)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
