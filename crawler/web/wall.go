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

// wall is what a private site shows to visitors without a session. Some sites answer 200 with a "Login
// required" page that has no form at all. So the start address is read once without a session before the
// login, and what it shows is remembered. The zero value knows nothing.
type wall struct {
	place   string // where visitors are led instead: host and path; "" if they are not
	away    string // host of place if that is another site, or ""
	page    fingerprint
	refused bool // visitors get an error and no page
	// loggedIn is true if visitors see, too, what should show that a reader is logged in. It proves nothing
	// then.
	loggedIn bool
}

// fingerprint is what a page says, without the targets of its links. On a wall these name the page to return
// to.
type fingerprint struct {
	title string
	text  [sha256.Size]byte
}

func fingerprintOf(a extract.Article) fingerprint {
	return fingerprint{a.Title, sha256.Sum256([]byte(markdown.WithoutTargets(a.Markdown)))}
}

// stands reports whether visitors meet a wall at the start address. Only then does that address show whether
// a session is alive.
func (w wall) stands() bool { return w.refused || w.place != "" || w.page != (fingerprint{}) }

// tellsLoggedIn reports whether only members see what shows that a reader is logged in.
func (w wall) tellsLoggedIn() bool { return !w.loggedIn }

// leadsTo reports whether u is where visitors are led. If they are led to another site, every address there
// counts.
func (w wall) leadsTo(u *url.URL) bool {
	if w.away != "" && w.away == u.Host {
		return true
	}
	return w.place != "" && w.place == u.Host+u.Path
}

func (w wall) shows(a extract.Article) bool {
	return w.page != (fingerprint{}) && a.Title == w.page.title && fingerprintOf(a) == w.page
}

// isShown reports whether an answer is the wall. The wall was read without its style sheets, since visitors
// may not get them. So an answer is compared without them too.
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

// isPublic reports whether u is a page of this site that visitors are led to, such as one on how to become a
// member. At its own address it is a page like others.
func (w wall) isPublic(u *url.URL, a extract.Article) bool {
	return w.away == "" && w.place == u.Host+u.Path && !demandsLogin(a.Title)
}

// viewAsVisitor reads the start address without credentials. A failure is no error here: it will show
// again with credentials, or it is the wall.
func (c *crawl) viewAsVisitor(ctx context.Context) wall {
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
	// Empty pages look alike, so an empty one counts only if its title asks for a login.
	if article, err := doc.Extract(c.src.Content); err == nil && (article.Markdown != "" || demandsLogin(article.Title)) {
		w.page = fingerprintOf(article)
	}
	return w
}

// seenFromInside compares the wall with what the start address shows with credentials. What both show is no
// wall. It returns an error if that page's title still asks for a login.
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

// demandsLogin reports whether the title is that of a page which turns visitors away.
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

// formInstead describes the login form that a page shows instead of its content, or returns "". A page that
// auth.form.logged_in matches shows none.
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

// isLoggedIn reports whether auth.form.logged_in matches the page.
func (c *crawl) isLoggedIn(doc *extract.Document) bool {
	form := c.src.Auth.Form
	return form != nil && form.LoggedIn != "" && doc.Has(form.LoggedIn)
}

// logoutForms matches the ways to log out that are no plain links.
const logoutForms = `a.logout, form[action*="logout" i], form[action*="signout" i], form[action*="sign_out" i]`

// isInside reports whether a page shows by itself that its reader is logged in: auth.form.logged_in matches
// or, if that is not configured, the page has a way to log out.
func (c *crawl) isInside(doc *extract.Document, loggedIn bool) bool {
	switch form := c.src.Auth.Form; {
	case c.src.Auth.IsZero():
		return false
	case form != nil && form.LoggedIn != "":
		return loggedIn
	}
	out := func(u *url.URL) bool { return u.Host == c.scope.Site.Host && scope.UnsafeLink(u) == scope.LogsOut }
	return slices.ContainsFunc(doc.Links(), out) || doc.Has(logoutForms)
}

// showsMember reports whether auth.form.logged_in matches the page that comes with a refusal.
func (c *crawl) showsMember(a answer) bool {
	if a.err != nil || !fetch.IsHTML(a.contentType) || c.src.Auth.Form == nil || c.src.Auth.Form.LoggedIn == "" {
		return false
	}
	doc, err := extract.Parse(a.url, a.contentType, a.body)
	return err == nil && c.isLoggedIn(doc)
}
