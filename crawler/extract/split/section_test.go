package split

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// cutWhere is what of parts tells where a text was cut: anchor, path and text.
func cutWhere(parts []Part) (list []string) {
	for _, p := range parts {
		list = append(list, fmt.Sprintf("#%s %s: %s", p.Anchor, strings.Join(p.Path, " › "), plain(p.HTML)))
	}
	return list
}

// plain returns the text of HTML, its words one space apart.
func plain(clean string) string {
	body, err := cleanhtml.Parse(clean)
	if err != nil {
		panic(err)
	}
	return htmltree.TextOf(body)
}

func TestATextIsCutAtItsHeadings(t *testing.T) {
	long := strings.Repeat("long ", 40)
	for _, test := range []struct {
		name  string
		clean string
		cut   Rules
		want  []string
	}{
		{name: "a short one stays whole", clean: "<p>a</p><h2>B</h2><p>b</p>", cut: Rules{Over: 1000}},
		{name: "none is cut where nothing says so", clean: "<p>a</p><h2>B</h2><p>" + long + "</p>"},
		{name: "one over the size, at all headings of the first level",
			clean: `<p>` + long + `</p><h2 id="b">B</h2><p>b</p><h3>C</h3><p>c</p><h2>D &amp; E</h2><p>d</p>`, cut: Rules{Over: 250},
			want: []string{"# : " + strings.TrimSpace(long), "#b B: B b C c", "#d-e D & E: D & E d"}},
		{name: "a section over the size, at those of the next",
			clean: `<p>a</p><h2>B</h2><p>b</p><h4>C</h4><p>` + long + `</p><h4>D</h4><p>d</p><h2>E</h2><p>e</p>`, cut: Rules{Over: 230},
			want: []string{"# : a", "#b B: B b", "#c B › C: C " + strings.TrimSpace(long), "#d B › D: D d", "#e E: E e"}},
		{name: "where configured, whatever the size",
			clean: `<p>a</p><h2>B</h2><p>b</p><h3>C</h3><p>c</p>`, cut: Rules{At: 2},
			want: []string{"# : a", "#b B: B b C c"}},
		{name: "down to the level that is configured",
			clean: `<p>a</p><h1>B</h1><p>b</p><h2>C</h2><p>c</p><h3>D</h3><p>d</p><h4>E</h4><p>e</p>`, cut: Rules{At: 3},
			want: []string{"# : a", "#b B: B b", "#c B › C: C c", "#d B › C › D: D d E e"}},
		{name: "the first section is the first part's where nothing comes before it",
			clean: `<h2>A</h2><p>a</p><h2>B</h2><p>b</p>`, cut: Rules{At: 2},
			want: []string{"# : A a", "#b B: B b"}},
		{name: "and so is a heading alone",
			clean: `<h1>T</h1><h2>A</h2><p>a</p><h3>AA</h3><p>aa</p><h2>B</h2><h3>BB</h3><p>bb</p><h3>BC</h3><p>bc</p>`, cut: Rules{At: 3},
			want: []string{"# : T A a", "#aa T › A › AA: AA aa", "#b T › B: B BB bb", "#bc T › B › BC: BC bc"}},
		{name: "one without headings stays whole where only headings are configured", clean: "<p>a</p><p>b</p>", cut: Rules{At: 2}},
		{name: "headings inside other blocks cut nothing",
			clean: `<p>a</p><blockquote><h2>B</h2><p>b</p></blockquote><h2>C</h2><p>c</p>`, cut: Rules{At: 2},
			want: []string{"# : a B b", "#c C: C c"}},
		{name: "IDs come before what headings say, and two that are alike are numbered",
			clean: `<p>a</p><h2>Setup</h2><p>1</p><h2 id="setup">Else</h2><p>2</p><h2 id="Setup">Again</h2><p>3</p><h2>Setup</h2><p>4</p>`, cut: Rules{At: 2},
			want: []string{"# : a", "#setup-2 Setup: Setup 1", "#setup Else: Else 2", "#again Again: Again 3", "#setup-3 Setup: Setup 4"}},
		{name: "numbers are no anchors, nor are those that a framework gives",
			clean: `<p>a</p><h2 id="7">B</h2><p>1</p><h2 id="radix-:r3:">C</h2><p>2</p><h2 id="ember512">D</h2><p>3</p><h2>2024</h2><p>4</p><h2>?</h2><p>5</p>`, cut: Rules{At: 2},
			want: []string{"# : a", "#b B: B 1", "#c C: C 2", "#d D: D 3", "#section-2024 2024: 2024 4", "#section ?: ? 5"}},
		{name: "slugs keep the letters of every script",
			clean: `<p>a</p><h2>Größe ändern</h2><p>b</p><h2>インストール</h2><p>c</p>`, cut: Rules{At: 2},
			want: []string{"# : a", "#größe-ändern Größe ändern: Größe ändern b", "#インストール インストール: インストール c"}},
		{name: "one that was cut before stays so down to half the size",
			clean: `<p>a</p><h2>B</h2><p>` + long + `</p>`, cut: Rules{Over: 300, Kept: func(anchor string) bool { return anchor == "b" }},
			want: []string{"# : a", "#b B: B " + strings.TrimSpace(long)}},
		{name: "and is whole again below",
			clean: `<p>a</p><h2>B</h2><p>` + long + `</p>`, cut: Rules{Over: 500, Kept: func(string) bool { return true }}},
	} {
		t.Run(test.name, func(t *testing.T) {
			parts, err := Parts(test.clean, test.cut, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, cutWhere(parts)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatHasNoHeadingsIsCutInside(t *testing.T) {
	many := func(n int, block func(i int) string) string {
		var out strings.Builder
		for i := range n {
			out.WriteString(block(i))
		}
		return out.String()
	}
	words := func(i int) string { return fmt.Sprintf("word%d is followed by some others", i) }
	paragraphs := func() string { return many(60, func(i int) string { return "<p>" + words(i) + ".</p>" }) }
	rows := func() string {
		return many(60, func(i int) string { return fmt.Sprintf("<tr><td>E%d</td><td>%s</td></tr>", i, words(i)) })
	}
	begins := func(with string) func(*testing.T, Part) {
		return func(t *testing.T, p Part) {
			if !strings.HasPrefix(p.Markdown, with) {
				t.Errorf("begins with %.60q, not %q", p.Markdown, with)
			}
		}
	}
	asMany := func(a, b string) func(*testing.T, Part) {
		return func(t *testing.T, p Part) {
			if strings.Count(p.HTML, a) != strings.Count(p.HTML, b) {
				t.Errorf("%s and %s are torn apart: %s", a, b, p.HTML)
			}
		}
	}
	for _, test := range []struct {
		name, clean string
		each        func(*testing.T, Part)
	}{
		{name: "paragraphs", clean: paragraphs()},
		{name: "a section", clean: "<p>a</p><h2>S</h2>" + paragraphs()},
		{name: "a quote", clean: "<blockquote>" + paragraphs() + "</blockquote>"},
		{name: "a panel, under its label", clean: "<details><summary>Label</summary>" + paragraphs() + "</details>", each: begins("**Label**")},
		{name: "a table, under its header", each: begins("Title\n\n| Code | Means |"),
			clean: "<table><caption>Title</caption><thead><tr><th>Code</th><th>Means</th></tr></thead><tbody>" + rows() + "</tbody></table>"},
		{name: "a table whose header is too long to be repeated",
			clean: "<table><thead><tr><th>" + many(9, words) + "</th><th>Means</th></tr></thead><tbody>" + rows() + "</tbody></table>"},
		{name: "a panel whose label is too long to be repeated", clean: "<details><summary>" + many(9, words) + "</summary>" + paragraphs() + "</details>"},
		{name: "a table whose header is its first row", each: begins("| Code | Means |"),
			clean: "<table><tbody><tr><th>Code</th><th>Means</th></tr>" + rows() + "</tbody></table>"},
		{name: "a table whose rows belong together", each: asMany("rowspan", ">pair"),
			clean: "<table><tbody>" + many(30, func(i int) string {
				return fmt.Sprintf(`<tr><td rowspan="2">E%d</td><td>%s</td></tr><tr><td>pair%d</td></tr>`, i, words(i), i)
			}) + "</tbody></table>"},
		{name: "a table for layout", clean: "<table><tbody><tr><td>menu</td><td>" + paragraphs() + "</td></tr></tbody></table>"},
		{name: "code, in its language", each: begins("```go\ncall("),
			clean: `<pre><code class="language-go">` + many(80, func(i int) string { return fmt.Sprintf("call(%d) // &lt;here&gt;\n", i) }) + "</code></pre>"},
		{name: "a numbered list, which goes on counting",
			clean: "<ol>" + many(60, func(i int) string { return fmt.Sprintf("<li>step %d %s</li>", i+1, words(i)) }) + "</ol>",
			each: func(t *testing.T, p Part) {
				var number, step int
				if _, err := fmt.Sscanf(p.Markdown, "%d. step %d", &number, &step); err != nil || number != step {
					t.Errorf("begins with %.40q", p.Markdown)
				}
			}},
		{name: "a list with one item that is too long", clean: "<ul><li>first</li><li>" + paragraphs() + "</li><li>last</li></ul>"},
		{name: "definitions, each with its term", each: asMany("<dt>", "<dd>"),
			clean: "<dl>" + many(60, func(i int) string { return fmt.Sprintf("<dt>T%d</dt><dd>%s</dd>", i, words(i)) }) + "</dl>"},
		{name: "one paragraph, between its sentences", clean: "<p>" + many(60, func(i int) string { return words(i) + ". " }) + "</p>"},
		{name: "one paragraph without an end", clean: "<p>" + many(200, func(i int) string { return words(i) + " <em>and</em> " }) + "</p>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			const over = 1000
			parts, err := Parts(test.clean, Rules{Over: over}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(parts) < 3 {
				t.Fatalf("%d parts of %d bytes", len(parts), len(test.clean))
			}
			var said []string
			anchors := map[string]bool{}
			for i, p := range parts {
				if len(p.HTML) > over {
					t.Errorf("part %d has %d bytes: %s", i, len(p.HTML), p.HTML)
				}
				if anchors[p.Anchor] {
					t.Errorf("two parts are #%s", p.Anchor)
				}
				anchors[p.Anchor] = true
				if test.each != nil {
					test.each(t, p)
				}
				said = append(said, strings.Fields(plain(p.HTML))...)
			}
			repeated := func(word string) bool { return slices.Contains([]string{"Title", "Code", "Means", "Label"}, word) }
			whole := slices.DeleteFunc(strings.Fields(plain(test.clean)), repeated)
			if diff := cmp.Diff(whole, slices.DeleteFunc(said, repeated)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Such a page is held by the size guard, with its reason.
func TestWhatCannotBeCutStaysWhole(t *testing.T) {
	long := strings.Repeat("x", 3000)
	for _, clean := range []string{
		"<p>" + long + "</p>",
		"<pre><code>" + long + "</code></pre>",
		`<p><a href="https://example.com/` + long + `">x</a></p>`,
		"<table><tbody><tr><td>" + long + "</td></tr></tbody></table>",
		"<ul><li><ul><li>" + long + "</li></ul></li></ul>",
		`<ol class="` + long + `"><li></li></ol>`,
	} {
		parts, err := Parts(clean, Rules{Over: 1000}, nil)
		if err != nil || len(parts) > 0 {
			t.Errorf("%.30s…: %v, %v", clean, cutWhere(parts), err)
		}
	}
}

// edits is how many parts an edit changes: those that are new, gone, or say another thing.
func edits(before, after []Part) (n int) {
	was := map[string]string{}
	for _, p := range before {
		was[p.Anchor] = p.Markdown
	}
	for _, p := range after {
		if was[p.Anchor] != p.Markdown {
			n++
		}
		delete(was, p.Anchor)
	}
	return n + len(was)
}

// The places to cut are found in the text itself, so that an edit does not move them all.
func TestAnEditOfATextWithoutHeadingsIsLocal(t *testing.T) {
	const paragraphs = 400
	write := func(edited int) []Part {
		var clean strings.Builder
		for i := range paragraphs {
			fmt.Fprintf(&clean, "<p>Paragraph %d says something about %x and %d.</p>\n", i, i*7919, i%13)
			if i == edited {
				clean.WriteString("<p>This one is new, and moves all that follows it.</p>\n")
			}
		}
		parts, err := Parts(clean.String(), Rules{Over: 4000}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return parts
	}
	before := write(-1)
	if len(before) < 12 {
		t.Fatalf("only %d parts", len(before))
	}
	sum, worst := 0, 0
	for i := range paragraphs {
		n := edits(before, write(i))
		sum, worst = sum+n, max(worst, n)
	}
	if average := float64(sum) / paragraphs; average > 1.3 || worst > 6 {
		t.Errorf("an edit changes %.2f of %d parts on average, %d at worst", average, len(before), worst)
	}
}

// An edit in a section changes that part and no other one.
func TestAnEditInASectionChangesThatPartAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(t, "sections")
		edited := rapid.IntRange(0, n-1).Draw(t, "edited")
		long := strings.Repeat("text ", rapid.IntRange(1, 30).Draw(t, "length"))
		var before, after strings.Builder
		for i := range n {
			level := rapid.IntRange(1, 3).Draw(t, "level")
			section := fmt.Sprintf("<h%d>Section %d</h%[1]d><p>%[3]s%[2]d</p>", level, i, long)
			before.WriteString(section)
			after.WriteString(section)
			if i == edited {
				after.WriteString("<p>An edit.</p>")
			}
		}
		cut := Rules{At: 3, Over: 1000}
		was, err := Parts(before.String(), cut, nil)
		if err != nil {
			t.Fatal(err)
		}
		is, err := Parts(after.String(), cut, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(was) != n || edits(was, is) != 1 {
			t.Fatalf("%d parts change:\n%s\n\n%s", edits(was, is), strings.Join(cutWhere(was), "\n"), strings.Join(cutWhere(is), "\n"))
		}
	})
}

func TestPartsSayWhatTheWholeSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clean := drawText(t)
		cut := Rules{Over: rapid.IntRange(0, 600).Draw(t, "over"), At: rapid.IntRange(0, 6).Draw(t, "at")}
		parts, err := Parts(clean, cut, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parts(clean, cut, nil)
		if diff := cmp.Diff(parts, again); diff != "" || err != nil {
			t.Fatalf("the same text is cut in two ways: %v\n%s", err, diff)
		}
		if len(parts) == 0 {
			return
		}
		var said []string
		anchors := map[string]bool{}
		for i, p := range parts {
			if (p.Anchor == "") != (i == 0) || anchors[strings.ToLower(p.Anchor)] {
				t.Fatalf("part %d is #%s", i, p.Anchor)
			}
			anchors[strings.ToLower(p.Anchor)] = true
			said = append(said, strings.Fields(plain(p.HTML))...)
			if markdown, err := markdown.FromHTML(p.HTML, nil); err != nil || markdown != p.Markdown {
				t.Fatalf("part %d: its Markdown is not that of its HTML: %v\n%s", i, err, cmp.Diff(markdown, p.Markdown))
			}
		}
		if diff := cmp.Diff(strings.Fields(plain(clean)), said); diff != "" {
			t.Fatal(diff)
		}
	})
}

// drawText draws the clean HTML of a text: headings of all levels between blocks of all
// kinds, of which none repeats anything where it is cut.
func drawText(t *rapid.T) string {
	phrase := rapid.StringMatching(`[a-zäß字&]{1,9}( [a-z.]{1,9}){0,6}`)
	words := func() string { return html.EscapeString(phrase.Draw(t, "words")) }
	var block func(depth int) string
	block = func(depth int) string {
		kinds := []string{"p"}
		if depth < 3 {
			kinds = append(kinds, "ol", "table", "pre", "blockquote", "details", "dl")
		}
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		var inner strings.Builder
		for range rapid.IntRange(1, 4).Draw(t, "inside") {
			switch kind {
			case "ol":
				inner.WriteString("<li>" + block(depth+1) + "</li>")
			case "table":
				inner.WriteString("<tr><td>" + words() + "</td><td>" + words() + "</td></tr>")
			case "pre":
				inner.WriteString(words() + "\n")
			case "blockquote", "details":
				inner.WriteString(block(depth + 1))
			case "dl":
				inner.WriteString("<dt>" + words() + "</dt><dd>" + words() + "</dd>")
			default:
				inner.WriteString(words() + ". ")
			}
		}
		switch kind {
		case "table":
			return "<table><tbody>" + inner.String() + "</tbody></table>"
		case "pre":
			return "<pre><code>" + inner.String() + "</code></pre>"
		}
		return "<" + kind + ">" + inner.String() + "</" + kind + ">"
	}
	var clean strings.Builder
	for range rapid.IntRange(1, 12).Draw(t, "blocks") {
		if level := rapid.IntRange(0, 6).Draw(t, "level"); level > 0 {
			id := rapid.SampledFrom([]string{"", "", ` id="a"`, ` id="b"`}).Draw(t, "id")
			fmt.Fprintf(&clean, "<h%d%s>%s</h%[1]d>", level, id, words())
		}
		clean.WriteString(block(0))
	}
	return clean.String()
}
