package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// metric is the value of a metric in a file; "" where it is not there.
func (w *world) metric(file, name string) string {
	w.Helper()
	if m := regexp.MustCompile("(?m)^" + regexp.QuoteMeta(name) + " (.*)$").FindSubmatch(w.read(file)); m != nil {
		return string(m[1])
	}
	return ""
}

func TestNumbersOfARunHaveAllSources(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	other := testsite.New(t)
	other.Page("/", testsite.Page{Links: []string{"/b1"}})
	other.Pages("/b1")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", ""), w.source("help", other, "https://help.example.com", ""))
	file := "--metrics-file=" + w.path("run.prom")
	want := func(values map[string]string) {
		t.Helper()
		for name, value := range values {
			if got := w.metric("run.prom", name); got != value {
				t.Errorf("%s is %q, want %q", name, got, value)
			}
		}
	}
	w.fincrawl(exitDone, "sync", file)
	success := w.metric("run.prom", `fincrawl_source_last_success_timestamp_seconds{source="help"}`)
	if success == "" || success == "0" {
		t.Fatalf("the last success was at %q", success)
	}
	want(map[string]string{
		`fincrawl_source_library_pages{source="wiki"}`:                       fmt.Sprint(len(allPages())),
		`fincrawl_source_pages{source="wiki",action="create",result="done"}`: fmt.Sprint(len(allPages())),
		`fincrawl_source_urls{source="help",outcome="page"}`:                 "2",
		`fincrawl_source_failed_runs{source="help"}`:                         "0",
		`fincrawl_run_exit_code`:                                             "0",
		`fincrawl_run_api_retries`:                                           "0",
	})
	if got := w.metric("run.prom", `fincrawl_run_api_requests{status="200"}`); got == "" || got == "0" {
		t.Errorf("%q requests are counted", got)
	}

	other.Close()
	for range 2 { // in runs of this source alone
		w.fincrawl(exitFailed, "sync", "help", file)
	}
	want(map[string]string{
		`fincrawl_source_last_success_timestamp_seconds{source="help"}`: success,
		`fincrawl_source_failed_runs{source="help"}`:                    "2",
		`fincrawl_source_failed{source="help"}`:                         "1",
		`fincrawl_source_failed_runs{source="wiki"}`:                    "0",
		`fincrawl_source_library_pages{source="wiki"}`:                  fmt.Sprint(len(allPages())),
		`fincrawl_source_library_pages{source="help"}`:                  "2",
		`fincrawl_run_exit_code`:                                        "1",
	})

	// A look at single pages says nothing of the source; a new workspace's token, of all of them.
	w.fincrawl(exitDone, "sync", "--page", w.site.URL("/a1"), file)
	want(map[string]string{`fincrawl_source_urls{source="wiki",outcome="page"}`: fmt.Sprint(len(allPages()))})
	w.write("token", "another")
	w.fincrawl(exitFailed, "sync", file)
	want(map[string]string{`fincrawl_source_failed_runs{source="wiki"}`: "1", `fincrawl_source_failed_runs{source="help"}`: "3"})
}

func TestNumbersThatDoNotArriveMakeNoRunRed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	var paths []string
	gateway := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.Method+" "+r.URL.Path)
	}))
	address := strings.Replace(gateway.URL, "http://", "http://mara:pa55-of-mara@", 1)
	w.fincrawl(exitDone, "sync", "--metrics-push", address)
	if want := "PUT /metrics/job/fincrawl PUT /metrics/job/fincrawl/source@base64/d2lraQ"; strings.Join(paths, " ") != want {
		t.Errorf("asked was %v", paths)
	}
	gateway.Close()
	code, _, stderr := w.execute(t.Context(), "sync", "--metrics-push", address)
	if code != exitDone || !strings.Contains(stderr, "the metrics did not arrive") || strings.Contains(stderr, "pa55-of-mara") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
	if code, _, stderr = w.execute(t.Context(), "sync", "--metrics-file", w.path("run.txt")); code != exitUsage || !strings.Contains(stderr, ".prom") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}
