package extract

import (
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/crawler/extract/template"
)

const shop = "https://shop.example/"

// articleAt extracts a page whose body is what its argument says.
func articleAt(t interface{ Fatal(...any) }, path, body string, whole *template.Template) Article {
	u, err := url.Parse(shop + path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Parse(u, "text/html; charset=utf-8", []byte("<title>Shop help</title><main>"+body+"</main>"))
	if err != nil {
		t.Fatal(err)
	}
	article, err := doc.Extract(Rules{Template: whole})
	if err != nil {
		t.Fatal(err)
	}
	return article
}

func outlinesOf(articles []Article) iter.Seq2[template.Outline, error] {
	return func(yield func(template.Outline, error) bool) {
		for _, a := range articles {
			if !yield(a.Outline, nil) {
				return
			}
		}
	}
}

// learnFrom learns a template from pages, in their order.
func learnFrom(t interface{ Fatal(...any) }, before *template.Template, bodies ...string) template.Learned {
	var articles []Article
	for i, body := range bodies {
		articles = append(articles, articleAt(t, fmt.Sprint("p", i), body, template.New(nil)))
	}
	learned, err := template.Learn(before, outlinesOf(articles), 0)
	if err != nil {
		t.Fatal(err)
	}
	return learned
}

// bodiesOf makes n pages.
func bodiesOf(n int, body func(i int) string) []string {
	bodies := make([]string, n)
	for i := range bodies {
		bodies[i] = body(i)
	}
	return bodies
}

// own is text that only one page has.
func own(i int) string {
	return fmt.Sprintf("<p>Product %d is made of oak, and %d parts of it are painted by hand in our own workshop by the sea.</p>", i, i+2)
}

func TestWhatMostPagesBeginOrEndWithIsLeftOut(t *testing.T) {
	for name, c := range map[string]struct {
		body func(i int) string
		want func(i int) string // Markdown; nil: own(i)'s
	}{
		"a footer in odd markup": {body: func(i int) string {
			return own(i) + `<center><font size=1>Shop Ltd., 1 Harbour Street</font></center>`
		}},
		"a menu without a nav": {body: func(i int) string {
			return `<div class=x7><ul><li><a href=/a>Home</a><li><a href=/b>Prices</a></ul></div>` + own(i)
		}},
		"a menu that shows where one is": {body: func(i int) string {
			var menu strings.Builder
			for k := range 10 {
				if k == i {
					fmt.Fprintf(&menu, "<li><b>Topic %d</b><ul><li><a href=/t%d/x>Only in %d</a></ul>", k, k, k)
				} else {
					fmt.Fprintf(&menu, "<li><a href=/t%d>Topic %d</a>", k, k)
				}
			}
			return "<div><ul>" + menu.String() + "</ul></div>" + own(i)
		}},
		"a question whether it helped": {body: func(i int) string {
			return own(i) + `<div>Was this page helpful?</div><div><button>Yes</button><button>No</button></div>`
		}},
		"related articles, which are others on each page": {body: func(i int) string {
			return own(i) + fmt.Sprintf(`<h3>You may also like</h3><ul><li><a href="/p%d">Product %d</a></li><li><a href="/q%d">Care for %d</a></li></ul>
				<p>Call us any day.</p>`, i+1, i+1, i, i)
		}},
		"related articles as cards": {body: func(i int) string {
			return own(i) + fmt.Sprintf(`<div>Related</div><div><a href="/p%d">Product %d</a></div><div><a href="/q%d">Care for %d</a></div>`, i+1, i+1, i, i)
		}},
		"what stands behind a line of the page's own": {
			body: func(i int) string {
				return own(i) + fmt.Sprintf(`<hr><p>Print this page</p><p>Changed %d days ago</p><p>Shop Ltd., 1 Harbour Street</p>`, i)
			},
			want: func(i int) string { return markdownOf(own(i)) + fmt.Sprintf("\n\n* * *\n\nChanged %d days ago", i) },
		},
		"what stands around the title": {body: func(i int) string {
			return fmt.Sprintf(`<div>Help centre of the shop</div><h1>Product %d</h1><div>Share this</div>`, i) + own(i)
		}},
		"a page laid out by a table": {body: func(i int) string {
			return `<table><tr><td><h4>Topics</h4><ul><li><a href=/a>Home</a><li><a href=/b>Prices</a></ul></td><td>` + own(i) + own(i+100) + `</td></tr></table>`
		}, want: func(i int) string { return markdownOf(own(i) + own(i+100)) }},
	} {
		t.Run(name, func(t *testing.T) {
			bodies := bodiesOf(10, c.body)
			learned := learnFrom(t, nil, bodies...)
			for i, body := range bodies {
				want := markdownOf(own(i))
				if c.want != nil {
					want = c.want(i)
				}
				raw := articleAt(t, fmt.Sprint("p", i), body, nil)
				if got := articleAt(t, fmt.Sprint("p", i), body, learned.Now); got.Markdown != want {
					t.Errorf("page %d says\n%s\nwant\n%s\nof\n%s", i, got.Markdown, want, raw.Markdown)
				}
				if stripped := stripLate(t, fmt.Sprint("p", i), body, nil, learned.Now); stripped.Markdown != want {
					t.Errorf("page %d says, when the template is taken off its HTML,\n%s\nwant\n%s", i, stripped.Markdown, want)
				}
			}
		})
	}
}

func markdownOf(clean string) string {
	said, err := markdown.FromHTML(clean, nil)
	if err != nil {
		panic(err)
	}
	return said
}

func TestWhatPagesSayStays(t *testing.T) {
	for name, body := range map[string]func(i int) string{
		"headings that stand above something else on each page": func(i int) string {
			return "<h2>Symptoms</h2>" + own(i) + "<h2>Solution</h2>" + own(i+50)
		},
		"lines that announce something else on each page": func(i int) string {
			return "<p>Applies to:</p>" + own(i) + "<p><b>In short</b></p>" + own(i+50)
		},
		"a first step that many have": func(i int) string {
			return "<ol><li>Log in as administrator.</li><li>Open page " + fmt.Sprint(i) + ".</li></ol>"
		},
		"a first point that many have": func(i int) string {
			return "<ul><li>An account with all rights</li><li>Licence " + fmt.Sprint(i) + "</li></ul>"
		},
		"the header of a table": func(i int) string {
			return fmt.Sprintf("<table><tr><th>Part<th>Weight<tr><td>Lid<td>%d g<tr><td>Box<td>%d g</table>", i, 2*i)
		},
		"a sentence in the middle": func(i int) string {
			return own(i) + "<p>Children must not be alone with it.</p>" + own(i+50)
		},
		"an ending that half of the pages have": func(i int) string {
			return own(i) + []string{"<p>It comes with two keys.</p>", "<p>It comes with three keys.</p>"}[i%2]
		},
		"an ending that another number is in": func(i int) string {
			return own(i) + fmt.Sprintf("<p>It costs %d euros.</p>", i)
		},
		"links to files, below a heading that many have": func(i int) string {
			return own(i) + fmt.Sprintf(`<h2>Downloads</h2><ul><li><a href="/files/p%d.pdf">Manual of product %d</a></li></ul>`, i, i)
		},
		"links, where links are what a page is for": func(i int) string {
			return own(i) + fmt.Sprintf(`<ul><li><a href="/a%d">Care for %d</a></li><li><a href="/b%d">Repair of %d</a></li></ul>`, i, i, i, i)
		},
		"headings with a mark that links to themselves": func(i int) string {
			return fmt.Sprintf(`<h2 id=s><a href="/p%d#s">Symptoms</a></h2>`, i) + own(i)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bodies := bodiesOf(10, body)
			learned := learnFrom(t, nil, bodies...)
			for i, body := range bodies {
				want := articleAt(t, fmt.Sprint("p", i), body, nil)
				if got := articleAt(t, fmt.Sprint("p", i), body, learned.Now); got.Markdown != want.Markdown {
					t.Errorf("page %d says\n%s\nwant\n%s", i, got.Markdown, want.Markdown)
				}
			}
		})
	}
}

func TestAPageThatIsAllTemplateStaysAsItIs(t *testing.T) {
	footer := "<p>Write to us at any time.</p><p>Shop Ltd., 1 Harbour Street</p>"
	learned := learnFrom(t, nil, bodiesOf(12, func(i int) string { return own(i) + footer })...)
	got := articleAt(t, "contact", "<h1>Contact</h1>"+footer, learned.Now)
	if want := "Write to us at any time.\n\nShop Ltd., 1 Harbour Street"; got.Markdown != want || got.LeftOut != nil {
		t.Errorf("the page says %q, and %v was left out", got.Markdown, got.LeftOut)
	}
	if n, all := learned.Now.Covers(got.Outline); n != 0 || !all {
		t.Errorf("of it, %d blocks are left out, all of them: %t", n, all)
	}
}

func TestFewOrEqualPagesTeachNothing(t *testing.T) {
	footer := "<p>Shop Ltd., 1 Harbour Street</p>"
	few := learnFrom(t, nil, bodiesOf(template.MinPages-1, func(i int) string { return own(i) + footer })...)
	if few.Enough || few.Now.ID() != "" {
		t.Errorf("%d pages taught %v", template.MinPages-1, few.Now.Blocks())
	}
	equal := learnFrom(t, nil, bodiesOf(40, func(i int) string { return own(i%3) + footer })...)
	if equal.Enough || equal.Now.ID() != "" {
		t.Errorf("three pages under 40 addresses taught %v", equal.Now.Blocks())
	}
	enough := learnFrom(t, nil, bodiesOf(template.MinPages, func(i int) string { return own(i) + footer })...)
	if !enough.Enough || len(enough.Now.Blocks()) != 1 {
		t.Errorf("%d pages taught %v", template.MinPages, enough.Now.Blocks())
	}
}

func TestBlocksComeInAtHalfAndGoAtTwoFifths(t *testing.T) {
	site := func(with int) []string {
		return bodiesOf(20, func(i int) string {
			if i < with {
				return own(i) + "<p>Shop Ltd., 1 Harbour Street</p>"
			}
			return own(i)
		})
	}
	for _, c := range []struct {
		with        int
		known, kept bool
	}{
		{10, false, false}, {11, false, true}, {11, true, true}, {8, true, true}, {7, true, false}, {0, true, false},
	} {
		var before *template.Template
		if c.known {
			before = learnFrom(t, nil, site(20)...).Next
		}
		learned := learnFrom(t, before, site(c.with)...)
		if kept := learned.Next.ID() != ""; kept != c.kept {
			t.Errorf("known: %t, on %d of 20 pages: kept %t, want %t", c.known, c.with, kept, c.kept)
		}
		if c.known && learned.Now.ID() != before.ID() {
			t.Errorf("on %d of 20 pages: what was known is left in at once", c.with)
		}
		if unread := c.known && !c.kept && c.with > 0; learned.Unread != unread {
			t.Errorf("on %d of 20 pages: to be fetched again: %t, want %t", c.with, learned.Unread, unread)
		}
	}
}

func TestPagesThatWereNotReadSpeakForNothingNew(t *testing.T) {
	with := func(text string) (articles []Article) {
		for i := range 12 {
			articles = append(articles, articleAt(t, fmt.Sprint("p", i), own(i)+"<p>"+text+"</p>", template.New(nil)))
		}
		return articles
	}
	old, err := template.Learn(nil, outlinesOf(with("Shop Ltd.")), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		unread       int
		comes, stays bool
	}{{0, true, false}, {7, true, false}, {8, true, true}, {11, true, true}, {12, false, true}, {500, false, true}} {
		learned, err := template.Learn(old.Next, outlinesOf(with("Shop AG")), c.unread)
		if err != nil {
			t.Fatal(err)
		}
		comes := len(learned.Now.Blocks()) == 2
		stays := slices.ContainsFunc(learned.Next.Blocks(), func(b template.Known) bool { return b.Hash == old.Next.Blocks()[0].Hash })
		if comes != c.comes || stays != c.stays {
			t.Errorf("12 pages read and %d not: the new footer comes in %t (want %t), the old one stays %t (want %t)", c.unread, comes, c.comes, stays, c.stays)
		}
	}
}

func TestWhatIsLeftOutIsNamed(t *testing.T) {
	long := "Shop Ltd. is registered in the town of Harbour under the number 12345, and has its seat there"
	learned := learnFrom(t, nil, bodiesOf(10, func(i int) string {
		if i == 9 {
			return own(i)
		}
		return own(i) + "<p>" + long + "</p>"
	})...)
	got := articleAt(t, "p1", own(1)+"<p>"+long+"</p>", learned.Now).LeftOut
	if len(got) != 1 || got[0].Text != long || got[0].Place.String() != "at the end" || got[0].Pages != 9 || got[0].Of != 10 {
		t.Errorf("left out: %+v", got)
	}
	if got := template.Excerpt(long); got != "Shop Ltd. is registered in the town of Harbour under the…" {
		t.Errorf("excerpt %q", got)
	}
}

// drawnPages draws pages that share blocks at their ends and elsewhere. Every text of
// their own begins with "own".
func drawnPages(t *rapid.T) []string {
	shared := []string{
		"<p>Shared line one</p>", "<h2>Shared heading</h2>", "<p>A shared sentence that is quite a bit longer than a line of twelve words, so no short one.</p>",
		`<ul><li><a href="/a">Shared A</a><li><a href="/b">Shared B</a></ul>`, "<p>Shared label:</p>", "<hr>",
	}
	part := rapid.SliceOfN(rapid.SampledFrom(shared), 0, 4)
	start, end := part.Draw(t, "start"), part.Draw(t, "end")
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		write := func(parts []string) {
			for _, p := range parts {
				if rapid.IntRange(0, 9).Draw(t, "has it") > 0 {
					b.WriteString(p)
				}
			}
		}
		write(start)
		for range rapid.IntRange(0, 3).Draw(t, "paragraphs") {
			fmt.Fprintf(&b, "<p>own %d is said here</p>", rapid.IntRange(0, 1_000_000).Draw(t, "text"))
			write(part.Draw(t, "between"))
		}
		write(end)
		return b.String()
	}), 1, 25).Draw(t, "pages")
}

func TestTheOrderOfPagesMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := drawnPages(t)
		shuffled := rapid.Permutation(bodies).Draw(t, "other order")
		one, other := learnFrom(t, nil, bodies...), learnFrom(t, nil, shuffled...)
		if !slices.Equal(one.Now.Blocks(), other.Now.Blocks()) {
			t.Fatalf("in one order\n%v\nin another\n%v", one.Now.Blocks(), other.Now.Blocks())
		}
	})
}

// What few pages have in common is never left out, a page never becomes empty, what was
// left out is not looked for again, and it makes no difference whether a template was
// known when a page was extracted. Pages with the same blocks count once.
func TestATemplateTakesNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := drawnPages(t)
		different := differentPages(t, bodies)
		whole := learnFrom(t, nil, bodies...).Now
		blocks := whole.Blocks()
		part := template.New(rapid.Permutation(blocks).Draw(t, "blocks")[:rapid.IntRange(0, len(blocks)).Draw(t, "so many")])
		for i, body := range bodies {
			path := fmt.Sprint("p", i)
			raw, got := articleAt(t, path, body, nil), articleAt(t, path, body, whole)
			for line := range strings.SplitSeq(raw.Markdown, "\n") {
				if strings.HasPrefix(line, "own") && !strings.Contains(got.Markdown, line) && countWith(different, line)*2 <= len(different) {
					t.Fatalf("%q was left out of\n%s\nof which is left\n%s", line, raw.Markdown, got.Markdown)
				}
			}
			if raw.Markdown != "" && got.Markdown == "" {
				t.Fatalf("nothing is left of\n%s", raw.Markdown)
			}
			left, err := cleanhtml.Parse(got.HTML)
			if err != nil {
				t.Fatal(err)
			}
			if n, _ := whole.Covers(template.OutlineOf(left, "shop.example", got.Title)); n > 0 {
				t.Fatalf("%d blocks more would be left out of\n%s", n, got.Markdown)
			}
			if _, all := whole.Covers(articleAt(t, path, body, whole).Outline); all {
				continue // of which a part may have been left out before
			}
			if later := stripLate(t, path, body, part, whole); later.Markdown != got.Markdown {
				t.Fatalf("known when it was extracted\n%s\nand later\n%s\nof\n%s", got.Markdown, later.Markdown, raw.Markdown)
			}
		}
	})
}

// stripLate extracts a page when only a part of its template is known, and takes off
// the whole later.
func stripLate(t interface{ Fatal(...any) }, path, body string, before, whole *template.Template) Article {
	if before == nil {
		before = template.New(nil)
	}
	early := articleAt(t, path, body, before)
	u, err := url.Parse(shop + path)
	if err != nil {
		t.Fatal(err)
	}
	late, ok, err := Strip(template.Late{Address: u, Title: early.Title, HTML: strings.ReplaceAll(early.HTML, "sentence", "xxxxx"), Outline: early.Outline, Before: before}, whole)
	if err != nil || !ok {
		t.Fatal("strip: ", ok, err)
	}
	late.Markdown = strings.ReplaceAll(late.Markdown, "xxxxx", "sentence")
	return late
}

// differentPages leaves out pages that have the same blocks as one before them.
func differentPages(t *rapid.T, bodies []string) (different []string) {
	met := map[string]bool{}
	for i, body := range bodies {
		blocks := string(articleAt(t, fmt.Sprint("p", i), body, nil).Outline.Bytes())
		if !met[blocks] {
			met[blocks] = true
			different = append(different, body)
		}
	}
	return different
}

func countWith(bodies []string, text string) (n int) {
	for _, b := range bodies {
		if strings.Contains(b, text) {
			n++
		}
	}
	return n
}

func TestAnArticleThatIsAnotherIsNotStripped(t *testing.T) {
	bodies := bodiesOf(10, func(i int) string { return own(i) + own(i+50) + "<p>Shop Ltd., 1 Harbour Street</p>" })
	learned := learnFrom(t, nil, bodies...)
	whole := articleAt(t, "p0", bodies[0], template.New(nil))
	u, _ := url.Parse(shop + "p0")
	part, _, _ := strings.Cut(whole.HTML, "\n")
	if _, ok, err := Strip(template.Late{Address: u, Title: whole.Title, HTML: part, Outline: whole.Outline}, learned.Now); ok || err != nil {
		t.Errorf("a part of it: %t, %v", ok, err)
	}
}

func TestAnOutlineIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for i, body := range drawnPages(t) {
			o := articleAt(t, fmt.Sprint("p", i), body, template.New(nil)).Outline
			back, err := template.ParseOutline(o.Bytes())
			if err != nil || !slices.Equal(o.Bytes(), back.Bytes()) || len(o) != len(back) {
				t.Fatalf("%v came back as %v, %v", o, back, err)
			}
		}
	})
}

func TestALongArticleIsLookedAtFromItsEnds(t *testing.T) {
	bodies := bodiesOf(10, func(i int) string {
		var b strings.Builder
		b.WriteString("<p>Help centre of the shop</p>")
		for k := range 3 * template.Reach {
			b.WriteString(own(1000*i + k))
		}
		return b.String() + "<p>Shop Ltd., 1 Harbour Street</p>"
	})
	learned := learnFrom(t, nil, bodies...)
	got := articleAt(t, "p0", bodies[0], learned.Now)
	if len(got.LeftOut) != 2 || len(got.Outline) != 2*template.Reach+1 {
		t.Errorf("%d blocks left out, %d in the outline", len(got.LeftOut), len(got.Outline))
	}
	if n := strings.Count(got.Markdown, "made of oak"); n != 3*template.Reach {
		t.Errorf("%d paragraphs are left of %d", n, 3*template.Reach)
	}
	for _, known := range []*template.Template{nil, template.New(learned.Now.Blocks()[:1]), template.New(learned.Now.Blocks()[1:])} {
		if late := stripLate(t, "p0", bodies[0], known, learned.Now); late.Markdown != got.Markdown {
			t.Errorf("with %v known before, the page is\n%s", known.Blocks(), late.Markdown)
		}
	}
}
