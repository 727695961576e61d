package web

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/wording"
)

// This file tells a document that was cut off on its way from one that was edited. Where
// neither a length nor the protocol says how long an answer is, a proxy that gives up
// half-way looks like the end of the document. See docs/adr/0028.

// Before is what is remembered of a page that was sent.
type Before struct {
	Markdown string // "" where it is not known
	Letters  int    // of its text; 0 where that is not known, nor what Intercom has
	End      string // its Page.End; "" where it is not known
}

// How a document ends, as Page.End has it: closed, or else the number of elements that
// it leaves open, such as "open 3".
const (
	endClosed = "closed"
	endOpen   = "open "
)

// looksAgain is how often a document that seems to be cut off is asked for anew.
const looksAgain = 2

// cutShare is the share of its text that a page lacks at least that was cut off where it
// matters, unless its end alone tells it.
const cutShare = 0.1

// cutShareFound is that share where the text is only known from Intercom, as after a lost
// state: how the document of it ended is not known, and many a site leaves elements open.
const cutShareFound = 0.5

// endOf says how an HTML document ends. Its end tags may be left out, so that a document
// without them is told by the elements whose end tags may not be.
func endOf(body []byte) string {
	tail := bytes.ToLower(body[max(0, len(body)-4096):])
	if bytes.Contains(tail, []byte("</body")) || bytes.Contains(tail, []byte("</html")) {
		return endClosed
	}
	return endOpen + strconv.Itoa(leftOpen(body))
}

// leftOpen counts the elements that are opened and not closed, of those that hold
// content and must be closed. A tag that is cut itself is one more.
func leftOpen(body []byte) int {
	depth := make(map[string]int)
	for {
		at := bytes.IndexByte(body, '<')
		if at < 0 {
			break
		}
		body = body[at+1:]
		if bytes.HasPrefix(body, []byte("!--")) {
			end := bytes.Index(body, []byte("-->"))
			if end < 0 {
				return sum(depth) + 1
			}
			body = body[end:]
			continue
		}
		end := bytes.IndexByte(body, '>')
		if end < 0 {
			return sum(depth) + 1
		}
		tag, closes := bytes.CutPrefix(body[:end], []byte("/"))
		name := string(bytes.ToLower(tag[:wordLength(tag)]))
		body = body[end+1:]
		switch {
		case closes:
			depth[name] = max(0, depth[name]-1)
		case name == "script" || name == "style" || name == "textarea":
			over := bytes.Index(bytes.ToLower(body), []byte("</"+name))
			if over < 0 {
				return sum(depth) + 1
			}
			body = body[over:]
		case mustBeClosed(name):
			depth[name]++
		}
	}
	return sum(depth)
}

func sum(depth map[string]int) (n int) {
	for name, d := range depth {
		if mustBeClosed(name) {
			n += d
		}
	}
	return n
}

func wordLength(tag []byte) int {
	n := bytes.IndexFunc(tag, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if n < 0 {
		return len(tag)
	}
	return n
}

// mustBeClosed reports whether an element holds content and has no end without an end tag.
func mustBeClosed(name string) bool {
	switch name {
	case "main", "article", "section", "div", "table", "ul", "ol", "dl", "pre", "blockquote", "aside", "figure", "details":
		return true
	}
	return false
}

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

// cutOff says what makes the document of a page that was sent earlier look cut off: it
// ends otherwise than it did, and much of its text is gone. "" for nothing.
func (c *crawl) cutOff(u *url.URL, found finding) (string, error) {
	if found.outcome != crawler.Paged || c.before == nil || found.end == "" || found.end == endClosed {
		return "", nil
	}
	before, err := c.before(u.String(), found.identity)
	if err != nil {
		return "", fmt.Errorf("read what was sent of %s: %w", u, err)
	}
	had, left := max(wording.Letters(before.Markdown), before.Letters), wording.Letters(found.article.Markdown)
	for _, l := range found.article.LeftOut {
		left += wording.Letters(l.Text)
	}
	share := cutShare
	switch {
	case before.End == endClosed && crawler.EndsOpen(found.end):
		share = 0 // it was whole: whatever it lacks was cut off
	case before.Markdown == "":
		share = cutShareFound
	}
	if left >= had || float64(left) > (1-share)*float64(had) || !endsSooner(before.End, found.end) {
		return "", nil
	}
	return fmt.Sprintf("its end is missing, and %.0f %% of its text", 100*float64(had-left)/float64(had)), nil
}

// endsSooner reports whether a document leaves more open than it did. How one ended
// that was sent by an older version is not known: it should leave nothing open.
func endsSooner(before, now string) bool {
	if before == endClosed {
		return true
	}
	had, _ := strconv.Atoi(strings.TrimPrefix(before, endOpen))
	has, _ := strconv.Atoi(strings.TrimPrefix(now, endOpen))
	return has > had
}
