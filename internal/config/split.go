package config

import (
	"fmt"
	"strconv"
)

// Split says which pages are split.
type Split struct {
	Over  int64    // bytes of HTML above which a page is split at its headings; 0 for never
	At    int      // level of headings at which pages are split, whatever their size; 0 for none
	Pages []string // patterns of the paths that At applies to; none for all
}

// leastOver is the smallest size of a part, in bytes of HTML, that is worth a page of its own.
const leastOver = 1000

// split says when pages are split. Pages that are larger than Intercom accepts have to be.
func (d *decoder) split(c *Split, intercom *Intercom) value {
	*c = Split{Over: intercom.MaxHTML}
	keys := fields{
		{"over", d.sizeOrNever(&c.Over)},
		{"at", d.heading(&c.At)},
		{"pages", list(d, &c.Pages, d.pattern)},
	}
	return value{inside: keys, read: func(e entry) {
		given := d.mapping(e, keys)
		over, at := given["over"], given["at"]
		switch {
		case given == nil:
		case over.node != nil && c.Over > 0 && c.Over < leastOver:
			d.mistake(over.node, "over must be %d bytes at least, not %d: parts of a few words answer nothing", leastOver, c.Over)
		case over.node != nil && c.Over > intercom.MaxHTML:
			d.mistake(over.node, "over must not be more than intercom.max_html (%d bytes), "+
				"since what is larger is not sent", intercom.MaxHTML)
		case at.node == nil && len(c.Pages) > 0:
			d.mistake(e.node, "pages says which pages at is for; add at: h2")
		}
	}}
}

// sizeOrNever is a number of bytes with its unit, or the word never, which means 0.
func (d *decoder) sizeOrNever(to *int64) value {
	size := d.size(to)
	return value{shape: shape{"anyOf": []shape{{"const": "never"}, size.shape}}, read: func(e entry) {
		switch text := e.node.Value; {
		case text == "never":
			*to = 0
		case text == "" || text[0] >= '0' && text[0] <= '9':
			size.read(e)
		default:
			d.wrong(e, "a size such as 200kB, or never")
		}
	}}
}

// heading is the name of a heading in HTML. It stores the level.
func (d *decoder) heading(to *int) value {
	var name string
	var names []string
	for level := 1; level <= 6; level++ {
		names = append(names, "h"+strconv.Itoa(level))
	}
	choice := d.oneOf(&name, names...)
	return value{shape: choice.shape, read: func(e entry) {
		if choice.read(e); name != "" {
			_, _ = fmt.Sscanf(name, "h%d", to)
		}
	}}
}
