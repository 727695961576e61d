// Package sitemap parses sitemaps and feeds.
package sitemap

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"golang.org/x/net/html/charset"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/internal/weburl"
)

// The limits of sitemaps.org.
const (
	MaxSize = 50 << 20 // bytes, decompressed
	maxURLs = 50_000   // in one sitemap
)

// ErrNone means that a document is no sitemap.
var ErrNone = errors.New("no sitemap in it")

// Entry is an address in a sitemap, with what is written about it.
type Entry struct {
	Loc, Changed string
	IsSitemap    bool        // the address is that of a sitemap and not of a page
	alternates   []alternate // the page's versions, including itself
}

// alternate is <xhtml:link rel="alternate" hreflang="…" href="…"/>, which means the same as such a link in a
// page's head.
type alternate struct {
	Rel      string `xml:"rel,attr"`
	Language string `xml:"hreflang,attr"`
	Href     string `xml:"href,attr"`
}

// Versions returns the page's versions with absolute addresses.
func (e Entry) Versions(base *url.URL) (versions []extract.Alternate) {
	for _, a := range e.alternates {
		u, err := weburl.Resolve(base, a.Href)
		if err == nil && a.Rel == "alternate" && a.Language != "" && !strings.EqualFold(a.Language, "x-default") {
			versions = append(versions, extract.Alternate{Language: a.Language, URL: u})
		}
	}
	return versions
}

// Parse calls found for each address in a sitemap, sitemap index or feed (XML, streamed) or in a text
// sitemap (one address per line). All may be gzipped. An entity that the document defines is an error,
// because encoding/xml expands none. So an XML bomb is harmless.
func Parse(body []byte, found func(Entry) error) error {
	if bytes.HasPrefix(body, []byte("\x1f\x8b")) {
		unzipped, err := gunzip(body)
		if err != nil {
			return err
		}
		body = unzipped
	}
	entries := 0
	count := func(entry Entry) error {
		if entries++; entries > maxURLs {
			return fmt.Errorf("more than %d addresses", maxURLs)
		}
		entry.Loc, entry.Changed = strings.TrimSpace(entry.Loc), strings.TrimSpace(entry.Changed)
		return found(entry)
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(start) > 0 && start[0] == 'h' {
		return parseText(start, count)
	}
	return parseXML(body, count)
}

func gunzip(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	unzipped, err := io.ReadAll(io.LimitReader(z, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	if len(unzipped) > MaxSize {
		return nil, fmt.Errorf("larger than %d bytes", MaxSize)
	}
	return unzipped, nil
}

func parseText(body []byte, found func(Entry) error) error {
	for line := range strings.Lines(string(body)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := found(Entry{Loc: line}); err != nil {
			return err
		}
	}
	return nil
}

func parseXML(body []byte, found func(Entry) error) error {
	d := xml.NewDecoder(bytes.NewReader(withAmpersands(bytes.TrimLeft(body, " \t\r\n"))))
	d.CharsetReader = charset.NewReaderLabel
	var path []string // names of the open elements
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(path) == 0 {
			return ErrNone
		}
		if err != nil {
			return fmt.Errorf("read XML: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			if len(path) == 0 && !isRoot(name) {
				return fmt.Errorf("%w, but a <%s>", ErrNone, name)
			}
			if !isEntry(path, name) {
				path = append(path, name)
				continue
			}
			var entry element
			if err := d.DecodeElement(&entry, &token); err != nil {
				return fmt.Errorf("read XML: %w", err)
			}
			for _, loc := range entry.addresses() {
				if err := found(Entry{loc, entry.Changed, path[0] == "sitemapindex", entry.alternates()}); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if path = path[:len(path)-1]; len(path) == 0 {
				return nil
			}
		}
	}
}

// isRoot reports whether this root element is that of a sitemap, an index or a feed (sitemaps.org, "Other
// Sitemap formats").
func isRoot(root string) bool {
	switch root {
	case "urlset", "sitemapindex", "rss", "RDF", "feed":
		return true
	}
	return false
}

// isEntry reports whether an element describes one page or one sitemap. Elements such as <image:loc> are
// nested deeper.
func isEntry(path []string, name string) bool {
	switch strings.Join(path, " ") {
	case "urlset", "sitemapindex":
		return name == "url" || name == "sitemap"
	case "rss channel", "RDF":
		return name == "item"
	case "feed":
		return name == "entry"
	}
	return false
}

// element is what a sitemap, RSS or Atom says about one page.
type element struct {
	Locs    []string `xml:"loc"`
	Changed string   `xml:"lastmod"`
	Links   []struct {
		alternate
		Text string `xml:",chardata"`
	} `xml:"link"`
}

// addresses returns the addresses of the page. RSS has it as the text of a link. Atom has it as the href of
// a link that is an alternate or has no relation, which means the same (RFC 4287, section 4.2.7.2). In a
// sitemap, links lead to other versions.
func (e element) addresses() []string {
	found := e.Locs
	for _, link := range e.Links {
		switch text := strings.TrimSpace(link.Text); {
		case text != "":
			found = append(found, text)
		case link.Language == "" && (link.Rel == "" || link.Rel == "alternate"):
			found = append(found, link.Href)
		}
	}
	return found
}

func (e element) alternates() (versions []alternate) {
	for _, link := range e.Links {
		if link.Language != "" {
			versions = append(versions, link.alternate)
		}
	}
	return versions
}

// withAmpersands escapes the ampersands that begin no reference, as in an address that was not escaped. In a
// CDATA section all are literal.
func withAmpersands(body []byte) []byte {
	if !bytes.Contains(body, []byte("&")) {
		return body
	}
	var out bytes.Buffer
	out.Grow(len(body) + 256)
	for len(body) > 0 {
		text, section, _ := bytes.Cut(body, []byte("<![CDATA["))
		out.Write(bareAmpersands().ReplaceAllFunc(text, func(found []byte) []byte {
			if found[len(found)-1] == ';' {
				return found
			}
			return append([]byte("&amp;"), found[1:]...)
		}))
		if len(text) == len(body) {
			break
		}
		out.WriteString("<![CDATA[")
		end := bytes.Index(section, []byte("]]>"))
		if end < 0 {
			end = len(section)
		}
		out.Write(section[:end])
		body = section[end:]
	}
	return out.Bytes()
}

// bareAmpersands matches every ampersand, with the rest of the reference if it begins one.
var bareAmpersands = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,30};)?`)
})
