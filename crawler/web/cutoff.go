package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/cutoff"
	"github.com/fincrawl/fincrawl/crawler/web/wording"
)

// looksAgain is how often a document that seems to be cut off is asked for anew.
const looksAgain = 2

// unlessCutOff asks again for the document of a page that seems to be cut off, and makes
// a failure of one that still does.
func (c *crawl) unlessCutOff(ctx context.Context, v visit, found finding) (finding, error) {
	found, err := c.readToItsEnd(ctx, v, found)
	if err != nil {
		return found, err
	}
	for range looksAgain {
		why, err := c.cutOff(v.url, found)
		if err != nil || why == "" {
			return found, err
		}
		again := c.read(ctx, v.url)
		if ctx.Err() != nil {
			return finding{outcome: crawler.CutOff, detail: why}, nil
		}
		seen, err := c.look(ctx, v, again)
		if err != nil {
			return found, err
		}
		if seen.moved != nil || seen.found.outcome != crawler.Paged {
			return finding{outcome: crawler.CutOff, detail: why}, nil
		}
		found = seen.found
	}
	why, err := c.cutOff(v.url, found)
	if err != nil || why == "" {
		return found, err
	}
	return finding{outcome: crawler.CutOff, detail: why}, nil
}

// endsOpen is what is said of a page that is sent though its document seems to be cut off.
const endsOpen = "; it ends in the middle, also when asked for again, and is taken as it is"

// leavesOpen is how many documents that stayed open show that the site leaves out ends.
const leavesOpen = 3

// readToItsEnd asks again for the document of a page of which nothing is known and that
// leaves elements open. One that stays so is taken as it is.
func (c *crawl) readToItsEnd(ctx context.Context, v visit, found finding) (finding, error) {
	if c.before == nil || found.outcome != crawler.Paged || !crawler.EndsOpen(found.end) || c.leftOpen.Load() >= leavesOpen {
		return found, nil
	}
	before, err := c.before(v.url.String(), found.identity)
	if err != nil || before.Letters > 0 || before.Markdown != "" {
		return found, err
	}
	for range looksAgain {
		seen, err := c.look(ctx, v, c.read(ctx, v.url))
		if err != nil || ctx.Err() != nil {
			return found, err
		}
		if seen.moved == nil && seen.found.outcome == crawler.Paged && wording.Letters(seen.found.article.Markdown) > wording.Letters(found.article.Markdown) {
			found = seen.found
		}
		if !crawler.EndsOpen(found.end) {
			return found, nil
		}
	}
	c.leftOpen.Add(1)
	found.detail = strings.TrimPrefix(found.detail+endsOpen, "; ")
	return found, nil
}

// cutOff says what makes the document of a page look cut off; "" for nothing.
func (c *crawl) cutOff(u *url.URL, found finding) (string, error) {
	if found.outcome != crawler.Paged || c.before == nil || found.end == "" || found.end == cutoff.Closed {
		return "", nil
	}
	before, err := c.before(u.String(), found.identity)
	if err != nil {
		return "", fmt.Errorf("read what was sent of %s: %w", u, err)
	}
	now := cutoff.Now{Markdown: found.article.Markdown, End: found.end}
	for _, l := range found.article.LeftOut {
		now.Letters += wording.Letters(l.Text)
	}
	return cutoff.Why(before, now), nil
}
