package preset_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
)

func parse(t testing.TB, page string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// recognised is the preset of a page and its evidence, or "".
func recognised(t *testing.T, set *preset.Set, page string) string {
	t.Helper()
	found, ok := set.Recognise(parse(t, page))
	if !ok {
		return ""
	}
	return found.Preset + ": " + found.Evidence
}

func TestPlatformsAreRecognisedByWhatOnlyTheyHave(t *testing.T) {
	for page, want := range map[string]string{
		`<meta name="generator" content="MediaWiki 1.43.1">`:                                          `mediawiki: generator "MediaWiki 1.43.1"`,
		`<META NAME="Generator" CONTENT="mediawiki">`:                                                 `mediawiki: generator "mediawiki"`,
		`<meta name="generator" content="mkdocs-1.6.1, mkdocs-material-9.7.1">`:                       `mkdocs-material: generator "mkdocs-1.6.1, mkdocs-material-9.7.1"`,
		`<meta name="generator" content="mkdocs-1.4.2">`:                                              `mkdocs: generator "mkdocs-1.4.2"`,
		`<meta name="generator" content="Hugo 0.151.0"><div class="td-outer"><div class="td-main">`:   `docsy: .td-outer > .td-main`,
		`<link rel="stylesheet" href="//static.zdassets.com/hc/assets/application-1.css">`:            `zendesk: link[href*="static.zdassets.com/hc/"]`,
		`<div class="article intercom-force-break">`:                                                  `intercom: .article.intercom-force-break`,
		`<div id="wiki-body" class="x gollum-markdown-content">`:                                      `github-wiki: #wiki-body.gollum-markdown-content`,
		`<meta name=generator content="Site Kit 1.2"><meta name=generator content="Docusaurus v3.5">`: `docusaurus: generator "Docusaurus v3.5"`,

		`<meta name="generator" content="WordPress 6.8">`:                                           `wordpress: generator "WordPress 6.8"`,
		`<body class="project-a controller-wiki action-show"><div id="wrapper"><div id="top-menu">`: `redmine: [class*="controller-"] > #wrapper > #top-menu`,

		// What stands on other sites too: widgets, words, names that many use.
		`<script src="https://static.zdassets.com/ekr/snippet.js?key=1"></script>`:                              "",
		`<div id="intercom-container"></div><script src="https://widget.intercom.io/w/1"></script>`:             "",
		`<meta name="generator" content="Hugo 0.151.0"><div class="td-content">`:                                "",
		`<meta name="generator" content="MediaWikiExport 2"><meta name="description" content="MediaWiki 1.43">`: "",
		`<p>class="mediawiki", generator "Docusaurus"</p><pre>&lt;body class="mediawiki"&gt;</pre>`:             "",
		`<div class="article-body"><div class="markdown-body"><div id="content" class="notion">`:                "",
		`<footer>Not built with <a href="https://example.com/?www.mkdocs.org">it</a></footer>`:                  "",
		``: "",
	} {
		if got := recognised(t, preset.NewSet(nil), page); got != want {
			t.Errorf("%s\ngot  %q\nwant %q", page, got, want)
		}
	}
}

// Where a widget of one platform stands on a page of another, what comes first
// decides; the generator tag stands in the head.
func TestTheFirstEvidenceOfAPageCounts(t *testing.T) {
	page := `<head><meta name="generator" content="DokuWiki"></head><div class="VPDoc"><div class="vp-doc">text</div></div>`
	if got := recognised(t, preset.NewSet(nil), page); got != `dokuwiki: generator "DokuWiki"` {
		t.Errorf("got %q", got)
	}
}

func TestOwnPresetsGoFirst(t *testing.T) {
	page := `<head><meta name="generator" content="MediaWiki 1.43"></head><body><main class="portal">text</main>`
	portal := preset.Preset{Name: "portal", Marks: []string{"main.portal"}, Body: []string{"main"}}
	wiki := preset.Preset{Name: "mediawiki", Generator: []string{"MediaWiki"}, Body: []string{".ours"}}

	if got := recognised(t, preset.NewSet([]preset.Preset{portal}), page); got != "portal: main.portal" {
		t.Errorf("beside an embedded one: got %q", got)
	}
	set := preset.NewSet([]preset.Preset{wiki})
	found, ok := set.Recognise(parse(t, page))
	if !ok || found.Preset != "mediawiki" || found.Body(parse(t, `<div id="mw-content-text">text</div>`)) != nil {
		t.Error("an own preset does not replace the embedded one of its name")
	}
	names := 0
	for _, name := range set.Names() {
		if name == "mediawiki" {
			names++
		}
	}
	if names != 1 || len(set.Names()) != len(preset.Embedded()) {
		t.Errorf("presets: %v", set.Names())
	}
}

func TestAPresetCanBeNamedOrLeftOut(t *testing.T) {
	own := preset.Preset{Name: "portal", Body: []string{"main"}} // with nothing to recognise it by
	set := preset.NewSet([]preset.Preset{own})
	if got := recognised(t, set, "<main>text</main>"); got != "" {
		t.Errorf("without evidence: got %q", got)
	}
	named, err := set.Only("portal")
	if err != nil {
		t.Fatal(err)
	}
	if got := recognised(t, named, "<main>text</main>"); got != "portal: content.preset" {
		t.Errorf("named: got %q", got)
	}
	for wrong, want := range map[string]string{"portl": `did you mean "portal"?`, "nothing-like-it": "mediawiki"} {
		if _, err := set.Only(wrong); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error that says %s", wrong, err, want)
		}
	}
	if got := recognised(t, preset.None(), `<meta name="generator" content="MediaWiki">`); got != "" {
		t.Errorf("none: got %q", got)
	}
}

func TestAFingerprintStandsForAllThatIsInForce(t *testing.T) {
	all := preset.NewSet(nil)
	portal := preset.Preset{Name: "portal", Marks: []string{".portal"}, Body: []string{"main"}}
	changed := portal
	changed.Remove = []string{".vote"}
	only, err := all.Only("mediawiki")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for name, set := range map[string]*preset.Set{
		"all": all, "none": preset.None(), "one": only,
		"with an own one": preset.NewSet([]preset.Preset{portal}), "with that changed": preset.NewSet([]preset.Preset{changed}),
	} {
		print := set.Fingerprint()
		if other, taken := seen[print]; taken {
			t.Errorf("%s has the fingerprint of %s", name, other)
		}
		seen[print] = name
	}
	if again := preset.NewSet([]preset.Preset{portal}).Fingerprint(); seen[again] != "with an own one" {
		t.Errorf("the same set has another fingerprint: %q", again)
	}
	if preset.None().Fingerprint() != "" {
		t.Error("the fingerprint of none says something")
	}
}

// What one selector matches may depend on what another takes out.
func TestWhatIsTakenOutIsLookedForBeforeAnythingIs(t *testing.T) {
	set, err := preset.NewSet([]preset.Preset{{Name: "it", Body: []string{"main"}, Remove: []string{"p:first-child", "b"}}}).Only("it")
	if err != nil {
		t.Fatal(err)
	}
	root := parse(t, `<main><p>a</p><p>b <b>c</b></p></main>`)
	read, _ := set.Recognise(root)
	body := read.Body(root)[0]
	read.Strip(body)
	if got := rendered(t, body); got != `<main><p>b </p></main>` {
		t.Errorf("got %s", got)
	}
}

func rendered(t *testing.T, root *html.Node) string {
	t.Helper()
	var b strings.Builder
	if err := html.Render(&b, root); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheFirstSelectorWithTextIsTheBody(t *testing.T) {
	set, err := preset.NewSet([]preset.Preset{{Name: "it", Body: []string{".a", ".b", "main"}}}).Only("it")
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{
		`<main><p class="b">two</p><p class="a">one</p></main>`:                            `<p class="a">one</p>`,
		`<main><p class="b">two</p><p class="a"> <script>x</script></p><b class="b">3</b>`: `<p class="b">two</p><b class="b">3</b>`,
		`<main><div class="a">x<p class="a">one</p></div><p class="a">more</p></main>`:     `<div class="a">x<p class="a">one</p></div><p class="a">more</p>`,
		`<main><div class="a"><img src="x.png"></div></main>`:                              `<div class="a"><img src="x.png"/></div>`,
		`<main>only this</main>`: `<main>only this</main>`,
		`<div>nothing</div>`:     ``,
	} {
		root := parse(t, page)
		read, _ := set.Recognise(root)
		got := ""
		for _, n := range read.Body(root) {
			got += rendered(t, n)
		}
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", page, got, want)
		}
	}
}
