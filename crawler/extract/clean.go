package extract

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// cleaner copies what a reader sees of a page's elements into a tree of plain
// semantic HTML: known elements with the few attributes that carry meaning,
// absolute addresses, and text without characters that show nothing. Layout
// becomes paragraphs. The page's own tree is left as it is.
type cleaner struct {
	base     *url.URL
	revealed map[string]bool // IDs of what a tab or an accordion's button shows
	prune    bool            // leave out what looks like navigation, too
}

// clean returns the clean tree of the given elements, in a div of its own.
func (c *cleaner) clean(sources []*html.Node) *html.Node {
	root := element(atom.Div)
	for _, n := range sources {
		part := element(atom.Div)
		switch n.DataAtom {
		case atom.Li, atom.Dd, atom.Dt, atom.Td, atom.Th, atom.Tr, atom.Tbody, atom.Summary, atom.Figcaption, atom.Caption:
			c.children(part, n) // means nothing without what it stands in
		default:
			c.element(part, n)
		}
		wrapLoose(part)
		moveChildren(root, part)
	}
	return root
}

// children appends the cleaned children of src to dst.
func (c *cleaner) children(dst, src *html.Node) {
	for n := src.FirstChild; n != nil; n = n.NextSibling {
		switch n.Type {
		case html.TextNode:
			if shown := collapse(visible(n.Data)); shown != "" {
				dst.AppendChild(text(shown))
			}
		case html.ElementNode:
			if !c.drops(n) {
				c.element(dst, n)
			}
		}
	}
}

// element appends what becomes of element n to dst.
func (c *cleaner) element(dst, n *html.Node) {
	if n.Namespace == "math" {
		c.formula(dst, n)
		return
	}
	switch n.DataAtom {
	case atom.P, atom.Dt, atom.Figcaption, atom.Summary, atom.Caption,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		c.lines(dst, n)
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		c.list(dst, n)
	case atom.Li, atom.Dd, atom.Figure, atom.Details, atom.Dl, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr:
		c.container(dst, n, element(n.DataAtom))
	case atom.Blockquote:
		quote := element(atom.Blockquote)
		c.children(quote, n)
		wrapLoose(quote)
		appendShown(dst, quote)
	case atom.Table:
		c.table(dst, n)
	case atom.Td, atom.Th:
		c.container(dst, n, element(n.DataAtom, cellAttrs(n)...))
	case atom.Pre, atom.Listing, atom.Xmp, atom.Plaintext:
		c.code(dst, n)
	case atom.Button:
		label := element(atom.P)
		c.children(label, n)
		flattenInto(label)
		appendShown(dst, label)
	case atom.Hr, atom.Br, atom.Wbr:
		if n.DataAtom != atom.Wbr {
			dst.AppendChild(element(n.DataAtom))
		}
	case atom.Strong, atom.B, atom.Em, atom.I, atom.U, atom.S, atom.Del, atom.Ins, atom.Sub, atom.Sup,
		atom.Kbd, atom.Code, atom.Samp, atom.Var, atom.Mark, atom.Q, atom.Cite, atom.Dfn, atom.Small:
		c.inline(dst, n, element(n.DataAtom))
	case atom.Strike:
		c.inline(dst, n, element(atom.S))
	case atom.Tt:
		c.inline(dst, n, element(atom.Code))
	case atom.Abbr, atom.Acronym:
		c.inline(dst, n, element(atom.Abbr, kept(n, "title")...))
	case atom.Time:
		c.inline(dst, n, element(atom.Time, kept(n, "datetime")...))
	case atom.A:
		c.link(dst, n)
	case atom.Img:
		c.image(dst, n)
	case atom.Picture:
		c.picture(dst, n)
	case atom.Iframe, atom.Video, atom.Audio, atom.Embed:
		c.embedded(dst, n)
	default:
		if isBlockName(n.DataAtom) || n.DataAtom == 0 && strings.Contains(n.Data, "-") {
			c.section(dst, n)
		} else {
			c.children(dst, n)
		}
	}
}

// section unwraps an element of layout, whose text stays apart from its
// neighbours'.
func (c *cleaner) section(dst, n *html.Node) {
	part := element(atom.P)
	c.children(part, n)
	if hasBlock(part) {
		wrapLoose(part)
		moveChildren(dst, part)
		return
	}
	if n.DataAtom == 0 {
		moveChildren(dst, part) // a custom element may as well be a word of a sentence
		return
	}
	appendShown(dst, part)
}

// lines appends an element that holds text only, such as a paragraph or a
// heading; blocks inside it, which scripts and old pages produce, follow it.
func (c *cleaner) lines(dst, n *html.Node) {
	line := element(n.DataAtom)
	if c.children(line, n); isHeading(n.DataAtom) && isUnclosed(line) {
		wrapLoose(line)
		moveChildren(dst, line)
		return
	}
	if isHeading(n.DataAtom) {
		flattenInto(line)
		line.Attr = kept(n, "id")
	} else if hasBlock(line) && n.DataAtom == atom.P {
		wrapLoose(line)
		moveChildren(dst, line)
		return
	}
	appendShown(dst, line)
}

// isUnclosed tells of headings that go on over what should follow them, or that
// set a whole text in large letters.
func isUnclosed(heading *html.Node) bool {
	for d := range heading.Descendants() {
		if isElement(d, atom.Table, atom.Ul, atom.Ol, atom.Dl, atom.Pre) {
			return true
		}
	}
	return len(textOf(heading)) > 400
}

// container appends an element that holds text or blocks.
func (c *cleaner) container(dst, n, clean *html.Node) {
	c.children(clean, n)
	switch n.DataAtom {
	case atom.Tr, atom.Thead, atom.Tbody, atom.Tfoot, atom.Dl:
		dropBlank(clean)
	}
	switch n.DataAtom {
	case atom.Td, atom.Th, atom.Tr:
		dst.AppendChild(clean) // an empty cell still holds its place
	default:
		appendShown(dst, clean)
	}
}

func (c *cleaner) list(dst, n *html.Node) {
	list := element(atom.Ul)
	if n.DataAtom == atom.Ol {
		list = element(atom.Ol, kept(n, "start", "reversed", "type")...)
	}
	c.children(list, n)
	// Only items may stand in a list; a list beside them belongs to the item before.
	for child := list.FirstChild; child != nil; {
		next := child.NextSibling
		if !isElement(child, atom.Li) {
			list.RemoveChild(child)
			switch {
			case child.Type == html.TextNode && isBlank(child.Data):
			case list.LastChild != nil && child.PrevSibling == nil && next != nil && isElement(next, atom.Li) && next.FirstChild != nil:
				next.InsertBefore(child, next.FirstChild)
			default:
				item := element(atom.Li)
				item.AppendChild(child)
				list.InsertBefore(item, next)
			}
		}
		child = next
	}
	appendShown(dst, list)
}

// table appends a table, or the code alone where it only sets line numbers
// beside code.
func (c *cleaner) table(dst, n *html.Node) {
	clean := element(atom.Table)
	c.children(clean, n)
	if code := onlyCode(clean); code != nil {
		code.Parent.RemoveChild(code)
		dst.AppendChild(code)
		return
	}
	dropBlank(clean)
	appendShown(dst, clean)
}

// onlyCode returns the block of code that is all a table shows, or nil.
func onlyCode(table *html.Node) (code *html.Node) {
	for d := range table.Descendants() {
		switch {
		case isElement(d, atom.Pre) && code == nil:
			code = d
		case d.Type == html.TextNode && !isBlank(d.Data) || isElement(d, atom.Img):
			if code == nil || ancestor(d, func(p *html.Node) bool { return p == code || p == table }) != code {
				return nil
			}
		}
	}
	return code
}

// dropBlank removes the white space between n's children.
func dropBlank(n *html.Node) {
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		if child.Type == html.TextNode && isBlank(child.Data) {
			n.RemoveChild(child)
		}
		child = next
	}
}

func cellAttrs(n *html.Node) []html.Attribute {
	var attrs []html.Attribute
	for _, key := range []string{"colspan", "rowspan"} {
		if span, err := strconv.Atoi(strings.TrimSpace(attr(n, key))); err == nil && span > 1 && span <= 1000 {
			attrs = append(attrs, html.Attribute{Key: key, Val: strconv.Itoa(span)})
		}
	}
	switch scope := strings.ToLower(attr(n, "scope")); scope {
	case "row", "col", "rowgroup", "colgroup":
		attrs = append(attrs, html.Attribute{Key: "scope", Val: scope})
	}
	return attrs
}

// inline appends an element of running text. One that surrounds whole blocks
// says nothing that they don't.
func (c *cleaner) inline(dst, n, clean *html.Node) {
	c.children(clean, n)
	switch {
	case clean.FirstChild == nil:
	case hasBlock(clean) || !shows(clean):
		moveChildren(dst, clean)
	default:
		dst.AppendChild(clean)
	}
}

func (c *cleaner) link(dst, n *html.Node) {
	target := resolve(c.base, attr(n, "href"))
	if target == nil {
		c.children(dst, n)
		return
	}
	link := element(atom.A, html.Attribute{Key: "href", Val: target.String()})
	c.children(link, n)
	if hasBlock(link) {
		wrapLoose(link)
	}
	if shows(link) {
		dst.AppendChild(link)
	} else {
		moveChildren(dst, link)
	}
}

// formula appends what a formula says, without the markup of its looks.
func (c *cleaner) formula(dst, n *html.Node) {
	said := attr(n, "alttext")
	if said == "" {
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && d.Data == "annotation" && d.FirstChild != nil {
				said = d.FirstChild.Data
				break
			}
		}
	}
	if said == "" {
		c.children(dst, n)
		return
	}
	dst.AppendChild(text(collapse(visible(said))))
}

// kept returns those of n's attributes that are named and not empty.
func kept(n *html.Node, keys ...string) []html.Attribute {
	var attrs []html.Attribute
	for _, key := range keys {
		if val := visible(attr(n, key)); val != "" {
			attrs = append(attrs, html.Attribute{Key: key, Val: val})
		}
	}
	return attrs
}

// hasBlock tells whether one of n's children stands on lines of its own.
func hasBlock(n *html.Node) bool {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if isBlock(child) {
			return true
		}
	}
	return false
}

func isBlock(n *html.Node) bool {
	return n.Type == html.ElementNode && (isBlockName(n.DataAtom) || n.DataAtom == atom.A && hasBlock(n))
}

// shows tells whether there is anything to see of n: text or an image.
func shows(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.Type == html.TextNode && !isBlank(d.Data) || isElement(d, atom.Img) {
			return true
		}
	}
	return false
}

// appendShown appends n unless it shows nothing.
func appendShown(dst, n *html.Node) {
	if shows(n) {
		dst.AppendChild(n)
	}
}

// wrapLoose makes paragraphs of the text that stands beside blocks in n.
func wrapLoose(n *html.Node) {
	var run []*html.Node
	wrap := func(before *html.Node) {
		p := element(atom.P)
		for _, loose := range run {
			n.RemoveChild(loose)
			p.AppendChild(loose)
		}
		run = run[:0]
		if shows(p) {
			n.InsertBefore(p, before)
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if !isBlock(child) {
			run = append(run, child)
			continue
		}
		wrap(child)
	}
	wrap(nil)
}

// flattenInto replaces the blocks inside n, to any depth, by their contents.
func flattenInto(n *html.Node) {
	for child := n.FirstChild; child != nil; {
		if isElement(child, atom.Img, atom.A) || !isBlock(child) {
			child = child.NextSibling
			continue
		}
		next := child.FirstChild
		if next == nil {
			next = child.NextSibling
		}
		n.InsertBefore(text(" "), child)
		for inner := child.FirstChild; inner != nil; inner = child.FirstChild {
			child.RemoveChild(inner)
			n.InsertBefore(inner, child)
		}
		n.InsertBefore(text(" "), child)
		n.RemoveChild(child)
		child = next
	}
}
