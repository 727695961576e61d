package extract

import (
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/crawler/extract/template"
)

func TestAPageOfAKnownPlatformIsReadByItsPreset(t *testing.T) {
	wiki := func(body string) string {
		return `<html><head><title>Of the head - Wiki</title><meta name="generator" content="MediaWiki 1.43.1"></head><body><nav>Around it</nav>` +
			`<h1 id="firstHeading">A title</h1><main><p>Beside it, in as many words as there are in the text and a few more of them.</p>` + body + `</main></body></html>`
	}
	text := `<div id="mw-content-text"><div class="mw-parser-output"><p>The text.</p><div class="navbox">Its navigation</div><p class="extra">More.</p></div></div>`
	none, portal := preset.None(), preset.NewSet([]preset.Preset{{Name: "portal", Marks: []string{".extra"}, Title: []string{"nav"}, Body: []string{".extra"}}})
	named, err := preset.NewSet(nil).Only("gitlab-wiki")
	if err != nil {
		t.Fatal(err)
	}
	const told = `preset mediawiki, told by generator "MediaWiki 1.43.1"`
	for _, test := range []struct {
		name, page           string
		rules                Rules
		title, markdown, how string // title, markdown: "" for any; how: "" for none of a preset
	}{
		{"by itself", wiki(text), Rules{}, "A title", "The text.\n\nMore.", told},
		{"with a title of the settings", wiki(text), Rules{Title: "nav"}, "Around it", "The text.\n\nMore.", told},
		{"without what the settings remove", wiki(text), Rules{Remove: []string{".extra"}}, "A title", "The text.", told},
		{"where the settings say where the text is", wiki(text), Rules{Body: ".extra"}, "", "More.", "content.body"},
		{"where no preset is wanted", wiki(text), Rules{Presets: none}, "", "", ""},
		{"by a preset of the settings", wiki(text), Rules{Presets: portal}, "Around it", "More.", "preset portal, told by .extra"},
		{"where the preset fits nothing", wiki("<p>Only this.</p>"), Rules{}, "", "", ""},
		{"where the named preset fits nothing", wiki(text), Rules{Presets: named}, "", "", ""},
		{"without the navigation in it", wiki(`<div id="mw-content-text"><div class="mw-parser-output"><ul class="pagination"><li><a href="/a">Page before</a></li><li><a href="/b">Page behind</a></li></ul><p>The text.</p><div class="sidebar">Told beside it, without a link.</div></div></div>`), Rules{}, "A title", "The text.\n\nTold beside it, without a link.", told},
		{"by the named preset", `<div class="js-wiki-page-content">Text.</div>`, Rules{Presets: named}, "", "Text.", "preset gitlab-wiki, told by content.preset"},
		{"whose text is taken out", wiki(`<div id="mw-content-text"><div class="navbox">All</div></div>`), Rules{}, "A title", "", told},
	} {
		t.Run(test.name, func(t *testing.T) {
			article, err := parsePage(t, test.page).Extract(test.rules)
			if err != nil {
				t.Fatal(err)
			}
			if test.title != "" && article.Title != test.title {
				t.Errorf("title: got %q, want %q", article.Title, test.title)
			}
			if test.markdown != "" && article.Markdown != test.markdown {
				t.Errorf("text: got %q, want %q", article.Markdown, test.markdown)
			}
			if article.How != test.how && (test.how != "" || strings.HasPrefix(article.How, "preset")) {
				t.Errorf("how: got %q, want %q", article.How, test.how)
			}
		})
	}
}

// What most pages say at one end of a body that a preset found is their author's, and no template.
func TestWhatAPresetFoundIsNoTemplate(t *testing.T) {
	const page = `<html><head><title>T</title><meta name="generator" content="MediaWiki 1.43.1"></head><body><div id="mw-content-text"><p>Take it out of the pool first.</p><p>Then stop it.</p></div></body></html>`
	outline := template.Outline{}
	for _, rules := range []Rules{{Presets: preset.None(), Template: template.New(nil)}, {Template: template.New(nil)}} {
		article, err := parsePage(t, page).Extract(rules)
		if err != nil {
			t.Fatal(err)
		}
		if rules.Presets != nil {
			outline = article.Outline
			continue
		}
		if article.Outline != nil || len(outline) == 0 {
			t.Errorf("outlines: %v with the preset, %v without", article.Outline, outline)
		}
	}
}
