package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// describeStart says what a crawl would make of the start page: its text, the links to follow, and what
// robots.txt says. Where there is nothing, it names the key that changes that.
func (c *crawl) describeStart(ctx context.Context, first answer) (lines []string, err error) {
	if !fetch.IsHTML(first.contentType) {
		return nil, nil
	}
	first = c.renderPage(ctx, c.browser, first)
	start, ok := c.scope.Normalise(first.url)
	if !ok {
		start = c.starts[0]
	}
	c.scope.StartsAt(start)
	if c.robots, err = c.readRobots(ctx); err != nil {
		return nil, err
	}
	found, err := c.judgeWithin(ctx, visit{url: start}, first)
	if err != nil {
		return nil, err
	}
	lines = append(lines, c.textFound(found, first), c.linksFound(found))
	if found.outcome == crawler.NoIndex {
		lines = append(lines, "it is "+crawler.NoIndex.Remedy())
	}
	switch {
	case !c.src.Fetch.RespectRobots:
		lines = append(lines, "robots.txt: not asked for (fetch.respect_robots: false)")
	case !c.robots.Allows(start):
		lines = append(lines, "robots.txt: the start page, which is read all the same, is "+crawler.RobotsDenied.Remedy())
	default:
		lines = append(lines, "robots.txt: open for the start page")
	}
	return lines, nil
}

// textFound says how much text there is and which rule found it.
func (c *crawl) textFound(found finding, a answer) string {
	how, words := found.article.How, len(strings.Fields(markdown.WithoutTargets(found.article.Markdown)))
	switch {
	case words > 0:
		return fmt.Sprintf("text: %s (%s)", plural.Count(words, "word"), how)
	case c.src.Content.Body != "":
		return "text: none: content.body (" + c.src.Content.Body + ") finds nothing on it: " +
			"check the selector, where the page has a text"
	}
	if doc, err := extract.Parse(a.url, a.contentType, a.body); err == nil && doc.Has("script") && !a.rendered {
		return "text: none, though the page has scripts; it is " + crawler.Empty.Remedy()
	}
	return "text: none, which is well where the page only leads to others"
}

// linksFound says where the links of the start page lead.
func (c *crawl) linksFound(found finding) string {
	var follow, closed, outside int
	hosts := make(map[string]int)
	for _, link := range found.links {
		n, err := url.Parse(link)
		if err != nil || c.scope.Starts[link] {
			continue
		}
		switch outcome, _ := c.scope.Judge(n); {
		case outcome != "":
			outside++
			if !c.scope.SameSite(n) {
				hosts[hostOf(n)]++
			}
		case !c.robots.Allows(n):
			closed++
		default:
			follow++
		}
	}
	line := fmt.Sprintf("links: %d in scope, %d not", follow, outside)
	if follow == 0 && closed > 0 && closed >= outside {
		return line + fmt.Sprintf(", %d %s", closed, crawler.RobotsDenied.Remedy())
	}
	if closed > 0 {
		line += fmt.Sprintf(", %d closed by robots.txt", closed)
	}
	if follow > 0 || outside+closed == 0 {
		return line
	}
	most, n := "", 0
	for host, count := range hosts {
		if count > n || count == n && host < most {
			most, n = host, count
		}
	}
	if 2*n > outside {
		return line + fmt.Sprintf(", %d of them to %s: where that is where the content is, set url to it", n, most)
	}
	return line + "; they are " + crawler.OutOfScope.Remedy()
}

func hostOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

// certificateOf describes the site's certificate, or returns "" if there is none.
func certificateOf(a answer) string {
	if a.tls == nil || len(a.tls.PeerCertificates) == 0 {
		return ""
	}
	leaf := a.tls.PeerCertificates[0]
	left := int(time.Until(leaf.NotAfter).Hours() / 24)
	until := leaf.NotAfter.UTC().Format(time.DateOnly)
	return fmt.Sprintf("the site's certificate: valid until %s, %d days from now", until, left)
}
