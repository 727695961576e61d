package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/internal/config"
)

func TestHistoryKeepsRunsOrDays(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nintercom: {token: \"${T}\"}\nsources: [{name: a, url: \"https://a.example.com/\"}]\nhistory:\n  keep: "
	day := 24 * time.Hour
	for text, want := range map[string]config.History{
		"200 runs": {Runs: 200}, "1 run": {Runs: 1}, "90d": {Runs: 1000, For: 90 * day}, "50 runs, 90d": {Runs: 50, For: 90 * day}, "50 runs,7d": {Runs: 50, For: 7 * day},
	} {
		c, err := load(t, head+text+"\n", map[string]string{"T": "t"})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if c.History != want {
			t.Errorf("%s: got %+v, want %+v", text, c.History, want)
		}
	}
	for _, text := range []string{"50", "0 runs", "5000 runs", "0d", "a year", "90d, 50 runs", "','"} {
		if _, err := load(t, head+text+"\n", map[string]string{"T": "t"}); err == nil || !strings.Contains(err.Error(), "keep must be how many runs are remembered") {
			t.Errorf("%s: got %v", text, err)
		}
	}
}
