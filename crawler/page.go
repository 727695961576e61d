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

// Page is one article, ready to be sent.
type Page struct {
	Source     string // name of the source in sources.yaml
	ExternalID string // its address, by which Intercom upserts it unless it has an Identity
	Identity   string // what the page itself says identifies it: by its markup; "" for nothing
	URL        string // normalised address that a reader opens, and Fin links to
	Title      string // never empty
	Locale     string // such as "en"
	HTML       string // clean semantic HTML with absolute links
	Markdown   string // canonical Markdown of HTML: what the fingerprint covers

	Availability Availability

	Outline template.Outline   // of its blocks; nil where no template is looked for
	LeftOut []template.LeftOut // of it, as template

	// End says how its document ended, so that one which is cut off can be told later; ""
	// where that means nothing.
	End string
	// Inside: it shows by itself that its reader is logged in.
	Inside bool
	// Dialogue: what it says stands in a form that is to be filled in.
	Dialogue bool
	// Unseen is what its file has beside this text and does not show its readers.
	Unseen []Unseen
}

// Unseen is text that a file has at a place and does not show, as under a black box.
type Unseen struct {
	Rule    string // what it is called in reports
	Where   string // for people
	Letters int
}

// EndsOpen reports whether a document that ended so, as Page.End has it, leaves elements open.
func EndsOpen(end string) bool { return strings.HasPrefix(end, "open ") && end != "open 0" }

// Availability says which of Intercom's AI products may answer from a page.
type Availability struct {
	AIAgent   bool `json:"ai_agent"`
	AICopilot bool `json:"ai_copilot"`
}

// Fingerprint is the SHA-256, in hex, of all that makes a page worth sending
// again: its Markdown, title, URL, locale and availability. The HTML is left out
// on purpose, since rendered markup changes where the meaning does not.
func (p Page) Fingerprint() string {
	h := sha256.New()
	for _, field := range []string{p.Markdown, p.Title, p.URL, p.Locale} {
		_ = binary.Write(h, binary.BigEndian, uint64(len(field)))
		_, _ = io.WriteString(h, field)
	}
	_ = binary.Write(h, binary.BigEndian, p.Availability)
	return hex.EncodeToString(h.Sum(nil))
}

// Says is a hash, in hex, of what a reader gets of the page and who may have it: the
// same for one page under two addresses. The contents that a page lists at its top link
// to places of its own, whatever its address.
func (p Page) Says() string {
	text := strings.ReplaceAll(p.Markdown, "]("+p.URL+"#", "](#")
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%d %s%s %v", len(p.Title), p.Title, text, p.Availability)
	return hex.EncodeToString(h.Sum(nil)[:16])
}
