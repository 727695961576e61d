package metrics_test

import (
	"bytes"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/metrics"
	"github.com/fincrawl/fincrawl/state"
)

var update = flag.Bool("update", false, "write the golden files, and docs/metrics.md, anew")

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// reported is a run of a source in which everything happened.
func reported() report.Source {
	page := func(a ingest.Action) ingest.Change { return ingest.Change{Action: a} }
	held := func(wants ingest.Action, g ingest.Guard) ingest.Change {
		return ingest.Change{Action: ingest.Held, Wants: wants, Guard: g}
	}
	pending := held(ingest.Delete, ingest.GuardConfirmation)
	pending.Pending = true
	return report.Source{
		Name: "wiki", Seconds: 12.5,
		Plan: &ingest.Plan{
			Coverage: crawler.Coverage{Discovered: 9, Outcomes: map[crawler.Outcome]int{crawler.Paged: 6, crawler.NotModified: 1, crawler.Timeout: 2}},
			Changes: []ingest.Change{
				page(ingest.Create), page(ingest.Create), page(ingest.Update), page(ingest.Update), page(ingest.Delete), page(ingest.Unchanged),
				held(ingest.Update, ingest.GuardSecret), held(ingest.Delete, ingest.GuardHint), held(ingest.Update, ingest.GuardRefused), pending,
			},
		},
		Result: &ingest.Result{Applied: map[ingest.Action]int{ingest.Create: 1, ingest.Update: 1},
			Failed: []ingest.Failure{{Action: ingest.Create, Refused: true}, {Action: ingest.Update}}},
		Attention: &ingest.Attention{Held: 1, Failed: 2},
	}
}

func snapshot() metrics.Snapshot {
	n := metrics.Count(reported(), 40, noon)
	return metrics.Snapshot{
		Version: "v1", At: noon.Add(time.Minute), Started: noon.Add(-time.Minute), Ended: noon, ExitCode: 4,
		API: intercom.Usage{Answers: map[int]int{0: 1, 200: 9, 503: 2}, Retries: 3, Waited: 1500 * time.Millisecond, Limited: true, Limit: 100, LeftOver: 40},
		Sources: []metrics.Source{
			{Name: "wiki", Health: state.Health{Success: noon, FailedRuns: 0}, Last: &n},
			{Name: "a \"quoted\" name\\ of\ntwo lines ü", Health: state.Health{FailedRuns: 2}, Last: &metrics.Numbers{Ended: noon, Failed: true},
				Progress: &metrics.Progress{Discovered: 5, Settled: 3, Failed: 1, Pages: 2, ToSend: 4, Sent: 1}},
			{Name: "never"},
		},
	}
}

func text(t *testing.T, s metrics.Snapshot) string {
	t.Helper()
	var b bytes.Buffer
	if err := metrics.Write(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestEveryChangeIsCountedOnce(t *testing.T) {
	s := reported()
	n := metrics.Count(s, 40, noon)
	sum := 0
	for _, count := range n.Changes {
		sum += count
	}
	if sum != len(s.Plan.Changes) {
		t.Errorf("%d changes are counted of %d: %v", sum, len(s.Plan.Changes), n.Changes)
	}
	for key, want := range map[string]int{
		"create done": 1, "create refused": 1, "update done": 1, "update failed": 1, "delete planned": 1, "keep done": 1,
		"update held": 1, "delete held": 1, "update refused": 1, "delete pending": 1,
	} {
		if n.Changes[key] != want {
			t.Errorf("%s: %d, want %d", key, n.Changes[key], want)
		}
	}
}

func TestASourceThatYieldsNothingDidNotSucceed(t *testing.T) {
	whole := func(change func(*report.Source)) report.Source {
		s := reported()
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		s    report.Source
		want bool
	}{
		"single pages failed":         {reported(), true},
		"it could not be read":        {whole(func(s *report.Source) { s.Error = "the login failed" }), false},
		"nothing was found":           {whole(func(s *report.Source) { s.Attention.Always = []string{"the crawl found no page at all"} }), false},
		"a credential is there":       {whole(func(s *report.Source) { s.Attention.Always, s.Attention.Secret = []string{"1 page"}, true }), true},
		"the crawl ended early":       {whole(func(s *report.Source) { s.Plan.Coverage.Ended = "no session" }), false},
		"single pages were asked for": {whole(func(s *report.Source) { s.Plan.Coverage.Partial = true }), false},
		"nothing was sent":            {whole(func(s *report.Source) { s.Result = nil }), false},
	} {
		if got := metrics.Succeeded(c.s); got != c.want {
			t.Errorf("%s: success is %v", name, got)
		}
	}
}

func TestTextIsPrometheusFormat(t *testing.T) {
	golden := filepath.Join("testdata", "metrics.prom")
	got := text(t, snapshot())
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s", got)
	}
	promtool := exec.CommandContext(t.Context(), tool(t, "promtool", "prometheus"), "check", "metrics")
	promtool.Stdin = strings.NewReader(got)
	if out, err := promtool.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

// tool is the path of a program of a Debian package.
func tool(t *testing.T, name, of string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		message := name + " is not installed (Debian: " + of + ")"
		if os.Getenv("CI") != "" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
	return path
}

// TestRunsOfSingleSourcesKeepTheOthers pushes to Debian's Pushgateway.
func TestRunsOfSingleSourcesKeepTheOthers(t *testing.T) {
	program := tool(t, "prometheus-pushgateway", "prometheus-pushgateway")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	gateway := exec.CommandContext(t.Context(), program, "--web.listen-address="+addr)
	if err := gateway.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = gateway.Process.Kill(); _ = gateway.Wait() })
	get := func(path string) (string, error) {
		resp, err := http.Get("http://" + addr + path)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		_, err = b.ReadFrom(resp.Body)
		return b.String(), err
	}
	for range 100 {
		if _, err = get("/-/ready"); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}

	s := snapshot()
	s.Sources[0].Progress = nil
	if err := metrics.Push(t.Context(), "http://"+addr, s); err != nil {
		t.Fatal(err)
	}
	s.Sources = s.Sources[1:2] // another sources.yaml, or an older one
	if err := metrics.Push(t.Context(), "http://"+addr+"/", s); err != nil {
		t.Fatal(err)
	}
	got, err := get("/metrics")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`fincrawl_source_last_success_timestamp_seconds{instance="",job="fincrawl",source="wiki"} 1.79604e+09`,
		`fincrawl_source_failed_runs{instance="",job="fincrawl",source="a \"quoted\" name\\ of\ntwo lines ü"} 2`,
		`fincrawl_run_exit_code{instance="",job="fincrawl"} 4`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the gateway does not have %s", want)
		}
	}
}

func TestAPushThatIsRefusedIsAnError(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut || !strings.HasPrefix(r.URL.Path, "/gate/metrics/job/wikis") {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		http.Error(w, "no room", http.StatusInsufficientStorage)
	}))
	defer server.Close()
	err := metrics.Push(t.Context(), strings.Replace(server.URL, "http://", "http://user:pa55-of-mara@", 1)+"/gate/metrics/job/wikis", snapshot())
	if err == nil || !strings.Contains(err.Error(), "HTTP 507: no room") || strings.Contains(err.Error(), "pa55") {
		t.Errorf("%v", err)
	}
}

func TestFlagsAreCheckedBeforeTheRun(t *testing.T) {
	for args, want := range map[string]string{
		"--metrics-push=gateway:9091":                    "begins with http://",
		"--metrics-push=http://gateway:9091/metrics/job": "ends before the name of the job",
		"--metrics-push=http://gateway:9091/?x=1":        "no ? and no #",
		"--metrics-file=/tmp/metrics.txt":                "ends with .prom",
		"--metrics-file=/no/such/folder/metrics.prom":    "there is no folder",
	} {
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		o := metrics.Flags(flags)
		if err := flags.Parse([]string{args}); err != nil {
			t.Fatal(err)
		}
		if err := o.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
}

func TestAFileIsWholeAndReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fincrawl.prom")
	for range 2 {
		if err := metrics.WriteFile(path, snapshot()); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if got, _ := os.ReadFile(path); string(got) != text(t, snapshot()) {
		t.Errorf("it has %s", got)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if err := metrics.WriteFile(filepath.Join(path, "below.prom"), snapshot()); err == nil {
		t.Error("a file below a file was written")
	}
}

// silent shows no progress.
type silent struct{}

func (silent) Expect(string, int)             {}
func (silent) Crawl(string, crawler.Progress) {}
func (silent) Apply(string, int, int)         {}
func (silent) End(string, bool)               {}
func (silent) Stop()                          {}

func TestARunIsSeenWhileItGoesOn(t *testing.T) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	o := metrics.Flags(flags)
	if err := flags.Parse([]string{"--metrics-addr=127.0.0.1:0"}); err != nil {
		t.Fatal(err)
	}
	w, err := o.Begin(silent{}, func() (metrics.Snapshot, error) {
		s := snapshot()
		s.Ended = time.Time{}
		return s, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Crawl("wiki", crawler.Progress{Discovered: 70, Settled: 20, Pages: 10, Failed: 1})
	w.Apply("wiki", 3, 9)
	resp, err := http.Get(w.URL() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	_, _ = b.ReadFrom(resp.Body)
	resp.Body.Close()
	for _, want := range []string{
		`fincrawl_progress_urls{source="wiki",state="discovered"} 70`, `fincrawl_progress_pages{source="wiki"} 10`,
		`fincrawl_progress_changes{source="wiki",state="sent"} 3`, `fincrawl_run_duration_seconds 120`,
	} {
		if !strings.Contains(b.String(), want+"\n") {
			t.Errorf("no %s in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "exit_code") {
		t.Error("a run that goes on has an exit code")
	}
	if err := w.Report(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(w.URL() + "/metrics"); err == nil {
		t.Error("it is served still")
	}
}

// TestDocumentationIsThatOfTheCode holds docs/metrics.md equal to the table.
func TestDocumentationIsThatOfTheCode(t *testing.T) {
	const path, mark = "../../docs/metrics.md", "<!-- The rest is made of internal/metrics: go test ./internal/metrics -update -->\n"
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, _, ok := strings.Cut(string(old), mark)
	if !ok {
		t.Fatal("the mark is missing")
	}
	var b strings.Builder
	b.WriteString(head + mark + "\n| metric | labels | is |\n|---|---|---|\n")
	for _, m := range metrics.Table() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m.Name, strings.Join(m.Labels, ", "), m.Help)
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if b.String() != string(old) {
		t.Error("docs/metrics.md is not what the code says: go test ./internal/metrics -update")
	}
}
