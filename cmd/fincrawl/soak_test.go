package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

var soakSize = flag.String("soak", "3x20x6", "sources x pages x runs of TestASoakLeaksNothing")

// Run after run without a pause: sites that change a little all the time, and one
// process that stays the same in goroutines, memory and state file, and in the end has
// a library that equals the sites.
func TestASoakLeaksNothing(t *testing.T) {
	s := soak{random: rand.New(rand.NewPCG(1, 1)), dir: t.TempDir()}
	var runs int
	if _, err := fmt.Sscanf(*soakSize, "%dx%dx%d", &s.sources, &s.pages, &runs); err != nil || runs < 6 {
		t.Fatalf("-soak=%s: want sources x pages x runs, such as 20x500x120, and 6 runs or more", *soakSize)
	}
	s.run(t, runs)
}

type soak struct {
	sources, pages int
	random         *rand.Rand
	dir            string
	box            *sandbox.Sandbox
	versions       []map[int]int // of each source's pages
	born           int           // pages so far
}

// figures are what a run leaves behind.
type figures struct {
	goroutines int
	heap       uint64 // bytes
	file       int64  // bytes
}

func (s *soak) run(t *testing.T, runs int) {
	s.begin(t)
	var all []figures
	for n := range runs {
		s.churn()
		s.fincrawl(t, "sync")
		all = append(all, s.measure(t))
		if n%max(1, runs/10) == 0 || n == runs-1 {
			f := all[n]
			t.Logf("run %d: %d goroutines, %.1f MB of heap, %.1f MB of state", n+1, f.goroutines, float64(f.heap)/1e6, float64(f.file)/1e6)
		}
	}
	s.fincrawl(t, "state", "compact")
	compact := s.measure(t).file
	t.Logf("%.1f MB of state when compacted", float64(compact)/1e6)

	early, late := all[runs/3], all[runs-1] // the first runs warm up
	if late.goroutines > early.goroutines {
		t.Errorf("goroutines went from %d to %d", early.goroutines, late.goroutines)
	}
	if late.heap > early.heap*3/2+4<<20 {
		t.Errorf("the heap went from %d to %d bytes", early.heap, late.heap)
	}
	if late.file > 2*early.file || compact > late.file {
		t.Errorf("the state file went from %d to %d bytes, and compacted to %d", early.file, late.file, compact)
	}
	for range 3 { // what is missing is confirmed
		s.fincrawl(t, "sync")
	}
	before := s.box.Writes()
	s.fincrawl(t, "sync", "--verify")
	if n := s.box.Writes() - before; n > 0 {
		t.Errorf("in the end, a run sent %d writes", n)
	}
	s.compare(t)
}

func (s *soak) begin(t *testing.T) {
	var err error
	if s.box, err = sandbox.New(sandbox.Config{}); err != nil {
		t.Fatal(err)
	}
	var yaml strings.Builder
	fmt.Fprintf(&yaml, "version: 1\nintercom: {token: \"${TOKEN}\", base_url: \"https://api.test\", share: 1}\nstate: %s\nsources:\n",
		filepath.Join(s.dir, "fincrawl.db"))
	for n := range s.sources {
		fmt.Fprintf(&yaml, "  - name: wiki-%[1]d\n    url: https://%[1]d.test/\n    library_url: https://wiki-%[1]d.example.com\n"+
			"    fetch: {rate: unlimited}\n    deletes: {max_count: 1000, max_share: 1}\n", n)
		s.versions = append(s.versions, map[int]int{})
		for range s.pages {
			s.bear(n)
		}
	}
	if err := os.WriteFile(filepath.Join(s.dir, "sources.yaml"), []byte(yaml.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// bear puts up a page that never was before.
func (s *soak) bear(source int) {
	s.born++
	s.versions[source][s.born] = 1
}

// churn changes a twentieth of the pages; of a hundredth, each goes for a new one.
func (s *soak) churn() {
	for source, pages := range s.versions {
		for n := range pages {
			switch s.random.IntN(100) {
			case 0:
				delete(pages, n)
				s.bear(source)
			case 1, 2, 3, 4, 5:
				pages[n]++
			}
		}
	}
}

func (s *soak) fincrawl(t *testing.T, args ...string) {
	t.Helper()
	var out, logs bytes.Buffer
	a := newApp(&out, &logs)
	a.transport = s
	a.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	a.lookupEnv = func(string) (string, bool) { return worldToken, true }
	if code := a.execute(t.Context(), append(args, "--config", filepath.Join(s.dir, "sources.yaml"))); code != exitDone && code != exitHeld {
		t.Errorf("fincrawl %s: exit code %d\n%s", strings.Join(args, " "), code, &out)
	}
}

func (s *soak) measure(t *testing.T) figures {
	runtime.GC()
	runtime.GC() // what finalizers and pools kept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	info, err := os.Stat(filepath.Join(s.dir, "fincrawl.db"))
	if err != nil {
		t.Fatal(err)
	}
	return figures{runtime.NumGoroutine(), m.HeapAlloc, info.Size()}
}

// RoundTrip is the network: to the library, and to the sites by their numbers.
func (s *soak) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	if source, ok := strings.CutSuffix(r.URL.Host, ".test"); ok && source != "api" {
		n, _ := strconv.Atoi(source)
		s.serve(w, r, s.versions[n])
	} else {
		s.box.ServeHTTP(w, r)
	}
	answer := w.Result()
	answer.Request = r
	return answer, nil
}

// serve answers for a site. Its start page links to all pages.
func (s *soak) serve(w http.ResponseWriter, r *http.Request, pages map[int]int) {
	n, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/page-"))
	switch version, there := pages[n]; {
	case r.URL.Path == "/":
		fmt.Fprint(w, "<!doctype html><html><title>Wiki</title><main><h1>Wiki</h1><p>Welcome to all there is to know.</p></main><nav>")
		for n := range pages {
			fmt.Fprintf(w, "<a href=/page-%[1]d>Page %[1]d</a> ", n)
		}
	case there:
		// As most sites do, it spares both sides what is known: that makes many runs quick.
		tag := fmt.Sprintf(`"%d-%d"`, n, version)
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprintf(w, "<!doctype html><html><title>Page %[2]d</title><main><h1>Page %[2]d</h1><p>Text %[1]d of page %[2]d.</p>%[3]s</main>",
			version, n, strings.Repeat(fmt.Sprintf("<p>It goes on about the matter number %d.</p>", n*n), 20))
	default:
		http.NotFound(w, r)
	}
}

// compare compares the library with the sites.
func (s *soak) compare(t *testing.T) {
	if n := len(s.box.Sources()); n != s.sources {
		t.Errorf("%d import sources, want %d", n, s.sources)
	}
	for _, is := range s.box.Sources() {
		var source int
		if _, err := fmt.Sscanf(is.URL, "https://wiki-%d.example.com", &source); err != nil {
			t.Fatal(err)
		}
		pages := s.box.Pages(is.ID)
		if n := len(pages); n != len(s.versions[source])+1 {
			t.Errorf("%s: %d pages, want %d", is.URL, n, len(s.versions[source])+1)
		}
		for _, p := range pages {
			_, number, _ := strings.Cut(p.ExternalID, "/page-")
			n, _ := strconv.Atoi(number)
			if want := fmt.Sprintf("Text %d of page %d.", s.versions[source][n], n); n > 0 && !strings.Contains(p.HTML, want) {
				t.Errorf("%s: %.100q, want %q", p.ExternalID, p.HTML, want)
			}
		}
	}
}
