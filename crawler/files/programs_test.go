package files

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/listing"
)

// The programs themselves build the files, and what they build is where the layouts say.
func TestLayoutsAgreeWithThePrograms(t *testing.T) {
	pages := map[string]string{
		"_index.md": "# Start\n", "index.md": "# Start\n", "a/README.md": "# A\n", "a/b.md": "# B\n", "C d/E f.md": "# E\n",
		"g/index.md": "# G\n", "g/_index.md": "---\ntitle: G\n---\n", "h/i.md": "---\ntitle: I\nslug: other\n---\n",
		"h/j.md": "---\ntitle: J\nurl: /far/away/\n---\n", "k/l.md": "+++\ntitle = \"L\"\ndraft = true\n+++\n",
	}
	for _, program := range []struct {
		layout Layout
		config map[string]string
		docs   string
		site   string
		args   []string
		leaves []string // pages that are those of another program
	}{
		{MkDocs, map[string]string{"mkdocs.yml": "site_name: Test\ndocs_dir: docs\n"}, "docs", "site",
			[]string{"mkdocs", "build", "--quiet"}, []string{"_index.md", "g/_index.md", "k/l.md", "h/i.md", "h/j.md"}},
		{Hugo, map[string]string{"config.toml": "baseURL = \"https://docs.test/\"\ndisableKinds = [\"taxonomy\", \"term\", \"RSS\", \"sitemap\", \"404\"]\n",
			"layouts/_default/single.html": "<p>{{ .Title }}</p>", "layouts/_default/list.html": "<p>{{ .Title }}</p>"}, "content", "public",
			[]string{"hugo", "--quiet"}, []string{"index.md", "g/index.md"}},
	} {
		t.Run(string(program.layout), func(t *testing.T) {
			if _, err := exec.LookPath(program.args[0]); err != nil {
				if os.Getenv("CI") != "" {
					t.Fatal(err)
				}
				t.Skip(err)
			}
			dir := t.TempDir()
			write := func(name, text string) {
				at := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range program.config {
				write(name, text)
			}
			var want []string
			for name, text := range pages {
				if slices.Contains(program.leaves, name) {
					continue
				}
				write(program.docs+"/"+name, text)
				front := frontMatter(listing.Format(document.Markdown), []byte(text))
				if front.isTrue("draft") {
					continue
				}
				rel, _ := program.layout.address(name, front)
				want = append(want, rel)
			}
			build := exec.Command(program.args[0], program.args[1:]...)
			build.Dir = dir
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			var got []string
			site := os.DirFS(filepath.Join(dir, program.site))
			err := fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
				if path.Base(name) == "index.html" {
					got = append(got, strings.TrimSuffix(name, "index.html"))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, rel := range want {
				if !slices.Contains(got, rel) {
					t.Errorf("%q is not built: %q", rel, got)
				}
			}
		})
	}
}
