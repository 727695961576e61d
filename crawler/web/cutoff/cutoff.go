// Package cutoff distinguishes a document that was cut off from one that was edited. If neither a header nor
// the protocol says how long an answer is, an answer that a proxy breaks off looks complete. See
// docs/adr/0028.
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
	Markdown string // "" if unknown
	Letters  int    // of its text; 0 if neither that nor what Intercom has is known
	End      string // its Page.End; "" if unknown
}

// The values of Page.End: Closed, or else the number of elements that the document leaves open, such as
// "open 3".
const (
	Closed  = "closed"
	endOpen = "open "
)

// cutShare is the share of its text that a page must have lost to count as cut off, unless its end alone
// shows that.
const cutShare = 0.1

// cutShareFound is that share if the text is only known from Intercom, for instance after the state was
// lost. Then it is unknown how the document ended, and many sites leave elements open.
const cutShareFound = 0.5

// EndOf says how an HTML document ends. The end tags of body and html may be omitted. So a document without
// them is judged by elements whose end tags may not be omitted.
func EndOf(body []byte) string {
	tail := bytes.ToLower(body[max(0, len(body)-4096):])
	if bytes.Contains(tail, []byte("</body")) || bytes.Contains(tail, []byte("</html")) {
		return Closed
	}
	return endOpen + strconv.Itoa(leftOpen(body))
}

// leftOpen counts the elements that are opened and not closed, among those that must be closed. A tag that
// is cut off counts too.
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

// mustBeClosed reports whether the element holds content and needs an end tag.
func mustBeClosed(name string) bool {
	switch name {
	case "main", "article", "section", "div", "table", "ul", "ol", "dl", "pre", "blockquote", "aside", "figure", "details":
		return true
	}
	return false
}

// Now is a page as it was read now.
type Now struct {
	Markdown string
	Letters  int    // of what was left out of it as template
	End      string // its Page.End
}

// Why returns what makes the document of a page that was sent look cut off, or "". It does if the document
// ends differently than before and much of its text is missing.
func Why(before Before, now Now) string {
	had, left := max(wording.Letters(before.Markdown), before.Letters), wording.Letters(now.Markdown)+now.Letters
	share := cutShare
	switch {
	case before.End == Closed && crawler.EndsOpen(now.End):
		share = 0 // it was complete, so whatever is missing was cut off
	case before.Markdown == "":
		share = cutShareFound
	}
	if left >= had || float64(left) > (1-share)*float64(had) || !endsSooner(before.End, now.End) {
		return ""
	}
	return fmt.Sprintf("its end is missing, and %.0f %% of its text", 100*float64(had-left)/float64(had))
}

// endsSooner reports whether a document leaves more elements open than before. An older version did not
// record that. Such a document counts as one that left none open.
func endsSooner(before, now string) bool {
	if before == Closed {
		return true
	}
	had, _ := strconv.Atoi(strings.TrimPrefix(before, endOpen))
	has, _ := strconv.Atoi(strings.TrimPrefix(now, endOpen))
	return has > had
}
