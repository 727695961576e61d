package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// Old applications write a session into each address, so that every run finds all pages under new addresses.
// Two visits to one page show which part is the session: it is in most links, it differs each time, and the
// pages say the same without it.

// learnVolatile finds the parts of addresses that change with each visit, and leaves them out of all
// addresses from then on. It makes no request if no link of the start page has such a part.
func (c *crawl) learnVolatile(ctx context.Context, first answer) {
	before := c.linksOf(first)
	if !slices.ContainsFunc(before, c.hasToken) {
		return
	}
	again := c.read(ctx, first.url)
	after := c.linksOf(again)
	learned := volatileIn(before, after)
	learned = slices.DeleteFunc(learned, func(v scope.Volatile) bool {
		return !c.saysSameWithout(ctx, v, learned, before)
	})
	if len(learned) == 0 || ctx.Err() != nil {
		return
	}
	c.scope.Volatile = learned
	for _, v := range learned {
		c.log.Info("a part of the addresses is another one with each visit, and is left out of them", "part", v.String())
	}
}

// linksOf returns the normalised links of an answer that a crawl would follow.
func (c *crawl) linksOf(a answer) (links []*url.URL) {
	if outcome, _ := a.failure(); outcome != "" || !fetch.IsHTML(a.contentType) {
		return nil
	}
	doc, err := extract.Parse(a.url, a.contentType, a.body)
	if err != nil {
		return nil
	}
	for _, u := range doc.Links() {
		if n, ok := c.scope.Normalise(u); ok && n.String() != c.starts[0].String() {
			if outcome, _ := c.scope.Judge(n); outcome == "" {
				links = append(links, n)
			}
		}
	}
	return links
}

// hasToken reports whether an address has a part that nobody would write by hand.
func (c *crawl) hasToken(u *url.URL) bool {
	separates := func(r rune) bool { return r == '&' || r == '=' || r == '/' }
	for part := range strings.FieldsFuncSeq(u.RawQuery+"/"+u.EscapedPath(), separates) {
		if scope.IsToken(part) {
			return true
		}
	}
	return false
}

// volatileIn returns the parts that at least half of the links before have, and whose values do not occur in
// the links after.
func volatileIn(before, after []*url.URL) (list []scope.Volatile) {
	values := func(links []*url.URL) map[scope.Volatile]map[string]bool {
		found := make(map[scope.Volatile]map[string]bool)
		for _, u := range links {
			for v, value := range scope.PartsOf(u) {
				if found[v] == nil {
					found[v] = make(map[string]bool)
				}
				found[v][value] = true
			}
		}
		return found
	}
	first, second := values(before), values(after)
	for v, of := range first {
		has := 0
		for _, u := range before {
			if _, ok := v.In(u); ok {
				has++
			}
		}
		differ := len(after) > 0
		for value := range of {
			differ = differ && !second[v][value]
		}
		if differ && 2*has >= len(before) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, scope.Volatile.Compare)
	return list[:min(len(list), mostVolatile)]
}

// mostVolatile is how many parts are tried. Each costs two requests.
const mostVolatile = 4

// saysSameWithout reports whether a linked page says the same when v, and the other parts that may be
// volatile, are left out of its address.
func (c *crawl) saysSameWithout(ctx context.Context, v scope.Volatile, all []scope.Volatile, links []*url.URL) bool {
	for _, u := range links {
		if _, ok := v.In(u); !ok {
			continue
		}
		bare := scope.Without(u, all)
		with, without := c.read(ctx, u), c.read(ctx, bare)
		if with.status != http.StatusOK || without.status != http.StatusOK {
			return false
		}
		a, errA := c.judgeWithin(ctx, visit{url: u}, with)
		b, errB := c.judgeWithin(ctx, visit{url: bare}, without)
		return errA == nil && errB == nil && a.article.Markdown != "" && a.article.Title == b.article.Title &&
			proof.TextOf(a.article.Markdown) == proof.TextOf(b.article.Markdown)
	}
	return false
}
