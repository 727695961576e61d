package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// The life of an import source, as people in Intercom and in sources.yaml live it.

func TestADeactivatedImportSourceIsSaidAndNotFought(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	w.deactivate()
	run := w.fincrawl(exitDone, "sync")
	if note := run.Sources[0].ImportSource.Note; !strings.Contains(note, "deactivated") {
		t.Errorf("note %q", note)
	}
	if got := w.box.Sources()[0].Status; got != "deactivated" {
		t.Errorf("it was fought: %s", got)
	}
	if got := w.status().Sources[0].ImportSource.Status; got != report.ImportDeactivated {
		t.Errorf("status says %s", got)
	}

	w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    reactivate: true\n"))
	w.fincrawl(exitDone, "preview")
	if got := w.box.Sources()[0].Status; got != "deactivated" {
		t.Errorf("a preview switched it on: %s", got)
	}
	w.fincrawl(exitDone, "sync")
	if got := w.box.Sources()[0].Status; got != "active" {
		t.Errorf("it is %s", got)
	}
}

// deactivate switches the import source off, as a person does in Intercom.
func (w *world) deactivate() {
	w.Helper()
	is := w.box.Sources()[0]
	w.call(http.MethodPut, fmt.Sprint("/ai/content_import_sources/", is.ID),
		fmt.Sprintf(`{"sync_behavior":"api","url":%q,"status":"deactivated"}`, is.URL))
}

// call calls the library's API in a way that fincrawl's own client cannot.
func (w *world) call(method, path, body string) {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, w.boxURL+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + worldToken}, "Accept": {"application/json"},
		"Content-Type": {"application/json"}, "Intercom-Version": {"2.15"}}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		said, _ := io.ReadAll(answer.Body)
		w.Fatalf("%s %s: %s %s", method, path, answer.Status, said)
	}
}

func (w *world) deleteImportSource() {
	w.Helper()
	if err := w.client().DeleteImportSource(w.Context(), w.box.Sources()[0].ID); err != nil {
		w.Fatal(err)
	}
}

func TestAnImportSourceDeletedInIntercomIsMadeAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	w.deleteImportSource()
	if got := w.status("--online").Sources[0].ImportSource.Status; got != report.ImportMissing {
		t.Errorf("status --online says %s", got)
	}
	run := w.fincrawl(exitDone, "sync")
	if !run.Sources[0].ImportSource.Lost {
		t.Errorf("not said: %+v", run.Sources[0].ImportSource)
	}
	w.wantLibrary(allPages()...)
}

func TestAnImportSourceDeletedWhileARunUsesItIsMadeAgainByThatRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	for _, p := range articles[:5] {
		w.site.Page(p, testsite.Page{Text: "Changed."})
	}
	var once sync.Once
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPost && r.URL.Path == "/ai/external_pages" {
			once.Do(w.deleteImportSourceWithin)
		}
		next.ServeHTTP(rw, r)
	})
	_, out, logs := w.execute(t.Context(), "sync")
	w.wantLibrary(allPages()...)
	if !strings.Contains(out, "was deleted in Intercom") || !strings.Contains(logs, "deleted in Intercom while this run") {
		t.Errorf("not said loudly:\n%s\n%s", out, logs)
	}
	if n := len(w.box.Sources()); n != 1 {
		t.Errorf("%d import sources", n)
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
		t.Errorf("%d writes by the run after", n)
	}
}

// Where the API refuses the pages of an import source that is no more, it is found out
// all the same, and no page rests for it.
func TestPagesRefusedForAnImportSourceThatIsGoneAreSentToANewOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	for _, p := range articles[:5] {
		w.site.Page(p, testsite.Page{Text: "Changed."})
	}
	var once sync.Once
	w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPost && r.URL.Path == "/ai/external_pages" {
			once.Do(w.deleteImportSourceWithin)
			if len(w.box.Sources()) == 0 {
				rw.Header().Set("Content-Type", "application/json")
				rw.WriteHeader(http.StatusUnprocessableEntity)
				_, _ = io.WriteString(rw, `{"type":"error.list","errors":[{"code":"data_invalid","message":"no such source","field":"source_id"}]}`)
				return
			}
		}
		next.ServeHTTP(rw, r)
	})
	w.execute(t.Context(), "sync")
	w.wantLibrary(allPages()...)
	if refused := w.status().Sources[0].Refused; len(refused) > 0 {
		t.Errorf("they rest: %+v", refused)
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
		t.Errorf("%d writes by the run after", n)
	}
}

// deleteImportSourceWithin deletes it from within a call, past w.interfere.
func (w *world) deleteImportSourceWithin() {
	f := w.fault.Swap(nil)
	defer w.fault.Store(f)
	w.deleteImportSource()
}

func TestAnotherLibraryURLMovesTheImportSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	id := w.box.Sources()[0].ID
	w.configure(w.source("wiki", w.site, "https://docs.example.com", ""))
	preview := w.fincrawl(exitDone, "preview")
	if c := preview.Sources[0].ImportSource; c.Action != "~" || !strings.Contains(c.Reason, "URL changes from https://wiki.example.com") {
		t.Errorf("the plan says %+v", c)
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 1 {
		t.Errorf("%d writes for a move, want one", n)
	}
	if all := w.box.Sources(); len(all) != 1 || all[0].ID != id || all[0].URL != "https://docs.example.com" {
		t.Errorf("import sources: %+v", all)
	}
	w.wantLibrary(allPages()...)
}

func TestASourceThatLeftIsNamedByEveryRunUntilItIsForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	other := testsite.New(t)
	other.Page("/", testsite.Page{})
	w.configure(w.source("help", other, "https://help.example.com", ""))
	for _, command := range []string{"preview", "sync", "sync"} {
		run := w.fincrawl(exitDone, command)
		if len(run.Orphans) != 1 || run.Orphans[0].Name != "wiki" || run.Orphans[0].Pages != len(allPages()) {
			t.Errorf("%s names %+v", command, run.Orphans)
		}
	}
	_, out, _ := w.execute(t.Context(), "sync")
	if !strings.Contains(out, "Orphan: wiki") || !strings.Contains(out, "forget") {
		t.Errorf("the report doesn't name it:\n%s", out)
	}
	if got := w.status().Orphans; len(got) != 1 {
		t.Errorf("status names %+v", got)
	}

	// Nothing goes without a yes.
	for answer, want := range map[string]int{"": exitUsage, "n\n": exitFailed, "\n": exitFailed} {
		if code, out, _ := w.ask(answer, "forget", "wiki"); code != want || len(w.box.Sources()) != 2 {
			t.Errorf("answered %q: exit code %d\n%s", answer, code, out)
		}
	}
	code, out, logs := w.ask("y\n", "forget", "wiki")
	if code != exitDone || !strings.Contains(out, "21 pages") || !strings.Contains(out, "… and 1 more") {
		t.Errorf("exit code %d\n%s\n%s", code, out, logs)
	}
	// Which of them is the one more depends on the order in which they were sent.
	named := 0
	for _, path := range allPages() {
		if strings.Contains(out, fmt.Sprintf("  \"Page %s\" ", path)) {
			named++
		}
	}
	if named != decide.TitlesShown {
		t.Errorf("%d pages are named, want %d:\n%s", named, decide.TitlesShown, out)
	}
	if all := w.box.Sources(); len(all) != 1 || all[0].URL != "https://help.example.com" {
		t.Errorf("import sources: %+v", all)
	}
	if run := w.fincrawl(exitDone, "sync"); len(run.Orphans) != 0 {
		t.Errorf("named still: %+v", run.Orphans)
	}
	if code, _, _ := w.ask("y\n", "forget", "wiki"); code != exitUsage {
		t.Errorf("forgotten twice: exit code %d", code)
	}
}

// A source that was given another name keeps its pages: forgetting the old name must
// not delete what is the new one's.
func TestForgettingTheOldNameOfASourceDeletesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	w.configure(w.source("handbook", w.site, "https://wiki.example.com", ""))
	run := w.fincrawl(exitDone, "sync")
	if len(run.Orphans) != 1 || run.Orphans[0].Name != "wiki" {
		t.Errorf("orphans %+v", run.Orphans)
	}
	if n := w.writes(func() { w.ask("", "forget", "wiki", "--yes") }); n != 0 {
		t.Errorf("%d writes", n)
	}
	if run := w.fincrawl(exitDone, "sync"); len(run.Orphans) != 0 {
		t.Errorf("orphans %+v", run.Orphans)
	}
	w.wantLibrary(allPages()...)
}

// ask executes a command with somebody there to answer; "" is nobody.
func (w *world) ask(answer string, args ...string) (code int, out, logs string) {
	w.Helper()
	if answer != "" {
		return w.executeWith(w.Context(), strings.NewReader(answer), args...)
	}
	return w.execute(w.Context(), args...)
}

func (w *world) status(args ...string) (s report.Status) {
	w.Helper()
	code, out, logs := w.execute(w.Context(), append([]string{"status", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), &s); code != exitDone || err != nil {
		w.Fatalf("status: exit code %d, %v\n%s", code, err, logs)
	}
	return s
}

// nextcloud-mcp-server 1346: one poison document was processed 45 times in a morning.
func TestARefusedPageRestsUntilItChangesOrIsRetried(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	poison := func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPost && r.URL.Path == "/ai/external_pages" {
			body, _ := io.ReadAll(r.Body)
			var p intercom.PageRequest
			_ = json.Unmarshal(body, &p)
			if address, _ := url.Parse(p.URL); address.Path == "/a3" || address.Path == "/a4" {
				rw.Header().Set("Content-Type", "application/json")
				rw.WriteHeader(http.StatusUnprocessableEntity)
				_, _ = io.WriteString(rw, `{"type":"error.list","request_id":"req-77","errors":[{"code":"parameter_invalid","message":"html has no words"}]}`)
				return
			}
			r.Body = io.NopCloser(strings.NewReader(string(body)))
		}
		next.ServeHTTP(rw, r)
	}
	w.interfere(poison)
	w.fincrawl(exitSomeFailed, "sync")
	calls := len(w.box.Calls())
	w.fincrawl(exitDone, "sync") // it was told of
	for _, c := range w.box.Calls()[calls:] {
		if c.Method != http.MethodGet {
			t.Errorf("sent though it rests: %+v", c)
		}
	}

	s := w.status().Sources[0]
	if len(s.Refused) != 2 || s.Pages != len(allPages())-2 {
		t.Fatalf("status: %+v", s)
	}
	if r := s.Refused[0]; r.URL != w.site.URL("/a3") || r.Status != 422 || r.Code != "parameter_invalid" ||
		r.Message != "html has no words" || r.RequestID != "req-77" || r.At.IsZero() {
		t.Errorf("status: %+v", r)
	}
	_, text, _ := w.execute(t.Context(), "status")
	for _, part := range []string{"Refused by Intercom (2)", "html has no words", "HTTP 422 parameter_invalid", "request req-77", "exit code 3"} {
		if !strings.Contains(text, part) {
			t.Errorf("status doesn't say %q:\n%s", part, text)
		}
	}

	// Retrying one page sends that one, and it may be refused again.
	w.fault.Store(nil)
	if code, out, logs := w.execute(t.Context(), "retry", "--page", w.site.URL("/a4")); code != exitDone || !strings.Contains(out, "1 page") {
		t.Errorf("retry: exit code %d\n%s\n%s", code, out, logs)
	}
	w.wantActions(w.fincrawl(exitDone, "sync"), "? /a3", "+ /a4")
	if code, _, logs := w.execute(t.Context(), "retry", "--page", w.site.URL("/a4")); code != exitUsage || !strings.Contains(logs, "not among the refused") {
		t.Errorf("retry of a page that is not refused: exit code %d\n%s", code, logs)
	}
	w.execute(t.Context(), "retry", "wiki")
	w.wantActions(w.fincrawl(exitDone, "sync"), "+ /a3")
	w.wantLibrary(allPages()...)
	if _, out, _ := w.execute(t.Context(), "retry"); !strings.Contains(out, "No page is refused") {
		t.Errorf("retry of nothing says %q", out)
	}
}

func TestStatusTellsHowThingsStand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	s := w.status().Sources[0]
	if s.ImportSource.Status != report.ImportNone || s.Pages != 0 || !s.LastSuccess.IsZero() {
		t.Errorf("before the first run: %+v", s)
	}
	w.fincrawl(exitDone, "sync")
	good := w.status()
	if s := good.Sources[0]; s.ImportSource.Status != report.ImportFound || s.Pages != len(allPages()) || s.LastSuccess.IsZero() {
		t.Errorf("after a run: %+v", s)
	}

	// A page that is missing waits, and a run that could not see everything is no success.
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    exclude: [/a1]\n"))
	w.fincrawl(exitDone, "sync")
	last := w.status().Sources[0].LastSuccess
	w.site.FailAlways("/a2", testsite.Status(http.StatusForbidden))
	w.fincrawl(exitHeld, "sync")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.execute(ctx, "sync")
	now := w.status()
	if s := now.Sources[0]; len(s.Missing) != 1 || s.Missing[0].Misses != 1 || s.Missing[0].Of != 2 || !s.LastSuccess.Equal(last) {
		t.Errorf("missing %+v, last success %v, want %v", s.Missing, s.LastSuccess, last)
	}
	var codes []int
	for _, r := range now.Runs {
		codes = append(codes, r.ExitCode)
	}
	if !slices.Equal(codes, []int{exitInterrupted, exitHeld, exitDone, exitDone}) {
		t.Errorf("exit codes %v", codes)
	}
}
