package demo

import "strings"

// edit replaces a text in an article.
type edit struct{ article, from, to, what string }

// Edit makes the edits of a day: three articles are changed, one is removed and one is added. It returns a
// line about each for people. A second call changes nothing and returns nothing.
func (s *Site) Edit() []string {
	before := s.library.Load()
	if before.edited {
		return nil
	}
	after, lines := before.nextDay()
	if !s.library.CompareAndSwap(before, after) {
		return nil // another call just made them
	}
	return lines
}

// nextDay returns the library after the edits of a day, with a line about each.
func (l *library) nextDay() (*library, []string) {
	next := &library{edited: true}
	var lines []string
	edits := []edit{
		{"plans-and-limits", "<tr><td>Boards</td><td>3</td>", "<tr><td>Boards</td><td>5</td>", "the Free plan has five boards instead of three"},
		{"refunds-and-cancellation", "within 14 days of paying", "within 30 days of paying", "refunds within 30 days instead of 14"},
		{"set-up-single-sign-on", "Set up single sign-on", "Set up single sign-on with SAML or OpenID Connect", "a new title"},
	}
	const removed = "harbor-classic"
	added := map[string][]*article{}
	for _, c := range load(files, "nextday").collections {
		added[c.Slug] = c.Articles
	}

	for _, old := range l.collections {
		c := &collection{Slug: old.Slug, Title: old.Title, Lead: old.Lead}
		for _, a := range old.Articles {
			if a.Slug == removed {
				lines = append(lines, "removed  "+a.Path())
				continue
			}
			for _, e := range edits {
				if e.article == a.Slug {
					a = a.edited(e)
					lines = append(lines, "changed  "+a.Path()+": "+e.what)
				}
			}
			c.add(a)
		}
		for _, a := range added[c.Slug] {
			c.add(a)
			lines = append(lines, "added    "+a.Path()+": “"+a.Title+"”")
		}
		next.collections = append(next.collections, c)
	}
	return next, lines
}

// edited returns a copy of a with one text replaced.
func (a *article) edited(e edit) *article {
	b := *a
	if strings.Contains(a.Title, e.from) {
		b.Title = strings.Replace(a.Title, e.from, e.to, 1)
		return &b
	}
	b.body = strings.Replace(a.body, e.from, e.to, 1)
	return &b
}
