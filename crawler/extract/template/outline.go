package template

import (
	"encoding/binary"
	"errors"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// Outline is what of an article shows whether it has blocks in common with others: its
// blocks in order, each by a hash, without their texts. What is far from both ends of a
// long article is left out of it.
type Outline []Block

// Block is a paragraph, a heading, a list, a table or the like. One that repeats on
// another page has the same text, wherever its links lead.
type Block struct {
	Hash  uint64   // of its text and images
	Items []uint64 // of each item of a list of links
	traits
}

// traits are what else tells how a block may be part of a template.
type traits uint8

const (
	label traits = 1 << iota // announces what follows: a heading, or a line that ends with a colon
	links                    // says nothing but links to other pages of the site
	short                    // a line or two, which may stand between blocks of a template
	gap                      // stands for the blocks that were left out
)

func (t traits) is(other traits) bool { return t&other != 0 }

// Reach is how many blocks from each end of an article are looked at: a template that
// is longer is a menu, and that is one block.
const Reach = 60

// shortWords is how many words a line may have, such as "Updated 3 days ago by Kim".
const shortWords = 12

// maxItems bounds the items of a list that are looked at.
const maxItems = 500

// unit is a block as the clean tree has it.
type unit struct {
	node *html.Node
	Block
}

// unitsOf returns the blocks of a clean tree within reach of its ends; site is the host
// of its page, and title what that is called.
func unitsOf(body *html.Node, site, title string) []unit {
	units := gather(nil, body)
	if len(units) > 2*Reach {
		end := units[len(units)-Reach:]
		units = append(append(units[:Reach:Reach], unit{Block: Block{traits: gap}}), end...)
	}
	for i := range units {
		if units[i].node != nil {
			units[i].Block = blockOf(units[i].node, site, title)
		}
	}
	return units
}

// OutlineOf returns the outline of the clean tree of an article with a title, on a site
// with a host.
func OutlineOf(body *html.Node, host, title string) Outline {
	return outlineOf(unitsOf(body, host, title))
}

func outlineOf(units []unit) Outline {
	o := make(Outline, len(units))
	for i, u := range units {
		o[i] = u.Block
	}
	return o
}

// gather adds the blocks inside n, which holds nothing but blocks.
func gather(units []unit, n *html.Node) []unit {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case child.Type == html.TextNode && htmltree.IsBlank(child.Data), htmltree.IsElement(child, atom.Hr), !htmltree.Shows(child) && child.Type != html.TextNode:
		case opens(child):
			units = gather(units, child)
		default:
			units = append(units, unit{node: child})
		}
	}
	return units
}

// opens tells of what only sets blocks beside each other, or a link around them.
func opens(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Div, atom.Td, atom.Th, atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot:
		return holdsOnlyBlocks(n)
	case atom.Table:
		return htmltree.HoldsBlocks(n)
	}
	return false
}

func holdsOnlyBlocks(n *html.Node) bool {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		cell := htmltree.IsElement(child, atom.Tr, atom.Td, atom.Th)
		if !cell && !htmltree.IsBlock(child) && !(child.Type == html.TextNode && htmltree.IsBlank(child.Data)) {
			return false
		}
	}
	return n.FirstChild != nil
}

func blockOf(n *html.Node, site, title string) Block {
	said := wordsOf(n)
	b := Block{Hash: hashOf(n, said)}
	if total, linked := linkWords(n, site); linked > 0 {
		if linked == total {
			b.traits |= links
		}
		if htmltree.IsElement(n, atom.Ul) && linked*10 >= total*7 {
			b.Items = itemsOf(n)
		}
	}
	switch {
	case b.is(links):
	case htmltree.IsElement(n, atom.H1, atom.H2) && said == title:
		b.traits |= short // announces all of the page
	case htmltree.IsHeading(n.DataAtom), htmltree.IsElement(n, atom.P) && announces(n, said):
		b.traits |= label
	case htmltree.IsElement(n, atom.P) && isShort(said):
		b.traits |= short
	}
	return b
}

func isShort(said string) bool { return htmltree.CountWords(said, shortWords+1) <= shortWords }

// wordsOf is the text of a block, which may be a text itself.
func wordsOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return htmltree.Words(n.Data)
	}
	return htmltree.TextOf(n)
}

// announces tells of a line that is a heading in all but its markup.
func announces(p *html.Node, said string) bool {
	if last, _ := utf8.DecodeLastRuneInString(said); last == ':' || last == '：' {
		return true
	}
	if said == "" || !isShort(said) {
		return false
	}
	for d := range p.Descendants() {
		if d.Type == html.TextNode && !htmltree.IsBlank(d.Data) && htmltree.Ancestor(d, func(a *html.Node) bool { return htmltree.IsElement(a, atom.Strong, atom.B) || a == p }) == p {
			return false
		}
	}
	return true
}

func hashOf(n *html.Node, said string) uint64 {
	hash := hashText(said)
	for d := range htmltree.Below(n) {
		if htmltree.IsElement(d, atom.Img) {
			hash = hashOn(hashOn(hash, "\x00"+htmltree.Attr(d, "src")), "\x00"+htmltree.Attr(d, "alt"))
		}
	}
	return hash
}

// hashText is the FNV-1a of a text, which [hash/fnv] would have copied first.
func hashText(said string) uint64 { return hashOn(14695981039346656037, said) }

// hashOn is the hash of more text after that whose hash it is given.
func hashOn(hash uint64, more string) uint64 {
	for i := range len(more) {
		hash = (hash ^ uint64(more[i])) * 1099511628211
	}
	return hash
}

// linkWords counts the words of a block, and those of them that are links to other
// pages of the site. Where there is no such link, it counts none at all.
func linkWords(n *html.Node, site string) (total, linked int) {
	around := n
	for around != nil && around.DataAtom != atom.A {
		around = around.Parent
	}
	w := linkWalk{leads: map[*html.Node]bool{}}
	if around != nil && leadsToPage(htmltree.Attr(around, "href"), site) {
		w.leads[around] = true
	}
	for d := range htmltree.Below(n) {
		if d.DataAtom == atom.A && leadsToPage(htmltree.Attr(d, "href"), site) {
			w.leads[d] = true
		}
	}
	if len(w.leads) > 0 {
		w.count(n, around)
	}
	return w.total, w.linked
}

// linkWalk is a walk that counts the words of a block.
type linkWalk struct {
	leads         map[*html.Node]bool // links to other pages of the site
	total, linked int
}

// count counts the words inside n, which is inside of a link or of none.
func (w *linkWalk) count(n, link *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case child.Type == html.TextNode:
			words := htmltree.WordsIn(child.Data)
			w.total += words
			if w.leads[link] {
				w.linked += words
			}
		case child.DataAtom == atom.A:
			w.count(child, child)
		default:
			w.count(child, link)
		}
	}
}

// leadsToPage tells of links to pages of the site as a whole: not to a place on one,
// as the marks beside headings are, and not to files.
func leadsToPage(href, site string) bool {
	u, err := url.Parse(href)
	if err != nil || u.Host != site || u.Fragment != "" {
		return false
	}
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".csv", ".txt", ".zip", ".gz", ".tar", ".7z",
		".exe", ".msi", ".dmg", ".pkg", ".deb", ".rpm", ".apk", ".iso", ".jar", ".bin", ".mp4", ".mp3", ".png", ".jpg", ".jpeg", ".svg", ".gif":
		return false
	}
	return true
}

// itemsOf returns a hash for each item of a list, without the lists inside it.
func itemsOf(list *html.Node) (items []uint64) {
	for d := range list.Descendants() {
		if !htmltree.IsElement(d, atom.Li) || len(items) == maxItems {
			continue
		}
		var own strings.Builder
		for part := d.FirstChild; part != nil; part = part.NextSibling {
			if !htmltree.IsElement(part, atom.Ul, atom.Ol) {
				own.WriteString(" " + wordsOf(part))
			}
		}
		if said := htmltree.Words(own.String()); said != "" {
			items = append(items, hashText(said))
		}
	}
	return items
}

// Bytes is the outline as it may be kept, for [ParseOutline].
func (o Outline) Bytes() []byte {
	b := make([]byte, 0, 10*len(o))
	for _, block := range o {
		b = append(b, byte(block.traits))
		b = binary.BigEndian.AppendUint64(b, block.Hash)
		b = binary.AppendUvarint(b, uint64(len(block.Items)))
		for _, item := range block.Items {
			b = binary.BigEndian.AppendUint64(b, item)
		}
	}
	return b
}

// ParseOutline reads what [Outline.Bytes] wrote.
func ParseOutline(b []byte) (Outline, error) {
	errCut := errors.New("read an outline: it is cut off")
	var o Outline
	for len(b) > 0 {
		if len(b) < 9 {
			return nil, errCut
		}
		block := Block{traits: traits(b[0]), Hash: binary.BigEndian.Uint64(b[1:])}
		count, size := binary.Uvarint(b[9:])
		if size <= 0 || count > uint64(len(b)-9-size)/8 {
			return nil, errCut
		}
		b = b[9+size:]
		for range count {
			block.Items = append(block.Items, binary.BigEndian.Uint64(b))
			b = b[8:]
		}
		o = append(o, block)
	}
	return o, nil
}
