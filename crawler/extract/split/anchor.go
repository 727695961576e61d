package split

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// names are the anchors of the headings of a text, no two of which are the same,
// whatever their case.
type names struct {
	of    map[*html.Node]string
	taken map[string]bool // in lower case
	// numbered are the last numbers that were given to anchors which were taken, in lower case.
	numbered map[string]int
}

// namesOf names the headings that stand in body on their own: by their IDs, or else by
// what they say. IDs come first, so that a heading without one takes none from another.
func namesOf(body *html.Node) *names {
	n := &names{of: make(map[*html.Node]string), taken: make(map[string]bool), numbered: make(map[string]int)}
	var without []*html.Node
	for block := body.FirstChild; block != nil; block = block.NextSibling {
		if !htmltree.IsHeading(block.DataAtom) {
			continue
		}
		if id := htmltree.Attr(block, "id"); isLasting(id) && !n.taken[strings.ToLower(id)] {
			n.of[block] = n.take(id)
		} else {
			without = append(without, block)
		}
	}
	for _, heading := range without {
		n.of[heading] = n.take(slug(htmltree.TextOf(heading)))
	}
	return n
}

// take returns an anchor that nobody has: the one asked for, or that with a number.
func (n *names) take(anchor string) string {
	free, lower := anchor, strings.ToLower(anchor)
	for n.taken[strings.ToLower(free)] {
		n.numbered[lower] = max(n.numbered[lower], 1) + 1
		free = fmt.Sprintf("%s-%d", anchor, n.numbered[lower])
	}
	n.taken[strings.ToLower(free)] = true
	return free
}

var (
	// counted are IDs that say nothing but a number, as frameworks give them: they move on
	// when something is put before them, and the next build of a site gives others.
	counted = regexp.MustCompile(`(?i)^(?:ember|ext-gen|mui-|react-aria-?|headlessui-[a-z-]+)?[0-9]+$|(?:^|-)(?::r[0-9a-z]+:|«r[0-9a-z]+»|_r_[0-9a-z]+_)$`)
	// dashes are what a slug has between its words.
	dashes = regexp.MustCompile(`[^\pL\pM\pN_]+`)
)

// isLasting reports whether an ID is one that a heading keeps.
func isLasting(id string) bool {
	const longest = 200
	return id != "" && len(id) <= longest && !counted.MatchString(id)
}

// slug makes an anchor of what a heading says, as most sites do. It is never "" nor a
// number alone.
func slug(heading string) string {
	const longest = 80 // characters
	s := strings.Map(unicode.ToLower, dashes.ReplaceAllString(heading, "-"))
	if letters := []rune(s); len(letters) > longest {
		s = string(letters[:longest])
	}
	s = strings.Trim(s, "-")
	switch {
	case s == "":
		return "section"
	case counted.MatchString(s):
		return "section-" + s
	}
	return s
}
