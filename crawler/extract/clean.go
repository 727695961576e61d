package extract

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/crawler/extract/formula"
	"github.com/fincrawl/fincrawl/crawler/extract/panel"
	"github.com/fincrawl/fincrawl/crawler/extract/player"
	"github.com/fincrawl/fincrawl/crawler/extract/shortcode"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// cleaner copies what a reader sees of a page's elements into a tree of plain
// semantic HTML: known elements with the few attributes that carry meaning,
// absolute addresses, and text without characters that show nothing. Layout
// becomes paragraphs. The page's own tree is left as it is.
type cleaner struct {
	meter  *budget.Meter // may be nil
	base   *url.URL
	leads  *leads              // from base; nil where none is known yet
	pruned map[*html.Node]bool // what the choice of the body leaves out inside it
	shown  map[*html.Node]bool // what counts as shown though it is hidden until scripts have run
	said   map[string]classes  // by class attributes, see [cleaner.classes]
	set    map[*html.Node]css.Setting
	paired shortcode.Paired // nil until they are asked for
	broken bool             // the lines of the text that is read end where they end in the source
}

// clean returns the clean tree of the given elements, in a div of its own.
func (c *cleaner) clean(sources []*html.Node) *html.Node {
	root := htmltree.Element(atom.Div)
	for _, n := range sources {
		part := htmltree.Element(atom.Div)
		switch n.DataAtom {
		case atom.Li, atom.Dd, atom.Dt, atom.Td, atom.Th, atom.Tr, atom.Tbody, atom.Summary, atom.Figcaption, atom.Caption:
			c.children(part, n) // means nothing without what it stands in
		default:
			c.element(part, n)
		}
		htmltree.WrapLoose(part)
		htmltree.MoveChildren(root, part)
	}
	return root
}

// shortcodes returns those of the page that n is a part of.
func (c *cleaner) shortcodes(n *html.Node) shortcode.Paired {
	if c.paired == nil {
		c.paired = shortcode.On(n)
	}
	return c.paired
}

// children appends the cleaned children of src to dst.
func (c *cleaner) children(dst, src *html.Node) {
	as := c.set[src]
	if as.Has(css.Broken) && !c.broken {
		c.broken = true
		defer func() { c.broken = false }()
	}
	for n := src.FirstChild; n != nil; n = n.NextSibling {
		c.meter.Spend(1 + len(n.Data)/budget.BytesPerStep)
		if as.Has(css.Parted) && n.PrevSibling != nil && !beginsWithMark(n) {
			dst.AppendChild(htmltree.Text(" "))
		}
		switch n.Type {
		case html.TextNode:
			if c.broken && strings.Contains(n.Data, "\n") && !htmltree.IsBlank(n.Data) {
				appendLines(dst, n)
				continue
			}
			text := n.Data
			if strings.Contains(text, "[") {
				text = c.shortcodes(n).Without(text, n)
			}
			if shown := htmltree.Collapse(htmltree.Visible(text)); shown != "" {
				dst.AppendChild(htmltree.Text(shown))
			}
		case html.ElementNode:
			if !c.drops(n) {
				c.element(dst, n)
			}
		}
	}
}

// element appends what becomes of element n to dst, as style sets it.
func (c *cleaner) element(dst, n *html.Node) {
	called := c.classes(htmltree.Attr(n, "class"))
	as := c.set[n]
	if called.say(struckOut) {
		as |= css.Struck
	}
	if as.Has(css.Struck | css.Lines | css.Apart) {
		c.styled(dst, n, called, as)
		return
	}
	c.named(dst, n, called)
}

// named appends what becomes of element n by its name and its classes.
func (c *cleaner) named(dst, n *html.Node, called classes) {
	if f, ok := formula.Of(n, called.say(mathematical)); ok {
		f.AppendTo(dst)
		return
	}
	if isNote(n) {
		c.note(dst, n)
		return
	}
	if kind := calloutOf(n); kind != "" {
		c.callout(dst, n, kind)
		return
	}
	switch name := meaning(n); name {
	case atom.P, atom.Dt, atom.Figcaption, atom.Summary, atom.Caption,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		c.lines(dst, n)
	case atom.Ul, atom.Ol, atom.Menu, atom.Dir:
		c.list(dst, n)
	case atom.Li:
		c.container(dst, n, htmltree.Element(atom.Li, htmltree.Kept(n, "value")...))
	case atom.Dd, atom.Figure, atom.Dl, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr:
		c.container(dst, n, htmltree.Element(name))
	case atom.Details:
		c.panel(dst, n)
	case atom.Blockquote:
		quote := htmltree.Element(atom.Blockquote)
		c.children(quote, n)
		htmltree.WrapLoose(quote)
		htmltree.AppendShown(dst, quote)
	case atom.Table:
		c.table(dst, n)
	case atom.Td, atom.Th:
		if n.Parent != nil && n.Parent.Parent != nil && n.Parent.Parent.DataAtom == atom.Thead {
			name = atom.Th
		}
		c.container(dst, n, htmltree.Element(name, cellAttrs(n)...))
	case atom.Pre, atom.Listing, atom.Xmp, atom.Plaintext:
		c.code(dst, n)
	case atom.Code:
		if isCodeBlock(n) {
			c.code(dst, n)
		} else {
			c.inline(dst, n, htmltree.Element(atom.Code))
		}
	case atom.Button:
		label := htmltree.Element(atom.P)
		c.children(label, n)
		htmltree.FlattenInto(label)
		htmltree.AppendShown(dst, label)
	case atom.Hr, atom.Br:
		dst.AppendChild(htmltree.Element(n.DataAtom))
	case atom.Ruby:
		c.ruby(dst, n)
	case atom.Strong, atom.B, atom.Em, atom.I, atom.U, atom.S, atom.Del, atom.Ins, atom.Sub, atom.Sup,
		atom.Kbd, atom.Samp, atom.Var, atom.Mark, atom.Q, atom.Cite, atom.Dfn, atom.Small:
		c.inline(dst, n, htmltree.Element(n.DataAtom))
	case atom.Strike:
		c.inline(dst, n, htmltree.Element(atom.S))
	case atom.Tt:
		c.inline(dst, n, htmltree.Element(atom.Code))
	case atom.Abbr, atom.Acronym:
		c.inline(dst, n, htmltree.Element(atom.Abbr, htmltree.Kept(n, "title")...))
	case atom.Time:
		c.inline(dst, n, htmltree.Element(atom.Time, htmltree.Kept(n, "datetime")...))
	case atom.A:
		c.link(dst, n)
	case atom.Img:
		c.image(dst, n)
	case atom.Picture:
		c.picture(dst, n)
	case atom.Iframe, atom.Video, atom.Audio, atom.Embed, atom.Object:
		c.embedded(dst, n)
	default:
		switch {
		case called.say(classifier) && n.Parent.DataAtom == atom.Dt:
			dst.AppendChild(htmltree.Text(" : "))
			c.children(dst, n)
		case called.say(editor):
			c.code(dst, n)
		case (called.say(playing) || n.DataAtom == 0) && player.AddressOf(n) != "":
			c.embedded(dst, n)
		case htmltree.IsBlockName(n.DataAtom) || n.DataAtom == 0 && strings.Contains(n.Data, "-"):
			c.section(dst, n)
		default:
			c.children(dst, n)
		}
	}
}

// ruby appends a word and, behind it, how it is read: the word stays whole, though each of
// its characters may have a reading of its own.
func (c *cleaner) ruby(dst, n *html.Node) {
	reading := htmltree.Element(atom.Span)
	for child := range n.ChildNodes() {
		switch {
		case htmltree.IsElement(child, atom.Rt, atom.Rtc):
			if !c.drops(child) {
				c.children(reading, child)
			}
		case child.Type == html.ElementNode && !c.drops(child):
			c.element(dst, child)
		case child.Type == html.TextNode && !htmltree.IsBlank(child.Data):
			dst.AppendChild(htmltree.Text(htmltree.Collapse(htmltree.Visible(child.Data))))
		}
	}
	if said := htmltree.TextOf(reading); said != "" {
		dst.AppendChild(htmltree.Text("(" + said + ")"))
	}
}

// meaning returns the name of n, or of the element that its role makes of it.
func meaning(n *html.Node) atom.Atom {
	if n.DataAtom != atom.Div && n.DataAtom != atom.Span && n.DataAtom != 0 {
		return n.DataAtom
	}
	switch htmltree.Attr(n, "role") {
	case "table", "grid", "treegrid":
		return atom.Table
	case "row":
		return atom.Tr
	case "cell", "gridcell":
		return atom.Td
	case "columnheader", "rowheader":
		return atom.Th
	case "list":
		return atom.Ul
	case "listitem":
		return atom.Li
	case "heading":
		return [...]atom.Atom{atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6}[clampLevel(htmltree.Attr(n, "aria-level"))-1]
	}
	return n.DataAtom
}

func clampLevel(level string) int {
	number, err := strconv.Atoi(strings.TrimSpace(level))
	if err != nil {
		return 2
	}
	return min(max(number, 1), htmltree.LastLevel)
}

// panel appends what a click shows, as a section with its label for a heading; see
// [htmltree.Outline].
func (c *cleaner) panel(dst, n *html.Node) {
	section, label := htmltree.Element(atom.Section), htmltree.Element(atom.H6)
	for child := range n.ChildNodes() {
		if child.DataAtom == atom.Summary && label.FirstChild == nil {
			c.children(label, child)
			htmltree.FlattenInto(label)
		}
	}
	rest := htmltree.Element(atom.Div)
	for child := range n.ChildNodes() {
		switch {
		case child.Type == html.TextNode:
			rest.AppendChild(htmltree.Text(htmltree.Collapse(htmltree.Visible(child.Data))))
		case child.Type == html.ElementNode && child.DataAtom != atom.Summary && !c.drops(child):
			c.element(rest, child)
		}
	}
	htmltree.WrapLoose(rest)
	if label.Attr = htmltree.Kept(n, "id"); label.Attr == nil {
		for _, child := range htmltree.ElementsIn(n) {
			if child.DataAtom != atom.Summary {
				label.Attr = htmltree.Kept(child, "id")
				break
			}
		}
	}
	if !htmltree.Shows(rest) {
		return // a label alone says nothing
	}
	htmltree.AppendShown(section, label)
	htmltree.MoveChildren(section, rest)
	dst.AppendChild(section)
}

// section unwraps an element of layout, whose text stays apart from its
// neighbours'.
func (c *cleaner) section(dst, n *html.Node) {
	part := htmltree.Element(atom.P)
	c.children(part, n)
	if htmltree.HasBlock(part) {
		htmltree.WrapLoose(part)
		htmltree.MoveChildren(dst, part)
		return
	}
	if n.DataAtom == 0 {
		htmltree.MoveChildren(dst, part) // a custom element may as well be a word of a sentence
		return
	}
	htmltree.AppendShown(dst, part)
}

// lines appends an element that holds text only, such as a paragraph or a
// heading; blocks inside it, which scripts and old pages produce, follow it.
func (c *cleaner) lines(dst, n *html.Node) {
	line := htmltree.Element(meaning(n))
	if c.children(line, n); htmltree.IsHeading(line.DataAtom) && isUnclosed(line) {
		htmltree.WrapLoose(line)
		htmltree.MoveChildren(dst, line)
		return
	}
	if htmltree.IsHeading(line.DataAtom) {
		htmltree.FlattenInto(line)
		line.Attr = idOf(n)
	} else if htmltree.HasBlock(line) && n.DataAtom == atom.P {
		htmltree.WrapLoose(line)
		htmltree.MoveChildren(dst, line)
		return
	}
	htmltree.AppendShown(dst, line)
}

// isUnclosed tells of headings that go on over what should follow them, or that
// set a whole text in large letters.
func isUnclosed(heading *html.Node) bool {
	for d := range htmltree.Below(heading) {
		if htmltree.IsElement(d, atom.Table, atom.Ul, atom.Ol, atom.Dl, atom.Pre) {
			return true
		}
	}
	return len(htmltree.TextOf(heading)) > 400
}

// container appends an element that holds text or blocks.
func (c *cleaner) container(dst, n, clean *html.Node) {
	c.children(clean, n)
	switch clean.DataAtom {
	case atom.Tr, atom.Thead, atom.Tbody, atom.Tfoot, atom.Dl:
		dropBlank(clean)
	case atom.Li:
		startTask(clean, taskMark(n))
	}
	switch clean.DataAtom {
	case atom.Td, atom.Th, atom.Tr:
		dst.AppendChild(clean) // an empty cell still holds its place
	default:
		htmltree.AppendShown(dst, clean)
	}
}

func (c *cleaner) list(dst, n *html.Node) {
	list := htmltree.Element(atom.Ul)
	if n.DataAtom == atom.Ol {
		list = htmltree.Element(atom.Ol, append(htmltree.Kept(n, "start"), counting(n, c.set[n])...)...)
	}
	c.children(list, n)
	itemize(list)
	htmltree.AppendShown(dst, list)
}

// itemize leaves nothing but items in a list: what stands beside them, as in lists
// that were not closed, belongs to the item before.
func itemize(list *html.Node) {
	for child := list.FirstChild; child != nil; {
		next := child.NextSibling
		if !htmltree.IsElement(child, atom.Li) {
			before := child.PrevSibling
			list.RemoveChild(child)
			switch {
			case child.Type == html.TextNode && htmltree.IsBlank(child.Data):
			case before != nil:
				before.AppendChild(child)
			default:
				item := htmltree.Element(atom.Li)
				item.AppendChild(child)
				list.InsertBefore(item, next)
			}
		}
		child = next
	}
}

// taskMark returns the box of an item of a list of tasks, as Markdown writes it, or "".
func taskMark(item *html.Node) string {
	task, done := false, false
	for _, a := range item.Attr {
		switch a.Key {
		case "data-inline-task-id", "data-task-id":
			task, done = true, htmltree.HasWord(htmltree.Attr(item, "class"), "checked")
		case "data-checked":
			task, done = true, a.Val == "true"
		}
	}
	box := firstField(item)
	if box != nil && (htmltree.HasAttr(box, "disabled") || strings.Contains(htmltree.Attr(box, "class")+htmltree.Attr(item, "class"), "task")) {
		task, done = true, done || htmltree.HasAttr(box, "checked")
	}
	switch {
	case !task:
		return ""
	case done:
		return "[x] "
	}
	return "[ ] "
}

// firstField returns the checkbox that an item begins with, or nil.
func firstField(item *html.Node) *html.Node {
	for d := range htmltree.Below(item) {
		switch {
		case d.Type == html.TextNode && !htmltree.IsBlank(d.Data), htmltree.IsElement(d, atom.Li):
			return nil
		case htmltree.IsElement(d, atom.Input) && htmltree.Attr(d, "type") == "checkbox":
			return d
		}
	}
	return nil
}

func startTask(item *html.Node, mark string) {
	if mark == "" || item.FirstChild == nil {
		return
	}
	if first := item.FirstChild; htmltree.IsElement(first, atom.P) {
		item = first
	}
	if first := item.FirstChild; first.Type == html.TextNode {
		first.Data = strings.TrimLeft(first.Data, " ")
	}
	item.InsertBefore(htmltree.Text(mark), item.FirstChild)
}

// table appends a table, or the code alone where it only sets line numbers
// beside code.
func (c *cleaner) table(dst, n *html.Node) {
	clean := htmltree.Element(atom.Table)
	c.children(clean, n)
	if code := onlyCode(clean); code != nil {
		code.Parent.RemoveChild(code)
		dst.AppendChild(code)
		return
	}
	dropBlank(clean)
	if isLayout(n, clean) {
		for cell := range clean.Descendants() {
			if htmltree.IsElement(cell, atom.Td, atom.Th, atom.Caption) && nearestTable(cell) == clean {
				htmltree.WrapLoose(cell)
				htmltree.MoveChildren(dst, cell)
			}
		}
		return
	}
	htmltree.AppendShown(dst, clean)
}

// isLayout tells of tables that only set things beside each other: with a single
// cell, with headings or other tables inside and no header, or by their role. The
// role alone doesn't tell, as some editors give it to every table.
func isLayout(n, clean *html.Node) bool {
	rows, cells, header, parts := 0, 0, false, false
	for d := range htmltree.Below(clean) {
		switch {
		case htmltree.IsElement(d, atom.Tr):
			rows++
		case htmltree.IsElement(d, atom.Td):
			cells++
		case htmltree.IsElement(d, atom.Th, atom.Caption):
			header = true
		case htmltree.IsElement(d, atom.Table, atom.Section) || htmltree.IsHeading(d.DataAtom):
			parts = true
		}
	}
	role := htmltree.Attr(n, "role")
	besides := (role == "presentation" || role == "none") && (rows < 2 || cells <= rows)
	return !header && (cells < 2 || parts || besides)
}

func nearestTable(n *html.Node) *html.Node {
	return htmltree.Ancestor(n, func(p *html.Node) bool { return p.DataAtom == atom.Table })
}

// onlyCode returns the block of code that is all a table shows, or nil.
func onlyCode(table *html.Node) (code *html.Node) {
	for d := range htmltree.Below(table) {
		switch {
		case htmltree.IsElement(d, atom.Pre) && code == nil:
			code = d
		case d.Type == html.TextNode && !htmltree.IsBlank(d.Data) || htmltree.IsElement(d, atom.Img):
			if code == nil || htmltree.Ancestor(d, func(p *html.Node) bool { return p == code || p == table }) != code {
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
		if child.Type == html.TextNode && htmltree.IsBlank(child.Data) {
			n.RemoveChild(child)
		}
		child = next
	}
}

func cellAttrs(n *html.Node) []html.Attribute {
	var attrs []html.Attribute
	for _, key := range []string{"colspan", "rowspan"} {
		if span, err := strconv.Atoi(strings.TrimSpace(htmltree.Attr(n, key))); err == nil && span > 1 && span <= 1000 {
			attrs = append(attrs, html.Attribute{Key: key, Val: strconv.Itoa(span)})
		}
	}
	switch scope := strings.ToLower(htmltree.Attr(n, "scope")); scope {
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
	case htmltree.HasBlock(clean) || !htmltree.Shows(clean):
		htmltree.MoveChildren(dst, clean)
	default:
		dst.AppendChild(clean)
	}
}

func (c *cleaner) link(dst, n *html.Node) {
	if isNoteMark(n) {
		c.noteMark(dst, n)
		return
	}
	if isBackward(n) || isHere(n) {
		c.children(dst, n)
		return
	}
	target := c.leadsTo(htmltree.Attr(n, "href"))
	if target == "" {
		c.children(dst, n)
		return
	}
	link := htmltree.Element(atom.A, html.Attribute{Key: "href", Val: target})
	c.children(link, n)
	if htmltree.HasBlock(link) {
		htmltree.WrapLoose(link)
	}
	if htmltree.Shows(link) {
		dst.AppendChild(link)
	} else {
		htmltree.MoveChildren(dst, link)
	}
}

// leadsTo returns the absolute address of a reference; "" for none.
func (c *cleaner) leadsTo(ref string) string {
	if c.leads == nil {
		c.leads = &leads{base: c.base, to: map[string]string{}}
	}
	return c.leads.of(ref)
}

// isHere tells of the links that open what follows them, and of headings and terms
// that are links to themselves.
func isHere(n *html.Node) bool {
	if !strings.HasPrefix(htmltree.Attr(n, "href"), "#") {
		return false
	}
	if htmltree.IsHeading(n.Parent.DataAtom) || n.Parent.DataAtom == atom.Dt {
		return htmltree.OnlyLink(n.Parent) == n
	}
	return panel.IsToggle(n) || htmltree.HasAttr(n, "aria-expanded") || htmltree.Attr(n, "role") == "button" || htmltree.Attr(n, "role") == "tab"
}
