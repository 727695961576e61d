package sandbox_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

// Intercom's own client for Node, at the version that this was written for.
const nodeClient = "intercom-client@7.0.3"

func TestIntercomsOwnClientIsServed(t *testing.T) {
	if testing.Short() {
		t.Skip("installs a package")
	}
	dir := installNodeClient(t)
	script, err := filepath.Abs("testdata/intercom-client.cjs")
	if err != nil {
		t.Fatal(err)
	}
	s := newSandbox(t, sandbox.Config{Token: "secret"})
	server := httptest.NewServer(s)
	defer server.Close()
	cmd := exec.CommandContext(t.Context(), "node", script, server.URL, "secret")
	cmd.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(dir, "node_modules"))
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "done") {
		t.Errorf("%v\n%s", err, out)
	}
	if n := len(s.Calls()); n < 25 {
		t.Errorf("%d calls were made, want more", n)
	}
}

// installNodeClient installs the client, once for this user, and returns where.
func installNodeClient(t *testing.T) string {
	t.Helper()
	cannot := t.Skipf
	if os.Getenv("CI") != "" {
		cannot = t.Fatalf
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			cannot("find %s: %v", program, err)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	dir := filepath.Join(cache, "fincrawl-tests", nodeClient)
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "intercom-client", "package.json")); err == nil {
		return dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		cannot("make a place for %s: %v", nodeClient, err)
	}
	cmd := exec.CommandContext(t.Context(), "npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", dir, nodeClient)
	if out, err := cmd.CombinedOutput(); err != nil {
		cannot("install %s: %v\n%s", nodeClient, err, out)
	}
	return dir
}
