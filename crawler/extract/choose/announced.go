package choose

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// pruneAnnounced drops what begins with a line such as "Related articles", if it
// is what such a line announces.
func (l Page) pruneAnnounced(forum bool) {
	for i := 1; i < len(l); i++ {
		said := l[i].announces()
		if said == unknown || said == discussion && forum {
			continue
		}
		at := l.beginsWith(i)
		p := &l[at]
		if p.words == l[i].words {
			if said == aside && htmltree.IsHeading(l[i].node.DataAtom) {
				i = max(i, l.pruneFlat(at))
			}
			continue
		}
		var out bool
		switch said {
		case aside:
			out = p.leads()
		case discussion:
			out = p.told() < muchOfNavigation
		default:
			out = p.told() < muchOfAsides*3/2
		}
		if out {
			l.drop(at, said)
			i = p.end - 1
		}
	}
}

// beginsWith returns the largest part that begins with another and is less than
// half of the page.
func (l Page) beginsWith(line int) int {
	at := line
	for up := l[at].parent; up > 0 && l[up].before == l[line].before && l[up].words*2 < l[0].words; up = l[up].parent {
		if htmltree.IsElement(l[up].node, atom.Main, atom.Article, atom.Table, atom.Tbody, atom.Tr, atom.Td) {
			break
		}
		at = up
	}
	return at
}

// pruneFlat drops a heading and the links that follow it up to the next heading
// or text, and returns the last part that it looked at.
func (l Page) pruneFlat(heading int) int {
	next := l[heading].end
	var links []int
	for end := l[l[heading].parent].end; next < end; next = l[next].end {
		p := &l[next]
		if htmltree.IsHeading(p.node.DataAtom) && p.node.DataAtom <= l[heading].node.DataAtom || p.words > 0 && !p.leads() {
			break
		}
		if p.words > 0 {
			links = append(links, next)
		}
	}
	if len(links) == 0 {
		return heading
	}
	l.drop(heading, aside)
	for _, i := range links {
		l.drop(i, aside)
	}
	return next - 1
}

// announces reads a part that is a heading, or a line by itself, and tells what
// it announces if that is no part of the text.
func (p *part) announces() role {
	const (
		longest  = 9  // words
		unspaced = 27 // of a script in which each character counts as a word
	)
	n := p.node
	if p.words == 0 || p.words > unspaced || n.FirstChild == nil {
		return unknown
	}
	var said string
	switch {
	case htmltree.IsHeading(n.DataAtom):
		said = htmltree.TextOf(n)
	case p.linked == 0 && n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode:
		said = n.FirstChild.Data
	default:
		return unknown
	}
	if first, _ := utf8.DecodeRuneInString(strings.TrimSpace(said)); p.words > longest && !htmltree.IsUnspaced(first) {
		return unknown
	}
	known := announcementsOf()[firstBareWord(said)]
	if known == nil {
		return unknown
	}
	line := bareLine(said)
	for _, a := range known {
		if strings.HasPrefix(line, a.line) && (len(line) == len(a.line) || line[len(a.line)] == ' ') {
			return a.role
		}
	}
	return unknown
}

// bareLine returns the words of s in lower case, without figures and marks.
func bareLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), isBetweenBareWords), " ")
}

// firstBareWord returns the word that [bareLine] begins with.
func firstBareWord(s string) string {
	for word := range strings.FieldsFuncSeq(s, isBetweenBareWords) {
		return strings.ToLower(word)
	}
	return ""
}

func isBetweenBareWords(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' }

// announcement is a line that announces what has a role.
type announcement struct {
	role role
	line string
}

// announced are the lines that announce what has a role.
type announced struct {
	role  role
	lines []string
}

// announcementsOf are the [announcements] by their first words, which few lines have.
var announcementsOf = sync.OnceValue(func() map[string][]announcement {
	by := map[string][]announcement{}
	for _, known := range slices.Concat(announcements(), announcementsAbroad()) {
		for _, line := range known.lines {
			line = bareLine(line)
			first := firstBareWord(line)
			by[first] = append(by[first], announcement{known.role, line})
		}
	}
	return by
})

// announcements are lines that begin what is no part of the text, by their first
// words.
func announcements() []announced {
	return []announced{
		{aside, []string{
			"related articles", "related posts", "related topics", "related content", "related links", "related pages", "related stories", "related questions", "related reading", "related resources", "related guides", "related news", "related",
			"similar threads", "similar topics", "similar posts", "similar articles", "similar questions", "suggested topics", "suggested articles",
			"recommended articles", "recommended posts", "recommended reading", "recommended for you", "recommended content", "recommended",
			"recent posts", "recent articles", "recent news", "recent stories", "latest posts", "latest articles", "latest news", "latest insights", "latest stories",
			"popular posts", "popular articles", "popular topics", "most popular", "most read", "trending", "featured articles", "featured posts",
			"more from", "more articles", "more posts", "more stories", "more news", "more like this", "more in this section", "more on this topic", "other articles", "other posts",
			"you may also like", "you might also like", "you may also be interested", "you might also be interested", "you might like", "people also",
			"read next", "up next", "what to read next", "keep reading", "continue reading", "explore more", "previous post", "next post", "previous article", "next article",
			"table of contents", "on this page", "in this article", "in this section", "articles in this section", "quick links",
		}},
		{person, []string{"about the author", "about the authors", "about author", "meet the author", "written by"}},
		{appeal, []string{
			"share this article", "share this post", "share this page", "share this story", "share on", "follow us", "subscribe to our", "sign up for our", "join our newsletter", "stay up to date", "stay in the loop",
			"was this article", "was this page", "was this content", "was this answer", "was this information", "was this helpful", "did this answer", "did this article", "did you find this", "have more questions", "still need help", "rate this", "how helpful",
			"create an account or sign in", "log in to reply", "advertisement",
		}},
		{discussion, []string{"leave a comment", "leave a reply", "post a comment", "add a comment", "join the conversation", "join the discussion"}},
	}
}
