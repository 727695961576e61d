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

// maxRereads is how often a document that seems to be cut off is requested again.
const maxRereads = 2

// rereadIfCutOff requests a page again if its document seems to be cut off. If it still does, the finding is a
// failure.
func (c *crawl) rereadIfCutOff(ctx context.Context, v visit, found finding) (finding, error) {
	found, err := c.rereadIfLeftOpen(ctx, v, found)
	if err != nil {
		return found, err
	}
	for range maxRereads {
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

// endsOpen is the detail of a page that is sent although its document seems to be cut off.
const endsOpen = "; it ends in the middle, also when asked for again, and is taken as it is"

// maxLeftOpen is how many documents must stay open before the crawl takes it that the site leaves out end
// tags.
const maxLeftOpen = 3

// rereadIfLeftOpen requests a page again if its document leaves elements open and nothing is remembered of the
// page. A document that stays so is taken as it is.
func (c *crawl) rereadIfLeftOpen(ctx context.Context, v visit, found finding) (finding, error) {
	open := found.outcome == crawler.Paged && crawler.EndsOpen(found.end)
	if c.before == nil || !open || c.leftOpen.Load() >= maxLeftOpen {
		return found, nil
	}
	before, err := c.before(v.url.String(), found.identity)
	if err != nil || before.Letters > 0 || before.Markdown != "" {
		return found, err
	}
	for range maxRereads {
		seen, err := c.look(ctx, v, c.read(ctx, v.url))
		if err != nil || ctx.Err() != nil {
			return found, err
		}
		longer := wording.Letters(seen.found.article.Markdown) > wording.Letters(found.article.Markdown)
		if seen.moved == nil && seen.found.outcome == crawler.Paged && longer {
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

// cutOff says why the document of a page looks cut off, or returns "" if it does not.
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
