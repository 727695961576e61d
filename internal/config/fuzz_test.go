package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/internal/config"
)

const literal = "Hunter2sPassword"

// fuzzed has the literal wherever a secret can stand.
const fuzzed = `version: 1
intercom: {token: Hunter2sPassword, region: us}
sources:
  - name: a
    url: https://a.example.com/
    auth:
      basic: {username: Hunter2sPassword, password: "Hunter2sPassword"}
  - name: b
    url: https://b.example.com/
    auth:
      cookies:
        session: 'Hunter2sPassword'
      form:
        fields:
          password: |
            Hunter2sPassword
`

// Whatever bytes get into a file: there is an answer, each mistake has a line
// that exists, and nothing that stood where secrets stand is shown.
func FuzzMistakesHavePlacesAndNoSecrets(f *testing.F) {
	for _, insert := range []string{"", "x", "\n", ":", ": ", "\"", "'", "{", "[", "*a", "&a ", "!!str ", "# ", "\t", "\x00", "\xff", "${", "$$", "${T}", "\u2028", "|\n  ", "---\n", "é", "\r"} {
		for at := 0; at < len(fuzzed); at += 37 {
			f.Add(insert, at)
		}
	}
	// Found by fuzzing: a value becomes a key, an anchor, or part of a broken line.
	for insert, before := range map[string]string{"!": "token:", "&": "Hunter2sPassword, password", "{": "name: Hunter2"} {
		f.Add(insert, strings.Index(fuzzed, before))
	}
	path := filepath.Join(f.TempDir(), "sources.yaml")
	f.Fuzz(func(t *testing.T, insert string, at int) {
		at = min(max(at, 0), len(fuzzed))
		text := fuzzed[:at] + insert + fuzzed[at:]
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(path, environment(map[string]string{"T": "from the environment"}))
		if err == nil { // the insertion cut the secrets off
			return
		}
		var mistakes *config.Mistakes
		if !errors.As(err, &mistakes) || len(mistakes.List) == 0 {
			t.Fatalf("got %v, want mistakes", err)
		}
		lines := 1
		for _, r := range strings.ReplaceAll(text, "\r\n", "\n") {
			if strings.ContainsRune("\n\r\u0085\u2028\u2029", r) {
				lines++
			}
		}
		last := 0
		for _, m := range mistakes.List {
			if m.Line < max(1, last) || m.Line > lines || m.Column < 1 || m.Message == "" {
				t.Errorf("a mistake at %d:%d of %d lines, after one in line %d: %q", m.Line, m.Column, lines, last, m.Message)
			}
			last = m.Line
		}
		// Some insertions move a literal into a comment, a key, or behind a harmless key.
		moved := strings.ContainsAny(insert, "#:?,\n\r\u0085\u2028\u2029")
		if strings.Contains(err.Error(), literal) && !moved {
			t.Errorf("a secret is shown in\n%v", err)
		}
	})
}

// A file that is accepted is accepted again, as the same configuration.
func FuzzAcceptedFilesLoadTheSameTwice(f *testing.F) {
	for _, name := range []string{"testdata/issue.yaml", "../../sources.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("version: 1\nintercom: {token: \"${T}\"}\nsources: [{name: a, url: \"https://a.example.com/\", auth: {headers: {a: \"x ${T}\", b: \"${U}\"}}}]\n")
	f.Add("version: 1\nintercom: {token: \"${T}\", base_url: \"http://localhost:1\"}\nsources: [&a {name: a, url: \"https://wiki.corp/\", include: [/a, 're:b']}, {<<: *a, name: b, url: http://b.corp}]\n")
	path := filepath.Join(f.TempDir(), "sources.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		lookup := func(name string) (string, bool) { return "value of " + name, true }
		first, err := config.Load(path, lookup)
		second, again := config.Load(path, lookup)
		switch {
		case (err == nil) != (again == nil), err != nil && err.Error() != again.Error():
			t.Fatalf("first %v, then %v", err, again)
		case !reflect.DeepEqual(first, second):
			t.Fatalf("first %+v, then %+v", first, second)
		case err != nil:
			return
		}
		if len(first.Sources) == 0 || first.Intercom.Token.Reveal() == "" || first.Intercom.Workers < 1 {
			t.Errorf("accepted %+v", first)
		}
		names := map[string]bool{}
		for _, s := range first.Sources {
			if s.Name == "" || names[s.Name] || s.URL == "" || s.LibraryURL == "" || s.Fetch.Timeout <= 0 {
				t.Errorf("accepted %+v", s)
			}
			names[s.Name] = true
		}
	})
}
