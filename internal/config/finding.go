package config

import (
	"regexp"
)

// Query has the names of query parameters that do or do not choose a document. Names may have a *.
type Query struct{ Keep, Drop []string }

// Identity says what identifies a page at Intercom. The zero value means its URL.
type Identity struct {
	Regex    string // matches the URL; the first group identifies the page
	Selector string // matches an element, whose text or attribute Attr identifies the page
	Attr     string
	Meta     string // name of a meta tag
}

func (d *decoder) query(q *Query) fields {
	return fields{
		{"keep", list(d, &q.Keep, d.text)},
		{"drop", list(d, &q.Drop, d.text)},
	}
}

// identity is the word url, or a section about something that stays when the URL changes.
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

// group is a regular expression with a group.
func (d *decoder) group(to *string) value {
	return d.checked(to, "a regular expression (RE2) with a group", func(text string) string {
		re, err := regexp.Compile(text)
		switch {
		case err != nil:
			return notRegexp(err)
		case re.NumSubexp() == 0:
			return "has no group; put parentheses around what identifies a page, as in /articles/([0-9]+)"
		}
		return ""
	})
}
