package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// What fincrawl presets NAME prints can stand in sources.yaml, and says the same there.
func TestAPrintedPresetCanBeUsedInSources(t *testing.T) {
	t.Parallel()
	for _, p := range preset.Embedded() {
		path := filepath.Join(t.TempDir(), "sources.yaml")
		text := "version: 1\nintercom: {token: \"${T}\"}\n" + preset.AsSetting(p.Name) + "sources: [{name: a, url: \"https://a.example.com/\"}]\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(path, func(string) (string, bool) { return "x", true })
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		if diff := cmp.Diff([]preset.Preset{p}, c.Presets); diff != "" {
			t.Errorf("%s (-embedded +read):\n%s", p.Name, diff)
		}
	}
}

func TestPagesAreReadAgainWhenAPresetChanges(t *testing.T) {
	t.Parallel()
	w := newValidated(t, "", 3)
	w.sync()
	w.wantBodies(func() { w.sync() }, "/") // else all is believed
	for _, remove := range []string{".note", "h1", "h1, .note"} {
		w.fetchWith("", "presets:\n  - {name: notes, marks: [.note], body: [main], remove: [\""+remove+"\"]}\n")
		w.wantBodies(func() { w.sync() }, w.all()...)
		w.wantBodies(func() { w.sync() }, "/")
	}
	if html := w.page("/a1").HTML; strings.Contains(html, "A note") {
		t.Errorf("the preset was not used: %s", html)
	}
	w.fetchWith("", "    content: {preset: none}\n")
	w.wantBodies(func() { w.sync() }, w.all()...)
}

func TestExplainSaysWhichPresetReadAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.site.Page("/wiki", testsite.Page{Raw: []byte(`<meta name="generator" content="MediaWiki 1.43.1"><body><h1 id="firstHeading">Pay</h1>
		<div id="mw-content-text"><p>By card.</p></div>`)})
	for _, test := range []struct{ settings, title, body string }{
		{"", "Title    Pay by preset mediawiki", `Body     by preset mediawiki, told by generator "MediaWiki 1.43.1" · 2 words`},
		{"    content: {preset: mediawiki}\n", "Title    Pay by preset mediawiki", "Body     by preset mediawiki, told by content.preset · 2 words"},
		{"    content: {body: p, title: h1}\n", "Title    Pay by content.title", "Body     by content.body · 2 words"},
	} {
		w.configure(w.source("wiki", w.site, "https://wiki.example.com", test.settings))
		out := w.explainedText("/wiki", "--fetch")
		for _, want := range []string{test.title, test.body} {
			if !strings.Contains(out, want) {
				t.Errorf("%q: no %q in\n%s", test.settings, want, out)
			}
		}
	}
}
