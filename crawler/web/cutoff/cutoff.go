// Package cutoff tells a document that was cut off on its way from one that was edited. Where
// neither a length nor the protocol says how long an answer is, a proxy that gives up
// half-way looks like the end of the document. See docs/adr/0028.
package cutoff

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/wording"
)

// Before is what is remembered of a page that was sent.
type Before struct {
	Markdown string // "" where it is not known
	Letters  int    // of its text; 0 where that is not known, nor what Intercom has
	End      string // its Page.End; "" where it is not known
}

// How a document ends, as Page.End has it: Closed, or else the number of elements that
// it leaves open, such as "open 3".
const (
	Closed  = "closed"
	endOpen = "open "
)

// cutShare is the share of its text that a page lacks at least that was cut off where it
// matters, unless its end alone tells it.
const cutShare = 0.1

// cutShareFound is that share where the text is only known from Intercom, as after a lost
// state: how the document of it ended is not known, and many a site leaves elements open.
const cutShareFound = 0.5

// EndOf says how an HTML document ends. Its end tags may be left out, so that a document
// without them is told by the elements whose end tags may not be.
func EndOf(body []byte) string {
	tail := bytes.ToLower(body[max(0, len(body)-4096):])
	if bytes.Contains(tail, []byte("</body")) || bytes.Contains(tail, []byte("</html")) {
		return Closed
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

// Now is a page as it was read.
type Now struct {
	Markdown string
	Letters  int    // of what was left out of it
	End      string // its Page.End
}

// Why says what makes a document without an end look cut off whose page was sent earlier: it
// ends otherwise than it did, and much of its text is gone. "" for nothing.
func Why(before Before, now Now) string {
	had, left := max(wording.Letters(before.Markdown), before.Letters), wording.Letters(now.Markdown)+now.Letters
	share := cutShare
	switch {
	case before.End == Closed && crawler.EndsOpen(now.End):
		share = 0 // it was whole: whatever it lacks was cut off
	case before.Markdown == "":
		share = cutShareFound
	}
	if left >= had || float64(left) > (1-share)*float64(had) || !endsSooner(before.End, now.End) {
		return ""
	}
	return fmt.Sprintf("its end is missing, and %.0f %% of its text", 100*float64(had-left)/float64(had))
}

// endsSooner reports whether a document leaves more open than it did. How one ended
// that was sent by an older version is not known: it should leave nothing open.
func endsSooner(before, now string) bool {
	if before == Closed {
		return true
	}
	had, _ := strconv.Atoi(strings.TrimPrefix(before, endOpen))
	has, _ := strconv.Atoi(strings.TrimPrefix(now, endOpen))
	return has > had
}
