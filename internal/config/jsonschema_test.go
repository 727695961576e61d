package config_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/fincrawl/fincrawl/internal/config"
)

func newSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := config.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("sources.schema.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sources.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// validate says what the schema has against a sources.yaml; ok is false where that is not YAML.
func validate(schema *jsonschema.Schema, text []byte) (err error, ok bool) { //nolint:revive // ok comes last everywhere
	var file any
	if yaml.Unmarshal(text, &file) != nil {
		return nil, false
	}
	return schema.Validate(file), true
}

func TestTheSchemaTakesEveryExample(t *testing.T) {
	t.Parallel()
	schema := newSchema(t)
	examples := map[string][]byte{}
	for _, path := range []string{"../../sources.yaml", "../demo/sources.yaml"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		examples[path] = text
	}
	for path, block := range map[string]string{"../../README.md": "(?ms)^ *```yaml\n(.*?)^ *```$", "../../deploy/cronjob.yaml": `(?ms)^  sources.yaml: \|\n(.*?)^---$`} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		blocks := regexp.MustCompile(block).FindAllSubmatch(text, -1)
		if len(blocks) == 0 {
			t.Errorf("%s has no example", path)
		}
		for i, b := range blocks {
			examples[path+" "+string(rune('1'+i))] = b[1]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(examples)) {
		if err, ok := validate(schema, examples[name]); err != nil || !ok {
			t.Errorf("%s: %v\n%s", name, err, examples[name])
		}
	}
}

// What check refuses, the schema refuses, but for what no schema can know: whether variables and
// files are there, and what takes several places of the file, or the inside of a text, to see.
func TestTheSchemaRefusesMistakes(t *testing.T) {
	t.Parallel()
	schema := newSchema(t)
	beyond := []string{"two-documents", "variables"}
	archives, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("found no archives: %v", err)
	}
	var passed []string
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name != "sources.yaml" {
				continue
			}
			if err, ok := validate(schema, f.Data); ok && err == nil {
				passed = append(passed, strings.TrimSuffix(filepath.Base(name), ".txtar"))
			}
		}
	}
	if diff := cmp.Diff(beyond, passed); diff != "" {
		t.Errorf("what the schema takes though check refuses it: -want +got:\n%s", diff)
	}
	const head = "version: 1\nintercom: {token: \"${T}\"}\nsources:\n  - name: wiki\n    url: https://wiki.example.com/\n"
	if err, _ := validate(schema, []byte(head)); err != nil {
		t.Fatalf("without a mistake: %v", err)
	}
	for _, mistake := range []string{
		"    inclde: [/a/**]\n", "    include: [a/**]\n", "    include: {a: b}\n", "    locale: german\n", "    audience_ids: [0]\n", "    reactivate: maybe\n",
		"    auth: {bearer: abc}\n", "    auth: {basic: {username: u}}\n", "    auth: {form: {url: https://wiki.example.com/login}}\n", "    auth: {headers: {X-Key: abc}}\n",
		"    auth: {form: {url: login, fields: {u: v}}}\n", "    auth: {form: {url: https://a.example.com, fields: {u: v}, steps: [{form: f}]}}\n",
		"    discover: {max_depth: -1}\n", "    discover: {max_pages: many}\n", "    discover: {canonical: sometimes}\n", "    fetch: {rate: 10}\n", "    fetch: {timeout: 30}\n",
		"    fetch: {max_body: 10}\n", "    render: sometimes\n", "    render: {wait_for: main}\n", "    documents: [xls]\n", "    content: {external_id: path}\n", "    content: {external_id: {attr: id}}\n",
		"    content: {split: {at: h7}}\n", "    availability: {rules: [{match: /a}]}\n", "    availability: {rules: [{ai_agent: false}]}\n", "    screen: {credentials: delete}\n",
		"    screen: {rules: [{id: a}]}\n", "    updates: {max_shrink: 2}\n", "    deletes: {max_count: -1}\n", "    deletes: {max_share: 10%}\n", "stat: fincrawl.db\n", "remind_after: 7\n", "history: {keep: 50}\n", "history: {keep: a year}\n",
	} {
		if err, ok := validate(schema, []byte(head+mistake)); err == nil || !ok {
			t.Errorf("the schema takes %q (YAML: %t)", mistake, ok)
		}
	}
}

// The published schema is that of this code.
func TestTheSchemaIsPublished(t *testing.T) {
	t.Parallel()
	const path = "../../docs/sources.schema.json"
	got, err := config.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	if got = append(got, '\n'); *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/sources.schema.json is not as fincrawl schema prints it; write it by go test ./internal/config -update: -want +got:\n%s", diff)
	}
	for _, telling := range []string{"where the workspace is hosted", "default: `us`"} {
		if !strings.Contains(string(got), telling) {
			t.Errorf("no key is explained by %q", telling)
		}
	}
}
