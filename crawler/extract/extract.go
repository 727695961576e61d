// Package extract turns one fetched document into what a reader sees of it: a
// title, clean semantic HTML with absolute links, and canonical Markdown.
//
// A document is parsed once ([Parse]); links, directives, walls and content are
// read from that one tree:
//
//	tree ─ preset, or choose the body ─ clean ─┬─ HTML, what is sent
//	                                           └─ Markdown, what is hashed and compared
//
// The HTML keeps what a model can use: headings, lists, tables with their spans,
// code with its language, images with their alternatives. The Markdown leaves
// out whatever may differ between two renderings of one text, and what Markdown
// cannot say.
package extract

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding"

	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/crawler/extract/template"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Document is a parsed page.
type Document struct {
	URL  *url.URL // where it was fetched from
	Root *goquery.Document
	// Meter is told of the work that reading the document takes; nil for none. What it ends
	// unwinds to [budget.Run].
	Meter *budget.Meter
	// Shorten takes off an address that the page links to what is another one with each visit;
	// nil takes nothing off.
	Shorten func(*url.URL) *url.URL
	// Sheets knows the style sheets that the page refers to; nil for none.
	Sheets css.Linked
	// Styles keeps what is worked out of style sheets for other pages; nil for nothing.
	Styles *css.Memory

	encoding encoding.Encoding          // what it was written in, and so the queries of its links; nil for UTF-8
	start    *url.URL                   // its base, once that is known
	set      map[*html.Node]css.Setting // how style sets elements, once that is known
	leads    leads
	known    *preset.Page // nil where no preset is for it
	compared bool         // whether known is known
	said     *head        // nil until it is known what the head says
}

// Rules are what sources.yaml says about the content of a source's pages: CSS
// selectors, and presets for whole platforms. The zero value leaves everything to
// the presets that come with the program and to the automatic choice.
type Rules struct {
	Title  string   // the page's title
	Body   string   // its content; several matches are joined in document order
	Remove []string // dropped before anything is read

	// Presets recognise the platform that a page is of, where Body is "", and read it;
	// nil for those that come with the program.
	Presets *preset.Set

	// Template is left out of articles where Body is "" and no preset found it; nil leaves it all in,
	// and makes no outlines.
	Template *template.Template
}

// Article is what a document says.
type Article struct {
	Title    string
	HTML     string // clean; "" where there is no content
	Markdown string // canonical: Markdown → HTML → Markdown gives it again
	How      string // which rule found the body, for people: "content.body", "preset docusaurus, told by …", "main, without comments", …
	// TitleFrom is which rule found the title, for people: "content.title", "h1", "og:title", "title", "address", …
	TitleFrom string
	// Dialogue: what it says stands in a form that is to be filled in.
	Dialogue bool

	Outline template.Outline   // with what was left out; nil where no template is looked for
	LeftOut []template.LeftOut // as template
}

// Extract finds the article by rules, or automatically where they name nothing.
// It changes the document's tree, so it is called last. The error is for
// documents that cannot be rendered, not for empty ones, and for selectors that
// are none.
//
// The title is never empty. A first-level heading that says the same as the title
// is left out of the body, since the two are sent side by side, and the levels of
// the others begin with the second. A body without text and images is empty: HTML and Markdown are "".
func (d *Document) Extract(rules Rules) (Article, error) {
	d.charge()
	d.settle()
	if err := d.remove(rules.Remove); err != nil {
		return Article{}, err
	}
	d.present()
	forms := d.readForms()
	d.start, d.said = nil, nil // what was removed may have been its base, or its title
	c := &cleaner{base: d.base(), meter: d.Meter, set: d.set}
	c.leads = d.leadsFrom(c.base)
	known := d.platform(c, rules)
	body, how := known.content, known.how
	if body == nil {
		var err error
		if body, how, err = d.body(c, rules.Body); err != nil {
			return Article{}, err
		}
	}
	title, err := d.configuredTitle(c, rules.Title)
	if err != nil {
		return Article{}, err
	}
	titleFrom := "content.title"
	if title == "" {
		title, titleFrom = known.title, known.from
	}
	if title == "" {
		title, titleFrom = d.title(c, body)
	}
	if rules.Body == "" {
		d.dropSiteHeading(body)
	}
	dropHeading(body, title)
	dropRules(body)
	htmltree.Outline(body)
	article := Article{Title: title, How: how, TitleFrom: titleFrom, Dialogue: forms.leaveLittle(body)}
	if rules.Body == "" && known.content == nil && rules.Template != nil && htmltree.Shows(body) {
		article.Outline, article.LeftOut = rules.Template.LeaveOut(body, d.URL.Host, title, d.Meter)
		article.closeGaps(body)
	}
	if err := article.write(body, d.Meter); err != nil {
		return Article{}, fmt.Errorf("write %s: %w", d.URL, err)
	}
	return article, nil
}

// write fills in the texts of the article whose clean tree is body.
func (a *Article) write(body *html.Node, meter *budget.Meter) (err error) {
	if !htmltree.Shows(body) {
		return nil
	}
	htmltree.Outline(body)
	if written(body) > budget.Written {
		return &budget.Exceeded{Detail: fmt.Sprintf("an article of more than %d MB, as it would be sent", budget.Written>>20)}
	}
	if a.Markdown, err = markdown.Write(body, meter); err != nil {
		return err
	}
	if a.HTML, err = cleanhtml.Render(body); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return nil
}

// written is about how many bytes of HTML a tree becomes: a sign that is escaped takes up to five times its room.
func written(body *html.Node) (n int) {
	const most = 4 // bytes that escaping adds to a sign
	escaped := func(text string) (n int) {
		n = len(text)
		for _, sign := range []string{"<", ">", "&", `"`, "'"} {
			n += most * strings.Count(text, sign)
		}
		return n
	}
	for node := range body.Descendants() {
		n += escaped(node.Data)
		for _, a := range node.Attr {
			n += escaped(a.Val)
		}
	}
	return n
}

// Has reports whether the document has an element that selector matches. A
// selector that is none matches nothing.
func (d *Document) Has(selector string) bool {
	found, err := d.all(selector)
	return err == nil && len(found) > 0
}

func (d *Document) remove(selectors []string) error {
	for _, selector := range selectors {
		found, err := d.all(selector)
		if err != nil {
			return fmt.Errorf("content.remove: %w", err)
		}
		for _, n := range found {
			if n.Parent != nil {
				n.Parent.RemoveChild(n)
			}
		}
	}
	return nil
}

// configuredTitle returns the text of the first element with any that selector
// matches, or "".
func (d *Document) configuredTitle(c *cleaner, selector string) (string, error) {
	if selector == "" {
		return "", nil
	}
	found, err := d.all(selector)
	if err != nil {
		return "", fmt.Errorf("content.title: %w", err)
	}
	for _, n := range found {
		if title := htmltree.TextOf(c.clean([]*html.Node{n})); title != "" {
			return title, nil
		}
		if htmltree.IsElement(n, atom.Title, atom.Meta) && n.Parent != nil {
			if n.FirstChild != nil {
				return htmltree.Words(n.FirstChild.Data), nil
			}
			return htmltree.Words(htmltree.Attr(n, "content")), nil
		}
	}
	return "", nil
}

// dropSiteHeading removes the heading above all others that leads home.
func (d *Document) dropSiteHeading(body *html.Node) {
	first := body.FirstChild
	for first != nil && first.Type != html.ElementNode {
		first = first.NextSibling
	}
	if first == nil || first.DataAtom != atom.H1 || first == body.LastChild {
		return
	}
	if link := htmltree.OnlyLink(first); link != nil && d.leadsHome(link, d.head()) {
		body.RemoveChild(first)
	}
}

// dropRules removes the lines that begin or end a text.
func dropRules(body *html.Node) {
	for _, end := range []func() *html.Node{func() *html.Node { return body.FirstChild }, func() *html.Node { return body.LastChild }} {
		for n := end(); n != nil && (htmltree.IsElement(n, atom.Hr) || n.Type == html.TextNode && htmltree.IsBlank(n.Data)); n = end() {
			body.RemoveChild(n)
		}
	}
}

// headingBy is within how many words of its beginning a page has its title: behind a date,
// a name, a path of sections.
const headingBy = 12

// dropHeading removes the first-level heading of body that says title, or one of the
// second level that begins it or follows the heading of its section at once, where
// [htmltree.Outline] has been. It stays where it is all that body says, and where a text
// stands before it.
func dropHeading(body *html.Node, title string) {
	words := 0
	for n := body.FirstChild; n != nil; n = n.NextSibling {
		begins := n == body.FirstChild || htmltree.IsElement(htmltree.PrevElement(n), atom.H1)
		if (htmltree.IsElement(n, atom.H1) || htmltree.IsElement(n, atom.H2) && begins) && htmltree.TextOf(n) == title {
			if n != body.LastChild || n != body.FirstChild {
				body.RemoveChild(n)
			}
			return
		}
		if words += htmltree.WordsUpTo(n, headingBy+1); words > headingBy {
			return // what comes so late begins a part of the text
		}
	}
}
