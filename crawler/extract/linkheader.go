package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// AddLinkHeaders adds to the document's head what the Link headers of its answer say
// (RFC 8288): there they are links like its own, which come first.
func (d *Document) AddLinkHeaders(headers []string) {
	if len(headers) == 0 {
		return
	}
	head := d.find(func(n *html.Node) bool { return n.DataAtom == atom.Head })
	if head == nil {
		return
	}
	for _, link := range parseLinkHeaders(headers) {
		if to := resolve(d.URL, link.target); to != nil {
			head.AppendChild(htmltree.Element(atom.Link, append(link.params, html.Attribute{Key: "href", Val: to.String()})...))
		}
	}
}

// linkHeader is one link of a header: a target with parameters such as rel.
type linkHeader struct {
	target string
	params []html.Attribute // names in lower case; the first of a name counts
}

// parseLinkHeaders reads `<target>; name=value; name="value", <target>; …`. What makes
// no sense ends its header.
func parseLinkHeaders(headers []string) (links []linkHeader) {
	for _, rest := range headers {
		for {
			rest = strings.TrimLeft(rest, " \t,")
			target, after, ok := strings.Cut(strings.TrimPrefix(rest, "<"), ">")
			if !ok || !strings.HasPrefix(rest, "<") {
				break
			}
			link := linkHeader{target: target}
			for rest = strings.TrimLeft(after, " \t"); strings.HasPrefix(rest, ";"); rest = strings.TrimLeft(rest, " \t") {
				var param html.Attribute
				param, rest = cutParameter(rest[1:])
				if param.Key != "" && !has(link.params, param.Key) {
					link.params = append(link.params, param)
				}
			}
			links = append(links, link)
		}
	}
	return links
}

// cutParameter reads a parameter, whose value may be quoted or missing, from the
// beginning of s.
func cutParameter(s string) (param html.Attribute, rest string) {
	end := strings.IndexAny(s, "=;,")
	if end < 0 {
		end = len(s)
	}
	param.Key = strings.ToLower(strings.TrimSpace(s[:end]))
	rest = s[end:]
	if !strings.HasPrefix(rest, "=") {
		return param, rest
	}
	rest = strings.TrimLeft(rest[1:], " \t")
	if !strings.HasPrefix(rest, `"`) {
		if end = strings.IndexAny(rest, ";,"); end < 0 {
			end = len(rest)
		}
		param.Val = strings.TrimSpace(rest[:end])
		return param, rest[end:]
	}
	var value strings.Builder
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '"':
			param.Val = value.String()
			return param, rest[i+1:]
		case rest[i] == '\\' && i+1 < len(rest):
			i++
		}
		value.WriteByte(rest[i])
	}
	return html.Attribute{}, "" // never closed
}

func has(attrs []html.Attribute, key string) bool {
	for _, a := range attrs {
		if a.Key == key {
			return true
		}
	}
	return false
}
