package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// A message names the cause that was observed, and the next step.
func TestMessagesNameWhatWasSeen(t *testing.T) {
	t.Parallel()
	const form = "    auth: {form: {url: %q, fields: {username: mara, password: \"file:%s\"}, logged_in: \"a.out\"}}\n"
	private := func(w *world) {
		w.write("password", "pa55-of-mara")
		w.site.FormLogin("mara", "pa55-of-mara")
		w.configure(w.source("wiki", w.site, "https://wiki.example.com", fmt.Sprintf(form, w.site.URL("/login"), w.path("password"))))
	}
	for name, c := range map[string]struct {
		prepare       func(*world)
		args          []string
		want, without []string
	}{
		"a wrong password": {func(w *world) {
			private(w)
			w.write("password", "another-one-2026")
		}, nil, []string{"check what is filled in"}, []string{"give its user access", "exclude them"}},
		"the site fails at the login": {func(w *world) {
			private(w)
			w.site.Before(func(rw http.ResponseWriter, r *http.Request) bool {
				rw.WriteHeader(http.StatusInternalServerError)
				return true
			})
		}, nil, []string{"the site itself failed", "1 server-error"}, []string{"give its user access", "login-wall"}},
		"the start address is not there": {func(w *world) {
			private(w)
			w.site.Remove("/")
		}, nil, []string{"check url"}, []string{"give its user access"}},
		"a selector that matches nothing": {func(w *world) {
			w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    content: {body: \"div.nowhere\"}\n"))
		}, nil, []string{"No page was found", "check whether content.body finds the article"}, nil},
		"a state file with nothing in it": {func(*world) {}, []string{"forget", "old"}, []string{"no sync has ended with this file yet"}, []string{"recorded are"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", "/a", "/b")
			w.site.Page("/", testsite.Page{Links: []string{"/a", "/b"}})
			c.prepare(w)
			args := c.args
			if args == nil {
				args = []string{"sync"}
			}
			_, out, logs := w.execute(t.Context(), args...)
			said := strings.Join(strings.Fields(out+logs), " ")
			for _, want := range c.want {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s%s", want, out, logs)
				}
			}
			for _, without := range c.without {
				if strings.Contains(said, without) {
					t.Errorf("it says %q:\n%s%s", without, out, logs)
				}
			}
		})
	}
}
