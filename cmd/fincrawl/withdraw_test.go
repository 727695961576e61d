package main

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/testsite"
	"github.com/fincrawl/fincrawl/state"
)

// off returns the paths of the pages that are in the library and switched off.
func (w *world) off() (paths []string) {
	for _, p := range w.pages() {
		if !p.AIAgentAvailability && !p.AICopilotAvailability {
			paths = append(paths, strings.TrimPrefix(p.ExternalID, w.site.URL("")))
		}
	}
	slices.Sort(paths)
	return paths
}

func (w *world) wantOff(paths ...string) {
	w.Helper()
	slices.Sort(paths)
	if got := w.off(); !slices.Equal(got, paths) {
		w.Errorf("switched off are\n\t%v\nwant\n\t%v", got, paths)
	}
}

// fetches returns how many requests the site got while do ran.
func (w *world) fetches(do func()) int {
	before := len(w.site.Requests())
	do()
	return len(w.site.Requests()) - before
}

// A page that is withdrawn is off at once, without a crawl, whatever the next runs are, and
// comes back at once by restore, as it was.
func TestAWithdrawnPageIsOffUntilItIsRestored(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	before := w.page("/a1")
	if n := w.fetches(func() { w.must("withdraw", w.site.URL("/a1"), "--yes", "--by", "anna", "--reason", "it is wrong") }); n > 0 {
		t.Errorf("withdraw asked the site %d times", n)
	}
	w.wantOff("/a1")
	if now := w.page("/a1"); now.HTML != before.HTML || now.ID != before.ID {
		t.Errorf("it is %+v", now)
	}
	for _, args := range [][]string{{"sync"}, {"resync"}, {"sync", "--verify"}} {
		w.fincrawl(exitDone, args...)
		w.wantOff("/a1")
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n > 0 {
		t.Errorf("%d writes for a page that is as it was withdrawn", n)
	}
	w.site.Page("/a1", wordy("a better one"))
	w.fincrawl(exitDone, "sync")
	w.wantOff("/a1")
	for _, args := range [][]string{{"status"}, {"explain", w.site.URL("/a1")}} {
		out := strings.Join(strings.Fields(w.must(args...)), " ")
		for _, says := range []string{"switched off · by anna", "it is wrong", "fincrawl restore " + w.site.URL("/a1")} {
			if !strings.Contains(out, says) {
				t.Errorf("%s does not say %q:\n%s", args[0], says, out)
			}
		}
	}

	if n := w.fetches(func() { w.must("restore", w.site.URL("/a1"), "--yes") }); n > 0 {
		t.Errorf("restore asked the site %d times", n)
	}
	w.wantOff()
	w.wantText("/a1", "a better one")
	if n := w.writes(func() { w.wantActions(w.fincrawl(exitDone, "sync")) }); n > 0 {
		t.Errorf("%d writes after it was restored", n)
	}
}

func TestAPageComesBackWhereItWasAvailable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    availability: {ai_copilot: false, rules: [{match: /a2, ai_agent: false, ai_copilot: true}, {match: /a3, ai_agent: false}]}\n", articles...)
	w.fincrawl(exitDone, "sync")
	before := w.pages()
	w.must("withdraw", "--source", "wiki", "--yes")
	w.wantOff(allPages()...)
	w.fincrawl(exitDone, "sync")
	w.must("restore", "--source", "wiki", "--yes")
	for i, p := range w.pages() {
		if p.AIAgentAvailability != before[i].AIAgentAvailability || p.AICopilotAvailability != before[i].AICopilotAvailability {
			t.Errorf("%s is %t %t, and was %t %t", p.URL, p.AIAgentAvailability, p.AICopilotAvailability, before[i].AIAgentAvailability, before[i].AICopilotAvailability)
		}
	}
}

func TestAPageThatIsDeletedByAWithdrawalComesBackByTheNextSync(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.must("withdraw", w.site.URL("/a1"), "--delete", "--yes")
	w.wantLibrary(without("/a1")...)
	for _, args := range [][]string{{"sync"}, {"resync"}, {"sync", "--verify", "--strict"}} {
		w.fincrawl(exitDone, args...)
		w.wantLibrary(without("/a1")...)
	}
	if out := w.must("explain", w.site.URL("/a1")); !strings.Contains(out, "deleted from Intercom") {
		t.Errorf("explain says\n%s", out)
	}
	if out := w.must("restore", w.site.URL("/a1"), "--yes"); !strings.Contains(out, "The next sync sends") {
		t.Errorf("restore says\n%s", out)
	}
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(allPages()...)
	w.wantOff()
}

// A page that was withdrawn by itself stays out when its source is restored.
func TestAWholeSourceIsWithdrawn(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	w.must("withdraw", w.site.URL("/a1"), "--yes")
	w.must("withdraw", "--source", "wiki", "--yes")
	w.wantOff(allPages()...)
	w.site.Page("/new", wordy("a new page"))
	w.site.Page("/", testsite.Page{Links: append(slices.Clone(articles), "/new")})
	w.fincrawl(exitDone, "sync")
	w.wantOff(append(allPages(), "/new")...)
	if code, _, logs := w.execute(t.Context(), "restore", w.site.URL("/a2"), "--yes"); code != exitUsage || !strings.Contains(logs, "restore --source wiki") {
		t.Errorf("exit code %d\n%s", code, logs)
	}
	w.must("restore", "--source", "wiki", "--yes")
	w.wantOff("/a1")
	w.fincrawl(exitDone, "sync")
	w.wantOff("/a1")
}

// All parts of a page are withdrawn with it, by the address of any of them.
func TestAPageIsWithdrawnWithAllItsParts(t *testing.T) {
	t.Parallel()
	parts := []string{"/handbook", "/handbook#travel", "/handbook#expenses", "/handbook#leave"}
	for _, how := range []string{"--delete=false", "--delete"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			w, _ := newHandbook(t, splitOver)
			w.fincrawl(exitDone, "sync")
			w.must("withdraw", w.site.URL("/handbook#leave"), how, "--yes")
			for range 2 {
				if how == "--delete" {
					w.wantLibrary("/", "/other")
				} else {
					w.wantOff(parts...)
				}
				w.fincrawl(exitDone, "sync")
			}
			w.must("restore", w.site.URL("/handbook"), "--yes")
			w.fincrawl(exitDone, "sync")
			w.wantOff()
			w.wantLibrary(append(parts, "/", "/other")...)
		})
	}
}

// What Intercom does not take is done by the next sync, though it can read nothing, or holds
// the page for another reason.
func TestTheNextSyncFinishesAWithdrawal(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"off", "deleted"} {
		for name, later := range map[string]func(w *world){
			"as usual":               func(*world) {},
			"with a page that fails": func(w *world) { w.site.FailAlways("/a1", testsite.Status(500)) },
			"with a page that is held": func(w *world) {
				w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7BBB with care."})
			},
		} {
			t.Run(how+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newHeldWorld(t)
				w.breakWrites(http.StatusUnprocessableEntity)
				args := []string{"withdraw", w.site.URL("/a1"), "--yes"}
				if how == "deleted" {
					args = append(args, "--delete")
				}
				if code, out, logs := w.execute(t.Context(), args...); code != exitSomeFailed || !strings.Contains(out, "the next sync does that") {
					t.Fatalf("exit code %d\n%s\n%s", code, out, logs)
				}
				w.wantOff()
				later(w)
				w.execute(t.Context(), "sync")
				w.wantOff()
				w.fault.Store(nil)
				w.execute(t.Context(), "sync")
				if how == "deleted" {
					w.wantLibrary(without("/a1")...)
				} else {
					w.wantOff("/a1")
				}
			})
		}
	}
}

// A withdrawal that is killed as it asks Intercom is finished by the next sync, and so is a
// restoration.
func TestAWithdrawalThatIsCutOffIsFinished(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	for _, answered := range []bool{false, true} {
		w.cutOff(answered, "withdraw", "--source", "wiki", "--yes")
		w.fincrawl(exitDone, "sync")
		w.wantOff(allPages()...)
		w.cutOff(answered, "restore", "--source", "wiki", "--yes")
		w.fincrawl(exitDone, "sync")
		w.wantOff()
	}
}

// cutOff runs a command that ends as it changes the third page, before or after the library
// has taken that.
func (w *world) cutOff(answered bool, args ...string) {
	w.Helper()
	ctx, cancel := context.WithCancel(w.Context())
	defer cancel()
	var writes atomic.Int32
	kill := fault(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		last := r.Method != http.MethodGet && writes.Add(1) >= 3
		if last && !answered {
			cancel()
			return
		}
		next.ServeHTTP(rw, r)
		if last {
			cancel()
		}
	})
	w.fault.Store(&kill)
	defer w.fault.Store(nil)
	if code, out, logs := w.execute(ctx, args...); code != exitInterrupted {
		w.Fatalf("exit code %d\n%s\n%s", code, out, logs)
	}
}

// breakWrites lets the library refuse all that would change a page.
func (w *world) breakWrites(status int) {
	refuse := fault(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(status)
		_, _ = rw.Write([]byte(`{"type":"error.list","errors":[{"code":"parameter_invalid","message":"no"}]}`))
	})
	w.fault.Store(&refuse)
}

func TestWhatIsNoPageOfOursIsNotWithdrawn(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	theirs := w.foreign(w.site.URL("/theirs"), w.site.URL("/theirs"))
	w.lose("fincrawl.db")
	w.site.FailAlways("/theirs", testsite.Status(500))
	w.execute(t.Context(), "sync")
	for says, args := range map[string][]string{
		"did you mean " + w.site.URL("/a1"):    {w.site.URL("/a1x")},
		"fincrawl adopt wiki":                  {w.site.URL("/theirs")},
		"nothing is recorded of a source":      {"--source", "wikki"},
		"name the pages by their URLs":         {},
		"nobody is there to ask":               {w.site.URL("/a1")},
		"nothing is recorded of a page /other": {"/other"},
	} {
		args = append([]string{"withdraw"}, args...)
		if says != "nobody is there to ask" {
			args = append(args, "--yes")
		}
		if code, _, logs := w.execute(t.Context(), args...); code != exitUsage || !strings.Contains(logs, says) {
			t.Errorf("%q: exit code %d\n%s", args, code, logs)
		}
	}
	w.wantOff()
	w.must("withdraw", "--source", "wiki", "--yes")
	w.wantUntouched(theirs)
	w.wantOff(allPages()...)
	if code, _, logs := w.execute(t.Context(), "restore", w.site.URL("/a1"), "--yes"); code != exitUsage || !strings.Contains(logs, "restore --source wiki") {
		t.Errorf("exit code %d\n%s", code, logs)
	}
}

func TestWhoeverWithdrawsIsToldWhoHoldsTheState(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	store, err := state.Open(w.path("fincrawl.db"), state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	code, _, logs := w.execute(t.Context(), "withdraw", w.site.URL("/a1"), "--yes")
	if code != exitLocked || !strings.Contains(logs, "is held by process") || !strings.Contains(logs, "stop it by an interrupt") {
		t.Errorf("exit code %d\n%s", code, logs)
	}
}

// A page that somebody edited in Intercom is withdrawn as it is there, and is as the site
// has it again when it comes back.
func TestAPageThatWasEditedIsWithdrawn(t *testing.T) {
	t.Parallel()
	w := newHeldWorld(t)
	p := w.page("/a1")
	if _, err := w.client().UpsertPage(t.Context(), intercom.PageRequest{
		Title: p.Title, HTML: "<p>Somebody's own.</p>", URL: p.URL, Locale: p.Locale, SourceID: p.SourceID, ExternalID: p.ExternalID, AIAgentAvailability: true,
	}); err != nil {
		t.Fatal(err)
	}
	w.must("withdraw", w.site.URL("/a1"), "--yes")
	w.wantOff("/a1")
	w.wantText("/a1", "Somebody's own.")
	w.fincrawl(exitDone, "sync")
	w.wantOff("/a1")
	w.wantText("/a1", "Sentence 1 of")
	w.must("restore", w.site.URL("/a1"), "--yes")
	w.wantOff()
	w.wantActions(w.fincrawl(exitDone, "sync"))
}

// A credential in a page that is off is no longer told of by each run.
func TestACredentialInAPageThatIsOffIsQuiet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "    screen: {credentials: off}\n", articles...)
	w.site.Page("/a1", testsite.Page{Text: "Use the key AKIAQYLPMN5HFIQR7BBB with care."})
	w.fincrawl(exitDone, "sync")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", ""))
	for range 2 {
		w.fincrawl(exitHeld, "sync")
	}
	w.must("withdraw", w.site.URL("/a1"), "--yes")
	run := w.fincrawl(exitDone, "sync", "--strict")
	w.wantOff("/a1")
	for _, c := range run.Sources[0].Plan.Changes {
		if c.Live || c.Asks() || c.Action == ingest.Update {
			t.Errorf("got %+v", c)
		}
	}
}
