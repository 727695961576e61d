// Package setup helps to set fincrawl up for a site. It looks at the site as a visitor, tries the settings that it
// derives from that, and writes the source to sources.yaml.
package setup

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/crawler/web/sitemap"
	"github.com/fincrawl/fincrawl/internal/config"
)

// Site is what a visitor sees of a site.
type Site struct {
	URL      *url.URL // after redirects
	Language string   // of the start page; "" if it does not say
	Login    Login
	Sitemaps int    // how many were read
	Listed   int    // how many URLs of the site they list
	Platform string // the preset that recognises the pages; "" for none
	Scripts  bool   // the start page has no text until its scripts have run
}

// Login is how a site asks visitors to log in.
type Login struct {
	Kind           LoginKind
	URL            string // of the page that asks for the login
	User, Password string // the names of a form's fields
}

// LoginKind is the way in which a site asks for a login.
type LoginKind string

// The kinds of logins.
const (
	Public    LoginKind = ""          // the site does not ask
	Basic     LoginKind = "basic"     // HTTP basic authentication
	Digest    LoginKind = "digest"    // HTTP digest authentication
	Bearer    LoginKind = "bearer"    // a bearer token
	Form      LoginKind = "form"      // an HTML form, on the site or on another one
	Elsewhere LoginKind = "elsewhere" // another site, without a form that can be read
	Refused   LoginKind = "refused"   // the site refuses visitors without saying how to log in
)

const (
	maxBody     = 10 << 20
	maxSitemaps = 20
)

// Look requests the start page, the login, robots.txt and the sitemaps. login is the URL of the login page; it is "" if
// the start page leads there.
func Look(ctx context.Context, client *http.Client, start *url.URL, login string) (Site, error) {
	site := Site{URL: start}
	first, err := get(ctx, client, start.String())
	if err != nil {
		return site, fmt.Errorf("look at %s: %w", start.Redacted(), err)
	}
	if first.status >= http.StatusInternalServerError || first.status == http.StatusNotFound {
		return site, fmt.Errorf("look at %s: the site answered HTTP %d; open the address in a browser and check it",
			start.Redacted(), first.status)
	}
	site.Login = loginOf(first, start)
	if site.Login.Kind == Public && first.doc != nil {
		site.URL = first.url
		site.read(first.doc)
	}
	if login != "" {
		page, err := get(ctx, client, login)
		if err != nil {
			return site, fmt.Errorf("look at the login: %w", err)
		}
		if site.Login = loginOf(page, start); site.Login.Kind == Public {
			return site, fmt.Errorf("look at the login: %s has no form with a password; name the page that shows it", login)
		}
	}
	site.count(ctx, client)
	return site, nil
}

// read fills in what the start page says about the site.
func (s *Site) read(doc *extract.Document) {
	s.Language = strings.TrimSpace(doc.Root.Find("html").AttrOr("lang", ""))
	set := preset.NewSet(nil)
	if page, ok := set.Recognise(doc.Root.Nodes[0]); ok {
		s.Platform = page.Preset
	}
	article, err := doc.Extract(extract.Rules{})
	s.Scripts = err == nil && strings.TrimSpace(article.Markdown) == "" && doc.Has("script")
}

// answer is a response of the site.
type answer struct {
	url    *url.URL
	status int
	header http.Header
	body   []byte
	doc    *extract.Document // nil if the body is not HTML
}

func get(ctx context.Context, client *http.Client, address string) (a answer, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return a, err
	}
	request.Header.Set("User-Agent", config.UserAgent)
	response, err := client.Do(request)
	if err != nil {
		return a, err
	}
	defer func() { _ = response.Body.Close() }() // the body is only read
	a = answer{url: response.Request.URL, status: response.StatusCode, header: response.Header}
	if a.body, err = io.ReadAll(io.LimitReader(response.Body, maxBody)); err != nil {
		return a, err
	}
	if kind := response.Header.Get("Content-Type"); strings.Contains(kind, "html") {
		a.doc, _ = extract.Parse(a.url, kind, a.body) // nil if it cannot be read as HTML
	}
	return a, nil
}

// loginOf returns how an answer asks for a login.
func loginOf(a answer, start *url.URL) Login {
	l := Login{URL: a.url.String()}
	if a.status == http.StatusUnauthorized {
		for _, challenge := range a.header.Values("WWW-Authenticate") {
			scheme, _, _ := strings.Cut(challenge, " ")
			if kind := LoginKind(strings.ToLower(scheme)); slices.Contains([]LoginKind{Basic, Digest, Bearer}, kind) {
				l.Kind = kind
				return l
			}
		}
	}
	if a.doc != nil {
		if l.User, l.Password = fieldsOf(a.doc.Root); l.Password != "" {
			l.Kind = Form
			return l
		}
	}
	switch {
	case a.url.Hostname() != start.Hostname():
		l.Kind = Elsewhere
	case a.status == http.StatusUnauthorized || a.status == http.StatusForbidden:
		l.Kind = Refused
	}
	return l
}

// fieldsOf returns the names of the user and password fields of the first form that has a password field.
func fieldsOf(root *goquery.Document) (user, password string) {
	field := root.Find(`form input[type="password"]`).First()
	password = field.AttrOr("name", "")
	users := field.Closest("form").Find(`input[type="text"], input[type="email"], input:not([type])`)
	users.EachWithBreak(func(_ int, s *goquery.Selection) bool {
		user = s.AttrOr("name", "")
		return user == ""
	})
	return user, password
}

// count reads the sitemaps that robots.txt names and the one at the usual place.
func (s *Site) count(ctx context.Context, client *http.Client) {
	at := func(path string) string { return s.URL.ResolveReference(&url.URL{Path: path}).String() }
	var queue []string
	robots, err := get(ctx, client, at("/robots.txt"))
	if err == nil && robots.status == http.StatusOK && robots.doc == nil {
		rules, _ := scope.ParseRobots(robots.body, config.UserAgent) // an error means that there are too many rules
		queue = rules.Sitemaps
	}
	queue = append(queue, at("/sitemap.xml"))
	seen := map[string]bool{}
	for len(queue) > 0 && len(seen) < maxSitemaps {
		next := queue[0]
		queue = queue[1:]
		if u, err := url.Parse(next); err != nil || seen[next] || u.Host != s.URL.Host {
			continue
		}
		seen[next] = true
		a, err := get(ctx, client, next)
		if err != nil || a.status != http.StatusOK || a.doc != nil {
			continue
		}
		listed := 0
		err = sitemap.Parse(a.body, func(e sitemap.Entry) error {
			switch u, err := url.Parse(e.Loc); {
			case err != nil:
			case e.IsSitemap:
				queue = append(queue, e.Loc)
			case u.Host == s.URL.Host && strings.HasPrefix(u.Path, folder(s.URL.Path)):
				listed++
			}
			return nil
		})
		if err == nil {
			s.Sitemaps, s.Listed = s.Sitemaps+1, s.Listed+listed
		}
	}
}

// folder returns the path below which a crawl that begins at path stays.
func folder(path string) string { return path[:strings.LastIndex(path, "/")+1] }
