//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/fincrawl/fincrawl/internal/realsite"
)

// example returns the path of an example of docs/protocol.md.
func example(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs("../../docs/examples/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// needs skips a test that lacks a program.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is missing: %v", name, err)
			}
			t.Skipf("%s is missing: %v", name, err)
		}
	}
}

// The schema says of each line of the tests and of the documents what the program says of it.
func TestTheSchemaOfALineAgreesWithTheProgram(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.NewCompiler().Compile("../../docs/protocol.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	right := func(line string) bool {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		return err == nil && schema.Validate(value) == nil
	}
	text, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^\{"type".*$`).FindAllString(string(text), -1)
	if len(lines) < 9 {
		t.Fatalf("only %d lines are in the document", len(lines))
	}
	for _, line := range lines {
		if !right(line) {
			t.Errorf("the schema refuses a line of the document: %s", line)
		}
	}
	page := `"id":"1","url":"https://w.test/a","title":"T"`
	for line, valid := range map[string]bool{
		`{"type":"page",` + page + `,"html":"x"}`:                                    true,
		`{"type":"page",` + page + `,"html":"x","extra":[1]}`:                        true,
		`{"type":"page",` + page + `,"text":"x","readers":"restricted"}`:             true,
		`{"type":"page",` + page + `}`:                                               false,
		`{"type":"page",` + page + `,"html":"x","text":"x"}`:                         false,
		`{"type":"page","id":1,"url":"https://w.test/a","title":"T","html":"x"}`:     false,
		`{"type":"page","id":"1","url":"https://w.test/a#b","title":"T","html":"x"}`: false,
		`{"type":"page","id":"1","url":"w.test/a","title":"T","html":"x"}`:           false,
		`{"type":"page",` + page + `,"html":"x","updated_at":"yesterday"}`:           false,
		`{"type":"gone","id":""}`:                                                    false,
		`{"type":"hidden"}`:                                                          false,
		`{"type":"hidden","id":"1"}`:                                                 true,
		`{"type":"error"}`:                                                           true,
		`{"type":"news","id":1}`:                                                     true,
		`{"id":"1"}`:                                                                 false,
		`[]`:                                                                         false,
	} {
		if right(line) != valid {
			t.Errorf("the schema takes %s: %t", line, !valid)
		}
		list := beginLine + "\n" + line + "\n" + `{"type":"end","complete":true,"count":1}` + "\n"
		path := filepath.Join(t.TempDir(), "list.jsonl")
		if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		newApp(&out, &out).execute(t.Context(), []string{"pages", "check", path})
		blames := strings.Contains(out.String(), "line 2") && !strings.Contains(line, `"error"`)
		if blames == valid {
			t.Errorf("%s is right by the schema: %t, and the program says\n%s", line, valid, &out)
		}
	}
}

func TestTheExampleInShellListsAFolder(t *testing.T) {
	t.Parallel()
	needs(t, "jq")
	w := newListedWorld(t, "command: [sh, "+example(t, "list.sh")+", ., 'https://wiki.example.com/docs']", "")
	w.write("vpn.md", "# VPN\n\nHow to *use* it.\n")
	w.write("wifi.md", "# Wi-Fi\n\nHow to find it.\n")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("vpn", "wifi")
	for _, p := range w.pages() {
		if p.ExternalID == "vpn" && (p.Title != "VPN" || p.HTML != "<p>How to <em>use</em> it.</p>") {
			t.Errorf("sent: %+v", p)
		}
	}
}

var typesOnly = regexp.MustCompile(`(?m)^type .*$|: (string|object|Promise<any>)| as Article\[\]`)

func TestTheExampleInTypeScriptListsAnAPI(t *testing.T) {
	t.Parallel()
	needs(t, "node")
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := "fincrawl"
		if r.Header.Get("Authorization") != "Bearer "+worldToken {
			name = "" // with 200, as many systems do
		}
		if r.URL.Path == "/me" {
			_ = json.NewEncoder(w).Encode(map[string]string{"name": name})
			return
		}
		_, _ = fmt.Fprintf(w, `{"last": %t, "articles": [{"id": %s, "link": "https://wiki.example.com/%[2]s", "title": "Page", "body": "<p>Text %[2]s</p>",
			"revision": 7, "draft": %[3]t}]}`, r.URL.Query().Get("page") == "3", r.URL.Query().Get("page"), r.URL.Query().Get("page") == "2")
	}))
	t.Cleanup(api.Close)
	script := example(t, "list.ts")
	if out, err := exec.Command("node", "--experimental-strip-types", "-e", "0").CombinedOutput(); err != nil { // Node is too old for types
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err, out)
		}
		script = filepath.Join(t.TempDir(), "list.mjs")
		if err := os.WriteFile(script, typesOnly.ReplaceAll(text, nil), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := fmt.Sprintf("command: [node, %s, '%s']", script, api.URL)
	w := newListedWorld(t, command, "    env: {WIKI_TOKEN: \"file:token\"}\n")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("1", "3")
	w.write("wrong", "another-token")
	w.configure("  - name: wiki\n    kind: pages\n    " + command + "\n    library_url: https://wiki.example.com/\n    env: {WIKI_TOKEN: \"file:wrong\"}\n")
	if run := w.fincrawl(exitFailed, "sync"); !strings.Contains(faultOf(run), "the token is that of nobody") {
		t.Errorf("a wrong token: %q", faultOf(run))
	}
	w.wantLibrary("1", "3")
}

// The example in Python reads a real private wiki.
func TestTheExampleInPythonListsADokuWiki(t *testing.T) {
	t.Parallel()
	needs(t, "python3")
	handbook, err := realsite.Handbook()
	if err != nil {
		t.Fatal(err)
	}
	wiki := realsite.StartDokuWiki(t, handbook)
	wiki.AllowRemote(t)
	settings := "    env: {WIKI_USER: " + wiki.Username + ", WIKI_PASSWORD: \"file:password\"}\n    deletes: {max_share: 1}\n"
	w := newListedWorld(t, fmt.Sprintf("command: [python3, %s, '%s']", example(t, "dokuwiki.py"), wiki.URL), settings)
	w.write("password", wiki.Password)
	ids := wiki.Pages(t)
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(ids...)
	for _, p := range w.pages() {
		if strings.Contains(p.HTML, "Permission Denied") || p.Title == "" || strings.Contains(p.HTML, `href="/`) {
			t.Errorf("sent: %+v", p)
		}
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
		t.Errorf("nothing changed, and %d calls wrote", n)
	}
	wiki.Remove(t, ids[0])
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(ids...)
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(ids[1:]...)
	w.write("password", "wrong")
	for range 3 {
		if code, out, logs := w.execute(t.Context(), "sync"); code == exitDone || !strings.Contains(out+logs, "exit status 1") {
			t.Errorf("a wrong password: exit code %d\n%s%s", code, out, logs)
		}
	}
	w.wantLibrary(ids[1:]...)
}
