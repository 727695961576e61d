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
	"strings"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/net/html/charset"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
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
			if u, err := c.scope.Site.Parse(named); err == nil {
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
		u, err := s.url.Parse(withStrayPercents(entry.loc))
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

// withStrayPercents writes a percent sign that encodes nothing as browsers take it.
func withStrayPercents(address string) string {
	if _, err := url.Parse(address); err == nil {
		return address
	}
	var b strings.Builder
	for i := range len(address) {
		b.WriteByte(address[i])
		if address[i] == '%' && (i+2 >= len(address) || !scope.IsHex(address[i+1]) || !scope.IsHex(address[i+2])) {
			b.WriteString("25")
		}
	}
	return b.String()
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
		u, err := base.Parse(withStrayPercents(strings.TrimSpace(a.Href)))
		if err == nil && a.Rel == "alternate" && a.Language != "" && !strings.EqualFold(a.Language, "x-default") {
			versions = append(versions, extract.Alternate{Language: a.Language, URL: u})
		}
	}
	return versions
}

// parseSitemap calls found for each address in a sitemap or sitemap index (XML,
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
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimLeft(body, " \t\r\n")))
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
			if len(path) == 0 && token.Name.Local != "urlset" && token.Name.Local != "sitemapindex" {
				return fmt.Errorf("%w, but a <%s>", errNoSitemap, token.Name.Local)
			}
			if len(path) != 1 || token.Name.Local != "url" && token.Name.Local != "sitemap" {
				path = append(path, token.Name.Local)
				continue
			}
			// <image:loc> and its like stand deeper.
			var entry struct {
				Locs       []string    `xml:"loc"`
				Changed    string      `xml:"lastmod"`
				Alternates []alternate `xml:"http://www.w3.org/1999/xhtml link"`
			}
			if err := d.DecodeElement(&entry, &token); err != nil {
				return fmt.Errorf("read XML: %w", err)
			}
			for _, loc := range entry.Locs {
				if err := found(listed{loc, entry.Changed, path[0] == "sitemapindex", entry.Alternates}); err != nil {
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
