package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// Promise 6: a site may show what it was asked with. Nothing of that leaves, wherever
// and however it is shown.
func TestSecretsThatPagesEchoStayIn(t *testing.T) {
	t.Parallel()
	const password, apiKey = "pa55&of<mara>", "key-of-the-wiki-0001"
	ways := map[string]struct {
		settings string // of auth
		secret   func(r *http.Request) string
	}{
		"basic": {`{basic: {username: mara, password: "file:%s"}}`, func(r *http.Request) string {
			_, p, _ := r.BasicAuth()
			return p
		}},
		"the header of basic": {`{basic: {username: mara, password: "file:%s"}}`, func(r *http.Request) string { return r.Header.Get("Authorization") }},
		"bearer":              {`{bearer: "file:%s"}`, func(r *http.Request) string { return r.Header.Get("Authorization") }},
		"a header":            {`{headers: {X-Key: "file:%s"}}`, func(r *http.Request) string { return r.Header.Get("X-Key") }},
		"a cookie":            {`{cookies: {key: "file:%s"}}`, func(r *http.Request) string { return r.Header.Get("Cookie") }},
		"a session":           {`{cookies: {key: "file:%s"}}`, func(r *http.Request) string { return cookieOf(r, "sid") }},
		"a form's session": {`{form: {url: "SITE/login", fields: {username: mara, password: "file:%s"}}}`, func(r *http.Request) string {
			return cookieOf(r, "member")
		}},
		"an access token": {`{oauth2: {token_url: "SITE/token", client_id: fincrawl, client_secret: "file:%s"}}`, func(r *http.Request) string {
			return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		}},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "")
			secret := apiKey
			if strings.Contains(name, "basic") {
				secret = password
			}
			w.write("secret", secret)
			w.configure(w.source("wiki", w.site, "https://wiki.example.com",
				"    documents: [markdown]\n    auth: "+strings.ReplaceAll(fmt.Sprintf(way.settings, w.path("secret")), "SITE", w.site.URL(""))+"\n"))
			var sessions atomic.Int64
			w.site.Guard(func(rw http.ResponseWriter, r *http.Request) bool {
				if givesSession(rw, r, secret, strings.Contains(name, "form"), way.secret, &sessions) {
					return true
				}
				if cookieOf(r, "sid") == "" {
					http.SetCookie(rw, &http.Cookie{Name: "sid", Value: sessionOf(sessions.Add(1)), Path: "/", HttpOnly: true})
				}
				return false
			})
			echoing(w, way.secret)

			run := w.fincrawl(exitHeld, "sync", "-v")
			for _, c := range run.Sources[0].Plan.Changes {
				isEcho := strings.Contains(c.ExternalID, "/echo/")
				if isEcho != (c.Guard == ingest.GuardOwnSecret) {
					t.Errorf("%s %s: held by %q: %s", c.Action, c.ExternalID, c.Guard, c.Reason)
				}
			}
			w.wantLibrary("/", "/fine", "/moved", "/same-to-base64", "/same-to-fragment", "/same-to-host", "/same-to-html", "/same-to-nothing",
				"/same-to-others", "/same-to-script", "/same-to-twice", "/same-to-user")
			var seen bytes.Buffer
			for _, args := range [][]string{{"sync", "-v"}, {"sync", "--json"}, {"sync", "-v", "--log-format", "json"}, {"check", "--online"},
				{"preview", "-v", "--out", w.path("plan.json")}, {"status"}, {"status", "--json"}, {"state", "export"}, {"lint"},
				{"explain", w.site.URL("/echo/as-is")}, {"explain", w.site.URL("/to-base64")}, {"explain", w.site.URL("/to-others")},
				{"explain", w.site.URL("/refresh-to-user")}, {"explain", w.site.URL("/to-nothing"), "--json"}, {"explain", w.site.URL("/moved"), "--json"}, {"explain", w.site.URL("/moved-into"), "--json"}} {
				_, out, logs := w.execute(t.Context(), args...)
				fmt.Fprintf(&seen, "\n$ fincrawl %v\n%s%s", args, out, logs)
			}
			files, err := os.ReadDir(w.path("."))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files { // the state, the plan and the crawl among them
				if file.Type().IsRegular() && !slices.Contains([]string{"secret", "token", "sources.yaml"}, file.Name()) {
					fmt.Fprintf(&seen, "\n%s: %s", file.Name(), w.read(file.Name()))
				}
			}
			for _, p := range w.pages() {
				fmt.Fprintf(&seen, "%+v\n", p)
			}
			var known secrets.Set
			known.Add(secret, base64.StdEncoding.EncodeToString([]byte("mara:"+secret)), worldToken)
			for n := range sessions.Load() {
				known.Add(sessionOf(n + 1))
			}
			text := seen.String()
			for _, at := range known.Places(text) {
				t.Errorf("a secret came out: …%q", text[max(0, at[0]-300):min(len(text), at[1]+100)])
			}
		})
	}
}

func sessionOf(n int64) string { return fmt.Sprintf("s3ssion-of-the-wiki-%06d", n) }

// givesSession answers at the places where a form or a client's credentials open a session, and sends to the form who
// has none. It reports whether it has answered.
func givesSession(rw http.ResponseWriter, r *http.Request, password string, needsForm bool, secretOf func(*http.Request) string, sessions *atomic.Int64) bool {
	switch {
	case r.URL.Path == "/token":
		rw.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(rw, `{"access_token": %q, "token_type": "Bearer", "expires_in": 3600}`, sessionOf(sessions.Add(1)))
	case r.URL.Path == "/login" && r.Method == http.MethodPost && r.FormValue("password") == password:
		http.SetCookie(rw, &http.Cookie{Name: "member", Value: sessionOf(sessions.Add(1)), Path: "/"})
		http.Redirect(rw, r, "/", http.StatusFound)
	case r.URL.Path == "/login":
		fmt.Fprint(rw, formOfMembers)
	case needsForm && secretOf(r) == "":
		http.Redirect(rw, r, "/login", http.StatusFound)
	default:
		return false
	}
	return true
}

func cookieOf(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// echoing makes pages of the site show a secret of their request: those below /echo/.
func echoing(w *world, secretOf func(*http.Request) string) {
	write := func(rw http.ResponseWriter, title, body string) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(rw, "<title>%s</title><article><h1>%[1]s</h1><p>What a reader sees of this page.</p>%s</article>", title, body)
	}
	shows := map[string]func(s string) (title, body string){
		"as-is": func(s string) (string, string) { return "Debug", "<pre>Cookie: " + html.EscapeString(s) + "</pre>" },
		"escaped": func(s string) (string, string) {
			return "Debug", "<p>next=" + url.QueryEscape(url.QueryEscape(s)) + "</p>"
		},
		"in-title": func(s string) (string, string) { return "Debug " + html.EscapeString(s), "" },
		"in-link": func(s string) (string, string) {
			return "Link", `<p><a href="/fine?tok=` + url.QueryEscape(s) + `">on</a></p>`
		},
		"in-path": func(s string) (string, string) {
			return "Path", `<p><a href="/p/` + url.PathEscape(s) + `/x">on</a></p>`
		},
		"in-image": func(s string) (string, string) {
			return "Image", `<p>A picture: <img alt="` + html.EscapeString(s) + `" src="/i.png"></p>`
		},
		"in-base64": func(s string) (string, string) {
			return "B", "<p>" + base64.StdEncoding.EncodeToString([]byte("{'k':'"+s+"'}")) + "</p>"
		},
		"in-pieces": func(s string) (string, string) {
			return "Pieces", "<p>" + html.EscapeString(s[:6]) + "<b>" + html.EscapeString(s[6:]) + "</b></p>"
		},
	}
	links := []string{"/fine", "/moved", "/moved-into", "/broken", "/refused"}
	for name, to := range map[string]func(s string) string{
		"to-base64":   func(s string) string { return "/p/" + base64.URLEncoding.EncodeToString([]byte("sid="+s)) },
		"to-html":     func(s string) string { return "/p/?x=" + url.QueryEscape(html.EscapeString(s)) },
		"to-twice":    func(s string) string { return "/p/" + url.PathEscape(url.PathEscape(s)) },
		"to-fragment": func(s string) string { return "/fine#access_token=" + url.QueryEscape(s) },
		"to-others":   func(s string) string { return "http://elsewhere.example.com/p/" + url.PathEscape(s) },
		"to-host":     func(s string) string { return "http://" + hex.EncodeToString([]byte(s)) + ".example.com/" },
		"to-user":     func(s string) string { return "http://mara:" + url.QueryEscape(s) + "@elsewhere.example.com/" },
		"to-script":   func(s string) string { return "javascript:alert('" + s + "')" },
		"to-nothing":  func(s string) string { return "http://[" + s + "/" },
	} {
		links = append(links, "/"+name, "/refresh-"+name, "/same-"+name)
		w.site.Handle("/"+name, func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Location", to(secretOf(r)))
			rw.WriteHeader(http.StatusFound)
		})
		w.site.Handle("/refresh-"+name, func(rw http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(rw, "<title>On</title><meta http-equiv=refresh content=\"0; url=%s\">", html.EscapeString(to(secretOf(r))))
		})
		w.site.Handle("/same-"+name, func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Link", "<"+to(secretOf(r))+">; rel=canonical")
			write(rw, "Same "+name, fmt.Sprintf("<p>And %s.</p><link rel=canonical href=\"%s\">", name, html.EscapeString(to(secretOf(r)))))
		})
	}
	for name, show := range shows {
		path := "/echo/" + name
		links = append(links, path)
		w.site.Handle(path, func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("ETag", `"`+base64.RawURLEncoding.EncodeToString([]byte(secretOf(r)))+`"`)
			title, body := show(secretOf(r))
			write(rw, title, body)
		})
	}
	slices.Sort(links)
	w.site.Page("/", testsite.Page{Links: links})
	w.site.Pages("/fine")
	w.site.Handle("/moved", func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" {
			http.Redirect(rw, r, "/moved?tok="+url.QueryEscape(secretOf(r)), http.StatusFound)
			return
		}
		write(rw, "Moved", `<h2 id=part>Part</h2><p>And <a href="#part">a part of it</a>.</p>`)
	})
	w.site.Handle("/moved-into", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "/p/"+url.PathEscape(secretOf(r))+"/y", http.StatusFound)
	})
	w.site.Handle("/broken", func(rw http.ResponseWriter, r *http.Request) {
		http.Error(rw, "failed for "+secretOf(r), http.StatusInternalServerError)
	})
	w.site.Handle("/refused", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/x-"+url.QueryEscape(secretOf(r)))
		rw.Header().Set("Content-Disposition", `attachment; filename="`+url.QueryEscape(secretOf(r))+`.md"`)
		fmt.Fprint(rw, "# A file\n\nOf some text.")
	})
}
