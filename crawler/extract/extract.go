// Package extract turns one fetched document into what a reader sees of it: a
// title, clean semantic HTML with absolute links, and canonical Markdown.
//
// A document is parsed once ([Parse]); links, directives, walls and content are
// read from that one tree.
package extract

import (
	"net/url"

	"github.com/PuerkitoBio/goquery"
)

// Document is a parsed page.
type Document struct {
	URL  *url.URL // where it was fetched from
	Root *goquery.Document
}

// Rules are what sources.yaml says about the content of a source's pages. All
// are CSS selectors; the zero value leaves everything to the automatic choice.
type Rules struct {
	Title  string   // the page's title
	Body   string   // its content; several matches are joined in document order
	Remove []string // dropped before anything is read
}

// Article is what a document says.
type Article struct {
	Title    string
	HTML     string // clean; "" where there is no content
	Markdown string // canonical: Markdown → HTML → Markdown gives it again
	How      string // which rule found the body, for people: "content.body", "article", "main", "readability", …
}

// Parse decodes body, honouring the byte order mark, contentType's charset and
// the document's own declaration in the order of the HTML standard's encoding
// sniffing algorithm, and parses it.
func Parse(u *url.URL, contentType string, body []byte) (*Document, error) { panic("not yet") }

// Links returns the absolute addresses the document links to (http and https;
// <base href> honoured; rel=nofollow left out), in document order, without
// repeats. They are not normalised.
func (d *Document) Links() []*url.URL { panic("not yet") }

// Directives are what a document's head says about itself.
type Directives struct {
	Canonical *url.URL // absolute; nil for none
	NoIndex   bool     // <meta name="robots" content="noindex"> or none
	NoFollow  bool
}

// Directives reads the canonical link and the robots meta tags.
func (d *Document) Directives() Directives { panic("not yet") }

// LoginForm describes the login form that stands where the content should be,
// or returns ok false. A small login form in a page's header, navigation or
// footer is none, nor is a form to change a password (several password fields).
func (d *Document) LoginForm() (description string, ok bool) { panic("not yet") }

// Has reports whether the document has an element that selector matches.
func (d *Document) Has(selector string) bool { panic("not yet") }

// Extract finds the article by rules, or automatically where they name nothing.
// It changes the document's tree, so it is called last. The error is for
// documents that cannot be rendered, not for empty ones.
func (d *Document) Extract(rules Rules) (Article, error) { panic("not yet") }
