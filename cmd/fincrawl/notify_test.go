package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// listeningWorld is a world with a webhook and tickets, and what the webhook was told.
func listeningWorld(t *testing.T) (w *world, pass func(), told *[]string, down *bool) {
	t.Helper()
	w = newWorld(t, "", articles...)
	told, down = new([]string), new(bool)
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		if *down {
			http.Error(rw, "later", http.StatusServiceUnavailable)
			return
		}
		*told = append(*told, string(text))
	}))
	t.Cleanup(hook.Close)
	w.write("hook", hook.URL+"/k3y-of-the-hook")
	w.write("sources.yaml", "notify: {webhooks: [{url: \"file:"+w.path("hook")+"\", template: '{{json .Text}}'}], ticket: {type: Fincrawl, contact: {external_id: fincrawl}}}\n"+string(w.read("sources.yaml")))
	now := time.Date(2026, 11, 30, 3, 17, 0, 0, time.UTC)
	w.now = func() time.Time { return now }
	return w, func() { now = now.Add(25 * time.Hour) }, told, down
}

func TestAPersonIsToldOnceForEachChange(t *testing.T) {
	t.Parallel()
	w, pass, told, down := listeningWorld(t)
	night := func(code int, messages, tickets int) {
		t.Helper()
		pass()
		w.fincrawl(code, "sync")
		if len(*told) != messages || len(w.box.Tickets()) != tickets {
			t.Fatalf("%d messages and %d tickets, want %d and %d: %q", len(*told), len(w.box.Tickets()), messages, tickets, *told)
		}
	}
	night(exitDone, 0, 0)

	broken := true
	w.site.Before(func(rw http.ResponseWriter, _ *http.Request) bool {
		if broken {
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
		return broken
	})
	w.fincrawl(exitFailed, "preview") // which tells nobody, and counts for nothing
	night(exitFailed, 0, 0)
	w.fincrawl(exitFailed, "preview")
	night(exitFailed, 1, 1)
	if got := (*told)[0]; !strings.Contains(got, "wiki needs a person: 2 runs in a row failed") {
		t.Errorf("%s", got)
	}
	night(exitFailed, 1, 1)
	broken = false
	night(exitDone, 2, 1)
	if got := (*told)[1]; !strings.Contains(got, "wiki is clean again") || w.box.Tickets()[0].Open {
		t.Errorf("%s, %+v", got, w.box.Tickets())
	}

	// A hold is told of once, and by the next run where nobody was reached.
	w.site.Page("/a3", testsite.Page{Body: "<article><h1>Three</h1><p>The key is " + aKey + " for all who come.</p></article>"})
	*down = true
	night(exitHeld, 2, 2)
	*down = false
	night(exitDone, 3, 2)
	night(exitDone, 3, 2)
	for _, text := range append(*told, w.box.Tickets()[1].Description, w.box.Tickets()[1].Title) {
		if strings.Contains(text, aKey) || strings.Contains(text, "/a3") || strings.Contains(text, "Three") {
			t.Errorf("it has something of the page: %s", text)
		}
	}
	w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a5")) // of which nobody hears
	w.site.Pages("/a3")
	night(exitDone, 4, 2)
	if w.box.Tickets()[1].Open {
		t.Error("the ticket is open still")
	}
}

func TestAMessageThatDoesNotArriveTellsNoAddress(t *testing.T) {
	t.Parallel()
	w, pass, told, down := listeningWorld(t)
	*down = true
	w.site.Close()
	for range 2 {
		pass()
		w.execute(t.Context(), "sync")
	}
	pass()
	_, out, logs := w.execute(t.Context(), "sync")
	if !strings.Contains(logs, "a message did not arrive") || strings.Contains(out+logs, "k3y-of-the-hook") || len(*told) > 0 {
		t.Errorf("%s\n%s", out, logs)
	}
}
