package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// world is what a whole program's test happens in: a site, a library, and a
// folder with sources.yaml and the state file.
type world struct {
	*testing.T
	site     *testsite.Site
	box      *sandbox.Sandbox
	server   *httptest.Server // in front of box
	boxURL   string
	dir      string
	intercom string                // a further line of sources.yaml's intercom
	now      func() time.Time      // the clock of this machine
	fault    atomic.Pointer[fault] // between fincrawl and the library; nil: none
}

// fault stands in front of the library, next.
type fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

const worldToken = "the-token-of-this-world"

// newWorld makes a world whose site has a start page that links to the pages.
// sources.yaml names it "wiki"; settings are further lines for that source.
func newWorld(t *testing.T, settings string, pages ...string) *world {
	t.Helper()
	return newWorldIn(t, sandbox.Config{}, settings, pages...)
}

// newWorldIn is a world whose Intercom behaves in a way of its own.
func newWorldIn(t *testing.T, c sandbox.Config, settings string, pages ...string) *world {
	t.Helper()
	c.Token = worldToken
	box, err := sandbox.New(c)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, site: testsite.New(t), box: box, dir: t.TempDir()}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if f := w.fault.Load(); f != nil {
			(*f)(rw, r, box)
			return
		}
		box.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	w.server, w.boxURL = server, server.URL
	w.site.Page("/", testsite.Page{Links: pages})
	w.site.Pages(pages...)
	w.write("token", worldToken)
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", settings))
	return w
}

// source returns the lines of one source.
func (w *world) source(name string, site *testsite.Site, libraryURL, settings string) string {
	return fmt.Sprintf("  - name: %s\n    url: %s\n    library_url: %s\n    fetch: {rate: unlimited}\n%s", name, site.URL("/"), libraryURL, settings)
}

// configure writes sources.yaml.
func (w *world) configure(sources ...string) {
	w.write("sources.yaml", fmt.Sprintf("version: 1\nintercom:\n  token: file:%s\n  base_url: %s\n  share: 1\n  %s\nstate: %s\nsources:\n%s",
		w.path("token"), w.boxURL, w.intercom, w.path("fincrawl.db"), strings.Join(sources, "\n")))
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) write(name, text string) {
	w.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

func (w *world) read(name string) []byte {
	w.Helper()
	b, err := os.ReadFile(w.path(name))
	if err != nil {
		w.Fatal(err)
	}
	return b
}

// fincrawl runs a command with --json and wants an exit code.
func (w *world) fincrawl(code int, args ...string) report.Run {
	w.Helper()
	return w.fincrawlUntil(w.Context(), code, args...)
}

func (w *world) fincrawlUntil(ctx context.Context, code int, args ...string) (run report.Run) {
	w.Helper()
	got, out, logs := w.execute(ctx, append(args, "--json")...)
	if got != code {
		w.Fatalf("fincrawl %s: exit code %d, want %d\n%s\n%s", strings.Join(args, " "), got, code, out, logs)
	}
	if err := json.Unmarshal([]byte(out), &run); err != nil {
		w.Fatalf("fincrawl %s: %v\n%s\n%s", strings.Join(args, " "), err, out, logs)
	}
	return run
}

func (w *world) execute(ctx context.Context, args ...string) (code int, out, logs string) {
	return w.executeWith(ctx, nil, args...)
}

// executeWith has somebody at the terminal, who answers with what in holds.
func (w *world) executeWith(ctx context.Context, in io.Reader, args ...string) (code int, out, logs string) {
	var stdout, stderr bytes.Buffer
	a := newApp(&stdout, &stderr)
	a.in = in
	if w.now != nil {
		a.now = w.now
	}
	a.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	code = a.execute(ctx, append(args, "--config", w.path("sources.yaml")))
	return code, stdout.String(), stderr.String()
}

// library returns the paths of the pages in the library, of all sources.
func (w *world) library() []string {
	var paths []string
	for _, p := range w.pages() {
		paths = append(paths, strings.TrimPrefix(p.ExternalID, w.site.URL("")))
	}
	slices.Sort(paths)
	return paths
}

func (w *world) pages() (pages []intercom.ExternalPage) {
	for _, s := range w.box.Sources() {
		pages = append(pages, w.box.Pages(s.ID)...)
	}
	return pages
}

// page returns one page of the library.
func (w *world) page(path string) intercom.ExternalPage {
	w.Helper()
	for _, p := range w.pages() {
		if p.ExternalID == w.site.URL(path) {
			return p
		}
	}
	w.Fatalf("%s is not in the library: %v", path, w.library())
	return intercom.ExternalPage{}
}

func (w *world) wantLibrary(paths ...string) {
	w.Helper()
	slices.Sort(paths)
	if got := w.library(); !slices.Equal(got, paths) {
		w.Errorf("library has\n\t%v\nwant\n\t%v", got, paths)
	}
}

// writes returns how many writing calls the library got while do ran.
func (w *world) writes(do func()) int {
	before := w.box.Writes()
	do()
	return w.box.Writes() - before
}

// actions returns the changes of a run's only source as "symbol path", without
// the unchanged ones.
func (w *world) actions(run report.Run) []string {
	w.Helper()
	var list []string
	for _, c := range run.Sources[0].Plan.Changes {
		if c.Action != ingest.Unchanged {
			list = append(list, string(c.Action)+" "+strings.TrimPrefix(c.ExternalID, w.site.URL("")))
		}
	}
	return list
}

func (w *world) wantActions(run report.Run, want ...string) {
	w.Helper()
	if got := w.actions(run); !slices.Equal(got, want) {
		w.Errorf("%s did\n\t%q\nwant\n\t%q", run.Mode, got, want)
	}
}

// checkSums fails where a URL or a page is counted twice, or not at all.
func (w *world) checkSums(run report.Run) {
	w.Helper()
	for _, s := range run.Sources {
		if s.Plan == nil {
			continue
		}
		coverage, sum := s.Plan.Coverage, 0
		for n := range maps.Values(coverage.Outcomes) {
			sum += n
		}
		if sum != coverage.Discovered {
			w.Errorf("%s: %d URLs discovered, %d outcomes: %v", s.Name, coverage.Discovered, sum, coverage.Outcomes)
		}
		seen := map[string]bool{}
		for _, c := range s.Plan.Changes {
			if c.Surplus { // a page of Intercom's with an external ID that another one has
				continue
			}
			if seen[c.ExternalID] {
				w.Errorf("%s: %s has two actions", s.Name, c.ExternalID)
			}
			seen[c.ExternalID] = true
		}
	}
}

// handmade puts a page into the library that fincrawl knows nothing of.
func (w *world) handmade(sourceURL, externalID string) {
	w.Helper()
	client := intercom.New(intercom.Config{BaseURL: w.boxURL, Token: worldToken, Version: "2.15", Share: 1})
	source, err := client.CreateImportSource(w.Context(), sourceURL, nil)
	if err != nil {
		w.Fatal(err)
	}
	_, err = client.UpsertPage(w.Context(), intercom.PageRequest{
		Title: "By hand", HTML: "<p>By hand.</p>", Locale: "en", SourceID: source.ID, ExternalID: externalID,
	})
	if err != nil {
		w.Fatal(err)
	}
}

// maxRSS is the peak resident memory of a process that ended, in kB.
func maxRSS(p *os.ProcessState) int64 {
	return p.SysUsage().(*syscall.Rusage).Maxrss
}
