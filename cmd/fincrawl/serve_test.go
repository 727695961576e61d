package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// served is fincrawl serve while it goes on.
type served struct {
	*world
	pages, hooks string
	logs         *sharedBuffer
	stop         func() int // and returns the exit code
}

// sharedBuffer is written to by one goroutine and read by another one.
type sharedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *sharedBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *sharedBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

const hookSecret = "the-secret-of-the-hooks"

// serve begins fincrawl serve. Its sources.yaml has the lines of serve.
func (w *world) serve(lines string) *served {
	w.Helper()
	w.write("hook", hookSecret)
	w.write("sources.yaml", strings.Replace(string(w.read("sources.yaml")), "\nsources:", "\nserve:\n  hook_secret: file:"+w.path("hook")+"\n"+lines+"sources:", 1))
	ctx, cancel := context.WithCancel(w.Context())
	out, logs := new(sharedBuffer), new(sharedBuffer)
	a := newApp(out, logs)
	a.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	ended := make(chan int, 1)
	go func() {
		ended <- a.execute(ctx, []string{"serve", "--addr", "127.0.0.1:0", "--hooks-addr", "127.0.0.1:0", "--config", w.path("sources.yaml")})
	}()
	stop := sync.OnceValue(func() int {
		cancel()
		return <-ended
	})
	w.Cleanup(func() { stop() })
	s := &served{world: w, logs: logs, stop: stop}
	w.eventually("it serves", func() bool {
		found := regexp.MustCompile(`Sources and runs: (.*)/\n(?s:.*)Hooks: POST (.*)/hooks`).FindStringSubmatch(out.String())
		if found != nil {
			s.pages, s.hooks = found[1], found[2]
		}
		return found != nil || len(ended) > 0
	})
	if s.pages == "" {
		w.Fatalf("it does not serve: %s", logs)
	}
	return s
}

// until waits for something that happens soon.
func (w *world) eventually(what string, is func() bool) {
	w.Helper()
	for range 3000 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	w.Fatalf("it never came to it that %s", what)
}

func (s *served) request(method, address string, header http.Header, body io.Reader) (status int, text string) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, address, body)
	if err != nil {
		s.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

func (s *served) hook(query string) (status int, text string) {
	s.Helper()
	return s.request("POST", s.hooks+"/hooks/"+query, http.Header{"Authorization": {"Bearer " + hookSecret}}, nil)
}

// get returns a page that is there.
func (s *served) get(path string) string {
	s.Helper()
	status, text := s.request("GET", s.pages+path, nil, nil)
	if status != http.StatusOK {
		s.Fatalf("GET %s: %d %s", path, status, text)
	}
	return text
}

func (s *served) post(path string, form url.Values) (status int, text string) {
	s.Helper()
	return s.request("POST", s.pages+path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}, strings.NewReader(form.Encode()))
}

func (s *served) token(page string) string {
	s.Helper()
	found := regexp.MustCompile(`name="token" value="([0-9a-f]{64})"`).FindStringSubmatch(page)
	if found == nil {
		s.Fatalf("no token in %.2000s", page)
	}
	return found[1]
}

// text is what the library has of a page.
func (w *world) text(path string) string {
	for _, p := range w.pages() {
		if p.ExternalID == w.site.URL(path) {
			return p.HTML
		}
	}
	return ""
}

// A wiki's hook for one page brings it up to date, and nothing else is asked for. Runs that are asked for are done, one
// after the other, and a stopped server ends soon and lets the state file go.
func TestAHookBringsAPageUpToDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	s := w.serve("")
	if status, text := s.hook("wiki"); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, text)
	}
	w.eventually("the library has all pages", func() bool { return len(w.library()) == len(allPages()) })
	w.eventually("the run has ended", func() bool {
		page := s.get("/")
		return strings.Contains(page, ">done<") && !strings.Contains(page, ">running<")
	})

	page := articles[0]
	w.site.Page(page, testsite.Page{Title: "Edited", Text: "Words that were written just now, by somebody who knows them to be true."})
	w.site.Page(articles[1], testsite.Page{Title: "Edited too", Text: "Nobody called for this one."})
	before := w.site.Count(articles[1])
	began := time.Now()
	for range 20 { // a burst
		if status, text := s.hook("wiki?url=" + url.QueryEscape(w.site.URL(page))); status != http.StatusAccepted {
			t.Fatalf("%d %s", status, text)
		}
	}
	most := 1 + int(time.Since(began)/time.Second) // a machine that takes long for the burst has more runs
	w.eventually("the new text is in the library", func() bool { return strings.Contains(w.text(page), "written just now") })
	if w.site.Count(articles[1]) != before {
		t.Error("another page was asked for")
	}
	if got := s.get("/metrics"); !strings.Contains(got, "fincrawl_source_library_pages{source=\"wiki\"} "+fmt.Sprint(len(allPages()))) {
		t.Errorf("the metrics are\n%s", got)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		if got := s.get(path); got != "ok\n" {
			t.Errorf("%s: %q", path, got)
		}
	}
	w.eventually("it shows two runs", func() bool {
		page := s.get("/")
		return strings.Count(page, `href="runs/`) >= 3 && !strings.Contains(page, ">running<")
	})
	if runs := strings.Count(w.must("history"), " sync "); runs < 2 || runs > 1+most {
		t.Errorf("%d runs, want at most %d: the burst was not one run\n%s", runs, 1+most, w.must("history"))
	}
	if code := s.stop(); code != exitDone {
		t.Errorf("it ended with %d: %s", code, s.logs)
	}
	w.fincrawl(exitDone, "sync")
	if line := regexp.MustCompile(`(?m)^.* run=.* run=.*$`).FindString(s.logs.String()); line != "" {
		t.Errorf("a line names two runs: %s", line)
	}
	if strings.Contains(s.logs.String(), hookSecret) {
		t.Error("the log has the secret")
	}
}

func TestADecisionInTheBrowserIsOneOfApprove(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	w.fincrawl(exitDone, "sync")
	shrunk := articles[0]
	w.site.Page(shrunk, testsite.Page{Title: "Short", Text: "Gone."})
	s := w.serve("")
	if status, text := s.hook("wiki"); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, text)
	}
	w.eventually("something is held", func() bool {
		page := s.get("/")
		return strings.Contains(page, ">held<") && !strings.Contains(page, ">running<") // so that the report is written
	})
	id := regexp.MustCompile(`href="runs/([^"]*)"`).FindStringSubmatch(s.get("/"))[1]
	page := s.get("/runs/" + id)
	for _, want := range []string{`action="decisions"`, "form-action &#39;self&#39;", "Gone."} {
		if !strings.Contains(page, want) {
			t.Errorf("the report has no %s", want)
		}
	}
	var preview bytes.Buffer
	w.must("preview", "--out", w.path("plan.json"))
	plan, err := os.ReadFile(w.path("plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	preview.Write(bytes.ReplaceAll(plan, []byte(`"approved": false`), []byte(`"approved": true`)))
	form := url.Values{"token": {s.token(page)}, "plan": {preview.String()}}

	for name, spoilt := range map[string]url.Values{
		"without a token":      {"plan": form["plan"]},
		"with another token":   {"plan": form["plan"], "token": {strings.Repeat("0", 64)}},
		"without a plan":       {"token": form["token"]},
		"with a plan cut off":  {"token": form["token"], "plan": {preview.String()[:100]}},
		"with a huge plan":     {"token": form["token"], "plan": {strings.Repeat(" ", 11_000_000)}},
		"that is not of today": {"token": form["token"], "plan": {strings.Replace(preview.String(), `"workspace": "`, `"workspace": "other`, 1)}},
	} {
		if status, text := s.post("/runs/decisions", spoilt); status < 400 || status > 499 {
			t.Errorf("a form %s: %d %s", name, status, text)
		}
	}
	if status, _ := s.request("POST", s.pages+"/runs/decisions", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {"https://evil.example"}}, strings.NewReader(form.Encode())); status != http.StatusForbidden {
		t.Errorf("from another site: %d", status)
	}
	if got := w.must("status", "--json"); strings.Contains(got, `"verdict"`) {
		t.Fatalf("something was decided: %s", got)
	}

	status, text := s.post("/runs/decisions", form)
	if status != http.StatusOK || !strings.Contains(text, "approved") {
		t.Fatalf("%d %s", status, text)
	}
	if got := w.must("status", "--json"); !strings.Contains(got, `"verdict": "approve"`) {
		t.Errorf("nothing is decided: %s", got)
	}
	if status, text := s.post("/sources/run", url.Values{"token": form["token"], "source": {"wiki"}}); status != http.StatusSeeOther {
		t.Errorf("%d %s", status, text)
	}
	w.eventually("the approved text is in the library", func() bool { return strings.Contains(w.text(shrunk), "Gone.") })
	s.stop()
}
