package web_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// strange is a private site of a kind of its own, which counts what visits have done to it.
type strange struct {
	articles []string // paths, as they are to be called
	did      []string // addresses whose visit did something
	visits   atomic.Int64
	serve    func(s *strange, r *http.Request) string // a page; "" is 404
}

// acts notes that a visit did something, and says so.
func (s *strange) acts(r *http.Request) string {
	s.did = append(s.did, r.URL.String())
	return page("Done", "It was done, and cannot be undone by anybody.", "")
}

func page(title, text, around string) string {
	return "<!doctype html><title>" + title + "</title><body><main><h1>" + title + "</h1><p>" + text + "</p></main>" + around
}

// said is a text that no other article has.
func said(name string) string {
	sum := sha256.Sum256([]byte(name))
	words := strings.Fields("desk gate pump valve lamp rope crate truck seal bolt hall yard shift book crane fork")
	var text []string
	for _, b := range sum[:24] {
		text = append(text, words[b%16])
	}
	return "On " + name + ": " + strings.Join(text, " ") + "."
}

func links(addresses ...string) string {
	var b strings.Builder
	for _, a := range addresses {
		fmt.Fprintf(&b, `<li><a href="%s">%s</a></li>`, a, a[strings.LastIndexByte(a, '/')+1:])
	}
	return "<ul>" + b.String() + "</ul>"
}

// The names of articles that are those of actions, too.
var verbs = []string{"delete", "archive", "logout", "subscribe"}

var stranges = map[string]func() *strange{
	"an application with its session in the address": func() *strange {
		return &strange{articles: []string{"/app/notes/delete", "/app/notes/archive", "/app/notes/keys", "/app/notes/gates", "/app/notes/pumps"},
			serve: func(s *strange, r *http.Request) string {
				token := fmt.Sprintf("k%015dz9", s.visits.Add(1)*7919)
				segments := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
				segments = slices.DeleteFunc(segments, func(part string) bool { return len(part) == len(token) && part[0] == 'k' })
				at := "/app/" + token + "/notes/"
				switch rest := strings.Join(segments, "/"); {
				case rest == "", rest == "app":
					return page("Notes", "All notes of the desk."+links(at+"delete", at+"archive", at+"keys", at+"gates", at+"pumps"), "")
				case strings.Count(rest, "/") == 2 && strings.HasPrefix(rest, "app/notes/"):
					name := segments[2]
					return page(name, said(name), `<div class=toolbar><a href="`+at+name+`/like">Like</a> <a href="`+at+name+`/delete">Delete</a> <a href="`+at+name+`/archive">Archive</a></div>`)
				case strings.HasSuffix(rest, "/like"), strings.HasSuffix(rest, "/delete"), strings.HasSuffix(rest, "/archive"):
					return s.acts(r)
				}
				return ""
			}}
	},
	"pages in one form, with postbacks": func() *strange {
		s := &strange{}
		for i := range 6 {
			s.articles = append(s.articles, fmt.Sprintf("/Article.aspx?id=%d", i+1))
		}
		s.serve = func(s *strange, r *http.Request) string {
			form := func(inside string) string {
				return `<form method=post action="./Article.aspx" id=form1><input type=hidden name=__VIEWSTATE value="dDwt"><a href="javascript:__doPostBack('ctl00$out','')">Sign out</a>` + inside + `</form>`
			}
			q := r.URL.Query()
			switch {
			case r.URL.Path == "/":
				return form(page("Articles", "All articles of the desk."+links(s.articles...), ""))
			case r.URL.Path != "/Article.aspx":
				return ""
			case q.Has("cmd") || q.Has("del"):
				return s.acts(r)
			case r.URL.RawQuery == "id="+q.Get("id"):
				id := q.Get("id")
				return form(page("Article "+id, said("number "+id), `<a href="Article.aspx?id=`+id+`&amp;cmd=Delete">Delete</a> <a href="javascript:__doPostBack('ctl00$del','`+id+`')">Remove</a> <a href="Article.aspx?id=`+id+`&amp;cmd=Publish" onclick="return confirm('Sure?')">Publish</a>`))
			}
			return ""
		}
		return s
	},
	"a wiki that asks to confirm by a link": func() *strange {
		return &strange{articles: []string{"/wiki/Delete", "/wiki/Rename", "/wiki/Keys", "/wiki/Gates", "/wiki/Confirm"},
			serve: func(s *strange, r *http.Request) string {
				q := r.URL.Query()
				name, ok := strings.CutPrefix(r.URL.Path, "/wiki/")
				switch {
				case r.URL.Path == "/":
					return page("Start", "All of the wiki."+links("/wiki/Delete", "/wiki/Rename", "/wiki/Keys", "/wiki/Gates", "/wiki/Confirm"), "")
				case !ok:
					return ""
				case q.Get("confirm") != "":
					return s.acts(r)
				case q.Get("action") != "":
					return page("Sure?", "Do you want to "+q.Get("action")+" the page "+name+"? <a href='/wiki/"+name+"?action="+q.Get("action")+"&amp;confirm=yes'>Yes</a> <a href='/wiki/"+name+"'>No</a>", "")
				}
				return page(name, said(name), `<div id=tabs><a href="/wiki/`+name+`?action=delete">Delete</a> <a href="/wiki/`+name+`?action=lock">Lock</a> <a href="/wiki/`+name+`?action=rollback">Roll back</a></div>`)
			}}
	},
	"static pages whose links a router takes over": func() *strange {
		s := &strange{articles: []string{"/docs/keys", "/docs/gates", "/docs/pumps"}}
		for _, verb := range verbs {
			s.articles = append(s.articles, "/docs/"+verb)
		}
		s.serve = func(s *strange, r *http.Request) string {
			var menu strings.Builder
			for _, a := range s.articles {
				fmt.Fprintf(&menu, `<a href="%s" onclick="return router.go(event)">%s</a> `, a, a[6:])
			}
			nav := "<nav>" + menu.String() + "</nav>"
			if r.URL.Path == "/" {
				return page("Docs", "All documents of the desk.", nav)
			}
			if slices.Contains(s.articles, r.URL.Path) {
				return page(r.URL.Path[6:], said(r.URL.Path), nav)
			}
			return ""
		}
		return s
	},
	"a forum with marks and votes": func() *strange {
		s := &strange{}
		for i := range 5 {
			s.articles = append(s.articles, fmt.Sprintf("/t/%d", i+1))
		}
		s.serve = func(s *strange, r *http.Request) string {
			id, ok := strings.CutPrefix(r.URL.Path, "/t/")
			switch {
			case r.URL.Path == "/":
				return page("Forum", "All topics."+links(s.articles...), `<p><a href="/f/1/subscribe">Subscribe</a> <a href="/f/1?markread=1">Mark all as read</a></p>`)
			case !ok, strings.Contains(id, "/"), r.URL.RawQuery != "" && !r.URL.Query().Has("p"):
				if ok || strings.HasPrefix(r.URL.Path, "/f/") {
					return s.acts(r)
				}
				return ""
			}
			n := s.visits.Add(1)
			return page("Topic "+id, said("topic "+id), fmt.Sprintf(`<footer><a href="/t/%s/vote?dir=up">+1</a> <a href="/t/%s?vote=-1">-1</a> <a href="/t/%s/watch">Watch</a> <a href="/t/%s?unwatch=1">Unwatch</a> seen by %d</footer>`, id, id, id, id, n))
		}
		return s
	},
}

// Whatever a site is made of, no visit does anything to it, and no article is lost.
func TestStrangeSitesAreReadAndLeftAsTheyWere(t *testing.T) {
	for name, made := range stranges {
		t.Run(name, func(t *testing.T) {
			s, site := made(), testsite.New(t)
			site.BasicAuth("sam", "secret")
			site.Before(func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/robots.txt" || r.URL.Path == "/sitemap.xml" || r.Header.Get("Authorization") == "" {
					return false
				}
				body := s.serve(s, r)
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				if body == "" {
					w.WriteHeader(http.StatusNotFound)
				}
				fmt.Fprint(w, body)
				return true
			})
			got := crawl(t, site, withBasic, lookedOver)
			if got.err != nil {
				t.Fatal(got.err)
			}
			if len(s.did) > 0 {
				t.Errorf("it did %q", s.did)
			}
			for _, path := range s.articles {
				named := slices.ContainsFunc(got.coverage.MayAct, func(g crawler.Gap) bool { return g.URL == site.URL(path) })
				if got.outcomes[path] != crawler.Paged && !(named && strings.HasPrefix(path, "/docs/")) { // by name in the report, with the key that lets it in
					t.Errorf("%s is %q: %s", path, got.outcomes[path], got.details[path])
				}
			}
			for path, o := range got.outcomes {
				if o == crawler.Paged && path != "/" && !slices.Contains(s.articles, path) {
					t.Errorf("%s is a page", path)
				}
			}
		})
	}
}
