package main

import (
	"encoding/pem"
	"net/http/httptest"
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
	set := func(name string) (string, bool) {
		if strings.HasSuffix(name, "_URL") {
			return "https://hooks.example.com/x", true
		}
		return strings.Repeat("x", 40), true
	}
	secrets, server := t.TempDir(), httptest.NewTLSServer(nil)
	defer server.Close()
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(secrets, "ca.crt"), authority, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, block := range blocks {
		path := filepath.Join(t.TempDir(), "sources.yaml")
		shown := strings.ReplaceAll(block[1], "/run/secrets", secrets)
		if err := os.WriteFile(path, []byte(shown), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(path, set); err != nil {
			t.Error(err)
		}
	}
}
