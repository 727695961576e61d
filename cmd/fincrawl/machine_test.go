package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// What the machine does to the whole program: to its disk, its clock, its processes.

func TestAFullDiskIsSaidAndOvercome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	program, err := os.Executable()
	if err == nil {
		err = os.Symlink(program, w.path("fincrawl")) // by which name it is fincrawl: see TestMain
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range articles {
		w.site.Page(p, testsite.Page{Text: strings.Repeat("Words of "+p+". ", 2000)})
	}
	for _, blocks := range []int{1, 64, 100, 150} { // of 512 bytes, which no file may exceed
		cmd := exec.CommandContext(t.Context(), "sh", "-c", fmt.Sprintf(`ulimit -f %d; exec "$0" "$@"`, blocks),
			w.path("fincrawl"), "sync", "--config", w.path("sources.yaml"))
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != exitFailed {
			t.Errorf("%d blocks: exit code %d, %v\n%s", blocks, code, err, out)
		}
		if !bytes.Contains(out, []byte("file too large")) {
			t.Errorf("%d blocks: it doesn't say what is wrong:\n%s", blocks, out)
		}
	}
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(allPages()...)
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
		t.Errorf("the run after sent %d writes", n)
	}
}

func TestAStateThatCannotBeWrittenStopsTheRunBeforeIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	for name, path := range map[string]string{
		"a folder": t.TempDir(), "a folder that isn't there": w.path("none/fincrawl.db"), "a file system for reading": "/sys/fincrawl.db",
	} {
		if name == "a file system for reading" && runtime.GOOS != "linux" {
			continue
		}
		text := strings.ReplaceAll(string(w.read("sources.yaml")), w.path("fincrawl.db"), path)
		w.write("elsewhere.yaml", text)
		var out, logs bytes.Buffer
		code := newApp(&out, &logs).execute(t.Context(), []string{"sync", "--config", w.path("elsewhere.yaml")})
		if code != exitFailed || !strings.Contains(logs.String(), "name another one as state in sources.yaml") {
			t.Errorf("%s: exit code %d\n%s%s", name, code, &out, &logs)
		}
	}
	if len(w.box.Calls()) > 0 || len(w.site.Received()) > 0 {
		t.Errorf("it went on: %v, %v", w.box.Calls(), w.site.Requests())
	}
}

// A damaged state file is refused with the way back, or its damage doesn't matter;
// either way nothing in the library suffers.
func TestADamagedStateIsSaidAndOvercome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	whole := w.read("fincrawl.db")
	damage := map[string]func([]byte) []byte{
		"cut in half":   func(b []byte) []byte { return b[:len(b)/2] },
		"its beginning": func(b []byte) []byte { return b[:100] },
		"its head":      func(b []byte) []byte { return b[:2*os.Getpagesize()] }, // which says where the rest is
		"zeros":         func(b []byte) []byte { clear(b); return b },
		"another file":  func([]byte) []byte { return []byte("version: 1\nsources: []\n") },
		"half a page":   func(b []byte) []byte { return b[:len(b)-2048] },
	}
	for n := range 25 {
		damage[fmt.Sprint("bit ", n)] = func(b []byte) []byte {
			b[rand.IntN(len(b))] ^= 1 << rand.IntN(8)
			return b
		}
	}
	refused := map[string]bool{}
	for name, spoil := range damage {
		// A file of its own: an open that damage ends leaves the lock of the last one held in this process.
		if err := os.Remove(w.path("fincrawl.db")); err != nil {
			t.Fatal(err)
		}
		w.write("fincrawl.db", string(spoil(bytes.Clone(whole))))
		code, out, logs := w.execute(t.Context(), "sync")
		w.wantLibrary(allPages()...)
		if code == exitDone {
			continue
		}
		refused[name] = true
		if code != exitFailed || !strings.Contains(out+logs, "state file") {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out, logs)
		}
	}
	for _, name := range []string{"its head", "its beginning", "zeros", "another file"} { // half of it, a page or a bit may be free
		if !refused[name] {
			t.Errorf("%s: it was not seen", name)
		}
	}
	if err := os.Remove(w.path("fincrawl.db")); err != nil {
		t.Fatal(err)
	}
	w.site.Remove("/a3")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(append([]string{"/", "/a1", "/a2"}, articles[3:]...)...)
}

// The first run is of today, the others of a clock that fell back to the year 2000.
func TestAClockThatIsSetBackChangesNothing(t *testing.T) {
	t.Parallel()
	th := newTheater(t.TempDir(), stage{sources: 1, atOnce: 1})
	for _, step := range []string{"new 1", "new 2", "new 3", "new 4", "run", "people edit 4", "change 1", "remove 2"} {
		th.step(t.Context(), step)
	}
	today := time.Now()
	synctest.Test(t, func(t *testing.T) {
		if !time.Now().Before(today) {
			t.Fatal("the clock was not set back")
		}
		th.play(t.Context(), history{"unlink 3", "run"})
	})
	if th.err != nil {
		t.Errorf("%v\n%s", th.err, th.log.String())
	}
}

func TestTheSecondOfTwoRunsSaysWhoIsAtWork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		th := newTheater(dir, stage{sources: 1, atOnce: 1})
		th.step(t.Context(), "new 1")
		th.step(t.Context(), "site all hang") // so that the first run takes a while
		first := make(chan string, 1)
		go func() {
			var out, logs bytes.Buffer
			th.app(&out, &logs).execute(t.Context(), []string{"sync", "--config", th.file("sources.yaml")})
			first <- logs.String()
		}()
		time.Sleep(time.Second)
		var out, logs bytes.Buffer
		code := th.app(&out, &logs).execute(t.Context(), []string{"sync", "--config", th.file("sources.yaml")})
		said := out.String() + logs.String()
		if code != exitLocked || !strings.Contains(said, fmt.Sprintf("held by process %d", os.Getpid())) {
			t.Errorf("exit code %d: %s", code, said)
		}
		if log := <-first; strings.Contains(log, "state file") {
			t.Errorf("the first run was disturbed: %s", log)
		}
		th.play(t.Context(), nil)
		if th.err != nil {
			t.Error(th.err)
		}
	})
}
