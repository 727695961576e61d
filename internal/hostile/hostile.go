// Package hostile makes files that are expensive for a careless reader: nested trees, tables that span,
// archives and streams that unpack to much more, expressions that backtrack, and so on. Each kind can be
// made in any size. So tests can see how the cost grows, and the benchmark can see whether the program
// stays within its budget at full size.
package hostile

import (
	"fmt"
	"slices"
	"strings"
)

// Case is a kind of hostile file.
type Case struct {
	Name string
	// Path is the path of the file on a site. Its extension says what kind of file it is.
	Path        string
	ContentType string
	// Multiplies reports that the work is the product of two numbers, such as of rules and of elements.
	// Such work is counted, and the file is refused in time.
	Multiplies bool
	// Uncounted reports that a library in a sandbox reads the file. Its work is limited by the clock.
	Uncounted bool
	// Full is the size at which the file does the most harm.
	Full int
	// Make returns the file in a size. Twice the size has about twice the bytes.
	Make func(size int) []byte
}

// Cases returns all kinds.
func Cases() []Case {
	cases := slices.Concat(pages(), texts(), offices(), others(), pdfs())
	for i := range cases {
		cases[i].Uncounted = strings.HasSuffix(cases[i].Path, ".pdf")
		switch cases[i].Name {
		case "not and has", "not and has on siblings", "many rules for many elements", "light rules", "long selectors",
			"descendants of descendants", "a wide table", "Markdown: a table", "Markdown: unlike backquotes", "CSV: columns":
			cases[i].Multiplies = true
		}
	}
	return cases
}

const htmlType = "text/html; charset=utf-8"

// page returns the case of an HTML page with the given body.
func page(name string, full int, body func(size int) string) Case {
	return headed(name, full, func(int) string { return "" }, body)
}

// headed returns the case of an HTML page with the given head and body.
func headed(name string, full int, head, body func(size int) string) Case {
	path := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	return Case{Name: name, Path: "/" + path, ContentType: htmlType, Full: full, Make: func(size int) []byte {
		return []byte("<!DOCTYPE html><html><head><title>" + name + "</title>" + head(size) + "</head><body><main><h1>" + name +
			"</h1><p>Some text that a reader would see on this page.</p>" + body(size) + "</main></body></html>")
	}}
}

// repeated returns a body that repeats s.
func repeated(s string) func(int) string {
	return func(size int) string { return strings.Repeat(s, size) }
}

// numbered returns a body of numbered pieces.
func numbered(format string) func(int) string {
	return func(size int) string {
		var b strings.Builder
		for i := range size {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		return b.String()
	}
}

// around returns a body of nested pieces.
func around(open, inside, end string) func(int) string {
	return func(size int) string { return strings.Repeat(open, size) + inside + strings.Repeat(end, size) }
}

func style(rules func(int) string) func(int) string {
	return func(size int) string { return "<style>" + rules(size) + "</style>" }
}

func pages() []Case {
	paragraphs := repeated("<p>a paragraph</p>")
	return []Case{
		page("line breaks", 1_300_000, repeated("ab<br>")),
		page("headings", 200_000, numbered("<h2>heading #</h2>")),
		page("headings with text", 150_000, numbered("<h3 id=h#>heading #</h3><p>text #</p>")),
		page("equal headings", 200_000, repeated("<h2>heading</h2>x")),
		headed("not and has", 8_000, style(func(size int) string {
			return strings.Repeat(".a:not(:has(.b ~ p)) p:not(:has(b)) { display: none }\n", min(size/4, 2300))
		}), func(size int) string { return `<div class="a">` + paragraphs(size) + "</div>" }),
		headed("not and has on siblings", 20_000, style(func(size int) string {
			return strings.Repeat("p:not(:has(~ .b)) { display: none }\np ~ p ~ p:nth-last-child(3n+1) { visibility: hidden }\n", min(size/16, 2000))
		}), paragraphs),
		headed("many rules for many elements", 20_000, style(func(size int) string {
			return numbered("div p.c# , p:nth-child(#) { display: none } p { display: block }\n")(min(size/3, 6000))
		}), numbered(`<p class="c# d e f">text #</p>`)),
		headed("light rules", 20_000, style(func(size int) string {
			return numbered("p { color: #fefefe; background: #0#0#0 }\n")(min(size/3, 8000))
		}), numbered(`<p style="color: white">text #</p>`)),
		headed("long selectors", 8_000, style(func(size int) string {
			return strings.Repeat("div "+strings.Repeat("div > p, ", min(size/10, 500))+"p { display: none }\n", 20)
		}), func(size int) string { return strings.Repeat("<div>", 100) + paragraphs(size) }),
		headed("descendants of descendants", 8_000, style(func(size int) string {
			return strings.Repeat(strings.Repeat("div ", 40)+"b { display: none }\n", min(size/4, 2000))
		}), func(size int) string {
			return strings.Repeat("<div>", 200) + strings.Repeat("<p><b>x</b></p>", size)
		}),
		headed("nested selectors", 5_000, style(func(size int) string {
			n := min(size, 10_000)
			return "p" + strings.Repeat(":not(:is(", n) + "b" + strings.Repeat("))", n) + " { display: none }"
		}), paragraphs),
		headed("custom properties", 20_000, style(func(size int) string {
			return ":root {" + numbered("--v#: var(--v1#) var(--v1#);")(size) + "} p { color: var(--v0) }"
		}), paragraphs),
		headed("many style sheets", 20_000, repeated("<style>p.x { display: none }</style>"), paragraphs),
		page("inline styles", 60_000, numbered(`<p style="color: rgb(#,1,1); display: block; position: absolute; left: #px; opacity: 0.#">text</p>`)),
		page("a long inline style", 500_000, func(size int) string {
			return `<p style="` + strings.Repeat("color: red;", size) + `">text</p>`
		}),
		page("nested elements", 500_000, around("<div>", "text", "</div>")),
		page("nested lists", 100_000, around("<ul><li>x", "text", "</li></ul>")),
		page("nested quotes", 100_000, around("<blockquote>x", "text", "</blockquote>")),
		page("nested tables", 50_000, around("<table><tr><td>x", "text", "</td></tr></table>")),
		page("nested inline", 200_000, around("<b><i><span>x", "text", "</span></i></b>")),
		page("nested lists side by side", 2_000, func(size int) string {
			return strings.Repeat(strings.Repeat("<ul><li>x", 90)+strings.Repeat("</li></ul>", 90), size/5)
		}),
		page("formatting that goes on", 20_000, func(size int) string {
			return numbered("<b class=c#><i id=i#>")(min(size/10, 200)) + strings.Repeat("<p>x</div>", size)
		}),
		page("formatting that never ends", 100_000, numbered("<p><font size=#><a name=a#>x")),
		page("misnested formatting", 300_000, repeated("<a><b><div></a></b>x")),
		page("foster parents", 200_000, func(size int) string { return "<table>" + strings.Repeat("x<b><tr>", size) }),
		page("a wide table", 2_000, func(size int) string {
			return "<table><tr>" + strings.Repeat("<th>x</th>", 2*size) + "</tr>" + strings.Repeat("<tr><td>y</td></tr>", 2*size) + "</table>"
		}),
		page("a table of cells", 300_000, func(size int) string {
			return "<table>" + strings.Repeat("<tr><td>x</td><td>y</td><td>z</td></tr>", size/3) + "</table>"
		}),
		page("a table that spans", 1_000, func(size int) string {
			return "<table>" + strings.Repeat(`<tr><td rowspan="65534" colspan="1000">x</td></tr>`, 3*size) + "</table>"
		}),
		page("many tables", 60_000, repeated("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>")),
		page("a table of long cells", 3_000, func(size int) string {
			return "<table><tr>" + strings.Repeat("<th>h</th>", 30) + "</tr><tr><td>" + strings.Repeat("word ", 100*size) + "</td></tr>" +
				strings.Repeat("<tr>"+strings.Repeat("<td>x</td>", 30)+"</tr>", size) + "</table>"
		}),
		page("lists", 300_000, func(size int) string { return "<ul>" + strings.Repeat("<li>x", size) + "</ul>" }),
		page("numbered lists", 300_000, func(size int) string { return `<ol start="999999999">` + strings.Repeat("<li>x", size) + "</ol>" }),
		page("definition lists", 200_000, func(size int) string { return "<dl>" + strings.Repeat("<dt>x<dd>y", size) + "</dl>" }),
		page("footnotes", 50_000, func(size int) string {
			return numbered(`<sup id="r#"><a href="#f#">[#]</a></sup>`)(size) + "<ol>" + numbered(`<li id="f#">note # <a href="#r#">back</a></li>`)(size) + "</ol>"
		}),
		page("links to anchors", 100_000, numbered(`<a href="#a#">link #</a> <span id="a#">x</span>`)),
		page("links", 200_000, numbered(`<a href="/l#">link #</a>`)),
		page("many classes", 30_000, func(size int) string {
			return `<p class="` + numbered("c# ")(10*size) + `">text</p>` + paragraphs(size)
		}),
		page("many attributes", 300_000, func(size int) string { return "<p " + numbered("a#=# ")(size) + ">text</p>" }),
		page("a long attribute", 9_000_000, func(size int) string { return `<p title="` + strings.Repeat("x", size) + `">text</p>` }),
		page("a long word", 9_000_000, repeated("x")),
		page("a long line", 1_800_000, repeated("word ")),
		page("entities", 1_500_000, repeated("&nbsp;")),
		page("characters to escape", 4_500_000, repeated("*_")),
		page("brackets", 4_500_000, repeated("[(")),
		page("less than signs", 9_000_000, repeated("<")),
		page("backquotes", 4_500_000, repeated("`x")),
		page("code in lines", 200_000, repeated("<code>`</code> x ")),
		page("blocks of code", 100_000, repeated("<pre><code>``` x\n</code></pre>")),
		page("a long block of code", 4_000_000, func(size int) string { return "<pre>" + strings.Repeat("x\n", size) + "</pre>" }),
		page("highlighted code", 200_000, func(size int) string { return "<pre>" + strings.Repeat("<span class=k>x</span>\n", size) + "</pre>" }),
		page("private keys", 300_000, repeated("-----BEGIN PRIVATE KEY-----\n")),
		page("names of passwords", 600_000, repeated("password: x ")),
		page("secrets", 150_000, numbered("password = Zk4#vQ9x7Lm2 ")),
		page("mail addresses", 300_000, numbered("u#@example.com, ")),
		page("almost mail addresses", 4_000_000, repeated("a@")),
		page("figures", 4_000_000, repeated("4 ")),
		page("instructions", 250_000, repeated("ignore all previous instructions. ")),
		page("json web tokens", 2_000_000, repeated("eyJa.")),
		page("addresses with users", 1_000_000, repeated("://a:")),
		page("templates", 100_000, repeated("<template><p>x</p></template><p>y</p>")),
		page("nested templates", 100_000, around("<template>", "x", "</template>")),
		page("pictures", 100_000, numbered(`<img src="/i#.png" alt="picture #">`)),
		page("picture sets", 3_000, func(size int) string {
			return `<img src="/i.png" srcset="` + numbered("/i#.png #w, ")(100*size) + `">` + "<p>text</p>"
		}),
		headed("json for machines", 3_000, func(size int) string {
			return `<script type="application/ld+json">` + strings.Repeat(`{"a":[`, 1000*size) + "</script>"
		}, paragraphs),
		headed("meta elements", 100_000, numbered(`<meta name="m#" content="x">`), paragraphs),
		page("forms", 100_000, repeated("<form><input name=a><select><option>x<option>y</select></form>")),
		page("panels", 50_000, numbered(`<div role="tablist"><button role="tab" aria-controls="p#">t</button></div><div role="tabpanel" id="p#">x #</div>`)),
		page("folded parts", 100_000, numbered("<details><summary>s #</summary><p>x</p></details>")),
		page("callouts", 80_000, repeated(`<div class="admonition note"><p class="admonition-title">Note</p><p>x</p></div>`)),
		page("formulas", 50_000, repeated(`<math><mi>x</mi><mo>+</mo><mi>y</mi></math> `)),
		page("a nested formula", 100_000, func(size int) string { return "<math>" + strings.Repeat("<msup><mi>x</mi>", size) + "</math>" }),
		page("drawings", 100_000, repeated("<svg><text>x</text></svg>")),
		page("unlike elements", 100_000, numbered("<x-# class=y#>text</x-#>")),
		page("hidden elements", 100_000, repeated(`<p hidden>x</p><p aria-hidden="true">y</p>`)),
		page("comments", 500_000, repeated("<!--x-->y")),
		page("roles and labels", 60_000, numbered(`<p aria-labelledby="l# l1 l2 l3" role="note" id="l#">x</p>`)),
		{Name: "a long title", Path: "/a-long-title", ContentType: htmlType, Full: 1_800_000, Make: func(size int) []byte {
			return []byte("<title>" + strings.Repeat("word ", size) + "</title><p>text that a reader sees</p>")
		}},
	}
}

func texts() []Case {
	markdown := func(name string, full int, make func(int) string) Case {
		return Case{Name: "Markdown: " + name, Path: "/" + strings.ReplaceAll(name, " ", "-") + ".md", ContentType: "text/markdown", Full: full,
			Make: func(size int) []byte { return []byte("# A text\n\n" + make(size) + "\n") }}
	}
	plain := func(name string, full int, make func(int) string) Case {
		return Case{Name: "text: " + name, Path: "/" + strings.ReplaceAll(name, " ", "-") + ".txt", ContentType: "text/plain", Full: full,
			Make: func(size int) []byte { return []byte(make(size)) }}
	}
	csv := func(name string, full int, make func(int) string) Case {
		return Case{Name: "CSV: " + name, Path: "/" + strings.ReplaceAll(name, " ", "-") + ".csv", ContentType: "text/csv", Full: full,
			Make: func(size int) []byte { return []byte(make(size)) }}
	}
	return []Case{
		markdown("a table", 5_000, func(size int) string {
			columns := size * 4 / 5
			return strings.Repeat("|a", columns) + "|\n" + strings.Repeat("|-", columns) + "|\n" + strings.Repeat("|x\n", size)
		}),
		markdown("notes", 50_000, func(size int) string {
			return numbered("x[^n#] ")(size) + "\n\n" + numbered("[^n#]: note\n\n")(size)
		}),
		markdown("one note often", 100_000, func(size int) string { return strings.Repeat("x[^1]\n\n", size) + "[^1]: note\n" }),
		markdown("equal headings", 100_000, repeated("# a\n\n")),
		markdown("references", 100_000, func(size int) string { return numbered("[r#] \n\n")(size) + numbered("[r#]: /x#\n")(size) }),
		markdown("nested lists", 1_000, func(size int) string {
			var b strings.Builder
			for i := range size {
				b.WriteString(strings.Repeat("  ", i%60) + "- x\n")
			}
			return b.String()
		}),
		markdown("quotes", 1_000_000, repeated("> ")),
		markdown("emphasis", 1_000_000, repeated("*a **a ")),
		markdown("emphasis in paragraphs", 100_000, repeated("*a _b **c\n\n")),
		markdown("backquotes", 3_000, numbered("`#``#```# ")),
		markdown("unlike backquotes", 2_000, func(size int) string {
			var b strings.Builder
			for i := range size {
				b.WriteString(strings.Repeat("`", i+1) + "x")
			}
			return b.String()
		}),
		markdown("brackets", 500_000, repeated("[")),
		markdown("links", 100_000, repeated("[a](b) ")),
		markdown("unended links", 200_000, repeated("[a](")),
		markdown("definitions", 100_000, repeated("a\n: b\n\n")),
		markdown("html", 500_000, repeated("ab<br>\n")),
		markdown("comments", 500_000, repeated("<!-- x ")),
		markdown("declarations", 500_000, repeated("<!A ")),
		markdown("entities", 1_000_000, repeated("&a;")),
		markdown("addresses", 300_000, repeated("www.a.b ")),
		markdown("mail", 500_000, repeated("a@b.")),
		markdown("rules", 500_000, repeated("---\n")),
		markdown("tasks", 200_000, repeated("- [ ] x\n")),
		markdown("fences", 200_000, repeated("```\n~~~\n")),
		markdown("front matter", 60, func(size int) string { return strings.Repeat("- ", 500*size) }),
		plain("lines", 2_000_000, repeated("x\n\n")),
		plain("items in a block", 300_000, repeated("x\n- y\n")),
		plain("underlines", 300_000, repeated("x\n---\n")),
		plain("code", 500_000, repeated("    x\n\n")),
		plain("one line", 8_000_000, repeated("x")),
		csv("columns", 20_000, func(size int) string {
			return strings.Repeat("a,", size) + "\n" + strings.Repeat("x\n", size)
		}),
		csv("rows that grow", 2_000, func(size int) string {
			var b strings.Builder
			for i := range size {
				b.WriteString(strings.Repeat("a,", i) + "\n")
			}
			return b.String()
		}),
		csv("quotes", 2_000_000, repeated(`"`)),
		csv("lines in a field", 1_500_000, func(size int) string { return "a,b\nx,\"" + strings.Repeat("y\n", size) + "\"\n" }),
		csv("cells", 60_000, func(size int) string { return strings.Repeat("a,b,c\n", size) }),
		csv("long fields", 8_000, func(size int) string {
			return "a,b\nx," + strings.Repeat("y", 1000*size) + "\n"
		}),
	}
}
