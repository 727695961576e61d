package crawler

// Remedy completes a sentence that begins with a number of pages: what they are, and which key changes that.
// It returns "" if no key does. Reports, previews and checks use this text only.
func (o Outcome) Remedy() string {
	switch o {
	case RobotsDenied:
		return "closed by robots.txt: where the site is your own, set fetch.respect_robots: false"
	case NoIndex:
		return "marked noindex by the site: where the site is your own, set fetch.respect_robots: false"
	case Canonical:
		return "named a copy of another page by the site (canonical): " +
			"where that is a mistake of its template, set discover.canonical: ignore"
	case Empty:
		return "without text: check whether content.body finds the article, " +
			"or set render: auto where scripts write it (`fincrawl explain URL` shows what was looked for)"
	case Duplicate:
		return "the very same as another one: check whether content.body finds the article, " +
			"or only what all pages have, or set render: auto where scripts write it"
	case View:
		return "no article by what it shows, or by the preset of its platform: " +
			"`fincrawl explain --fetch URL` says why; name what is one in discover.allow"
	case RedirectedOut:
		return "leading to where nothing is fetched: check whether url is where the content is"
	case OutOfScope:
		return "outside of the source: check whether url is where the content is, or follow leaves it out"
	case Listing:
		return "read for its links only, since include does not name it: check include"
	case Excluded:
		return "left out by exclude: check it"
	case NotHTML:
		return "a file of another kind: name those that are to be read under documents"
	}
	return ""
}
