package state

import (
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
)

// Template is what was learnt about the blocks that most pages of a source have in common.
type Template struct {
	// Version is the version of the hashes. Hashes of different versions cannot be compared.
	Version int             `json:"version"`
	Blocks  []TemplateBlock `json:"blocks"` // empty where no such blocks were found
}

// TemplateBlock is one block of a template.
type TemplateBlock struct {
	Hash  Hash   `json:"hash"`
	Place int    `json:"place"`
	Words string `json:"words,omitempty"` // the first words, for people
	Pages int    `json:"pages"`           // number of pages with the block when it was last counted
	Of    int    `json:"of"`              // number of all pages then
}

// Hash is a hash of 8 bytes. In JSON it is hexadecimal.
type Hash uint64

// MarshalText returns the hash in hexadecimal.
func (h Hash) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%016x", uint64(h)), nil }

// UnmarshalText parses a hexadecimal hash.
func (h *Hash) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 16, 64)
	if err != nil {
		return fmt.Errorf("read a hash: %w", err)
	}
	*h = Hash(n)
	return nil
}

func templates() table { return table{tree: "templates"} }

// Template returns the template of a source. ok is false where there were too few pages to
// learn one.
func (s *Store) Template(source string) (t Template, ok bool, err error) {
	return readOne(s, templates(), source, func(_ string, value []byte) (t Template, err error) {
		err = json.Unmarshal(value, &t)
		return t, err
	})
}

// SetTemplate records the template of a source.
func (s *Store) SetTemplate(source string, t Template) error {
	value, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("record the template: %w", err)
	}
	return s.update(write{templates(), source, value}.do)
}

// Outlined is a page of a crawl as it was before the template was removed from it.
type Outlined struct {
	URL     string
	Outline []byte // outline of its blocks, opaque
	// AIAgent and AICopilot are the page's availability before it was screened.
	AIAgent, AICopilot bool
	// Left describes what was removed from the staged page since, opaque. It is "" for nothing.
	Left string
}

func outlines(source string) table { return table{"crawls", source, "outlines"} }

// SetOutline stores the outline of a page until the end of the crawl (grouped).
func (c *Crawl) SetOutline(o Outlined) error {
	f := make(fields, 0, len(o.Outline)+8)
	f.flag(o.AIAgent)
	f.flag(o.AICopilot)
	f.text(string(o.Outline))
	f.text(o.Left)
	return c.store.add(write{outlines(c.source), o.URL, f})
}

// Outline returns the outline of a page. ok is false where there is none.
func (c *Crawl) Outline(url string) (o Outlined, ok bool, err error) {
	return readOne(c.store, outlines(c.source), url, decodeOutlined)
}

// Outlines yields the outlines of this crawl, sorted by URL.
func (c *Crawl) Outlines() iter.Seq2[Outlined, error] {
	return scan(c.store, outlines(c.source), decodeOutlined)
}

func decodeOutlined(url string, value []byte) (Outlined, error) {
	r := read(value)
	o := Outlined{URL: url, AIAgent: r.flag(), AICopilot: r.flag(), Outline: []byte(r.text()), Left: r.text()}
	return o, r.err
}
