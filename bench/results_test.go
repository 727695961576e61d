package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnAimTellsByHowMuchItIsMissed(t *testing.T) {
	for _, test := range []struct {
		got  aim
		want string
	}{
		{least(aim{Value: 0.9}, 0.8), "yes"},
		{least(aim{Value: 0.6}, 0.8), "no, 25 % below"},
		{most(aim{Value: 3}, 3), "yes"},
		{most(aim{Value: 4.5}, 3), "no, 50 % above"},
		{most(aim{Value: 1}, 0), "no"},
		{notYet(aim{Value: 1}, "why"), "n/a: why"},
	} {
		if test.got.Met != test.want {
			t.Errorf("%v: %q, want %q", test.got.Value, test.got.Met, test.want)
		}
	}
}

func TestResultsKeepWhatWasNotMeasuredNow(t *testing.T) {
	dir := t.TempDir()
	var first, second results
	first.add("plan", aim{What: "plan", Value: 1})
	first.add("start", aim{What: "version", Value: 20, Met: "yes"})
	second.add("plan", aim{What: "plan", Value: 2})
	for _, r := range []*results{&first, &second} {
		if err := r.mergeInto(dir); err != nil {
			t.Fatal(err)
		}
	}
	if len(second.Aims) != 2 || second.Aims[0].Value != 2 || second.Aims[1].Value != 20 {
		t.Errorf("merged to %+v", second.Aims)
	}
	table, err := os.ReadFile(filepath.Join(dir, "results.md"))
	if err != nil || !strings.Contains(string(table), "| version |  |  | 20 | yes |  |") {
		t.Errorf("the table is\n%s", table)
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 2, 3}, 2.5}} {
		if got := median(test.values); got != test.want {
			t.Errorf("%v: %v", test.values, got)
		}
	}
}
