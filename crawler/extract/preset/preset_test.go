package preset

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

func TestEveryEmbeddedPresetCanBeUsed(t *testing.T) {
	files, err := fs.Glob(platforms, "platforms/*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, want the platforms' (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(path.Base(file), func(t *testing.T) {
			text, err := platforms.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			// " #" begins a comment in YAML, and an ID in CSS.
			if cut := regexp.MustCompile(`(?m)^ *- [^"\n]* #.*`).FindString(string(text)); cut != "" {
				t.Errorf("needs quotes: %s", cut)
			}
			p, err := parse(file)
			if err != nil {
				t.Fatal(err)
			}
			if p.Name+".yaml" != path.Base(file) || !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(p.Name) {
				t.Errorf("its name is %q", p.Name)
			}
			if p.Platform == "" || len(p.Body) == 0 || len(p.Generator)+len(p.Marks) == 0 {
				t.Errorf("it has no name for people, no body or nothing to recognise it by: %+v", p)
			}
			var all []string
			for _, list := range [][]string{p.Marks, p.Title, p.Body, p.Remove} {
				all = append(all, list...)
			}
			for _, selector := range all {
				if _, err := cascadia.ParseGroup(selector); err != nil {
					t.Errorf("%s: %v", selector, err)
				}
			}
			for _, mark := range p.Marks {
				group, _ := cascadia.ParseGroup(mark)
				for _, selector := range group {
					if kind, _ := wanted(spell(selector)); kind == 0 {
						t.Errorf("the mark %s would have to be tried at every element", mark)
					}
				}
			}
			for _, words := range p.Generator {
				if strings.TrimSpace(words) != words || len(words) < 4 {
					t.Errorf("the generator %q is none", words)
				}
			}
		})
	}
}

// Own presets may have any selector, also those that only a try at every element
// can tell.
func TestElementsAreFoundAsByTryingEachSelector(t *testing.T) {
	files, err := filepath.Glob("testdata/*.in.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	selectors := []string{
		"p", "[href]", "[class]", "[id]", "a[href^='#']", "p:first-child", "ul > li:not(.level1)", "h2, h3", "*", ".a\\:b", "div .cooked", "main p + p",
		"section:has(h2) > p", `a[href*="wiki/page"], [data-x="a b > c"]`, "#content-body .wiki-content", "DIV.page", "td:contains('150')", "body",
	}
	for _, p := range Embedded() {
		selectors = append(selectors, p.Marks...)
		selectors = append(selectors, p.Title...)
		selectors = append(selectors, p.Body...)
		selectors = append(selectors, p.Remove...)
	}
	found := 0
	for _, file := range files {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(strings.NewReader(string(page)))
		if err != nil {
			t.Fatal(err)
		}
		for _, selector := range selectors {
			group, err := cascadia.ParseGroup(selector)
			if err != nil {
				t.Fatal(err)
			}
			var f finder
			f.add(0, selector)
			for n := range root.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				got, want := f.match(n, 0) != nil, group.Match(n)
				if got != want {
					t.Fatalf("%s, %s: found is %t, want %t", file, selector, got, want)
				}
				if want {
					found++
				}
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d elements were found: are the pages read?", found)
	}
}
