package reconcile

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// With 25,000 pages, of which Intercom lists 10,000, each comparison looks at a part of the
// others, says how far it has come, and finds what was changed in the end. Between them no
// run reads the listing.
func TestTwentyFiveThousandPagesAreComparedInTurns(t *testing.T) {
	t.Parallel()
	const pages = 25_000
	box, err := sandbox.New(sandbox.Config{ListingLimit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	is := box.AddSource("https://wiki.example.com", "api")
	ledger, err := state.OpenTemporary()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ledger.Close(); err != nil {
			t.Error(err)
		}
	})
	put := func(p intercom.PageRequest) (made intercom.ExternalPage) {
		body, _ := json.Marshal(p)
		r := httptest.NewRequest(http.MethodPost, "/ai/external_pages", bytes.NewReader(body))
		r.Header = http.Header{"Authorization": {"Bearer x"}, "Accept": {"application/json"}, "Content-Type": {"application/json"}}
		answer := httptest.NewRecorder()
		box.ServeHTTP(answer, r)
		if err := json.Unmarshal(answer.Body.Bytes(), &made); err != nil || made.ID == "" {
			t.Fatalf("%v: %s", err, answer.Body)
		}
		return made
	}
	request := func(i int) intercom.PageRequest {
		id := fmt.Sprintf("https://wiki.test/%05d", i)
		return intercom.PageRequest{Title: "T", HTML: "<p>x</p>", URL: id, Locale: "en", SourceID: is.ID, ExternalID: id}
	}
	for i := range pages {
		p := request(i)
		e := state.Entry{ExternalID: p.ExternalID, RemoteID: put(p).ID, URL: p.URL, Title: p.Title, Hash: "h", Remote: verify.ContentHash(p)}
		if err := ledger.PutEntry("wiki", e); err != nil {
			t.Fatal(err)
		}
	}
	edited := request(7_777) // the listing has the newest 10,000
	edited.HTML = "<p>Edited by hand.</p>"
	put(edited)

	var calls, lists atomic.Int64
	near := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if r.URL.Path == "/ai/external_pages" {
			lists.Add(1)
		}
		box.ServeHTTP(w, r)
	}))
	t.Cleanup(near.Close)
	r := &Runner{
		Config: &config.Config{Intercom: config.Intercom{Workers: 8}}, Ledger: ledger, Log: slog.New(slog.DiscardHandler),
		API: intercom.New(intercom.Config{BaseURL: near.URL, Token: "x", Share: 1}),
	}
	r.remote = once(func(ctx context.Context) (verify.Remote, error) { return verify.ReadRemote(ctx, r.API) })
	source := config.Source{Name: "wiki", URL: "https://wiki.test/", Content: config.Content{Preset: config.PresetAuto}}
	change := ingest.SourceChange{Action: ingest.Unchanged, Current: state.ImportSource{ID: is.ID}}
	r.Verify = true
	found, turns := 0, 0
	for last := 0; ; turns++ {
		before := calls.Load()
		var rep report.Source
		record, v, err := r.verifySource(t.Context(), source, ledger, change, &rep)
		if err != nil || !v.Ended || v.Of != pages || v.Looked <= last {
			t.Fatalf("turn %d: %+v, %v", turns, v, err)
		}
		if n := calls.Load() - before; n > LookUpsPerRun+80 {
			t.Errorf("turn %d took %d calls", turns, n)
		}
		found, last = found+v.Edited, v.Looked
		if err := ledger.SetVerification("wiki", record); err != nil {
			t.Fatal(err)
		}
		if record.After == "" {
			break
		}
		r.Verify = false
	}
	if found != 1 || turns > 12 || lists.Load() > 80 {
		t.Errorf("found %d in %d turns, with %d calls of the listing", found, turns+1, lists.Load())
	}
	var rep report.Source
	if _, _, err := r.verifySource(t.Context(), source, ledger, change, &rep); err != nil || rep.Verification != nil {
		t.Errorf("compared again: %+v, %v", rep.Verification, err)
	}
}
