// Package cleanhtml writes and reads the HTML that leaves the program. [Render] lets pass
// only text, the elements that have a meaning, and addresses that a reader may follow.
package cleanhtml

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Render writes a clean tree as HTML, a line to each of its blocks, and leaves nothing
// of the tree: what may not leave the program is taken out of it.
func Render(body *html.Node) (string, error) {
	var out strings.Builder
	out.Grow(RoomFor(body))
	line := htmltree.Element(atom.Div)
	for n := body.FirstChild; n != nil; n = body.FirstChild {
		line.AppendChild(htmltree.Detached(n))
		permit(line)
		for block := line.FirstChild; block != nil; block = line.FirstChild {
			if err := html.Render(&out, block); err != nil {
				return "", err
			}
			line.RemoveChild(block)
		}
		out.WriteByte('\n')
	}
	return strings.TrimSpace(out.String()), nil
}

// RoomFor is about how many bytes the tree below n is when it is written.
func RoomFor(n *html.Node) (bytes int) {
	for d := range htmltree.Below(n) {
		bytes += len(d.Data)
		if d.Type == html.ElementNode {
			bytes += len("<></>") + len(d.Data)
		}
		for _, a := range d.Attr {
			bytes += len(a.Key) + len(a.Val) + len(` =""`)
		}
	}
	return bytes + bytes/16 // for entities
}

// permit leaves below root nothing but what may leave the program: text, and the
// elements and attributes that [isPermitted] and [isPermittedAttr] name. A clean tree
// has nothing else; this is the second lock on the door. Of an element without a
// permit its content stays, unless it is one whose content is no text.
func permit(root *html.Node) {
	for n := root.FirstChild; n != nil; {
		next := n.NextSibling
		switch {
		case n.Type == html.TextNode:
		case n.Type != html.ElementNode || n.Namespace != "" || isRawText(n.DataAtom):
			root.RemoveChild(n)
		case !keepPermitted(n):
			if n.FirstChild != nil {
				next = n.FirstChild
			}
			htmltree.Unwrap(n)
		default:
			permit(n)
		}
		n = next
	}
}

// keepPermitted takes the attributes without a permit off n, and tells whether n
// itself has one. Links and images without any are nothing.
func keepPermitted(n *html.Node) bool {
	if !isPermitted(n.DataAtom) || n.Data != n.DataAtom.String() {
		return false
	}
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		ok := a.Namespace == "" && isPermittedAttr(n.DataAtom, a.Key, a.Val)
		if ok && (a.Key == "href" || a.Key == "src") {
			a.Val, ok = permittedAddress(a.Val)
		}
		if ok {
			kept = append(kept, a)
		}
	}
	n.Attr = kept
	return len(kept) > 0 || n.DataAtom != atom.A && n.DataAtom != atom.Img
}

func isPermitted(name atom.Atom) bool {
	switch name {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.P, atom.Br, atom.Hr, atom.Blockquote,
		atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Figure, atom.Figcaption, atom.Details, atom.Summary,
		atom.Table, atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Th, atom.Td, atom.Pre, atom.Code,
		atom.Strong, atom.B, atom.Em, atom.I, atom.U, atom.S, atom.Del, atom.Ins, atom.Sub, atom.Sup, atom.Kbd, atom.Samp, atom.Var,
		atom.Mark, atom.Q, atom.Cite, atom.Dfn, atom.Small, atom.Abbr, atom.Time, atom.A, atom.Img:
		return true
	}
	return false
}

func isPermittedAttr(of atom.Atom, key, value string) bool {
	switch key {
	case "href":
		return of == atom.A
	case "src", "alt":
		return of == atom.Img
	case "id":
		return htmltree.IsHeading(of) && value != "" && !strings.ContainsAny(value, "\t\n\f\r \"'<>")
	case "class":
		language, ok := strings.CutPrefix(value, "language-")
		return of == atom.Code && ok && language != "" && strings.IndexFunc(language, isOddInLanguage) < 0
	case "colspan", "rowspan":
		return (of == atom.Td || of == atom.Th) && isNumber(value)
	case "scope":
		return (of == atom.Td || of == atom.Th) && (value == "row" || value == "col" || value == "rowgroup" || value == "colgroup")
	case "start":
		return of == atom.Ol && isNumber(value)
	case "value":
		return of == atom.Li && isNumber(value)
	case "reversed":
		return of == atom.Ol && (value == "" || value == "reversed")
	case "type":
		return of == atom.Ol && (value == "1" || value == "a" || value == "A" || value == "i" || value == "I")
	case "title":
		return of == atom.Abbr
	case "datetime":
		return of == atom.Time
	}
	return false
}

// isNumber tells of whole numbers of at most nine digits.
func isNumber(value string) bool {
	digits := strings.TrimPrefix(value, "-")
	return digits != "" && len(digits) <= 9 && strings.Trim(digits, "0123456789") == ""
}

func isOddInLanguage(r rune) bool {
	return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r < 0x80 && strings.ContainsRune("+#._-", r))
}

// isRawText tells of the elements whose content is no text for readers.
func isRawText(name atom.Atom) bool {
	switch name {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Noframes, atom.Noembed, atom.Iframe, atom.Object, atom.Embed,
		atom.Title, atom.Textarea, atom.Xmp, atom.Plaintext, atom.Frameset, atom.Frame, atom.Svg, atom.Math:
		return true
	}
	return false
}
