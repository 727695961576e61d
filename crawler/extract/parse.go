package extract

import (
	"bytes"
	"fmt"
	"net/url"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler/extract/decode"
)

// Parse decodes body by its byte order mark, contentType's charset and the document's own
// declaration (see [decode.HTML]), and parses it.
//
// The error is a *[budget.Exceeded] where the page has more elements than one may.
func Parse(u *url.URL, contentType string, body []byte) (*Document, error) {
	text, encoding, err := decode.HTML(contentType, body)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", u, err)
	}
	root, err := parseWithin(text)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", u, err)
	}
	doc := goquery.NewDocumentFromNode(root)
	doc.Url = u
	return &Document{URL: u, Root: doc, encoding: encoding}, nil
}

// flattenDepth leaves the parser room for the elements that it implies.
const flattenDepth = 100

// flatten returns the markup without the tags that nest deeper than
// flattenDepth; their text stays.
func flatten(text []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(text))
	var open []string
	count := map[string]int{}
	tokens := html.NewTokenizer(bytes.NewReader(text))
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			return out.Bytes()
		case html.StartTagToken:
			raw := tokens.Raw()
			name, _ := tokens.TagName()
			tag := string(name)
			if closesItself(tag) {
				out.Write(raw)
				continue
			}
			if len(open) < flattenDepth {
				out.Write(raw)
			}
			open = append(open, tag)
			count[tag]++
		case html.EndTagToken:
			raw := tokens.Raw()
			name, _ := tokens.TagName()
			tag := string(name)
			if closesItself(tag) {
				out.Write(raw)
				continue
			}
			for count[tag] > 0 {
				last := open[len(open)-1]
				open = open[:len(open)-1]
				count[last]--
				if last == tag {
					if len(open) < flattenDepth {
						out.Write(raw)
					}
					break
				}
			}
		default:
			out.Write(tokens.Raw())
		}
	}
}

// closesItself tells of the elements that never nest by themselves: void ones
// and those whose end tag is optional.
func closesItself(tag string) bool {
	switch tag {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
		"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "html", "head", "body":
		return true
	}
	return false
}
