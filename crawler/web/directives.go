package web

import (
	"net/http"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// keepOut reports whether a page asks not to be indexed, and its links not to be
// followed: in its head, or by X-Robots-Tag. It is part of robots.txt's manners and
// is respected, or not, with it.
func (c *crawl) keepOut(h http.Header, says extract.Directives, doc *extract.Document) (noIndex, noFollow bool) {
	if !c.src.Fetch.RespectRobots {
		return false, false
	}
	noIndex, noFollow = robotsTag(h, c.src.Fetch.UserAgent)
	if !delaysIndexing(doc, says) {
		noIndex, noFollow = noIndex || says.NoIndex, noFollow || says.NoFollow
	}
	return noIndex, noFollow
}

// delaysIndexing reports whether a page's noindex means only "not yet". DokuWiki
// puts "noindex,nofollow" on each page for days after each edit (indexdelay), which
// would take every page out of the library that somebody works on. What it never
// wants indexed (old revisions, editors, missing pages) has no canonical link.
func delaysIndexing(doc *extract.Document, says extract.Directives) bool {
	return says.Canonical != nil && isDokuWiki(doc)
}

func isDokuWiki(doc *extract.Document) bool {
	return doc.Has(`meta[name="generator"][content^="DokuWiki"]`)
}

// robotsTag reads X-Robots-Tag headers: directives for everyone, or, after the name
// of a crawler and a colon, for that one.
func robotsTag(h http.Header, userAgent string) (noIndex, noFollow bool) {
	for _, line := range h.Values("X-Robots-Tag") {
		if name, directives, ok := strings.Cut(line, ":"); ok && !strings.ContainsAny(name, ", ") {
			switch {
			case strings.EqualFold(name, scope.ProductToken(userAgent)):
				line = directives
			case !strings.EqualFold(name, "unavailable_after") && !strings.HasPrefix(name, "max-"):
				continue
			}
		}
		for directive := range strings.SplitSeq(strings.ToLower(line), ",") {
			switch strings.TrimSpace(directive) {
			case "noindex":
				noIndex = true
			case "nofollow":
				noFollow = true
			case "none":
				noIndex, noFollow = true, true
			}
		}
	}
	return noIndex, noFollow
}
