package pdf

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// openList is a list that the next item may belong to.
type openList struct {
	x      float64 // of its markers
	node   *html.Node
	item   *html.Node // the last item
	number int        // of the last item; 0 if the list has bullets
	style  byte       // '1', 'a' or 'A'
}

var bullet = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[•◦‣·*–-]|o(?:\s{2,}|\s[A-Z]))\s*`)
})

var numeral = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\(?(\d{1,3}|[a-zA-Z])[.)]\s+`)
})

// listItem writes a row that begins with the marker of an item. It reports whether the row does.
func (w *writer) listItem(r row) bool {
	if len(r.segments) > 2 {
		return false
	}
	said := r.segments[0].text()
	var mark string
	n, style := 0, byte(0)
	m := bullet().FindString(said)
	if m != "" && len(said) > len(m) && (strings.HasPrefix(m, "•") || strings.HasSuffix(m, " ")) {
		mark = m
	} else if m := numeral().FindStringSubmatch(said); m != nil && len(said) > len(m[0]) {
		mark = m[0]
		if v, err := strconv.Atoi(m[1]); err == nil {
			n, style = v, '1'
		} else if m[1] >= "a" {
			n, style = int(m[1][0]-'a')+1, 'a'
		} else {
			n, style = int(m[1][0]-'A')+1, 'A'
		}
	} else {
		return false
	}
	x := r.x0()
	depth := len(w.lists)
	for depth > 0 && w.lists[depth-1].x > x+0.5*r.size() {
		depth--
	}
	fits := depth > 0 && math.Abs(w.lists[depth-1].x-x) <= 0.5*r.size()+2 && w.lists[depth-1].style == style
	if fits && n > 0 && n != w.lists[depth-1].number+1 {
		fits = false
	}
	if n > 1 && !fits {
		return false // "3. Quarter" is no third item without a second
	}
	if style != 0 && style != '1' && !fits && w.kind == paragraph && endsOpen(w.last.text()) {
		return false // an initial, as in "A. Smith"
	}
	w.end()
	w.lists = w.lists[:depth]
	if !fits {
		if depth > 0 && math.Abs(w.lists[depth-1].x-x) <= 0.5*r.size()+2 {
			w.lists = w.lists[:depth-1]
			depth--
		}
		list := draft.Element(atom.Ul)
		if n > 0 {
			list = draft.Element(atom.Ol)
			if style != '1' {
				list = draft.With(list, "type", string(rune(style)))
			}
		}
		if depth > 0 {
			w.lists[depth-1].item.AppendChild(list)
		} else {
			w.root.AppendChild(list)
		}
		w.lists = append(w.lists, openList{x: x, node: list, style: style})
		depth++
	}
	list := &w.lists[depth-1]
	list.number = n
	list.item = draft.Element(atom.Li)
	list.node.AppendChild(list.item)

	w.begin(item, r)
	w.item = list.item
	cut := len(mark)
	for i := range w.pieces {
		n := min(cut, len(w.pieces[i].text))
		w.pieces[i].text = w.pieces[i].text[n:]
		cut -= n
	}
	return true
}

// hangs reports whether a row continues the open item.
func (w *writer) hangs(r row) bool {
	if len(w.lists) == 0 || len(r.segments) != 1 {
		return false
	}
	if r.page != w.last.page || r.above == 0 {
		return endsOpen(w.last.text()) && startsLow(r.text())
	}
	return r.above <= 1.75*r.size() && r.x0() > w.lists[len(w.lists)-1].x+0.4*r.size()
}

// inList reports whether a row is another paragraph of a list's last item.
func (w *writer) inList(r row) bool {
	for len(w.lists) > 0 {
		list := w.lists[len(w.lists)-1]
		if r.x0() > list.x+0.8*r.size() && r.x0() < list.x+5*r.size() {
			w.item = list.item
			return true
		}
		w.lists = w.lists[:len(w.lists)-1]
	}
	return false
}
