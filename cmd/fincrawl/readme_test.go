package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/internal/config"
)

// What the README shows as sources.yaml can be used as it stands.
func TestTheReadmesSourcesAreRight(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?ms)^ *```yaml\n(.*?)^ *```$").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of YAML, want 2", len(blocks))
	}
	set := func(string) (string, bool) { return strings.Repeat("x", 40), true }
	for _, block := range blocks {
		path := filepath.Join(t.TempDir(), "sources.yaml")
		if err := os.WriteFile(path, []byte(block[1]), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(path, set); err != nil {
			t.Error(err)
		}
	}
}
