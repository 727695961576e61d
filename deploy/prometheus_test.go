package deploy_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/fincrawl/fincrawl/internal/metrics"
)

// TestAlertsFireWhereTheyShould runs promtool's unit tests of the rules.
func TestAlertsFireWhereTheyShould(t *testing.T) {
	tool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("promtool is not installed (Debian: prometheus)")
		}
		t.Skip("promtool is not installed (Debian: prometheus)")
	}
	for _, args := range [][]string{{"check", "rules", "prometheus/alerts.yaml"}, {"test", "rules", "prometheus/alerts_test.yaml"}} {
		if out, err := exec.CommandContext(t.Context(), tool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}

// TestOnlyMetricsThatThereAreAreAskedFor compares what alerts and dashboard name with what is measured.
func TestOnlyMetricsThatThereAreAreAskedFor(t *testing.T) {
	known := map[string]bool{}
	for _, m := range metrics.Table() {
		known[m.Name] = true
	}
	asked := map[string]bool{}
	for _, file := range []string{"prometheus/alerts.yaml", "prometheus/dashboard.json"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`\bfincrawl_[a-z_]+`).FindAllString(string(text), -1) {
			asked[name] = true
			if !known[name] {
				t.Errorf("%s names %s, which is not measured", file, name)
			}
		}
	}
	if len(asked) < 15 {
		t.Errorf("only %d metrics are named: %v", len(asked), asked)
	}
}

func TestTheDashboardIsWhole(t *testing.T) {
	text, err := os.ReadFile("prometheus/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		UID, Title string
		Panels     []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	places, ids := map[[2]int]string{}, map[int]string{}
	for _, p := range dashboard.Panels {
		at := [2]int{p.GridPos.X, p.GridPos.Y}
		if places[at] != "" || ids[p.ID] != "" || p.Title == "" || len(p.Targets) == 0 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d, %q, at %v is not whole, or where another one is", p.ID, p.Title, at)
		}
		places[at], ids[p.ID] = p.Title, p.Title
	}
	if dashboard.UID == "" || len(places) < 10 {
		t.Errorf("%q has %d panels", dashboard.UID, len(places))
	}
}
