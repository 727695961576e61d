package extract

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract/css"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// callout appends a box apart from the text, a note or a warning, as a quote that
// begins with its kind. Pages say the kind by a colour and an icon; what is sent
// says it in words, once.
func (c *cleaner) callout(dst, n *html.Node, kind string) {
	box := htmltree.Element(atom.Blockquote)
	if n.DataAtom == atom.Table {
		c.table(box, n)
	} else {
		c.children(box, n)
	}
	untable(box)
	htmltree.WrapLoose(box)
	if first := box.FirstChild; first != nil && first != box.LastChild && isIcon(first) {
		box.RemoveChild(first)
	}
	if !htmltree.Shows(box) {
		return
	}
	lead(box, kind, titleOf(n))
	if htmltree.Ancestor(n, func(p *html.Node) bool { return htmltree.IsElement(p, atom.Td, atom.Th) }) != nil {
		htmltree.MoveChildren(dst, box) // a quote would tear the table apart
		return
	}
	dst.AppendChild(box)
}

// lead has box begin with its kind, or with its title, which says the kind if it
// does not already.
func lead(box *html.Node, kind, title string) {
	first := box.FirstChild
	said := htmltree.TextOf(first)
	if isKind(strongStart(first)) {
		return
	}
	switch {
	case isKind(said) && first.NextSibling != nil:
		if known := kindOf(strings.Trim(said, kindEnds)); known != "" {
			kind = known
		} else {
			kind = strings.Trim(said, kindEnds)
		}
		box.RemoveChild(first)
		startWith(box, kind+":")
	case htmltree.IsHeading(first.DataAtom) || first.DataAtom == atom.Section || title != "" && said == title:
		if first.DataAtom == atom.Section && first.FirstChild != nil {
			htmltree.Unwrap(first)
			first = box.FirstChild
		}
		if said = htmltree.TextOf(first); !saysKind(said) {
			said = kind + ": " + said
		}
		line, strong := htmltree.Element(atom.P), htmltree.Element(atom.Strong)
		strong.AppendChild(htmltree.Text(said))
		line.AppendChild(strong)
		box.InsertBefore(line, first)
		box.RemoveChild(first)
	case !startsWithKind(said, kind):
		startWith(box, kind+":")
	}
}

// strongStart returns the strong words that a paragraph begins with and goes on
// after, or "".
func strongStart(p *html.Node) string {
	for child := range p.ChildNodes() {
		switch {
		case child.Type == html.TextNode && strings.Trim(child.Data, kindEnds+"\n") == "", htmltree.IsElement(child, atom.Img):
		case htmltree.IsElement(child, atom.Strong, atom.B) && child.NextSibling != nil:
			return htmltree.TextOf(child)
		default:
			return ""
		}
	}
	return ""
}

// startWith puts strong words before the text of box.
func startWith(box *html.Node, words string) {
	strong := htmltree.Element(atom.Strong)
	strong.AppendChild(htmltree.Text(words))
	first := box.FirstChild
	if !htmltree.IsElement(first, atom.P) {
		first = htmltree.Element(atom.P)
		box.InsertBefore(first, box.FirstChild)
	} else {
		first.InsertBefore(htmltree.Text(" "), first.FirstChild)
	}
	first.InsertBefore(strong, first.FirstChild)
}

// untable unwraps the tables in box that only set an icon beside the text.
func untable(box *html.Node) {
	for child := box.FirstChild; child != nil; {
		next := child.NextSibling
		if child.DataAtom == atom.Table && htmltree.CountOf(child, atom.Tr) == 1 {
			for d := range child.Descendants() {
				if !htmltree.IsElement(d, atom.Td, atom.Th) {
					continue
				}
				htmltree.WrapLoose(d)
				for block := d.FirstChild; block != nil; block = d.FirstChild {
					d.RemoveChild(block)
					box.InsertBefore(block, child)
				}
			}
			box.RemoveChild(child)
		}
		child = next
	}
}

// isIcon tells of a paragraph with nothing but an image that says nothing.
func isIcon(p *html.Node) bool {
	for d := range p.Descendants() {
		if d.Type == html.TextNode && !htmltree.IsBlank(d.Data) || htmltree.IsElement(d, atom.Img) && htmltree.Attr(d, "alt") != "" {
			return false
		}
	}
	return htmltree.IsElement(p, atom.P)
}

// titleOf returns the text of the element in the callout n that is called its
// title, or "".
func titleOf(n *html.Node) string {
	for d := range n.Descendants() {
		if d.Type != html.ElementNode {
			continue
		}
		if htmltree.IsElement(d, atom.Summary) {
			return htmltree.RawText(d, 300)
		}
		for word := range css.NameWords(htmltree.Attr(d, "class")) {
			switch word {
			case "title", "heading", "header", "notetitle", "summary":
				return htmltree.RawText(d, 300)
			}
		}
	}
	return ""
}

// kindEnds is what stands around the kind of a callout.
const kindEnds = " \u00a0:：!！.-–—\ufe0f⚠💡📘🚧❗ℹ🔥✅📝👍"

// isKind tells of titles that say a kind and nothing else, in any of the languages
// of documentation.
func isKind(title string) bool {
	title = strings.ToLower(strings.Trim(title, kindEnds))
	return title != "" && (kindOf(title) != "" || title == "see also" || isForeignKind(title))
}

// saysKind tells whether one of the words of title is a kind.
func saysKind(title string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if kindOf(word) != "" || isForeignKind(word) {
			return true
		}
	}
	return false
}

// startsWithKind tells of texts that begin with "Note:" or the like, or with the
// very kind.
func startsWithKind(said, kind string) bool {
	said = strings.TrimLeftFunc(said, func(r rune) bool { return !unicode.IsLetter(r) })
	end := strings.IndexFunc(said, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(said)
	}
	word, after := strings.ToLower(said[:end]), strings.TrimSpace(said[end:])
	if kindOf(word) == kind {
		return true
	}
	return isKind(word) && (after == "" || strings.ContainsAny(after[:1], ":!-.") || strings.HasPrefix(after, "–") || strings.HasPrefix(after, "—") || strings.HasPrefix(after, "："))
}

// isForeignKind tells of kinds in languages other than English, in lower case.
func isForeignKind(word string) bool {
	switch word {
	case "hinweis", "warnung", "achtung", "tipp", "wichtig", "gefahr", "vorsicht", "anmerkung", "bemerkung", // German
		"remarque", "astuce", "avertissement", "conseil", "attention", "à noter", // French
		"nota", "aviso", "advertencia", "consejo", "sugerencia", "importante", "peligro", "precaución", "atención", // Spanish
		"avviso", "avvertenza", "suggerimento", "attenzione", "pericolo", "dica", "atenção", "cuidado", "perigo", // Italian, Portuguese
		"opmerking", "waarschuwing", "let op", "belangrijk", "obs", "varning", "viktigt", "advarsel", "uwaga", "wskazówka", "ostrzeżenie", // Dutch, Nordic, Polish
		"примечание", "предупреждение", "внимание", "важно", "совет", "注釈", "ヒント", "警告", "重要", "注意", "危険", "注記", "补充", "备注", "提示", "危险", "信息", "참고", "경고", "주의", "팁":
		return true
	}
	return false
}

// calloutOf returns the kind of the callout that n is, such as "Warning", or "".
// Classes have it: a word for a box and one for a kind, or the kind alone, or the box
// alone where its title is the kind, as AsciiDoc's.
func calloutOf(n *html.Node) string {
	switch n.DataAtom {
	case atom.Div, atom.Section, atom.Aside, atom.Blockquote, atom.P, atom.Table, atom.Details:
	default:
		if n.DataAtom != 0 || boxOf(n.Data) == noBox && !strings.Contains(n.Data, "-") {
			return ""
		}
	}
	var found calloutNames
	for _, a := range n.Attr {
		switch a.Key {
		case "class":
			found.read(a.Val)
		case "data-callout-type", "data-panel-type", "data-callout", "data-admonition":
			found.box = strongBox
			found.read(a.Val)
		case "role":
			if a.Val == "note" && !htmltree.HasWord(htmltree.Attr(n, "class"), "hatnote") {
				found.kind, found.box = htmltree.FirstOf(found.kind, "Note"), strongBox
			}
		}
	}
	if n.DataAtom == 0 {
		found.read(n.Data)
		for _, key := range []string{"type", "variant", "kind"} {
			found.read(htmltree.Attr(n, key))
		}
	}
	if found.kind == "" && found.box == strongBox {
		if title := strings.Trim(titleOf(n), kindEnds); isKind(title) {
			found.kind = htmltree.FirstOf(kindOf(title), title)
		}
	}
	if found.kind == "" || found.box == noBox || n.DataAtom == atom.Table && found.box != strongBox || htmltree.WordsUpTo(n, 400) == 400 {
		return ""
	}
	return found.kind
}

// calloutNames is what the names of an element say of a callout.
type calloutNames struct {
	kind string
	box  boxName
}

type boxName int

const (
	noBox     boxName = iota
	weakBox           // "box", "panel": of whatever kind
	strongBox         // "admonition": of callouts only
)

func (c *calloutNames) read(names string) {
	for class := range strings.FieldsSeq(names) {
		box, kind, part := noBox, "", false
		if strings.HasPrefix(class, "wrap_") {
			box = strongBox // DokuWiki's
		}
		for word := range css.NameWords(class) {
			box = max(box, boxOf(word))
			part = part || isPartOfBox(word)
			if said := htmltree.FirstOf(kindOf(word), colourKind(word, box)); said != "" {
				kind = said
			}
			if word == "ambox" || word == "ombox" || word == "tmbox" {
				c.box, c.kind = strongBox, "Notice"
			}
		}
		if part {
			continue
		}
		if isPlainKind(class) {
			box = strongBox
		}
		c.box = max(c.box, box)
		if kind != "" && (c.kind == "" || isMild(c.kind)) && (c.box == strongBox || !isVague(kind) || isInfoBox(class)) {
			c.kind = kind
		}
	}
	if c.box == weakBox && isVague(c.kind) && c.kind != "Info" {
		c.kind = ""
	}
}

// boxOf returns what kind of box word is the name of.
func boxOf(word string) boxName {
	switch strings.ToLower(word) {
	case "admonition", "admonitionblock", "callout", "callouts", "alert", "hint", "macro", "custom":
		return strongBox
	case "box", "block", "panel", "message", "notification", "aside", "notice", "msg", "banner":
		return weakBox
	}
	return noBox
}

// isPartOfBox tells of the words that the names of a callout's parts have.
func isPartOfBox(word string) bool {
	switch word {
	case "title", "heading", "header", "head", "icon", "label", "content", "body", "text", "inner", "close", "link", "button", "list", "group",
		"image", "count", "date", "author", "form", "footer", "page", "notetitle":
		return true
	}
	return false
}

// isPlainKind tells of the classes that make a callout by themselves.
func isPlainKind(class string) bool {
	switch strings.ToLower(class) {
	case "note", "tip", "hint", "warning", "caution", "danger", "important", "attention", "seealso":
		return true
	}
	return false
}

// isInfoBox tells of the classes that call a box of whatever kind one of information.
func isInfoBox(class string) bool {
	switch strings.Trim(strings.ToLower(class), "-_") {
	case "infobox", "info-box", "info_box", "info-block", "info-panel", "info-message", "aui-message-info":
		return true
	}
	return false
}

// isVague tells of the kinds that are common words in names, too.
func isVague(kind string) bool {
	switch kind {
	case "Info", "Example", "Question", "Help", "Success", "To do", "Bug", "Notice", "Error":
		return true
	}
	return false
}

// isMild tells of the kinds that are general names of callouts, too.
func isMild(kind string) bool {
	return kind == "Note" || kind == "Info" || kind == "Notice" || kind == "Hint"
}

// colourKind returns the kind that help desks mean by the colour of a callout.
func colourKind(word string, box boxName) string {
	if box != strongBox {
		return ""
	}
	switch word {
	case "red":
		return "Warning"
	case "yellow", "orange":
		return "Note"
	case "blue":
		return "Info"
	case "green":
		return "Tip"
	}
	return ""
}

// kindOf returns what a callout is that is called word.
func kindOf(word string) string {
	switch strings.ToLower(word) {
	case "note":
		return "Note"
	case "info", "information":
		return "Info"
	case "tip", "protip":
		return "Tip"
	case "hint":
		return "Hint"
	case "important":
		return "Important"
	case "warning", "warn":
		return "Warning"
	case "caution":
		return "Caution"
	case "danger":
		return "Danger"
	case "error", "failure":
		return "Error"
	case "attention":
		return "Attention"
	case "success", "okay":
		return "Success"
	case "notice":
		return "Notice"
	case "seealso":
		return "See also"
	case "todo":
		return "To do"
	case "example":
		return "Example"
	case "question":
		return "Question"
	case "help":
		return "Help"
	case "bug":
		return "Bug"
	case "deprecated":
		return "Deprecated"
	}
	return ""
}
