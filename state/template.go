package state

import (
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
)

// Template is what was learnt of the blocks that most pages of a source have in common.
type Template struct {
	// Version is that of the hashes; those of another version are of no use.
	Version int             `json:"version"`
	Blocks  []TemplateBlock `json:"blocks"` // none: no such blocks were found
}

// TemplateBlock is one of them.
type TemplateBlock struct {
	Hash  Hash   `json:"hash"`
	Place int    `json:"place"`
	Words string `json:"words,omitempty"` // its first ones, for people
	Pages int    `json:"pages"`           // that had it when it was last counted
	Of    int    `json:"of"`
}

// Hash is one of 8 bytes, in JSON as hex.
type Hash uint64

// MarshalText writes the hash in hex.
func (h Hash) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%016x", uint64(h)), nil }

// UnmarshalText reads it.
func (h *Hash) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 16, 64)
	if err != nil {
		return fmt.Errorf("read a hash: %w", err)
	}
	*h = Hash(n)
	return nil
}

func templates() table { return table{tree: "templates"} }

// Template returns what was learnt of a source; ok is false where nothing was, since
// there were too few pages.
func (s *Store) Template(source string) (t Template, ok bool, err error) {
	return readOne(s, templates(), source, func(_ string, value []byte) (t Template, err error) {
		err = json.Unmarshal(value, &t)
		return t, err
	})
}

// SetTemplate keeps what was learnt of a source.
func (s *Store) SetTemplate(source string, t Template) error {
	value, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("record the template: %w", err)
	}
	return s.update(write{templates(), source, value}.do)
}

// Outlined is a page of a crawl as it was before anything was left out of it.
type Outlined struct {
	URL     string
	Outline []byte // of its blocks, opaque
	// AIAgent and AICopilot are what they were before the page was screened.
	AIAgent, AICopilot bool
	// Left says what was left out of the staged page since, opaque; "" for nothing.
	Left string
}

func outlines(source string) table { return table{"crawls", source, "outlines"} }

// SetOutline keeps the outline of a page until the end of the crawl (grouped).
func (c *Crawl) SetOutline(o Outlined) error {
	f := make(fields, 0, len(o.Outline)+8)
	f.flag(o.AIAgent)
	f.flag(o.AICopilot)
	f.text(string(o.Outline))
	f.text(o.Left)
	return c.store.add(write{outlines(c.source), o.URL, f})
}

// Outline returns that of one page; ok is false for none.
func (c *Crawl) Outline(url string) (o Outlined, ok bool, err error) {
	return readOne(c.store, outlines(c.source), url, decodeOutlined)
}

// Outlines yields those of this crawl, sorted by URL.
func (c *Crawl) Outlines() iter.Seq2[Outlined, error] {
	return scan(c.store, outlines(c.source), decodeOutlined)
}

func decodeOutlined(url string, value []byte) (Outlined, error) {
	r := read(value)
	o := Outlined{URL: url, AIAgent: r.flag(), AICopilot: r.flag(), Outline: []byte(r.text()), Left: r.text()}
	return o, r.err
}
