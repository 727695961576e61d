package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// Whatever a site writes, no command passes on what drives a terminal.
func TestNoCommandPassesEscapesOn(t *testing.T) {
	t.Parallel()
	const evil = "Evil\x1b]0;owned\x07\x1b[2J\u009b31m\u202etxt.exe\r\x08"
	w := newWorld(t, "    auth: {cookies: {key: \"file:%s\"}}\n")
	w.write("key", "key-of-the-wiki-0001")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", fmt.Sprintf("    auth: {cookies: {key: \"file:%s\"}}\n", w.path("key"))))
	show := func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.Header().Set("X-Robots-Tag", "unavailable_after: \x1b[31m")
		fmt.Fprintf(rw, "<title>%s of %s</title><article><h1>%[1]s of %[2]s</h1><p>%[1]s</p><a href='/missing?%[1]s'>%[1]s</a></article>", evil, r.URL.Path)
	}
	w.site.Page("/", testsite.Page{Links: []string{"/a", "/b", "/refused"}})
	for _, path := range []string{"/", "/a", "/b"} {
		w.site.Handle(path, func(rw http.ResponseWriter, r *http.Request) {
			show(rw, r)
			fmt.Fprint(rw, "<a href=/a>a</a> <a href=/b>b</a> <a href=/refused>r</a>")
		})
	}
	w.site.Handle("/refused", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/x-\u009b31m")
		fmt.Fprint(rw, evil)
	})
	unfit := func(r rune) bool {
		return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf))
	}
	for _, args := range [][]string{{"check", "--online"}, {"preview"}, {"preview", "-v"}, {"preview", "--json"}, {"sync", "-v"}, {"sync", "-v", "--log-format", "json"},
		{"sync", "--json"}, {"lint"}, {"status"}, {"status", "--json"}, {"explain", w.site.URL("/a")}, {"explain", w.site.URL("/a"), "--json"},
		{"explain", w.site.URL("/a?" + evil)}, {"state", "export"}, {"retry"}, {evil}, {"sync", evil}} {
		_, out, logs := w.execute(t.Context(), args...)
		for _, text := range []string{out, logs} {
			if at := strings.IndexFunc(text, unfit); at >= 0 {
				t.Errorf("fincrawl %q shows …%q", args, text[max(0, at-80):min(len(text), at+40)])
			}
		}
		if strings.HasSuffix(args[len(args)-1], "--json") && !json.Valid([]byte(out)) {
			t.Errorf("fincrawl %q prints no JSON", args)
		}
	}
}

// What writes past [output] would bypass the cleaning.
func TestCommandsWriteToTheOutputOnly(t *testing.T) {
	t.Parallel()
	past := regexp.MustCompile(`os\.Std(out|err)|fmt\.Print`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "main.go" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := past.Find(text); found != nil {
			t.Errorf("%s has %s: write to the app's out or errOut", file, found)
		}
	}
}
