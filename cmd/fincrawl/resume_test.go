package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/hostile"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// process starts fincrawl as a process of its own.
func (w *world) process(args ...string) (*exec.Cmd, *bytes.Buffer) {
	w.Helper()
	program, err := os.Executable()
	if err != nil {
		w.Fatal(err)
	}
	cmd := exec.Command(program, append(args, "--config", w.path("sources.yaml"))...)
	cmd.Args[0] = "fincrawl" // lets the test binary be fincrawl: see TestMain
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		w.Fatal(err)
	}
	return cmd, &out
}

// tree makes a site of n pages, each of which links to some of the next.
func (w *world) tree(n int, delay time.Duration) (paths []string) {
	const branches = 5
	path := func(i int) string {
		if i == 0 {
			return "/"
		}
		return fmt.Sprintf("/p%d", i)
	}
	for i := range n {
		var links []string
		for j := branches*i + 1; j <= branches*i+branches && j < n; j++ {
			links = append(links, path(j))
		}
		w.site.Page(path(i), testsite.Page{Links: links, Delay: delay})
		paths = append(paths, path(i))
	}
	return paths
}

// inFlight is how many requests a crawl has in flight: fetch.concurrency.
const inFlight = 4

// asked returns how many requests the site got for pages.
func (w *world) asked() (n int) {
	for _, r := range w.site.Received() {
		if r.Path == "/" || strings.HasPrefix(r.Path, "/p") {
			n++
		}
	}
	return n
}

// A crawl that is killed at any instant goes on where it was.
func TestAKilledCrawlGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	const (
		kills = 10
		pages = 400
	)
	for name, fetch := range map[string]string{"as fast as it can": "rate: unlimited", "at a rate": "rate: 150/s"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "")
			paths := w.tree(pages, 5*time.Millisecond) // longer than any of the runs
			w.configure(strings.Replace(w.source("wiki", w.site, "https://wiki.example.com", ""), "rate: unlimited", fetch, 1))
			for range kills {
				before := w.asked()
				cmd, _ := w.process("sync")
				// At any instant from the first page of this run on.
				for deadline := time.Now().Add(10 * time.Second); w.asked() == before && time.Now().Before(deadline) && len(w.library()) == 0; {
					time.Sleep(time.Millisecond)
				}
				time.Sleep(time.Duration(rand.IntN(250)) * time.Millisecond)
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
				if len(w.library()) > 0 {
					break // the crawl is through
				}
			}
			run := w.fincrawl(exitDone, "sync")
			w.checkSums(run)
			if !run.Sources[0].Plan.Coverage.Complete {
				t.Errorf("the resumed crawl is not complete: %v", run.Sources[0].Plan.Coverage)
			}
			w.wantLibrary(paths...)
			if n, most := w.asked(), pages+inFlight*kills; n > most {
				t.Errorf("%d requests for %d pages in %d runs, want at most %d", n, pages, kills+1, most)
			} else {
				t.Logf("%d requests for %d pages", n, pages)
			}
			if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
				t.Errorf("the run after sent %d writes", n)
			}
		})
	}
}

// A crawl that is cut off behind a login goes on too, and what it could not see
// before it was cut off still counts.
func TestAResumedCrawlIsCompleteOnlyIfAllOfItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.write("password", "secret")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com",
		fmt.Sprintf("    auth: {basic: {username: sam, password: \"file:%s\"}}\n", w.path("password"))))
	w.site.BasicAuth("sam", "secret")
	paths := w.tree(100, 3*time.Millisecond)
	w.site.Page("/", testsite.Page{Links: []string{"/closed", "/p1", "/p2", "/p3", "/p4", "/p5"}})
	w.site.FailAlways("/closed", testsite.Status(403))
	cmd, _ := w.process("sync")
	w.until(func() bool { return w.site.Count("/p12") > 0 })
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	w.site.Pages("/closed")
	start := w.site.Count("/")

	run := w.fincrawl(exitSomeFailed, "sync")
	w.checkSums(run)
	if c := run.Sources[0].Plan.Coverage; c.Complete || c.Outcomes[crawler.Forbidden] != 1 || run.Sources[0].Resumed.IsZero() {
		t.Errorf("coverage %v, resumed %v", c, run.Sources[0].Resumed)
	}
	if again := slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return path == "/" || w.site.Count(path) < 2 }); len(again) > inFlight {
		t.Errorf("%v were fetched again, more than were in flight", again)
	}
	if n := w.site.Count("/"); n > start+2 { // to see whether the session is alive
		t.Errorf("the start address was asked for %d times more", n-start)
	}
	run = w.fincrawl(exitDone, "sync") // reads all of it
	if !run.Sources[0].Resumed.IsZero() {
		t.Error("a crawl that came to its end was resumed")
	}
	w.wantLibrary(append(paths, "/closed")...)
}

func (w *world) until(done func() bool) {
	w.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatal("it didn't come to that")
		}
	}
}

func TestAnotherCrawlIsNotResumed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change  func(*world)
		command string
	}{
		"it was begun too long ago":  {func(w *world) { w.refetch("resume_within: 1ms") }, "sync"},
		"the settings changed":       {func(w *world) { w.configureWith("    content: {title: h1}\n") }, "sync"},
		"everything is sent again":   {func(*world) {}, "resync"},
		"it is a preview":            {func(*world) {}, "preview"},
		"it takes larger pages, too": {func(w *world) { w.refetch("max_body: 20MB") }, "sync"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "")
			w.tree(60, 3*time.Millisecond)
			cmd, _ := w.process("sync")
			w.until(func() bool { return w.site.Count("/p12") > 0 })
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			test.change(w)
			w.site.Forget()
			run := w.fincrawl(exitDone, test.command)
			if !run.Sources[0].Resumed.IsZero() || w.site.Count("/p1") != 1 {
				t.Errorf("resumed %v, /p1 fetched %d times", run.Sources[0].Resumed, w.site.Count("/p1"))
			}
		})
	}
}

func (w *world) refetch(setting string) {
	w.configure(strings.Replace(w.source("wiki", w.site, "https://wiki.example.com", ""), "rate: unlimited", "rate: unlimited, "+setting, 1))
}

func (w *world) configureWith(settings string) {
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", settings))
}

// What has not changed since the last run is not fetched again because that run was
// killed: it is asked for again at most.
func TestAKilledCrawlOfWhatHasNotChangedGoesOn(t *testing.T) {
	t.Parallel()
	w := newValidated(t, "", 18)
	w.sync()
	w.put("/a6", "Something else.", "/a7")
	asked := func(path string) int { return w.site.Count(path) - 1 } // by the runs after the first
	killed := make(chan struct{})
	w.site.Before(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/a12" {
			<-killed
		}
		return false
	})
	sent := w.writes(func() {
		w.wantBodies(func() {
			cmd, _ := w.process("sync")
			w.until(func() bool { return asked("/a12") > 0 })
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			close(killed)
			w.sync()
		}, "/", "/a6")
	})
	if sent != 1 || asked("/a6") > 2 || asked("/a18") != 1 {
		t.Errorf("%d writes for one page that changed; it was asked for %d times, the last one %d", sent, asked("/a6"), asked("/a18"))
	}
	w.wantLibrary(w.all()...)
}

// crawl4ai 943, 980: Kubernetes ends a pod by SIGTERM, and kills it where that takes too long.
func TestATerminatedRunEndsInTimeAndIsResumed(t *testing.T) {
	t.Parallel()
	for name, hangs := range map[string]bool{"while it crawls": false, "while the site does not answer": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "")
			paths := w.tree(150, 3*time.Millisecond)
			if hangs {
				page := testsite.Page{Links: []string{"/p101", "/p102", "/p103", "/p104", "/p105"}, Delay: time.Minute}
				w.site.Page("/p20", page)
			}
			cmd, out := w.process("sync")
			w.until(func() bool { return w.site.Count("/p20") > 0 })
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			ended := time.Now()
			_ = cmd.Wait()
			if took := time.Since(ended); cmd.ProcessState.ExitCode() != exitInterrupted || took > 5*time.Second {
				t.Errorf("exit code %d after %s\n%s", cmd.ProcessState.ExitCode(), took, out)
			}
			for _, want := range []string{"interrupted; what was done so far is kept", "interrupted", "page"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("the report has no %q:\n%s", want, out)
				}
			}
			w.site.Page("/p20", testsite.Page{Links: []string{"/p101", "/p102", "/p103", "/p104", "/p105"}})
			fetched := w.site.Count("/p1")
			run := w.fincrawl(exitDone, "sync")
			if run.Sources[0].Resumed.IsZero() || w.site.Count("/p1") != fetched {
				t.Errorf("resumed %v; /p1 was fetched again: %v", run.Sources[0].Resumed, w.site.Count("/p1") != fetched)
			}
			w.wantLibrary(paths...)
		})
	}
}

// Reading that takes long, also in a library that does not look at the time, does not keep a run that is told to stop.
func TestATerminatedRunEndsInTimeWhateverItReads(t *testing.T) {
	t.Parallel()
	for _, c := range hostile.Cases() {
		if !slices.Contains([]string{"PDF: a stream that unpacks to shapes", "instructions"}, c.Name) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "    documents: [pdf, markdown]\n")
			file := c.Make(c.Full)
			links := []string{"/1" + c.Path, "/2" + c.Path, "/3" + c.Path, "/4" + c.Path}
			w.site.Page("/", testsite.Page{Links: links})
			for _, path := range links {
				w.site.Handle(path, func(rw http.ResponseWriter, _ *http.Request) {
					rw.Header().Set("Content-Type", c.ContentType)
					rw.Write(file)
				})
			}
			cmd, out := w.process("sync")
			w.until(func() bool { return w.site.Count(links[3]) > 0 })
			time.Sleep(500 * time.Millisecond) // so that it is being read
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			ended := time.Now()
			_ = cmd.Wait()
			if took := time.Since(ended); took > 10*time.Second || cmd.ProcessState.ExitCode() != exitInterrupted {
				t.Errorf("exit code %d after %s\n%s", cmd.ProcessState.ExitCode(), took, out)
			}
		})
	}
}
