package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// From an address to a preview: init tries the login, shows pages, writes what can be used as it
// is, and never a secret; and it adds to what is there.
func TestInitWritesWhatCanBeUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	site := testsite.New(t)
	site.Page("/", testsite.Page{Links: []string{"/a", "/b", "/c"}})
	site.Pages("/a", "/b", "/c")
	site.FormLogin("ada", "pa55-of-ada-2026")
	if err := os.Remove(w.path("sources.yaml")); err != nil {
		t.Fatal(err)
	}
	run := func(answers string, env environment, args ...string) (int, string) {
		var out bytes.Buffer
		a := newApp(&out, &out)
		a.lookupEnv = env.lookup
		if answers != "" {
			a.in = strings.NewReader(answers)
		}
		a.wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
		code := a.execute(t.Context(), append(args, "--config", w.path("sources.yaml")))
		return code, out.String()
	}
	env := environment{"WIKI_USER": "ada", "WIKI_PASSWORD": "pa55-of-ada-2026", "INTERCOM_ACCESS_TOKEN": worldToken}
	if code, out := run("", env, "init"); code != exitUsage || !strings.Contains(out, "fincrawl init https://help.example.com/") {
		t.Errorf("without an address: exit code %d\n%s", code, out)
	}
	code, out := run(site.URL("/")+"\n", env, "init", "--name", "wiki", "--base-url", w.boxURL)
	if code != exitDone {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	for _, want := range []string{"a login by a form", "password field: gone", "Some pages, as they would be sent", site.URL("/b"), "fincrawl preview"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	before := string(w.read("sources.yaml"))
	for _, text := range []string{before, string(w.read(".env.example")), out} {
		if strings.Contains(text, "pa55-of-ada-2026") {
			t.Errorf("the password stands in\n%s", text)
		}
	}
	if code, out := run("", env, "preview"); code != exitDone || !strings.Contains(out, "4 to create") && !strings.Contains(out, "create") {
		t.Errorf("preview: exit code %d\n%s", code, out)
	}
	if code, out := run("", env, "init", site.URL("/")); code != exitUsage || !strings.Contains(out, "has this site already, as wiki") {
		t.Errorf("the same site: exit code %d\n%s", code, out)
	}
	if code, out := run("", env, "init", w.site.URL("/"), "--name", "other"); code != exitDone || !strings.Contains(out, "Added other to") {
		t.Errorf("another site: exit code %d\n%s", code, out)
	}
	if after := string(w.read("sources.yaml")); !strings.HasPrefix(after, before) {
		t.Errorf("what was there is not as it was:\n%s", after)
	}
}
