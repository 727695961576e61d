package config

import (
	"regexp"
	"strings"
)

// Query says which query parameters choose a document, by names with *.
type Query struct{ Keep, Drop []string }

// Identity is what identifies a page at Intercom: its URL (the zero value), or one of
// the others.
type Identity struct {
	Regex    string // of the URL; its first group
	Selector string // of an element; its text, or its attribute Attr
	Attr     string
	Meta     string // name of a meta tag
}

func (d *decoder) query(q *Query) fields {
	return fields{
		{"keep", list(d, &q.Keep, d.text)},
		{"drop", list(d, &q.Drop, d.text)},
	}
}

// identity is the word url, or one of the ways to something that stays when it changes.
func (d *decoder) identity(i *Identity) value {
	keys := fields{
		{"regex", d.group(&i.Regex)},
		{"selector", d.selector(&i.Selector)},
		{"attr", d.text(&i.Attr)},
		{"meta", d.text(&i.Meta)},
	}
	word := d.oneOf(new(string), "url")
	return value{inside: keys, shape: word.shape, besides: needsOneOf("regex", "selector", "meta"), read: func(e entry) {
		if kind(e.node) != "keys with values" {
			word.read(e)
			return
		}
		given := d.mapping(e, keys)
		_, attr := given["attr"]
		_, selector := given["selector"]
		switch {
		case given == nil:
		case attr && !selector:
			d.mistake(e.node, "attr wants a selector beside it, of the element that has the attribute")
		case attr && len(given) != 2, !attr && len(given) != 1:
			d.mistake(e.node, `%s must be url, or have one of regex, selector (with or without attr) and meta`, e.key)
		}
	}}
}

// group is a regular expression with a group in it.
func (d *decoder) group(to *string) value {
	return d.checked(to, "a regular expression (RE2) with a group", func(text string) string {
		re, err := regexp.Compile(text)
		switch {
		case err != nil:
			return strings.Replace(err.Error(), "error parsing regexp:", "is not a regular expression (RE2) that is understood:", 1)
		case re.NumSubexp() == 0:
			return "has no group; put parentheses around what identifies a page, as in /articles/([0-9]+)"
		}
		return ""
	})
}
