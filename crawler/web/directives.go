package web

import (
	"net/http"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// keepOut reports whether a page asks not to be indexed, and its links not to be followed, in its head or by
// X-Robots-Tag. Neither is respected if robots.txt is not.
func (c *crawl) keepOut(h http.Header, says extract.Directives, doc *extract.Document) (noIndex, noFollow bool) {
	if !c.src.Fetch.RespectRobots {
		return false, false
	}
	noIndex, noFollow = scope.RobotsTag(h, c.src.Fetch.UserAgent)
	if !delaysIndexing(doc, says) {
		noIndex, noFollow = noIndex || says.NoIndex, noFollow || says.NoFollow
	}
	return noIndex, noFollow
}

// delaysIndexing reports whether a page's noindex means only "not yet". DokuWiki puts "noindex,nofollow" on
// each page for days after each edit (indexdelay). If that were respected, every page that somebody works on
// would leave the library. What DokuWiki never wants indexed (old revisions, editors, missing pages) has no
// canonical link.
func delaysIndexing(doc *extract.Document, says extract.Directives) bool {
	return says.Canonical != nil && isDokuWiki(doc)
}

func isDokuWiki(doc *extract.Document) bool {
	return doc.Has(`meta[name="generator"][content^="DokuWiki"]`)
}
