package office

import (
	"context"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// ReadBook reads a book in EPUB format (EPUB 3.3 and 2): its chapters in the order of the spine, without the
// table of contents.
func ReadBook(ctx context.Context, body []byte) (*draft.Draft, error) {
	pack, err := openArchive(ctx, body)
	if err != nil {
		return nil, err
	}
	container, err := pack.part("META-INF/container.xml")
	if err != nil {
		return nil, err
	}
	at := container.child("rootfiles").child("rootfile").attr("full-path")
	book, err := pack.part(at)
	if err != nil {
		return nil, err
	}
	if book == nil {
		return nil, draft.Problemf(draft.Broken, "has no book in it")
	}
	b := &bookReader{pack: pack, meter: budget.From(ctx)}
	if b.locked, err = pack.lockedParts(); err != nil {
		return nil, err
	}
	items := make(map[string]*xmlNode)
	for _, item := range book.child("manifest").all("item") {
		items[item.attr("id")] = item
	}
	article := draft.Element(atom.Article)
	for _, ref := range book.child("spine").all("itemref") {
		item := items[ref.attr("idref")]
		if item == nil || ref.attr("linear") == "no" || draft.HasAny(" "+item.attr("properties")+" ", " nav ") {
			continue
		}
		name := path.Join(path.Dir(at), unescaped(item.attr("href")))
		if err := b.chapter(article, name, item.attr("media-type")); err != nil {
			return nil, err
		}
	}
	return &draft.Draft{Article: article, Title: draft.OneLine(book.child("metadata").child("title").text())}, nil
}

// bookReader reads the chapters of one book.
type bookReader struct {
	pack   *archive
	meter  *budget.Meter
	locked map[string]bool // encrypted parts
}

// lockedParts returns the encrypted parts of a book. These are often fonts, which are not read.
func (p *archive) lockedParts() (map[string]bool, error) {
	locked := make(map[string]bool)
	list, err := p.part("META-INF/encryption.xml")
	for _, data := range list.all("EncryptedData") {
		locked[unescaped(data.child("CipherData").child("CipherReference").attr("URI"))] = true
	}
	return locked, err
}

// chapter adds the text of a chapter. Its links to other chapters become text, since they lead nowhere on
// the site.
func (b *bookReader) chapter(article *html.Node, name, mediaType string) error {
	if b.locked[name] {
		return draft.Problemf(draft.Encrypted, "its text is locked: %s", path.Base(name))
	}
	if mediaType != "application/xhtml+xml" && mediaType != "text/html" {
		return nil
	}
	blocks, err := b.pack.page(name, mediaType)
	if err != nil {
		return err
	}
	for _, block := range blocks {
		for n := range block.Descendants() {
			b.meter.Spend(1)
			withoutInnerLink(n)
		}
		withoutInnerLink(block)
		article.AppendChild(block)
	}
	return nil
}

// withoutInnerLink removes the address of a link to another chapter of the book.
func withoutInnerLink(n *html.Node) {
	if n.DataAtom != atom.A {
		return
	}
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		if u, err := url.Parse(a.Val); a.Key != "href" || err == nil && u.IsAbs() || strings.HasPrefix(a.Val, "#") {
			kept = append(kept, a)
		}
	}
	n.Attr = kept
}

// unescaped returns the name of a part for an address within the archive.
func unescaped(href string) string {
	if plain, err := url.PathUnescape(href); err == nil {
		href = plain
	}
	href, _, _ = strings.Cut(href, "#")
	return href
}
