package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/testsite"
	"github.com/fincrawl/fincrawl/state"
)

// A boundary is where something has just been done, or is about to be: a commit to the
// state file or to that of a crawl, or a call of the API. A run that is killed at each
// of them in turn shows all the states that a kill can leave behind.

// killVariable tells killedMain at which boundary it ends, counted from 1.
const killVariable = "FINCRAWL_TEST_KILL_AT"

// killedMain is fincrawl, until a boundary. It says how many it passed, if it ends by itself.
func killedMain() {
	at, _ := strconv.Atoi(os.Getenv(killVariable))
	b := &boundaries{killAt: int32(at)}
	a := newApp(os.Stdout, os.Stderr)
	a.transport = b
	a.commit = func(commit func() error) error {
		b.pass()
		defer b.pass()
		return commit()
	}
	code := a.execute(context.Background(), os.Args[1:])
	fmt.Fprintf(os.Stderr, "\nboundaries: %d\n", b.passed.Load())
	os.Exit(code)
}

type boundaries struct {
	killAt int32 // 0 is never
	passed atomic.Int32
}

func (b *boundaries) pass() {
	if b.passed.Add(1) == b.killAt {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // it takes a moment
	}
}

// RoundTrip lets calls of the API pass a boundary before and after. What is asked of a
// site changes nothing.
func (b *boundaries) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/ai/") {
		b.pass()
		defer b.pass()
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Promise 2, with a real SIGKILL at each boundary of a run, or at -kills of them. The
// process that is killed is this test's own program.
func TestAKillAtAnyBoundaryEndsWell(t *testing.T) {
	t.Parallel()
	scenes := map[string]struct {
		command  string
		prepare  func(*world) // before the run that is killed
		sent     []string     // by it, if it were not
		leftOver []string     // in the library, once all is over
	}{
		"a first run": {
			command:  "sync",
			prepare:  func(*world) {},
			sent:     []string{"/", "/a1", "/a2", "/a3", "/a4", "/a5"},
			leftOver: []string{"/", "/a1", "/a2", "/a3", "/a4", "/a5"},
		},
		"a run that makes, changes and deletes": {
			command: "sync",
			prepare: func(w *world) {
				w.fincrawl(exitDone, "sync")
				w.site.Page("/a1", testsite.Page{Text: "Another text."})
				w.site.Page("/a2", testsite.Page{Text: "Another text, too."})
				w.site.Page("/new", testsite.Page{})
				w.site.Page("/", testsite.Page{Links: []string{"/a1", "/a2", "/a3", "/new"}})
				w.site.Remove("/a4")
				w.site.Remove("/a5")
			},
			sent:     []string{"/a1", "/a2", "/new"},
			leftOver: []string{"/", "/a1", "/a2", "/a3", "/new"},
		},
		"a resync": {
			command:  "resync",
			prepare:  func(w *world) { w.fincrawl(exitDone, "sync") },
			sent:     nil, // all that it sends is there already
			leftOver: []string{"/", "/a1", "/a2", "/a3", "/a4", "/a5"},
		},
	}
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scout := newKilledWorld(t)
			scene.prepare(scout.world)
			total := scout.kill(scene.command, 0)
			if total < 20 {
				t.Fatalf("a whole run passed %d boundaries only", total)
			}
			killed, tries := 0, 0
			for at := 1; at <= total; at += max(1, total / *kills) {
				w := newKilledWorld(t)
				scene.prepare(w.world)
				before, calls := w.recorded(), len(w.box.Calls())
				tries++
				if w.kill(scene.command, at) == 0 {
					killed++
				}

				// What the state says was sent is there, and is not sent again; nothing else is missing.
				after := w.recorded()
				known := map[string]bool{}
				for id, e := range after {
					known[id] = e.Hash != before[id].Hash
					page := slices.IndexFunc(w.pages(), func(p intercom.ExternalPage) bool { return p.ID == e.RemoteID && p.ExternalID == id })
					if page < 0 && !w.deleted(id, calls) {
						t.Errorf("killed at %d: the state has %s, and the library has not", at, id)
					}
				}
				calls = len(w.box.Calls())
				w.fincrawl(exitDone, "sync")
				w.wantLibrary(scene.leftOver...)
				again := 0
				for _, id := range scene.sent {
					if known[w.site.URL(id)] {
						again++
					}
				}
				if n, most := w.sent(calls), len(scene.sent)-again; n > most {
					t.Errorf("killed at %d: %d pages were sent after it, and %d were not recorded", at, n, most)
				}
				if n := w.writes(func() { w.fincrawl(exitDone, "sync", "--verify") }); n != 0 {
					t.Errorf("killed at %d: the run after sent %d writes", at, n)
				}
				if n := len(w.box.Sources()); n != 1 {
					t.Errorf("killed at %d: %d import sources", at, n)
				}
				if t.Failed() {
					return
				}
			}
			t.Logf("%d boundaries, killed at %d of the %d tried", total, killed, tries)
			if killed < tries/2 { // how commits fall together is not quite the same each time
				t.Errorf("killed at %d of %d boundaries", killed, tries)
			}
		})
	}
}

// killedWorld is a world in which processes are killed.
type killedWorld struct{ *world }

func newKilledWorld(t *testing.T) killedWorld {
	return killedWorld{newWorld(t, "    deletes: {max_share: 1}\n", "/a1", "/a2", "/a3", "/a4", "/a5")}
}

// kill runs a command in a process that ends at a boundary, and returns how many it
// passed; 0 is that it was killed.
func (w killedWorld) kill(command string, at int) (passed int) {
	w.Helper()
	program, err := os.Executable()
	if err != nil {
		w.Fatal(err)
	}
	cmd := exec.CommandContext(w.Context(), program, command, "--config", w.path("sources.yaml"))
	cmd.Args[0] = "fincrawl-killed" // see TestMain
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", killVariable, at))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	w.settle()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signal() == syscall.SIGKILL {
		return 0
	}
	_, number, found := strings.Cut(out.String(), "\nboundaries: ")
	if passed, _ = strconv.Atoi(strings.TrimSpace(number)); err != nil || !found {
		w.Fatalf("killed at %d: %v\n%s", at, err, &out)
	}
	return passed
}

// settle returns when nothing that a process sent is still on its way to the library, where
// it would count as sent by the next one. Connections are taken in the order they were made.
func (w killedWorld) settle() {
	w.Helper()
	answer, err := http.Get(w.boxURL)
	if err != nil {
		w.Fatal(err)
	}
	answer.Body.Close()
	w.server.CloseClientConnections()
}

// recorded are the entries of the state file as the process left it.
func (w killedWorld) recorded() map[string]state.Entry {
	w.Helper()
	store, err := state.Open(w.path("fincrawl.db"), state.Options{ReadOnly: true})
	if err != nil {
		w.Fatal(err)
	}
	defer store.Close()
	entries := map[string]state.Entry{}
	for e, err := range store.Entries("wiki") {
		if err != nil {
			w.Fatal(err)
		}
		entries[e.ExternalID] = e
	}
	return entries
}

// sent is how many pages were sent since there had been so many calls.
func (w killedWorld) sent(since int) (n int) {
	for _, c := range w.box.Calls()[since:] {
		if c.Method == http.MethodPost && c.Path == "/ai/external_pages" {
			n++
		}
	}
	return n
}

// deleted reports whether one of the pages that the site lost may be deleted by now.
func (w killedWorld) deleted(id string, since int) bool {
	return slices.Contains([]string{"/a4", "/a5"}, strings.TrimPrefix(id, w.site.URL(""))) &&
		slices.ContainsFunc(w.box.Calls()[since:], func(c sandbox.Call) bool { return c.Method == http.MethodDelete })
}
