package extract

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// TemplateVersion is that of the hashes of blocks: a template that was kept under
// another one knows none of today's.
const TemplateVersion = 1

// Template is what stands at the beginning or the end of most articles of a source,
// whatever its markup: menus, footers, questions whether the page was helpful. It is
// learnt by [Learn] and taken off by [Document.Extract] and [Late.Strip]. A nil Template,
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
	blocks []TemplateBlock
	at     map[uint64]Place
}

// TemplateBlock is a block of a template.
type TemplateBlock struct {
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

// NewTemplate makes a template of its blocks, in any order. There is one for each
// hash and place.
func NewTemplate(blocks []TemplateBlock) *Template {
	t := &Template{blocks: slices.Clone(blocks), at: make(map[uint64]Place, len(blocks))}
	slices.SortFunc(t.blocks, func(a, b TemplateBlock) int {
		return cmp.Or(cmp.Compare(a.Hash, b.Hash), cmp.Compare(a.Place, b.Place))
	})
	for _, b := range t.blocks {
		t.at[b.Hash] |= b.Place
	}
	return t
}

// Blocks returns the blocks of the template, sorted by hash and place.
func (t *Template) Blocks() []TemplateBlock {
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

// Late is an article that was extracted before its template was known.
type Late struct {
	Address *url.URL
	Title   string
	HTML    string    // which may have been redacted since
	Outline Outline   // as it was extracted
	Before  *Template // that was left out of it then
}

// Strip takes a template off an article, as Extract would have done. ok is false where
// that cannot be, since the article is not what the outline is of.
func (l Late) Strip(t *Template) (a Article, ok bool, err error) {
	body, err := parseClean(l.HTML)
	if err != nil {
		return Article{}, false, err
	}
	units, ok := l.units(body)
	if !ok {
		return Article{}, false, nil
	}
	a.Title = l.Title
	a.takeOff(t, body, units)
	if err := a.write(body); err != nil {
		return Article{}, false, fmt.Errorf("leave the template out of %s: %w", l.Address, err)
	}
	return a, true, nil
}

// units returns the blocks of the outline with the nodes that they are now; those that
// are gone have none.
func (l Late) units(body *html.Node) (was []unit, ok bool) {
	gone := l.Before.marks(l.Outline)
	if !slices.Contains(gone, 0) {
		clear(gone)
	}
	first := slices.Index(gone, 0)
	now := gather(nil, body)
	if first > 0 && l.Outline[first].Hash == hashText(l.Title) && len(now) > 0 && wordsOf(now[0].node) != l.Title {
		gone[first] = AtStart // the heading that says the title had become the first
	}
	left := make([]*unit, 0, len(now)) // before the blocks that the outline left out, and after them
	was = make([]unit, len(l.Outline))
	after := -1
	for i, b := range l.Outline {
		was[i].Block = b
		switch {
		case b.is(gap):
			after = len(left)
		case gone[i] == 0:
			left = append(left, &was[i])
		}
	}
	if after < 0 && len(left) != len(now) || len(left) > len(now) {
		return nil, false
	}
	for i, u := range left {
		if after >= 0 && i >= after {
			i += len(now) - len(left)
		}
		u.node = now[i].node
	}
	return was, true
}

// leaveOut takes a template off the article whose clean tree is body.
func (a *Article) leaveOut(t *Template, body *html.Node, address *url.URL) {
	if t == nil || !shows(body) {
		return
	}
	units := unitsOf(body, address.Host, a.Title)
	a.Outline = outlineOf(units)
	a.takeOff(t, body, units)
}

// takeOff removes the blocks of a template from a clean tree, unless there are no others.
func (a *Article) takeOff(t *Template, body *html.Node, units []unit) {
	marked := t.marks(outlineOf(units))
	if !slices.Contains(marked, 0) {
		return
	}
	for i, place := range marked {
		if place != 0 && units[i].node != nil {
			a.LeftOut = append(a.LeftOut, t.leftOut(units[i], place))
			removeWithParents(body, units[i].node)
		}
	}
	if len(a.LeftOut) > 0 {
		dropRules(body)
		dropHeading(body, a.Title)
	}
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
		i, _ := slices.BinarySearchFunc(t.blocks, hash, func(b TemplateBlock, h uint64) int { return cmp.Compare(b.Hash, h) })
		for ; i < len(t.blocks) && t.blocks[i].Hash == hash; i++ {
			if b := t.blocks[i]; b.Place&place != 0 && b.Pages > l.Pages {
				l.Pages, l.Of = b.Pages, b.Of
			}
		}
	}
	return l
}

// removeWithParents removes a node, and what it stood in where that shows nothing more.
func removeWithParents(body, n *html.Node) {
	for parent := n.Parent; n != body && parent != nil; n, parent = parent, parent.Parent {
		parent.RemoveChild(n)
		if shows(parent) {
			return
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
