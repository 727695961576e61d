package extract

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// IsProfile reports whether the document says of itself that it is the profile of a person: by
// Open Graph (og:type), or as a ProfilePage of schema.org, in its markup or as JSON-LD.
func (d *Document) IsProfile() bool {
	for n := range htmltree.Below(d.node()) {
		if n.Type != html.ElementNode {
			continue
		}
		switch {
		case n.DataAtom == atom.Meta && strings.EqualFold(htmltree.Attr(n, "property"), "og:type"):
			if strings.EqualFold(strings.TrimSpace(htmltree.Attr(n, "content")), "profile") {
				return true
			}
		case n.DataAtom == atom.Script && n.FirstChild != nil && strings.EqualFold(htmltree.Attr(n, "type"), "application/ld+json"):
			d.Meter.Spend(len(n.FirstChild.Data) / budget.BytesPerStep)
			if describesProfile(n.FirstChild.Data) {
				return true
			}
		case htmltree.IsElement(n, atom.Html, atom.Body, atom.Main) && strings.HasSuffix(strings.TrimRight(htmltree.Attr(n, "itemtype"), "/"), "schema.org/ProfilePage"):
			return true
		}
	}
	return false
}

// describesProfile reports whether JSON-LD is about a page that is a profile: as a whole, or as
// one of the things that it lists.
func describesProfile(text string) bool {
	if !strings.Contains(text, "ProfilePage") {
		return false
	}
	var said any
	if json.Unmarshal([]byte(text), &said) != nil {
		return false
	}
	var is func(any) bool
	is = func(v any) bool {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				if is(item) {
					return true
				}
			}
		case map[string]any:
			return isNamed(v["@type"], "ProfilePage") || is(v["@graph"])
		}
		return false
	}
	return is(said)
}

// isNamed reports whether a type of JSON-LD, or one of several, has a name.
func isNamed(types any, name string) bool {
	switch types := types.(type) {
	case string:
		return types == name
	case []any:
		for _, t := range types {
			if t == name {
				return true
			}
		}
	}
	return false
}
