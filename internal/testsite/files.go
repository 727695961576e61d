package testsite

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"strings"
)

// Robots sets the site's robots.txt.
func (s *Site) Robots(text string) {
	s.Page("/robots.txt", Page{Raw: []byte(text), ContentType: "text/plain"})
}

// Sitemap adds a sitemap of paths or URLs. It is compressed if its path ends in .gz.
func (s *Site) Sitemap(path string, locations ...string) {
	s.sitemap(path, "urlset", "url", locations)
}

// SitemapIndex adds a sitemap index that lists sitemaps.
func (s *Site) SitemapIndex(path string, sitemaps ...string) {
	s.sitemap(path, "sitemapindex", "sitemap", sitemaps)
}

func (s *Site) sitemap(path, root, entry string, locations []string) {
	var b bytes.Buffer
	const head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
	fmt.Fprintf(&b, head, root)
	for _, location := range locations {
		if strings.HasPrefix(location, "/") {
			location = s.URL(location)
		}
		fmt.Fprintf(&b, "<%s><loc>%s</loc></%s>\n", entry, html.EscapeString(location), entry)
	}
	fmt.Fprintf(&b, "</%s>\n", root)
	page := Page{Raw: b.Bytes(), ContentType: "application/xml"}
	if strings.HasSuffix(path, ".gz") {
		page = Page{Raw: Gzip(b.Bytes()), ContentType: "application/gzip"}
	}
	s.Page(path, page)
}

// Gzip returns data compressed with gzip.
func Gzip(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data) // a bytes.Buffer never fails
	_ = z.Close()
	return b.Bytes()
}
