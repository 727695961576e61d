package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/net/html/charset"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/internal/weburl"
)

// The bounds that sitemaps.org sets, and how deep indexes may nest.
const (
	maxSitemap     = 50 << 20 // bytes, decompressed
	maxSitemapURLs = 50_000
	maxNesting     = 3
	maxSitemaps    = 2000 // of one source
)

// autoSitemaps stands in the configuration for the sitemaps that the site itself names.
const autoSitemaps = "auto"

// sitemap is a sitemap to be read.
type sitemap struct {
	url     *url.URL
	from    string // what named it; "" for the configuration
	nesting int
	guessed bool // nobody named it, so that it may well not be there
}

// readSitemaps discovers the addresses that the source's sitemaps list. A sitemap
// that fails is settled with its outcome, so that the crawl is incomplete: what
// it would have listed is not known.
func (c *crawl) readSitemaps(ctx context.Context) error {
	pending, err := c.sitemaps()
	seen := make(map[string]bool)
	for ; err == nil && len(pending) > 0; pending = pending[1:] {
		s := pending[0]
		n, ok := c.scope.Normalise(s.url)
		if !ok || seen[n.String()] {
			continue
		}
		s.url = n
		if len(seen) == maxSitemaps || len(pending) > 10*maxSitemaps {
			return c.settleAside(s.url, crawler.OverLimit, fmt.Sprintf("not read, as are all that follow: the source names more than %d sitemaps", maxSitemaps))
		}
		seen[n.String()] = true
		var nested []sitemap
		nested, err = c.readSitemap(ctx, s)
		pending = append(pending, nested...)
	}
	return err
}

// sitemaps are the configured ones; "auto" stands for those that robots.txt names,
// or else for the place where sitemaps customarily are.
func (c *crawl) sitemaps() ([]sitemap, error) {
	var list []sitemap
	for _, configured := range c.src.Discover.Sitemaps {
		if configured != autoSitemaps {
			u, err := c.scope.Site.Parse(configured)
			if err != nil {
				return nil, fmt.Errorf("read the address of a sitemap: %w", err)
			}
			list = append(list, sitemap{url: u})
			continue
		}
		for _, named := range c.robots.Sitemaps {
			if u, err := weburl.Resolve(c.scope.Site, named); err == nil {
				list = append(list, sitemap{url: u, from: "robots.txt"})
			}
		}
		if len(c.robots.Sitemaps) == 0 && !c.robots.Unreadable {
			list = append(list, sitemap{url: c.scope.Site.ResolveReference(&url.URL{Path: "/sitemap.xml"}), guessed: true})
		}
	}
	return list, nil
}

// whereYours says how a sitemap elsewhere comes to be read.
const whereYours = "where it is yours, name it in discover.sitemaps"

// readSitemap discovers what one sitemap lists and returns the sitemaps that it
// names. The error is the crawl's, not the sitemap's.
func (c *crawl) readSitemap(ctx context.Context, s sitemap) (nested []sitemap, err error) {
	if !c.destinations.include(s.url) {
		return nil, c.settleAside(s.url, crawler.OutOfScope, "a sitemap on another site, named by "+s.from+"; "+whereYours)
	}
	a := c.getFile(ctx, s.url)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	outcome, detail := a.failure()
	switch absent := a.status == http.StatusNotFound || a.status == http.StatusGone; {
	case outcome == crawler.RedirectedOut && s.guessed:
		return nil, nil
	case outcome == crawler.RedirectedOut && s.from != "":
		return nil, c.settleAside(s.url, crawler.OutOfScope, detail+"; "+whereYours)
	case outcome == crawler.RedirectedOut:
		outcome, detail = crawler.BadSitemap, detail+"; "+whereYours
	case s.guessed && (a.status >= 400 && a.status < 500 && a.status != http.StatusTooManyRequests || outcome == "" && looksLikeHTML(a)):
		return nil, nil
	case absent && s.from == "robots.txt":
		return nil, c.settleAside(s.url, crawler.Gone, "named by robots.txt")
	case outcome != "" && !outcome.Failed(): // nothing is known of what it lists
		outcome = crawler.BadSitemap
	case outcome == "" && looksLikeHTML(a):
		outcome, detail = crawler.BadSitemap, "a web page, not a sitemap"
	}
	if outcome != "" {
		return nil, c.settleAside(s.url, outcome, detail)
	}

	var batch []*url.URL
	var complaint, crawlErr error
	flush := func() error {
		crawlErr = c.discover(s.url.String(), 0, batch)
		batch = batch[:0]
		return crawlErr
	}
	err = parseSitemap(a.body, func(entry listed) error {
		u, err := weburl.Resolve(s.url, entry.loc)
		switch {
		case entry.loc == "":
			return nil
		case err != nil:
			complaint = fmt.Errorf("%q is not an address", entry.loc)
			return nil
		case entry.isSitemap && s.nesting == maxNesting:
			return fmt.Errorf("sitemap indexes are nested more than %d deep", maxNesting)
		case entry.isSitemap:
			if len(nested) <= maxSitemaps { // one more than is read, so that this is told
				nested = append(nested, sitemap{url: u, from: s.url.String(), nesting: s.nesting + 1})
			}
			return nil
		}
		if crawlErr = c.dated(u, entry.changed); crawlErr != nil {
			return crawlErr
		}
		var better *url.URL
		if better, crawlErr = c.leaveToTranslation(s.url.String(), u, entry.versions(s.url)); crawlErr != nil {
			return crawlErr
		}
		u = cmp.Or(better, u)
		if batch = append(batch, u); len(batch) == 256 {
			return flush()
		}
		return nil
	})
	if crawlErr == nil {
		_ = flush() // what was read before a mistake is good
	}
	if crawlErr != nil {
		return nil, crawlErr
	}
	if s.guessed && errors.Is(err, errNoSitemap) {
		return nil, nil
	}
	if err = cmp.Or(err, complaint); err != nil {
		return nested, c.settleAside(s.url, crawler.BadSitemap, err.Error())
	}
	return nested, nil
}

var errNoSitemap = errors.New("no sitemap in it")

// listed is an address that a sitemap lists, with what it says of it, as written.
type listed struct {
	loc, changed string
	isSitemap    bool        // it is that of a sitemap, not of a page
	alternates   []alternate // the page in each of its languages, itself among them
}

// alternate is <xhtml:link rel="alternate" hreflang="…" href="…"/>, by which sitemaps
// say what pages say in their heads.
type alternate struct {
	Rel      string `xml:"rel,attr"`
	Language string `xml:"hreflang,attr"`
	Href     string `xml:"href,attr"`
}

// versions are the page's alternates with their addresses made absolute.
func (l listed) versions(base *url.URL) (versions []extract.Alternate) {
	for _, a := range l.alternates {
		u, err := weburl.Resolve(base, a.Href)
		if err == nil && a.Rel == "alternate" && a.Language != "" && !strings.EqualFold(a.Language, "x-default") {
			versions = append(versions, extract.Alternate{Language: a.Language, URL: u})
		}
	}
	return versions
}

// parseSitemap calls found for each address in a sitemap, sitemap index or feed (XML,
// streamed) or in a text sitemap (an address a line); all may be gzipped. An
// entity of the document's own is a mistake to encoding/xml, which expands none,
// so that an XML bomb has nothing to go off with.
func parseSitemap(body []byte, found func(listed) error) error {
	if bytes.HasPrefix(body, []byte("\x1f\x8b")) {
		unzipped, err := gunzip(body)
		if err != nil {
			return err
		}
		body = unzipped
	}
	entries := 0
	count := func(entry listed) error {
		if entries++; entries > maxSitemapURLs {
			return fmt.Errorf("more than %d addresses", maxSitemapURLs)
		}
		entry.loc, entry.changed = strings.TrimSpace(entry.loc), strings.TrimSpace(entry.changed)
		return found(entry)
	}
	if start := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n"); len(start) > 0 && start[0] == 'h' {
		return parseTextSitemap(start, count)
	}
	return parseXMLSitemap(body, count)
}

func gunzip(body []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	unzipped, err := io.ReadAll(io.LimitReader(z, maxSitemap+1))
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	if len(unzipped) > maxSitemap {
		return nil, fmt.Errorf("larger than %d bytes", maxSitemap)
	}
	return unzipped, nil
}

func parseTextSitemap(body []byte, found func(listed) error) error {
	for line := range strings.Lines(string(body)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := found(listed{loc: line}); err != nil {
			return err
		}
	}
	return nil
}

func parseXMLSitemap(body []byte, found func(listed) error) error {
	d := xml.NewDecoder(bytes.NewReader(withAmpersands(bytes.TrimLeft(body, " \t\r\n"))))
	d.CharsetReader = charset.NewReaderLabel
	var path []string // names of the open elements
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(path) == 0 {
			return errNoSitemap
		}
		if err != nil {
			return fmt.Errorf("read XML: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			if len(path) == 0 && !isSitemap(name) {
				return fmt.Errorf("%w, but a <%s>", errNoSitemap, name)
			}
			if !isEntry(path, name) {
				path = append(path, name)
				continue
			}
			var entry sitemapEntry
			if err := d.DecodeElement(&entry, &token); err != nil {
				return fmt.Errorf("read XML: %w", err)
			}
			for _, loc := range entry.addresses() {
				if err := found(listed{loc, entry.Changed, path[0] == "sitemapindex", entry.alternates()}); err != nil {
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

// isSitemap reports whether a document is one by its root: feeds are as well (sitemaps.org,
// "Other Sitemap formats").
func isSitemap(root string) bool {
	switch root {
	case "urlset", "sitemapindex", "rss", "RDF", "feed":
		return true
	}
	return false
}

// isEntry reports whether an element below others tells of one page, or one sitemap.
// <image:loc> and its like stand deeper.
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

// sitemapEntry is what a sitemap, RSS or Atom says of one page.
type sitemapEntry struct {
	Locs    []string `xml:"loc"`
	Changed string   `xml:"lastmod"`
	Links   []struct {
		alternate
		Text string `xml:",chardata"`
	} `xml:"link"`
}

// addresses are those of the page: RSS has it as the text of a link, and Atom as the href of
// one that is an alternate, as one without a relation is (RFC 4287, section 4.2.7.2). In a
// sitemap links lead to other versions.
func (e sitemapEntry) addresses() []string {
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

func (e sitemapEntry) alternates() (versions []alternate) {
	for _, link := range e.Links {
		if link.Language != "" {
			versions = append(versions, link.alternate)
		}
	}
	return versions
}

// withAmpersands escapes those ampersands that begin no reference, as in an address that was
// put into the file as it is. In a CDATA section all are meant literally.
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

// bareAmpersands matches every ampersand, and a reference to its end.
var bareAmpersands = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{0,30};)?`)
})
