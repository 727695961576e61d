package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// wall is what a private site shows to visitors without a session. Real ones
// answer 200 with a "Login required" page that has no form at all, so the start
// address is looked at once from outside before logging in, and what it shows is
// remembered. The zero value knows nothing.
type wall struct {
	place   string // where visitors are led instead: host and path; "" for nowhere
	away    string // the other site that place is on; "" where it is on this one
	page    fingerprint
	refused bool // visitors get no answer but a refusal
	// loggedIn: what shows that a reader is logged in is there for visitors too, and so tells
	// nothing.
	loggedIn bool
}

// fingerprint is what a page says, without the addresses its links lead to: a
// wall's name the page to return to.
type fingerprint struct {
	title string
	text  [sha256.Size]byte
}

func fingerprintOf(a extract.Article) fingerprint {
	return fingerprint{a.Title, sha256.Sum256([]byte(markdown.WithoutTargets(a.Markdown)))}
}

// stands reports whether the wall is at the start address, so that this tells
// whether one is logged in.
func (w wall) stands() bool { return w.refused || w.place != "" || w.page != (fingerprint{}) }

// tellsLoggedIn reports whether what shows that a reader is logged in is for members only.
func (w wall) tellsLoggedIn() bool { return !w.loggedIn }

// leadsTo reports whether u is where visitors are led. Another site that they are
// led to is one for logging in, wherever on it.
func (w wall) leadsTo(u *url.URL) bool {
	if w.away != "" && w.away == u.Host {
		return true
	}
	return w.place != "" && w.place == u.Host+u.Path
}

func (w wall) shows(a extract.Article) bool {
	return w.page != (fingerprint{}) && a.Title == w.page.title && fingerprintOf(a) == w.page
}

// isShown reports whether an answer is the wall. What that says was read without the style sheets that
// it refers to, since visitors may not get them.
func (w wall) isShown(a answer, article extract.Article, rules extract.Rules) bool {
	if w.shows(article) || w.page == (fingerprint{}) || article.Title != w.page.title {
		return w.shows(article)
	}
	doc, err := extract.Parse(a.url, a.contentType, a.body)
	if err != nil {
		return false
	}
	plain, err := doc.Extract(rules)
	return err == nil && w.shows(plain)
}

// isPublic reports whether u is the page of the site's own that visitors are led to, such
// as one on how to become a member. At its own address it is a page like others.
func (w wall) isPublic(u *url.URL, a extract.Article) bool {
	return w.away == "" && w.place == u.Host+u.Path && !demandsLogin(a.Title)
}

// lookFromOutside asks for the start address without credentials. What goes wrong
// here is no mistake: it will show again with credentials, or it is the wall.
func (c *crawl) lookFromOutside(ctx context.Context) wall {
	if c.src.Auth.IsZero() {
		return wall{}
	}
	var w wall
	endless := false
	c.Outside.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		w.place = next.URL.Host + next.URL.Path
		if next.URL.Hostname() != c.scope.Site.Hostname() {
			w.away = next.URL.Host
		}
		endless = len(via) > maxRedirects
		if endless || !c.destinations.own.SameSite(next.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	a := c.get(ctx, c.Outside, c.scope.Site)
	if endless {
		return wall{refused: true}
	}
	if outcome, _ := a.failure(); outcome != "" || !fetch.IsHTML(a.contentType) {
		w.refused = outcome == crawler.Forbidden || outcome == crawler.Gone || outcome == crawler.TLSFailed
		return w
	}
	doc, err := extract.Parse(a.url, a.contentType, a.body)
	if err != nil {
		return w
	}
	w.loggedIn = c.isInside(doc, c.isLoggedIn(doc))
	// An empty page is told from other empty ones only by a title that says it.
	if article, err := doc.Extract(c.src.Content); err == nil && (article.Markdown != "" || demandsLogin(article.Title)) {
		w.page = fingerprintOf(article)
	}
	return w
}

// seenFromInside compares the wall with what the start address shows with
// credentials. What both see is not a wall, unless it says that it is one.
func (w wall) seenFromInside(a answer, article extract.Article, rules extract.Rules) (wall, error) {
	if w.leadsTo(a.url) {
		w.place, w.away = "", ""
	}
	if w.isShown(a, article, rules) {
		if demandsLogin(article.Title) {
			return wall{}, errors.New("the credentials make no difference: the page still says “" + article.Title + "”")
		}
		w.page = fingerprint{}
	}
	return w, nil
}

// demandsLogin reports whether a title is that of a page which turns visitors away.
func demandsLogin(title string) bool {
	title = strings.ToLower(title)
	for _, words := range []string{"login required", "log in", "login", "sign in", "permission denied", "access denied",
		"unauthorized", "anmelden", "anmeldung erforderlich", "connexion", "iniciar sesión"} {
		if strings.HasPrefix(title, words) {
			return true
		}
	}
	return false
}

// formInstead says which login form a page shows instead of its content, or "".
// Where logged_in is configured, a page that has it is one of a logged-in reader.
func (c *crawl) formInstead(doc *extract.Document) string {
	if form := c.src.Auth.Form; form != nil && form.LoggedIn != "" {
		if c.isLoggedIn(doc) {
			return ""
		}
		if doc.Has(`input[type="password" i]`) {
			return "a password field, and nothing that auth.form.logged_in matches"
		}
	}
	description, _ := doc.LoginForm()
	return description
}

// isLoggedIn reports whether a page has what only one of a logged-in reader has.
func (c *crawl) isLoggedIn(doc *extract.Document) bool {
	form := c.src.Auth.Form
	return form != nil && form.LoggedIn != "" && doc.Has(form.LoggedIn)
}

// isInside reports whether a page shows by itself that its reader is logged in: it has
// what is configured to tell that, or, where nothing is, a way to log out.
func (c *crawl) isInside(doc *extract.Document, loggedIn bool) bool {
	switch form := c.src.Auth.Form; {
	case c.src.Auth.IsZero():
		return false
	case form != nil && form.LoggedIn != "":
		return loggedIn
	}
	out := func(u *url.URL) bool { return u.Host == c.scope.Site.Host && scope.UnsafeLink(u) == scope.LogsOut }
	return slices.ContainsFunc(doc.Links(), out) || doc.Has(`a.logout, form[action*="logout" i], form[action*="signout" i], form[action*="sign_out" i]`)
}

// showsMember reports whether the page that comes with a refusal has what only a
// logged-in reader gets to see.
func (c *crawl) showsMember(a answer) bool {
	if a.err != nil || !fetch.IsHTML(a.contentType) || c.src.Auth.Form == nil || c.src.Auth.Form.LoggedIn == "" {
		return false
	}
	doc, err := extract.Parse(a.url, a.contentType, a.body)
	return err == nil && c.isLoggedIn(doc)
}
