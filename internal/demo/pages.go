package demo

import (
	"bytes"
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"net/http"
)

// view is the data of a template.
type view struct {
	Title   string
	Nonce   string // of the scripts; differs with each request
	Token   string // of the forms; differs with each request
	Request string // in the footer; differs with each request

	Collections []*collection
	Collection  *collection
	Article     *article
	Found       []*article
	Query       string
	Thanks      bool

	Problem, Next string // of the login form
}

func (s *Site) home(w http.ResponseWriter, r *http.Request) {
	s.page(w, r, http.StatusOK, "home.html", view{Title: "Harbor Help"})
}

func (s *Site) collection(w http.ResponseWriter, r *http.Request) {
	c := s.library.Load().collection(r.PathValue("collection"))
	if c == nil {
		s.notFound(w, r)
		return
	}
	s.page(w, r, http.StatusOK, "collection.html", view{Title: c.Title, Collection: c})
}

func (s *Site) article(w http.ResponseWriter, r *http.Request) {
	a := s.library.Load().article(r.URL.Path)
	if a == nil {
		s.notFound(w, r)
		return
	}
	s.page(w, r, http.StatusOK, "article.html",
		view{Title: a.Title, Collection: a.Collection, Article: a, Thanks: r.URL.Query().Has("thanks")})
}

func (s *Site) search(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query().Get("q")
	s.page(w, r, http.StatusOK, "search.html", view{Title: "Search", Query: query, Found: s.library.Load().search(query)})
}

func (s *Site) feedback(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if !s.forms.valid(cookie(r, sessionCookie), r.PostFormValue("csrf_token")) {
		http.Error(w, "this form has expired", http.StatusForbidden)
		return
	}
	http.Redirect(w, r, localPath(r.PostFormValue("article"))+"?thanks", http.StatusSeeOther)
}

func (s *Site) notFound(w http.ResponseWriter, r *http.Request) {
	s.page(w, r, http.StatusNotFound, "notfound.html", view{Title: "Page not found"})
}

// robots serves robots.txt.
func (s *Site) robots(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprintf(w, "User-agent: *\nDisallow: /logout\nDisallow: /search\n\nSitemap: http://%s/sitemap.xml\n", r.Host)
}

// sitemap lists the first two articles of each collection, like a sitemap that nobody maintains.
func (s *Site) sitemap(w http.ResponseWriter, r *http.Request) {
	type location struct {
		Loc string `xml:"loc"`
	}
	set := struct {
		XMLName xml.Name   `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []location `xml:"url"`
	}{URLs: []location{{"http://" + r.Host + "/"}}}
	for _, c := range s.library.Load().collections {
		for _, a := range c.Articles[:min(2, len(c.Articles))] {
			set.URLs = append(set.URLs, location{"http://" + r.Host + a.Path()})
		}
	}
	body, err := xml.MarshalIndent(set, "", "  ")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, _ = fmt.Fprintf(w, "%s%s\n", xml.Header, body)
}

// page renders a page for a user who is logged in.
func (s *Site) page(w http.ResponseWriter, r *http.Request, status int, template string, v view) {
	v.Collections = s.library.Load().collections
	v.Token = s.forms.issue(cookie(r, sessionCookie))
	s.render(w, status, template, v)
}

// render writes a page. Its bytes differ each time.
func (s *Site) render(w http.ResponseWriter, status int, template string, v view) {
	v.Nonce, v.Request = rand.Text(), rand.Text()[:8]
	var page bytes.Buffer
	if err := s.templates.ExecuteTemplate(&page, template, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy",
		"default-src 'self'; form-action 'self'; frame-ancestors 'none'; script-src 'nonce-"+v.Nonce+"'")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
}
