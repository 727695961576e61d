// Package template learns what stands at the beginning or the end of most articles of a
// source, and leaves it out of them.
package template

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Version is that of the hashes of blocks: a template that was kept under
// another one knows none of today's.
const Version = 1

// Template is what stands at the beginning or the end of most articles of a source,
// whatever its markup: menus, footers, questions whether the page was helpful. It is
// learnt by [Learn] and taken off by the extraction of an article, or later ([Late]). A nil Template,
// like an empty one, has no blocks.
//
//	blocks at the beginning ┐                         ┌ blocks at the end
//	     menu │ breadcrumb │ what only this page says │ "Was this helpful?" │ footer
//
// What is left out are the blocks of the template that an article begins with and
// those that it ends with, up to the first that is not of the template. Over a line
// that is the page's own, such as the date of the last change, the run goes on where
// it leads to a further block of the template; the line itself stays. Links to other
// pages of the site are left out with the heading that announces them ("Related
// articles") at the end, and with the menu that they are part of.
//
// A heading, or another line that announces what follows, is left out only with what
// it announces: "Symptoms" stands on every page of some sources, each time above
// something else. An article that is all template is left as it is.
type Template struct {
	blocks []Known
	at     map[uint64]Place
}

// Known is a block of a template.
type Known struct {
	Hash  uint64
	Place Place
	Words string // what it says, or the first words of that, for people; "" where that is not known yet
	Pages int    // pages that had it there when it was last counted
	Of    int    // and how many there were
}

// Place is where in an article a block of the template stands.
type Place uint8

// The places. One text may be at both.
const (
	AtStart Place = 1 << iota
	AtEnd
)

// String says a place to people.
func (p Place) String() string {
	switch p {
	case AtStart:
		return "at the beginning"
	case AtEnd:
		return "at the end"
	}
	return "at both ends"
}

// New makes a template of its blocks, in any order. There is one for each
// hash and place.
func New(blocks []Known) *Template {
	t := &Template{blocks: slices.Clone(blocks), at: make(map[uint64]Place, len(blocks))}
	slices.SortFunc(t.blocks, func(a, b Known) int {
		return cmp.Or(cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.Place, b.Place))
	})
	for _, b := range t.blocks {
		t.at[b.Hash] |= b.Place
	}
	return t
}

// Blocks returns the blocks of the template, sorted by hash and place.
func (t *Template) Blocks() []Known {
	if t == nil {
		return nil
	}
	return slices.Clone(t.blocks)
}

// ID stands for what the template takes off; "" for nothing.
func (t *Template) ID() string {
	if t == nil || len(t.blocks) == 0 {
		return ""
	}
	h := fnv.New64a()
	for _, b := range t.blocks {
		_, _ = h.Write(append(binary.BigEndian.AppendUint64(nil, b.Hash), byte(b.Place)))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// LeftOut is a block of an article that was left out as template.
type LeftOut struct {
	Text  string // all of it, as a reader sees it
	Place Place
	Hash  uint64
	Pages int // see TemplateBlock; 0 for links that are left out with their heading or menu
	Of    int
}

// Covers reports how many blocks of an article are left out as template; all is true
// where that would be every one, so that none is.
func (t *Template) Covers(o Outline) (blocks int, all bool) {
	marked := t.marks(o)
	for _, place := range marked {
		if place != 0 {
			blocks++
		}
	}
	if blocks == len(o) {
		return 0, blocks > 0
	}
	return blocks, false
}

func (t *Template) leftOut(u unit, place Place) LeftOut {
	l := LeftOut{Text: wordsOf(u.node), Place: place, Hash: u.Hash}
	for _, hash := range append([]uint64{u.Hash}, u.Items...) {
		i, _ := slices.BinarySearchFunc(t.blocks, hash, func(b Known, h uint64) int { return cmp.Compare(b.Hash, h) })
		for ; i < len(t.blocks) && t.blocks[i].Hash == hash; i++ {
			if b := t.blocks[i]; b.Place&place != 0 && b.Pages > l.Pages {
				l.Pages, l.Of = b.Pages, b.Of
			}
		}
	}
	return l
}

// removeWithParents removes a node, and what it stood in where that shows nothing more.
func removeWithParents(body, n *html.Node, meter *budget.Meter) {
	for parent := n.Parent; n != body && parent != nil; n, parent = parent, parent.Parent {
		parent.RemoveChild(n)
		for d := range htmltree.Below(parent) {
			if meter.Spend(1); htmltree.IsSeen(d) {
				return
			}
		}
	}
}

// Excerpt is the first words of a text, for people.
func Excerpt(text string) string {
	const most = 60 // characters
	letters := []rune(text)
	if len(letters) <= most+1 {
		return text
	}
	cut := string(letters[:most])
	if at := strings.LastIndexByte(cut, ' '); at > most/2 {
		cut = cut[:at]
	}
	return cut + "…"
}
