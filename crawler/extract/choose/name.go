package choose

import "strings"

// called is what the name of an element says that it is for.
type called struct {
	role  role
	by    string // the word that says so
	loose bool   // the word only describes what others of the name mean: profile-review
}

// readNames reads a list of classes or IDs; the first role that is found stays.
func (c *called) readNames(names string) {
	for name := range strings.FieldsSeq(names) {
		if c.role != unknown {
			return
		}
		*c = readName(name)
	}
}

// readName reads a class or an ID word by word: "post__relatedArticles" is post, related and
// articles. What has digits in it is no word, and neither are the hashes that tools add. A modifier
// (block--modifier) says how a block looks, and not what it is.
func readName(name string) (c called) {
	name = withoutHash(withoutVariants(name))
	var letters [24]byte
	word, digits, lower := letters[:0], false, false
	var ofUser, onCard, modifies bool
	for i := range len(name) + 1 {
		b := byte('-')
		if i < len(name) {
			b = name[i]
		}
		digit, upper := '0' <= b && b <= '9', 'A' <= b && b <= 'Z'
		inWord := digit || upper || 'a' <= b && b <= 'z'
		if !inWord || upper && lower {
			if !digits && len(word) > 0 {
				switch said := roleOfWord(string(word)); {
				case said == state, said == inner && (c.role == person || ofUser):
					return called{}
				case said == user:
					ofUser = true
				case said == card:
					onCard = true
				case said == inner, modifies:
				case said != unknown && c.role == unknown:
					c.role, c.by = said, string(word)
				case said == unknown && c.role != unknown:
					c.loose = true
				}
			}
			word, digits = word[:0], false
		}
		if inWord {
			if len(word) == cap(word) {
				return c // hashes and languages of style sheets, not names
			}
			word = append(word, b|0x20)
		}
		modifies = modifies || strings.HasPrefix(name[min(i, len(name)):], "--") && i > 0
		digits, lower = digits || digit, inWord && !upper
	}
	if c.role == unknown && ofUser && onCard {
		return called{role: person, by: "user"}
	}
	return c
}

// withoutVariants returns a class without the conditions that utilities have before it (hover:, [&>*]:, 2xl:).
func withoutVariants(name string) string { return name[strings.LastIndexByte(name, ':')+1:] }

// withoutHash returns a class without the hash that tools put behind it to keep the names of one style sheet
// apart from those of others: table_root__adKqa.
func withoutHash(name string) string {
	const longest = 8
	at := strings.LastIndex(name, "__")
	if at <= 0 || len(name)-at-2 > longest {
		return name
	}
	if hash := name[at+2:]; strings.ToLower(hash) != hash || strings.ContainsAny(hash, "0123456789") {
		return name[:at]
	}
	return name
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
