package preset

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
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
