package crawler

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/extract/template"
)

// Page is one article that is ready to be sent.
type Page struct {
	Source     string // name of the source in sources.yaml
	ExternalID string // identifies the page at Intercom: its URL, unless it has an Identity
	Identity   string // the ID that the page's own markup states, or ""
	URL        string // normalised address that readers open and Fin links to
	Title      string // never empty
	Locale     string // such as "en"
	HTML       string // clean semantic HTML with absolute links
	Markdown   string // canonical Markdown of HTML, which the fingerprint covers

	Availability Availability

	Outline template.Outline   // of its blocks; nil if no template is looked for
	LeftOut []template.LeftOut // parts of it that were left out as template

	// End says how its document ended, so that a document that is cut off can be recognised later. It may be
	// "".
	End string
	// Inside reports whether the page shows by itself that its reader is logged in.
	Inside bool
	// Untitled reports whether nothing on the page names it, so that its title is a part of its address.
	Untitled bool
	// Dialogue reports whether the text stands in a form that is to be filled in.
	Dialogue bool
	// Unseen is the text that its file contains and does not show its readers.
	Unseen []Unseen
}

// Unseen is text that a file contains at one place and does not show, for instance under a black box.
type Unseen struct {
	Rule    string // its name in reports
	Where   string // the place, for people
	Letters int
}

// EndsOpen reports whether a document with this Page.End leaves elements open.
func EndsOpen(end string) bool { return strings.HasPrefix(end, "open ") && end != "open 0" }

// Availability says which of Intercom's AI products may answer from a page.
type Availability struct {
	AIAgent   bool `json:"ai_agent"`
	AICopilot bool `json:"ai_copilot"`
}

// Fingerprint returns a SHA-256, in hex, of everything that makes a page worth sending again: its Markdown,
// title, URL, locale and availability. It leaves out the HTML, since markup changes where the meaning does
// not.
func (p Page) Fingerprint() string {
	h := sha256.New()
	for _, field := range []string{p.Markdown, p.Title, p.URL, p.Locale} {
		_ = binary.Write(h, binary.BigEndian, uint64(len(field)))
		_, _ = io.WriteString(h, field)
	}
	_ = binary.Write(h, binary.BigEndian, p.Availability)
	return hex.EncodeToString(h.Sum(nil))
}

// Says returns a hash, in hex, of what readers get of the page and who may have it. It is the same for one
// page at two addresses. So it leaves out the page's own address from the links of its table of contents.
func (p Page) Says() string {
	text := strings.ReplaceAll(p.Markdown, "]("+p.URL+"#", "](#")
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%d %s%s %v", len(p.Title), p.Title, text, p.Availability)
	return hex.EncodeToString(h.Sum(nil)[:16])
}
