package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// records are the lines of a log in JSON, which all bear one run. Anything else fails the test.
func (w *world) records(logs string) (list []map[string]any) {
	w.Helper()
	for line := range strings.Lines(logs) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			w.Fatalf("not JSON: %s", line)
		}
		if list = append(list, record); record["run"] == nil || record["run"] != list[0]["run"] {
			w.Errorf("another run, or none: %s", line)
		}
	}
	return list
}

// with are the records of a message.
func with(records []map[string]any, msg string) (list []map[string]any) {
	for _, r := range records {
		if r["msg"] == msg {
			list = append(list, r)
		}
	}
	return list
}

func TestALogInJSONHasNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	other := testsite.New(t)
	other.Page("/", testsite.Page{Links: []string{"/b1"}})
	other.Pages("/b1")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", ""), w.source("help", other, "https://help.example.com", ""))

	code, out, logs := w.execute(t.Context(), "sync", "--log-format", "json")
	if code != exitDone || out != "" {
		t.Errorf("exit code %d; beside the log there is %q", code, out)
	}
	records := w.records(logs)
	done, ended := with(records, "source done"), with(records, "run done")
	if len(done) != 2 || len(ended) != 1 {
		t.Fatalf("%d records of sources and %d of the run:\n%s", len(done), len(ended), logs)
	}
	for _, r := range done {
		if want := map[any]float64{"wiki": 21, "help": 2}[r["source"]]; r["created"] != want || r["urls_read"] != want || r["complete"] != true {
			t.Errorf("the end of a source is %v", r)
		}
	}
	if ended[0]["created"] != 23.0 || ended[0]["exit_code"] != 0.0 || ended[0]["sources"] != 2.0 {
		t.Errorf("the end of the run is %v", ended[0])
	}
	if run := w.lastRun(); run != records[0]["run"] {
		t.Errorf("the log is of run %v, and state has %s", records[0]["run"], run)
	}

	other.Close()
	code, _, logs = w.execute(t.Context(), "sync", "--log-format=json", "--quiet")
	records = w.records(logs)
	if failed := with(records, "source failed"); code != exitFailed || len(failed) != 1 || failed[0]["source"] != "help" || failed[0]["error"] == nil {
		t.Errorf("exit code %d\n%s", code, logs)
	}
	if failed := with(records, "run failed"); len(failed) != 1 || failed[0]["exit_code"] != 1.0 || failed[0]["sources_failed"] != 1.0 {
		t.Errorf("%s", logs)
	}

	// What is wrong before a run begins is a record too.
	for args, want := range map[string]string{
		"sync nowhere --log-format json":       "nowhere",
		"sync --frmat json --log-format=json":  "--format",
		"sync --log-format json --format text": "the report is JSON or none",
		"check missing.yaml --log-format json": "missing.yaml",
	} {
		_, out, logs := w.execute(t.Context(), strings.Fields(args)...)
		if failed := with(w.records(logs), "failed"); len(failed) != 1 || !strings.Contains(failed[0]["error"].(string), want) || out != "" {
			t.Errorf("%s: %q\n%s", args, out, logs)
		}
	}
}

func TestAReportBesideALogInJSONIsJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	for _, args := range [][]string{{"preview"}, {"sync", "--json"}, {"sync", "--format", "json"}} {
		_, out, logs := w.execute(t.Context(), append(args, "--log-format", "json")...)
		var run struct{ ID string }
		if err := json.Unmarshal([]byte(out), &run); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		if records := w.records(logs); run.ID == "" || run.ID != records[0]["run"] {
			t.Errorf("%v: the report is of run %s, the log of %v", args, run.ID, records[0]["run"])
		}
	}
	if code, out, logs := w.execute(t.Context(), "sync", "--format", "none"); code != exitDone || out != "" || !strings.Contains(logs, "run done") {
		t.Errorf("exit code %d, %q\n%s", code, out, logs)
	}
}

// lastRun is the ID of the last run in the state file.
func (w *world) lastRun() string {
	w.Helper()
	_, out, _ := w.execute(w.Context(), "status", "--json")
	var status struct{ Runs []struct{ ID string } }
	if err := json.Unmarshal([]byte(out), &status); err != nil || len(status.Runs) == 0 {
		w.Fatalf("%v\n%s", err, out)
	}
	return status.Runs[0].ID
}
