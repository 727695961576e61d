package extract

import (
	"bytes"
	"fmt"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// parseWithin parses a page, unless its tree would be larger than a page's may be. That
// is told before there is a tree.
func parseWithin(text []byte) (*html.Node, error) {
	tags, renewed := tagsOf(text)
	if tags > budget.Elements {
		return nil, &budget.Exceeded{Detail: fmt.Sprintf("more than %d elements", budget.Elements)}
	}
	if renewed > budget.Elements {
		text = withoutFormatting(text)
	}
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		// The parser refuses documents nested deeper than 512 elements.
		text = flatten(text)
		root, err = html.Parse(bytes.NewReader(text))
	}
	if err != nil {
		root, err = html.Parse(bytes.NewReader(withoutFormatting(text)))
	}
	return root, err
}

// tagsOf counts the start tags of a page, and at most how many elements the parser
// makes on its own: formatting that is not ended begins anew in each block that follows.
// It may count too many, since it does not tell markup from what scripts and comments say.
func tagsOf(text []byte) (tags, renewed int) {
	open := 0
	for {
		i := bytes.IndexByte(text, '<')
		if i < 0 || i+1 == len(text) {
			return tags, renewed
		}
		text = text[i+1:]
		if text[0] == '/' {
			if isFormatting(text[1:]) && open > 0 {
				open--
			}
			continue
		}
		if b := text[0] | 0x20; b < 'a' || b > 'z' {
			continue
		}
		tags++
		if isFormatting(text) {
			open++
		} else {
			renewed += max(open-maxUnended, 0)
		}
	}
}

// maxUnended is how many formatting elements may be open without counting: they are in
// the markup of any page, and mostly end.
const maxUnended = 8

// isFormatting tells of the elements that the parser begins anew, by a tag from its name on.
func isFormatting(tag []byte) bool {
	var name [len("strong") + 1]byte
	n := 0
	for n < len(name) && n < len(tag) && tag[n]|0x20 >= 'a' && tag[n]|0x20 <= 'z' {
		name[n] = tag[n] | 0x20
		n++
	}
	switch string(name[:n]) {
	case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}

// withoutFormatting returns the markup without the tags of formatting elements but
// links; their text stays.
func withoutFormatting(text []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(text))
	tokens := html.NewTokenizer(bytes.NewReader(text))
	links := false // one is open
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return out.Bytes()
		}
		raw := tokens.Raw()
		if kind == html.StartTagToken || kind == html.EndTagToken {
			name, _ := tokens.TagName()
			if isFormatting(name) && (string(name) != "a" || kind == html.EndTagToken && !links) {
				continue
			}
			switch {
			case string(name) == "a":
				if kind == html.StartTagToken && links {
					out.WriteString("</a>")
				}
				links = kind == html.StartTagToken
			case links && htmltree.IsBlockName(atom.Lookup(name)):
				out.WriteString("</a>")
				links = false
			}
		}
		out.Write(raw)
	}
}

// charge tells the meter how large the document's tree is: each element counts as often
// as it stands in others, since much is asked of all that is inside an element.
func (d *Document) charge() {
	if d.Meter == nil {
		return
	}
	const each = 8 // steps that look at every element
	depth, nodes := 0, 0
	for n := d.node(); n != nil; {
		if nodes++; nodes > 3*budget.Elements {
			budget.Refuse("more than %d elements and texts", 3*budget.Elements)
		}
		d.Meter.Spend(each + depth/4 + len(n.Data)/16 + len(n.Attr))
		if n.FirstChild != nil {
			n, depth = n.FirstChild, depth+1
			continue
		}
		for n != nil && n.NextSibling == nil {
			n, depth = n.Parent, depth-1
		}
		if n != nil {
			n = n.NextSibling
		}
	}
}
