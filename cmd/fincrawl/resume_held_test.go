package main

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// A run that is cut off while it sends goes on with sending: nothing is read again,
// whatever was held back of what had been read.
func TestARunThatIsCutOffWhileItSendsReadsNothingAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.site.Page("/a4", testsite.Page{Text: "The key is AKIAQ3EGRZ7KX2MWPLTD, as everybody here knows."})
	ctx, interrupt := context.WithCancel(t.Context())
	var sent atomic.Int32
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(rw, r)
		if r.Method == http.MethodPost {
			if sent.Add(1) == 5 {
				interrupt()
			}
		}
	})
	w.fincrawlUntil(ctx, exitInterrupted, "sync")
	w.fault.Store(nil)
	w.site.Forget()
	_, out, logs := w.execute(t.Context(), "sync", "--json")
	for _, p := range articles {
		if n := w.site.Count(p); n != 0 {
			t.Fatalf("%s was fetched again\n%s\n%s", p, out, logs)
		}
	}
	if n := len(w.library()); n != len(articles) { // all, with the start page, but the one with a key
		t.Errorf("%d pages in the library: %v", n, w.library())
	}
}
