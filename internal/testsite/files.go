package testsite

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"strings"
)

// Robots puts a robots.txt up.
func (s *Site) Robots(text string) {
	s.Page("/robots.txt", Page{Raw: []byte(text), ContentType: "text/plain"})
}

// Sitemap puts a sitemap of paths or addresses up; one whose path ends in .gz is
// gzipped.
func (s *Site) Sitemap(path string, locations ...string) {
	s.sitemap(path, "urlset", "url", locations)
}

// SitemapIndex puts a sitemap index up, with the places of sitemaps.
func (s *Site) SitemapIndex(path string, sitemaps ...string) {
	s.sitemap(path, "sitemapindex", "sitemap", sitemaps)
}

func (s *Site) sitemap(path, root, entry string, locations []string) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n", root)
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

// Gzip compresses.
func Gzip(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(data) // a bytes.Buffer never fails
	_ = z.Close()
	return b.Bytes()
}
