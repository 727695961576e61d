package web

import (
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
)

// elsewhere returns where a document sends its readers instead of being a page itself: on to another address
// at once (refresh), to its canonical address, or to its version in the source's language. The finding is
// zero if the document stands for itself. An address that would not be fetched is ignored, unless it is that
// of a refresh: a page that forwards its readers has nothing to read.
func (c *crawl) elsewhere(v visit, doc *extract.Document, says extract.Directives) finding {
	if to, ok := c.another(v, says.Refresh); ok {
		outcome, _ := c.scope.Judge(to)
		if outcome == "" && !c.scope.Starts[to.String()] && !c.robots.Allows(to) {
			outcome = crawler.RobotsDenied
		}
		switch {
		case c.asksForLogin(v.url, to):
			return finding{outcome: crawler.LoginWall, detail: "leads to " + to.String()}
		case v.asItself:
			return finding{}
		case outcome != "":
			return finding{outcome: crawler.RedirectedOut, detail: "leads to " + to.String() + " (" + string(outcome) + ")"}
		}
		return finding{outcome: crawler.Redirected, detail: to.String(), leads: to}
	}
	if v.asItself {
		return finding{}
	}
	if to := c.fetchable(v, says.Canonical); to != nil && c.src.Discover.Canonical != CanonicalIgnore {
		return finding{outcome: crawler.Canonical, detail: to.String(), leads: to}
	}
	if to := c.inOurLanguage(v.url, doc.Alternates(), doc.Language()); to != nil {
		return finding{outcome: crawler.OtherLocale, detail: to.String(), leads: to}
	}
	return finding{}
}

// another returns the normalised address that a document names, and reports whether it is not the document's
// own.
func (c *crawl) another(v visit, named *url.URL) (*url.URL, bool) {
	if named == nil {
		return nil, false
	}
	u, ok := c.scope.Normalise(named)
	return u, ok && u.String() != v.url.String()
}

// fetchable returns an address other than v's that may be fetched, or nil.
func (c *crawl) fetchable(v visit, named *url.URL) *url.URL {
	u, ok := c.another(v, named)
	if !ok {
		return nil
	}
	if outcome, _ := c.scope.Judge(u); outcome != "" || !c.robots.Allows(u) {
		return nil
	}
	return u
}

// inOurLanguage returns the version of a document that suits the source's locale better than the document
// does. It returns nil if there is none that may be fetched, so that what exists in one language only is
// never lost. language is the document's own, for a document that is not among its versions.
func (c *crawl) inOurLanguage(document *url.URL, versions []extract.Alternate, language string) *url.URL {
	if c.src.Discover.OtherLocales {
		return nil
	}
	own, best := -1, -1
	var nearer *url.URL
	for _, version := range versions {
		near := nearness(version.Language, c.src.Locale)
		if u, ok := c.scope.Normalise(version.URL); ok && u.String() == document.String() {
			own = max(own, near)
		} else if u := c.fetchable(visit{url: document}, version.URL); u != nil && near > best {
			best, nearer = near, u
		}
	}
	if own < 0 && language != "" {
		own = nearness(language, c.src.Locale)
	}
	if own < 0 || best <= own {
		return nil
	}
	return nearer
}

// leaveToTranslation settles an address found on from if one of its versions suits the source's locale
// better, and returns that version. Otherwise it returns nil.
func (c *crawl) leaveToTranslation(from string, address *url.URL, versions []extract.Alternate) (*url.URL, error) {
	document, ok := c.scope.Normalise(address)
	if !ok || c.src.Discover.OtherLocales {
		return nil, nil
	}
	c.hints.Named(document.String(), c.versionsOf(versions))
	nearer := c.inOurLanguage(document, versions, "")
	if nearer == nil {
		return nil, nil
	}
	c.hints.LeftToVersion(document.String(), nearer.String(), c.languageOf(document, versions, ""))
	fresh, err := c.frontier.Claim(from, 0, document)
	if err != nil || !fresh {
		return nil, err
	}
	return nearer, c.frontier.Settle(document, crawler.OtherLocale, nearer.String())
}

// ownLanguage returns the versions of a document to follow as links: those in the source's language, or all
// if the source reads other languages too.
func (c *crawl) ownLanguage(doc *extract.Document) (links []*url.URL) {
	for _, alternate := range doc.Alternates() {
		if c.src.Discover.OtherLocales || nearness(alternate.Language, c.src.Locale) > 0 {
			links = append(links, alternate.URL)
		}
	}
	return links
}

// nearness returns how well a language tag suits a locale: 2 for the same tag, 1 for the same language, 0
// for another.
func nearness(language, locale string) int {
	language = strings.ToLower(strings.ReplaceAll(language, "_", "-"))
	locale = strings.ToLower(strings.ReplaceAll(locale, "_", "-"))
	ours, _, _ := strings.Cut(locale, "-")
	theirs, _, _ := strings.Cut(language, "-")
	switch {
	case language == locale:
		return 2
	case theirs == ours:
		return 1
	}
	return 0
}

// markRedirectLoop turns a redirect into a failure if it leads back to where it came from.
func (c *crawl) markRedirectLoop(v visit, found *finding) error {
	if found.outcome != crawler.Redirected {
		return nil
	}
	outcome, next, _, err := c.frontier.Outcome(found.leads.String())
	if err != nil {
		return err
	}
	if outcome == crawler.Redirected && next == v.url.String() {
		found.outcome, found.detail = crawler.RedirectLoop, "leads to "+next+" and back"
	}
	return nil
}

// versionsOf returns the normalised addresses that a document names as its versions.
func (c *crawl) versionsOf(named []extract.Alternate) (addresses []string) {
	for _, version := range named {
		if u, ok := c.scope.Normalise(version.URL); ok {
			addresses = append(addresses, u.String())
		}
	}
	return addresses
}

// languageOf returns the language that a document gives itself among its versions, or else as a whole. It
// returns "" if there is none, or if the document as a whole is in the source's language.
func (c *crawl) languageOf(document *url.URL, named []extract.Alternate, language string) string {
	for _, version := range named {
		if u, ok := c.scope.Normalise(version.URL); ok && u.String() == document.String() {
			return version.Language
		}
	}
	if nearness(language, c.src.Locale) > 0 {
		return ""
	}
	return language
}
