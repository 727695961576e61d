package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

// Each row of the table of errors, made by the sandbox and met by the client, in
// virtual time: what the client does about it, and that one page results from it.
func TestTheClientCopesWithEachFault(t *testing.T) {
	const always, once = 6, 1
	tests := map[string]struct {
		kind  intercom.Kind // of the error where the fault stays
		tries int
	}{
		"401": {intercom.Fatal, once}, "402": {intercom.Fatal, once}, "403": {intercom.Fatal, once}, "revoked": {intercom.Fatal, once},
		"400": {intercom.Refused, once}, "413": {intercom.Refused, once}, "415": {intercom.Refused, once}, "422": {intercom.Refused, once},
		"404": {intercom.NotFound, once}, "source-deleted": {intercom.NotFound, once},
		"408": {intercom.Transient, always}, "409": {intercom.Transient, always},
		"429": {intercom.Transient, always}, "429-bare": {intercom.Transient, always}, "429,wait=7": {intercom.Transient, always},
		"500": {intercom.Transient, always}, "502": {intercom.Transient, always}, "503": {intercom.Transient, always}, "504": {intercom.Transient, always},
		"403-html": {intercom.Transient, always}, "404-html": {intercom.Transient, always}, "502-html": {intercom.Transient, always},
		"reset": {intercom.Transient, always}, "reset-after": {intercom.Transient, always},
		"timeout": {intercom.Transient, always}, "timeout-after": {intercom.Transient, always},
		"slow,wait=90": {intercom.Transient, always}, "truncated": {intercom.Transient, always},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSandbox(t, sandbox.Config{})
				source := createSource(t, s)
				c := intercom.New(intercom.Config{BaseURL: api, Token: "x", Transport: near{s}})
				request := intercom.PageRequest{Title: "T", HTML: "<p>x</p>", Locale: "en", SourceID: source, ExternalID: "a"}
				before := len(s.Calls())
				fault(t, s, name)
				_, err := c.UpsertPage(t.Context(), request)
				if err == nil || intercom.KindOf(err) != test.kind {
					t.Errorf("kind %d, want %d: %v", intercom.KindOf(err), test.kind, err)
				}
				if n := len(s.Calls()) - before; n != test.tries {
					t.Errorf("%d tries, want %d", n, test.tries)
				}

				// What passes while it is tried again is no error at all.
				s.ClearFaults()
				if test.kind == intercom.Transient {
					fault(t, s, name+",next=5")
				}
				if name == "source-deleted" {
					request.SourceID = createSource(t, s)
				}
				if _, err := c.UpsertPage(t.Context(), request); err != nil {
					t.Error(err)
				}
				if n := len(s.Pages(request.SourceID)); n != 1 {
					t.Errorf("%d pages, want 1", n)
				}
			})
		})
	}
}

// near reaches the sandbox as over a perfect network, which hangs up only where the
// sandbox does.
type near struct{ sandbox http.Handler }

func (n near) RoundTrip(r *http.Request) (res *http.Response, err error) {
	w := httptest.NewRecorder()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if recover() != nil {
				done <- io.ErrUnexpectedEOF
			}
		}()
		n.sandbox.ServeHTTP(w, r)
		done <- nil
	}()
	select {
	case err := <-done:
		return w.Result(), err
	case <-r.Context().Done():
		<-done // which the same context ends
		return nil, context.Cause(r.Context())
	}
}

func fault(t *testing.T, s *sandbox.Sandbox, text string) {
	t.Helper()
	f, err := sandbox.ParseFault(text)
	if err == nil {
		err = s.AddFaults(f)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Twins are listed and found by their own IDs; an upsert reaches the newest of them.
func TestTwinsAreTwoPages(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	c := intercom.New(intercom.Config{BaseURL: api, Token: "x", Transport: near{s}})
	source := createSource(t, s)
	send := func(text string) intercom.ExternalPage {
		p, err := c.UpsertPage(t.Context(), intercom.PageRequest{Title: "Page", HTML: text, Locale: "en", SourceID: source, ExternalID: "a"})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	fault(t, s, "twins,next=1")
	first, second := send("<p>1</p>"), send("<p>2</p>")
	if first.ID == second.ID {
		t.Errorf("both are %s", first.ID)
	}
	pages := s.Pages(source)
	if len(pages) != 2 || pages[0].HTML != "<p>1</p>" || pages[1].HTML != "<p>2</p>" {
		t.Fatalf("%+v", pages)
	}
	if err := c.DeletePage(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	if third := send("<p>3</p>"); third.ID != first.ID || len(s.Pages(source)) != 1 {
		t.Errorf("%+v of %+v", third, s.Pages(source))
	}
}

// A listing that shifts while it is read: two pages come, one goes, before each part.
func TestAListingThatShiftsLosesAndDoublesNothing(t *testing.T) {
	for _, kind := range []string{"shift", "duplicates"} {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSandbox(t, sandbox.Config{PerPage: 4})
				c := intercom.New(intercom.Config{BaseURL: api, Token: "x", Transport: near{s}})
				source := createSource(t, s)
				for n := range 30 {
					createPage(t, s, source, fmt.Sprint(n))
				}
				fault(t, s, kind)
				for range 20 {
					seen := map[string]int{}
					for p, err := range c.ExternalPages(t.Context()) {
						if err != nil {
							t.Fatal(err)
						}
						if p.SourceID == source {
							seen[p.ExternalID]++
						}
					}
					for n := range 30 {
						if times := seen[fmt.Sprint(n)]; times != 1 {
							t.Errorf("page %d was listed %d times", n, times)
						}
					}
				}
			})
		})
	}
}

func TestFaultsStrikeWhatTheyAreFor(t *testing.T) {
	tests := map[string]string{ // what of ten calls fails: five POSTs of pages 0 to 4, then five GETs of /me
		"503":                            "xxxxxxxxxx",
		"503,method=POST":                "xxxxx.....",
		"503,path=/ai/*":                 "xxxxx.....",
		"503,path=/me,skip=2":            ".......xxx",
		"503,next=3":                     "xxx.......",
		"503,skip=1,next=2,method=GET":   "......xx..",
		`503,text="external_id":"3"`:     "...x......",
		"503,chance=0.5,seed=1":          "",
		"source-deleted,method=GET":      "..........",
		"shift":                          "..........",
		"503,chance=0.000001,method=GET": "..........",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			run := func() (got string) {
				s := newSandbox(t, sandbox.Config{})
				source := createSource(t, s)
				fault(t, s, text)
				for n := range 10 {
					var r reply
					if n < 5 {
						r = send(t, s, "POST", "/ai/external_pages", pageBody(source, fmt.Sprint(n)))
					} else {
						r = send(t, s, "GET", "/me", "")
					}
					got += map[bool]string{true: ".", false: "x"}[r.Status == 200]
				}
				return got
			}
			got := run()
			if want == "" { // left to chance, but the same chance each time
				if want = run(); !strings.Contains(want, "x") || !strings.Contains(want, ".") {
					t.Errorf("half of all calls: %s", want)
				}
			}
			if got != want {
				t.Errorf("failed: %s, want %s", got, want)
			}
		})
	}
}

func TestFaultsAreSwitchedWhileItRuns(t *testing.T) {
	s := newSandbox(t, sandbox.Config{Faults: []sandbox.Fault{{Kind: "502-html"}}})
	switchAt := func(method, body string) string {
		r := httptest.NewRequest(method, sandbox.FaultsPath, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return strings.TrimSpace(fmt.Sprint(w.Code, " ", w.Body))
	}
	status := func(want int) {
		t.Helper()
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/me", nil)
		r.Header = http.Header{"Authorization": {"Bearer x"}, "Accept": {"application/json"}}
		s.ServeHTTP(w, r)
		if got := w.Code; got != want {
			t.Errorf("status %d, want %d", got, want)
		}
	}
	status(502)
	if got, want := switchAt("GET", ""), `200 [{"kind":"502-html"}]`; got != want {
		t.Errorf("faults %s, want %s", got, want)
	}
	switchAt("DELETE", "")
	status(200)
	switchAt("POST", `[{"kind":"503","next":1}, {"kind":"revoked"}]`)
	status(503)
	status(401)
	switchAt("DELETE", "")
	switchAt("POST", ` {"kind":"429","method":"GET"}`)
	status(429)
	for _, wrong := range []string{`{"kind":"flood"}`, `{"kind":"503","chance":2}`, `{"kind":"503","path":"["}`, `{"kind":"503","mehtod":"GET"}`, `{`, ``} {
		if got := switchAt("POST", wrong); !strings.HasPrefix(got, "400 ") {
			t.Errorf("%s: %s", wrong, got)
		}
	}
	if got, want := switchAt("GET", ""), `200 [{"kind":"429","method":"GET"}]`; got != want {
		t.Errorf("faults %s, want %s", got, want)
	}
	if n := len(s.Calls()); n != 5 {
		t.Errorf("%d calls of the API, want 5: switching is none", n)
	}
}

func TestFaultsAreReadFromFlags(t *testing.T) {
	got, err := sandbox.ParseFault("slow,method=POST,path=/ai/*,text=a=b,chance=0.5,seed=7,skip=1,next=2,wait=1.5")
	want := sandbox.Fault{Kind: "slow", Method: "POST", Path: "/ai/*", Text: "a=b", Chance: 0.5, Seed: 7, Skip: 1, Next: 2, Wait: 1.5}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("error %v, fault (-want +got):\n%s", err, diff)
	}
	for _, wrong := range []string{"", "flood", "200", "503,next=some", "503,often=1", "503,chance=7"} {
		if _, err := sandbox.ParseFault(wrong); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

// A real server and a real client, since breaking off is theirs.
func TestConnectionsBreakOff(t *testing.T) {
	for kind, pages := range map[string]int{"reset": 0, "reset-after": 1, "timeout": 0, "timeout-after": 1, "truncated": 1} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newSandbox(t, sandbox.Config{})
			source := createSource(t, s)
			server := httptest.NewServer(s)
			defer server.Close()
			fault(t, s, kind)
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			r, _ := http.NewRequestWithContext(ctx, "POST", server.URL+"/ai/external_pages", strings.NewReader(pageBody(source, "a")))
			r.Header = http.Header{"Authorization": {"Bearer x"}, "Accept": {"application/json"}, "Content-Type": {"application/json"}}
			r.GetBody = nil // or the client may ask again of its own accord
			res, err := server.Client().Do(r)
			if kind == "truncated" {
				body, _ := io.ReadAll(res.Body)
				res.Body.Close()
				if res.StatusCode != 200 || strings.HasSuffix(strings.TrimSpace(string(body)), "}") {
					t.Errorf("%d %s", res.StatusCode, body)
				}
			} else if err == nil {
				t.Fatalf("it was answered: %s", res.Status)
			} else if late := errors.Is(err, context.DeadlineExceeded); late != strings.HasPrefix(kind, "timeout") {
				t.Errorf("error %v", err)
			}
			if n := len(s.Pages(source)); n != pages {
				t.Errorf("%d pages, want %d", n, pages)
			}
		})
	}
}
