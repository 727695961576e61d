package choose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// role is what an element is for. Of most, nothing is known.
type role uint8

const (
	unknown    role = iota
	consent         // asks for cookies
	navigation      // leads around the site
	appeal          // asks something of the reader, or sells
	aside           // is about something else
	person          // is about who wrote it
	discussion      // is what readers say about it

	// Words of names that take back what others say.
	inner // what it is that has a person's name: author-content
	state // what something has, or has not: no-sidebar

	// Words that say something together only: user-card, but not user-guide.
	user
	card
)

func (r role) String() string {
	switch r {
	case consent:
		return "cookie notices"
	case navigation:
		return "navigation"
	case appeal:
		return "appeals"
	case aside:
		return "asides"
	case person:
		return "author boxes"
	case discussion:
		return "comments"
	}
	return ""
}

// roleOf tells what n is for by what it is, or by what it is called, and which
// name says so. Elements of markup have names in angle brackets.
func roleOf(n *html.Node) (role, string) {
	switch n.DataAtom {
	case atom.Nav:
		return navigation, "<nav>"
	case atom.Footer:
		return navigation, "<footer>"
	case atom.Header:
		if leadsAround(n) {
			return navigation, "<header>"
		}
	case atom.Aside:
		if isCallout(n) {
			return unknown, ""
		}
		return aside, "<aside>"
	case atom.Body, atom.Main, atom.Article, atom.P, atom.Pre, atom.Code, atom.Table, atom.Tbody, atom.Tr, atom.Td,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return unknown, ""
	}
	// A word of a sentence may be called a menu, too.
	block := htmltree.IsBlockName(n.DataAtom) || n.DataAtom == 0
	called, name := unknown, ""
	for _, a := range n.Attr {
		switch a.Key {
		case "popover":
			return appeal, "<popover>"
		case "role":
			switch strings.ToLower(a.Val) {
			case "navigation", "search", "menu", "menubar", "banner", "contentinfo":
				return navigation, "role"
			case "complementary":
				return aside, "role"
			case "dialog", "alertdialog", "tooltip":
				return appeal, "role"
			}
		case "itemprop":
			if block && a.Val == "author" {
				called, name = person, "author"
			}
		case "id":
			if block && !isSection(n) {
				called, name = rolesOfNames(a.Val, called, name)
			}
		case "class":
			if !block {
				continue
			}
			called, name = rolesOfNames(a.Val, called, name)
		}
	}
	return called, name
}

// isSection tells of the sections of a text, whose IDs are their headings.
func isSection(n *html.Node) bool {
	return n.DataAtom == atom.Section || strings.Contains(htmltree.Attr(n, "class"), "sect")
}

// leadsAround tells a site's header from an article's.
func leadsAround(header *html.Node) bool {
	if htmltree.Ancestor(header, func(p *html.Node) bool { return htmltree.IsElement(p, atom.Main, atom.Article) }) != nil {
		return false
	}
	leads := false
	for n := range htmltree.Below(header) {
		switch n.DataAtom {
		case atom.H1, atom.Main, atom.Article:
			return false
		case atom.Nav, atom.Ul:
			leads = true
		}
	}
	return leads
}

// isCallout tells of the notes that documentation sets in asides.
func isCallout(n *html.Node) bool {
	called := strings.ToLower(htmltree.Attr(n, "class") + " " + htmltree.Attr(n, "role"))
	return htmltree.NameSays(called, "note", "tip", "warning", "caution", "admonition", "callout", "aside", "alert", "hint", "info")
}

// rolesOfNames reads a list of names; the first role that is found stays.
func rolesOfNames(names string, found role, by string) (role, string) {
	for name := range strings.FieldsSeq(names) {
		if found == unknown {
			found, by = roleOfName(name)
		}
	}
	return found, by
}

// roleOfName reads a class or an ID word by word: "post__relatedArticles" is
// post, related and articles. What has digits in it is no word.
func roleOfName(name string) (found role, by string) {
	var letters [24]byte
	word, digits, lower := letters[:0], false, false
	var ofUser, onCard bool
	for i := range len(name) + 1 {
		b := byte('-')
		if i < len(name) {
			b = name[i]
		}
		digit, upper := '0' <= b && b <= '9', 'A' <= b && b <= 'Z'
		inWord := digit || upper || 'a' <= b && b <= 'z'
		if !inWord || upper && lower {
			if !digits {
				switch said := roleOfWord(string(word)); {
				case said == state, said == inner && (found == person || ofUser):
					return unknown, ""
				case said == user:
					ofUser = true
				case said == card:
					onCard = true
				case said != unknown && said != inner && found == unknown:
					found, by = said, string(word)
				}
			}
			word, digits = word[:0], false
		}
		if inWord {
			if len(word) == cap(word) {
				return found, by // hashes and languages of style sheets, not names
			}
			word = append(word, b|0x20)
		}
		digits, lower = digits || digit, inWord && !upper
	}
	if found == unknown && ofUser && onCard {
		return person, "user"
	}
	return found, by
}

func roleOfWord(word string) role {
	switch word {
	case "cookie", "cookies", "consent", "gdpr", "onetrust", "cookiebot", "usercentrics", "didomi":
		return consent
	case "breadcrumb", "breadcrumbs", "pagination", "pager", "prevnext", "sidebar", "toc", "tableofcontents", "skip", "catlinks",
		"navigation", "navbar", "nav", "menu", "megamenu", "offcanvas", "topbar", "sitemap", "footer", "prefooter", "jump", "navheader", "navfooter":
		return navigation
	case "share", "sharing", "sharedaddy", "social", "newsletter", "subscribe", "subscription", "signup", "optin", "paywall", "donate",
		"cta", "ad", "ads", "advert", "advertisement", "sponsor", "sponsored", "disclosure",
		"feedback", "rating", "popup", "modal", "tooltip", "banner", "notices":
		return appeal
	case "related", "relatedposts", "recommended", "recommendations", "similar", "trending", "popular", "tags", "instagram", "widget", "widgets":
		return aside
	case "author", "authors", "byline", "bio", "biography", "signature", "userinfo", "profile", "postprofile":
		return person
	case "comment", "comments", "commentlist", "respond", "disqus":
		return discussion
	case "content", "body", "text":
		return inner
	case "user":
		return user
	case "card", "cell", "details", "extras", "info", "message", "meta", "pane", "post", "stats":
		return card
	case "has", "is", "no", "with", "without", "enabled", "disabled", "tab", "tabs", "pills":
		return state
	}
	return unknown
}
