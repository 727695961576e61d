package office

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/crawler/document/text"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// archive is the ZIP archive that a document is, with its parts: as ECMA-376, part 2, has it for
// Office, and others likewise.
type archive struct {
	ctx   context.Context
	files map[string]*zip.File
	left  int64 // bytes that may still be decompressed
	nodes int   // elements that may still be read
	// blanks are the elements that a blank between two others counts in.
	blanks map[string]bool
}

const (
	maxUnpacked = 48 << 20  // bytes of a document's parts together
	maxNodes    = 1_500_000 // elements and texts of a document's parts together
	maxDepth    = 200       // nesting of elements

	maxProperties = 100 // attributes of an element, and child elements that are properties
)

// openArchive opens a document. The elements of its parts that blanks count in are those of blanks, and "t".
func openArchive(ctx context.Context, body []byte, blanks ...string) (*archive, error) {
	if bytes.HasPrefix(body, []byte(oleMagic)) {
		if bytes.Contains(body, utf16Bytes("EncryptedPackage")) {
			return nil, draft.Problemf(draft.Encrypted, "needs a password")
		}
		return nil, draft.Problemf(draft.Broken, "is in the format of Office before 2007: "+
			"save it in the newer one, such as .docx")
	}
	files, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, draft.Problemf(draft.Broken, "is no whole document: %v", err)
	}
	p := &archive{
		ctx: ctx, files: make(map[string]*zip.File), left: maxUnpacked, nodes: maxNodes,
		blanks: map[string]bool{"t": true},
	}
	for _, name := range blanks {
		p.blanks[name] = true
	}
	for _, f := range files.File {
		name := strings.TrimPrefix(f.Name, "/")
		if p.files[name] == nil {
			p.files[name] = f
		}
		if f.Flags&1 != 0 {
			return nil, draft.Problemf(draft.Encrypted, "is in an archive with a password")
		}
	}
	return p, nil
}

// Memory returns how many bytes of memory reading a document may take, by what its archive says
// of the parts that are read. What it says wrong is noticed by [archive].
func Memory(body []byte) int64 {
	const perUnpacked = 12 // bytes of memory for each decompressed byte
	files, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return 0
	}
	var size uint64
	for _, f := range files.File {
		if isText(f.Name) {
			size += min(f.UncompressedSize64, maxUnpacked)
		}
	}
	return min(int64(min(size, maxUnpacked))*perUnpacked, maxNodes*draft.PerNode, budget.Reading)
}

// isText reports whether a part of a document is read, by its name; the others are pictures, fonts and the like.
func isText(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".xml", ".rels", ".opf", ".html", ".htm", ".xhtml", ".txt":
		return true
	}
	return false
}

// IsArchive reports whether a file begins like one of Office: a zip archive, or the older format.
func IsArchive(start []byte) bool {
	return bytes.HasPrefix(start, []byte("PK\x03\x04")) || bytes.HasPrefix(start, []byte(oleMagic))
}

// oleMagic begins the files of Office before 2007, and encrypted ones.
const oleMagic = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

func utf16Bytes(s string) []byte {
	var b []byte
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return b
}

// part reads a part. It returns nil if the document has no part of that name.
func (p *archive) part(name string) (root *xmlNode, err error) {
	err = p.open(name, func(r io.Reader) (err error) {
		root, err = p.parse(r)
		return err
	})
	return root, err
}

// chunk returns the blocks of a part that is a web page or plain text, and nothing for other formats.
func (p *archive) chunk(name string) ([]*html.Node, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".htm", ".html", ".xhtml":
		return p.page(name, "text/html")
	case ".txt":
		raw, err := p.bytes(name)
		if err != nil {
			return nil, err
		}
		source, err := text.Decode("", raw)
		if err != nil {
			return nil, err
		}
		return draft.Children(text.Article(source, budget.From(p.ctx))), nil
	}
	return nil, nil
}

// page returns what stands in the body of a part that is a web page; nothing where there is no such part.
func (p *archive) page(name, contentType string) ([]*html.Node, error) {
	raw, err := p.bytes(name)
	if err != nil || raw == nil {
		return nil, err
	}
	budget.From(p.ctx).Make(bytes.Count(raw, []byte{'<'}) / 2)
	page, err := extract.Parse(&url.URL{Path: name}, contentType, raw)
	if err != nil {
		return nil, draft.Problemf(draft.Broken, "%s cannot be read: %v", name, err)
	}
	return draft.Children(page.Root.Find("body").Nodes[0]), nil
}

// bytes returns what a part unpacks to; nil where the document has none of that name.
func (p *archive) bytes(name string) (raw []byte, err error) {
	err = p.open(name, func(r io.Reader) (err error) {
		raw, err = io.ReadAll(r)
		return err
	})
	return raw, err
}

// open calls read with the decompressed content of a part, if the document has the part.
func (p *archive) open(name string, read func(io.Reader) error) error {
	f := p.files[name]
	if f == nil {
		return nil
	}
	if int64(min(f.UncompressedSize64, 1<<40)) > p.left {
		return p.tooLarge()
	}
	r, err := f.Open()
	if err != nil {
		return draft.Problemf(draft.Broken, "%s cannot be unpacked: %v", name, err)
	}
	defer func() { _ = r.Close() }()
	counted := &io.LimitedReader{R: r, N: p.left + 1}
	err = read(counted)
	if p.left = counted.N - 1; p.left < 0 || p.nodes < 0 {
		return p.tooLarge()
	}
	if cause := context.Cause(p.ctx); cause != nil {
		return cause
	}
	if err != nil {
		return draft.Problemf(draft.Broken, "%s cannot be read: %v", name, err)
	}
	return nil
}

func (p *archive) tooLarge() error {
	return draft.Problemf(draft.TooLarge, "unpacks to more than %d bytes or %d elements", maxUnpacked, maxNodes)
}

// mainPart returns the name of the part that a document of Office begins with, which usually is usual.
func (p *archive) mainPart(usual string) string {
	for _, r := range p.relations("") {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			return r.target
		}
	}
	return usual
}

// givenTitle returns the title that the properties of a document of Office give; "" for none.
func (p *archive) givenTitle() (string, error) {
	core, err := p.part("docProps/core.xml")
	return draft.OneLine(core.child("title").text()), err
}

// relation is a relationship of a part to another part or to an address.
type relation struct{ id, kind, target string }

// relations returns the relations of a part, or of the package if of is "". It ignores relations that cannot
// be read.
func (p *archive) relations(of string) []relation {
	folder, name := path.Split(of)
	part, err := p.part(folder + "_rels/" + name + ".rels")
	if err != nil {
		return nil
	}
	var found []relation
	for _, n := range part.all("Relationship") {
		target := n.attr("Target")
		if !strings.EqualFold(n.attr("TargetMode"), "External") {
			if rooted, ok := strings.CutPrefix(target, "/"); ok {
				target = rooted
			} else {
				target = path.Join(folder, target)
			}
		}
		found = append(found, relation{n.attr("Id"), n.attr("Type"), target})
	}
	return found
}

// byID returns relations by their IDs.
func byID(list []relation) map[string]relation {
	found := make(map[string]relation, len(list))
	for _, r := range list {
		found[r.id] = r
	}
	return found
}

// reference is the ID among those of related that an element refers to by its attribute id, which others
// of that name may stand beside; "" for none.
func (n *xmlNode) reference(related map[string]relation) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if _, known := related[a.Value]; known && a.Name.Local == "id" {
			return a.Value
		}
	}
	return ""
}

// xmlNode is an element, or text if it has no name. Names are without namespaces, which differ between the
// two variants of the format. All methods may be called on nil.
type xmlNode struct {
	name     string
	attrs    []xml.Attr
	children []*xmlNode
	data     string
}

func (p *archive) parse(r io.Reader) (*xmlNode, error) {
	decoder := xml.NewDecoder(r)
	decoder.CharsetReader = charset.NewReaderLabel
	var root *xmlNode
	var open []*xmlNode
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			if root == nil || len(open) > 0 {
				return nil, io.ErrUnexpectedEOF
			}
			return root, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if p.nodes--; p.nodes < 0 || len(open) >= maxDepth {
				return nil, errors.New("too many elements, or too deep")
			}
			budget.From(p.ctx).Spend(4 + len(t.Attr))
			n := &xmlNode{name: t.Name.Local, attrs: slices.Clone(t.Attr[:min(len(t.Attr), maxProperties)])}
			if len(open) > 0 {
				parent := open[len(open)-1]
				parent.children = append(parent.children, n)
			} else if root == nil {
				root = n
			}
			open = append(open, n)
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1].name != t.Name.Local {
				return nil, errors.New("elements that are not closed")
			}
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) == 0 {
				continue
			}
			if parent := open[len(open)-1]; p.blanks[parent.name] || len(bytes.TrimSpace(t)) > 0 {
				p.nodes--
				parent.children = append(parent.children, &xmlNode{data: string(t)})
			}
		}
	}
}

func (n *xmlNode) nodes() []*xmlNode {
	if n == nil {
		return nil
	}
	return n.children
}

// child returns the first child element with a name. It looks only at the first children, where properties
// are.
func (n *xmlNode) child(name string) *xmlNode {
	nodes := n.nodes()
	for _, c := range nodes[:min(len(nodes), maxProperties)] {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (n *xmlNode) all(name string) []*xmlNode {
	var found []*xmlNode
	for _, c := range n.nodes() {
		if c.name == name {
			found = append(found, c)
		}
	}
	return found
}

// find returns the first element with a name inside n, at any depth.
func (n *xmlNode) find(name string) *xmlNode {
	for _, c := range n.nodes() {
		if c.name == name {
			return c
		}
		if found := c.find(name); found != nil {
			return found
		}
	}
	return nil
}

// rows returns the rows of a table, whatever they are wrapped in.
func (n *xmlNode) rows() []*xmlNode { return n.unwrapped("tr") }

func (n *xmlNode) cells() []*xmlNode { return n.unwrapped("tc") }

func (n *xmlNode) unwrapped(name string) []*xmlNode {
	var found []*xmlNode
	for _, c := range n.nodes() {
		switch c.name {
		case name:
			found = append(found, c)
		case "sdt":
			found = append(found, c.child("sdtContent").unwrapped(name)...)
		case "customXml", "ins", "moveTo":
			found = append(found, c.unwrapped(name)...)
		}
	}
	return found
}

// chosen returns what is shown of several alternatives: the newest.
func (n *xmlNode) chosen() []*xmlNode {
	if choice := n.child("Choice"); choice != nil {
		return choice.children
	}
	return n.child("Fallback").nodes()
}

func (n *xmlNode) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n *xmlNode) number(name string) int {
	v, err := strconv.Atoi(n.attr(name))
	if err != nil || v < 0 || v > 1_000_000 {
		return 0
	}
	return v
}

func (n *xmlNode) bits(name string) uint64 {
	v, _ := strconv.ParseUint(n.attr(name), 16, 32)
	return v
}

// isOne reports whether the value of an attribute is that of a thing which is so.
func isOne(value string) bool { return value == "1" || value == "true" }

// on reports whether a property is on: it is there, and its value is not "off".
func (n *xmlNode) on() bool {
	if n == nil {
		return false
	}
	switch n.attr("val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}

func (n *xmlNode) text() string {
	var out strings.Builder
	for _, c := range n.nodes() {
		if c.name == "" {
			out.WriteString(c.data)
		}
	}
	return out.String()
}

// allText returns the text of all elements with a name inside n.
func (n *xmlNode) allText(name string) string {
	var out strings.Builder
	for _, c := range n.nodes() {
		if c.name == name {
			out.WriteString(c.text())
		} else {
			out.WriteString(c.allText(name))
		}
	}
	return out.String()
}
