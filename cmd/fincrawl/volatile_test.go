package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
)

// "Updated by Ann 9 minutes ago" made an update of each page in each sync.
func TestWhatChangesWithEachRunIsLearntAndIsNoChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	var run, price atomic.Int64
	paths := []string{"/a", "/b", "/c", "/d", "/e", "/f"}
	for i, path := range append([]string{"/"}, paths...) {
		w.site.Handle(path, func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/html")
			var links strings.Builder
			for _, p := range paths {
				fmt.Fprintf(&links, `<li><a href="%s">%s</a>`, p, p)
			}
			fmt.Fprintf(rw, `<title>Page %s</title><main><h1>Page %s</h1><p>What stands at %s, number %d of the handbook, and nowhere else in it. It costs %d crowns.</p>`+
				`<p>Updated by %s %d minutes ago</p><ul>%s</ul></main>`, path, path, path, i, 10+price.Load(), []string{"Ann", "Sam"}[i%2], 9+7*run.Load()+int64(i), links.String())
		})
	}
	counts := func() map[ingest.Action]int { return w.fincrawl(exitDone, "sync").Sources[0].Plan.Counts() }
	for _, want := range []ingest.Action{ingest.Create, ingest.Update, ingest.Update, ingest.Unchanged, ingest.Unchanged} {
		if got := counts(); got[want] != 7 {
			t.Fatalf("run %d: %v, want all %s", run.Load()+1, got, want)
		}
		run.Add(1)
	}
	out := w.must("preview")
	if !strings.Contains(strings.Join(strings.Fields(out), " "), "“… Updated … by … minutes … ago") {
		t.Errorf("the preview says\n%s", out)
	}
	// A real change arrives at once, with what the phrase is by then.
	price.Add(1)
	if got := counts(); got[ingest.Update] != 7 {
		t.Errorf("a price changed: %v", got)
	}
	w.wantText("/a", "Updated by Sam 45 minutes ago")
	run.Add(1)
	if got := counts(); got[ingest.Unchanged] != 7 {
		t.Errorf("after that: %v", got)
	}
	run.Add(1)
	// In the run in which all is verified, it arrives by itself.
	if got := counts(); got[ingest.Update] != 7 {
		t.Errorf("all is verified: %v", got)
	}
}
