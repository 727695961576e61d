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

// Old applications write a session into each address, so that every run finds all pages under
// new ones. What of an address is a session shows by comparing two visits of one page: it is in
// most of the links, another one each time, and the pages say the same without it.

// learnVolatile finds out which parts of addresses are others with each visit, and leaves them out
// of all addresses from now on. It costs no request where no link of the start page has
// anything that looks like it.
func (c *crawl) learnVolatile(ctx context.Context, first answer) {
	before := c.linksOf(first)
	if !slices.ContainsFunc(before, c.hasToken) {
		return
	}
	again := c.read(ctx, first.url)
	after := c.linksOf(again)
	learned := volatileIn(before, after)
	learned = slices.DeleteFunc(learned, func(v scope.Volatile) bool { return !c.choosesNothing(ctx, v, learned, before) })
	if len(learned) == 0 || ctx.Err() != nil {
		return
	}
	c.scope.Volatile = learned
	for _, v := range learned {
		c.log.Info("a part of the addresses is another one with each visit, and is left out of them", "part", v.String())
	}
}

// linksOf are the links of an answer that a crawl would follow, as they are written.
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
	for part := range strings.FieldsFuncSeq(u.RawQuery+"/"+u.EscapedPath(), func(r rune) bool { return r == '&' || r == '=' || r == '/' }) {
		if scope.IsToken(part) {
			return true
		}
	}
	return false
}

// volatileIn are the parts that at least half of the links of a page have, with no value that
// any of the second visit's has.
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

// mostVolatile bounds how many parts are tried: each costs two requests.
const mostVolatile = 4

// choosesNothing reports whether a page that a link leads to says the same without a part of
// its address, and without the others that may be volatile.
func (c *crawl) choosesNothing(ctx context.Context, v scope.Volatile, all []scope.Volatile, links []*url.URL) bool {
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
		return errA == nil && errB == nil && a.article.Markdown != "" && a.article.Title == b.article.Title && proof.TextOf(a.article.Markdown) == proof.TextOf(b.article.Markdown)
	}
	return false
}
