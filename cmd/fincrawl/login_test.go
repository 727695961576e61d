package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// formSettings are the lines of a source that logs in by the form of a test's site. KEY in more is a key for sessions.
func formSettings(t *testing.T, site *testsite.Site, more string) string {
	t.Helper()
	dir := t.TempDir()
	inFile := func(name, text string) string {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "file:" + filepath.Join(dir, name)
	}
	more = strings.Replace(more, "KEY", inFile("key", "0123456789abcdef0123456789abcdef"), 1)
	return fmt.Sprintf("    auth:\n      form: {url: %q, fields: {username: sam, password: %q}}\n%s", site.URL(testsite.LoginPath), inFile("password", "s3cret-pass"), more)
}

func TestASessionIsKeptBetweenRunsOnlyWhereConfigured(t *testing.T) {
	for more, logins := range map[string]int{"": 3, "      keep_session: KEY\n": 1} {
		w := newWorld(t, "", "/a", "/b")
		sessions := w.site.FormLogin("sam", "s3cret-pass")
		w.configure(w.source("wiki", w.site, "https://wiki.example.com", formSettings(t, w.site, more)))
		w.fincrawl(exitDone, "sync")
		w.fincrawl(exitDone, "sync")
		before := w.read("fincrawl.db")
		w.fincrawl(exitDone, "preview")
		if !bytes.Equal(before, w.read("fincrawl.db")) {
			t.Error("the preview changed the state file")
		}
		if sessions.Opened() != logins {
			t.Errorf("with %q: logged in %d times, want %d", more, sessions.Opened(), logins)
		}
		for _, secret := range []string{"s3cret-pass", "session-1", "session-2", "0123456789abcdef"} {
			if bytes.Contains(before, []byte(secret)) {
				t.Errorf("with %q: the state file has %q in it", more, secret)
			}
		}
		w.wantLibrary("/", "/a", "/b")
	}
}

// A session that cannot be had again ends the source: what was seen is sent, and
// nothing is deleted or overwritten, however often it happens.
func TestALostSessionDeletesNothing(t *testing.T) {
	var pages []string
	for i := range 30 {
		pages = append(pages, fmt.Sprintf("/a%d", i))
	}
	w := newWorld(t, "", pages...)
	sessions := w.site.FormLogin("sam", "s3cret-pass")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", formSettings(t, w.site, "")))
	w.fincrawl(exitDone, "sync")
	all := append([]string{"/"}, pages...)
	w.wantLibrary(all...)

	w.site.Page("/a0", testsite.Page{Text: "What it says since this morning."})
	for range 3 {
		sessions.Last(12)
		w.site.Handle("/a3", func(rw http.ResponseWriter, _ *http.Request) {
			sessions.Last(0) // from here on no session is worth anything
			rw.Header().Set("Content-Type", "text/html")
			fmt.Fprint(rw, "<main><p>What it says since this morning, too.</main>")
		})
		run := w.fincrawl(exitSomeFailed, "sync")
		if c := run.Sources[0].Plan.Coverage; c.Complete || !strings.Contains(c.Ended, "could not be renewed") {
			t.Errorf("complete %t, ended %q", c.Complete, c.Ended)
		}
		w.wantLibrary(all...)
	}
	if text := w.page("/a0").HTML; !strings.Contains(text, "since this morning") {
		t.Errorf("what was seen was not sent: %s", text)
	}
}

// What the site tells a session that is alive is what its pages say, be it a notice. That
// is for the guards.
func TestANoticeFromInsideOverwritesNothing(t *testing.T) {
	pages := []string{"/a", "/b", "/c", "/d", "/e", "/f"}
	w := newWorld(t, "", pages...)
	var walled atomic.Bool
	w.site.Guard(func(rw http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-Key") != "s3cret" {
			http.Error(rw, "no", http.StatusForbidden)
			return true
		}
		if walled.Load() && r.URL.Path != "/" && r.URL.Path != "/robots.txt" {
			fmt.Fprintf(rw, "<title>Page %s</title><main><p>Reading is over for today. Come again tomorrow, or ask the librarian.</main>", r.URL.Path)
			return true
		}
		return false
	})
	t.Setenv("WIKI_KEY", "s3cret")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    auth: {headers: {X-Key: \"${WIKI_KEY}\"}}\n"))
	w.fincrawl(exitDone, "sync")
	walled.Store(true)
	for _, code := range []int{exitHeld, exitDone} {
		if n := w.writes(func() { w.fincrawl(code, "sync") }); n != 0 {
			t.Errorf("%d writes of a notice", n)
		}
	}
	w.wantLibrary(append([]string{"/"}, pages...)...)
}

// Pages that say the very same are no wall where the credentials are proved to be accepted,
// and hold no delete.
func TestPagesThatAreAlikeBehindALoginHoldNothing(t *testing.T) {
	w := newWorld(t, "", articles...)
	w.site.BasicAuth("sam", "s3cret-pass")
	for _, path := range articles[:8] {
		w.site.Page(path, testsite.Page{Title: "Retired: " + path, Text: "This article was retired. Ask the desk."})
	}
	t.Setenv("WIKI_PASSWORD", "s3cret-pass")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    auth: {basic: {username: sam, password: \"${WIKI_PASSWORD}\"}}\n"))
	w.fincrawl(exitDone, "sync")
	w.wantLibrary(allPages()...)
	w.site.Remove(articles[9])
	w.site.Remove(articles[0])
	w.wantActions(w.fincrawl(exitDone, "sync"), "- "+articles[0], "- "+articles[9])
}

// A crawl that goes on knows which pages were seen from inside before it was cut off.
func TestAResumedCrawlKnowsWhatWasSeenFromInside(t *testing.T) {
	w := newWorld(t, "", articles...)
	for _, path := range articles[:8] {
		w.site.Page(path, testsite.Page{Body: "<header><a href=/logout>Leave</a></header><main><h1>Retired: " + path + "</h1><p>This article was retired. Ask the desk.</p></main>"})
	}
	t.Setenv("WIKI_KEY", "s3cret")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    auth: {headers: {X-Key: \"${WIKI_KEY}\"}}\n"))
	ctx, interrupt := context.WithCancel(t.Context())
	var left atomic.Int64
	left.Store(int64(len(articles)) - 1)
	w.site.Guard(func(_ http.ResponseWriter, r *http.Request) bool {
		if strings.HasPrefix(r.URL.Path, "/a") && left.Add(-1) == 0 {
			interrupt()
		}
		return false
	})
	w.fincrawlUntil(ctx, exitInterrupted, "sync")
	run := w.fincrawl(exitDone, "sync")
	w.wantLibrary(allPages()...)
	if c := run.Sources[0].Plan.Coverage; !c.Complete {
		t.Errorf("outcomes %v", c.Outcomes)
	}
}

// Norconex 500, 606: a form login fails, and nothing says why.
func TestCheckOnlineTellsWhyALoginFails(t *testing.T) {
	w := newWorld(t, "", "/a")
	sessions := w.site.FormLogin("sam", "s3cret-pass")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", formSettings(t, w.site, "")))
	code, out, logs := w.execute(t.Context(), "check", "--online")
	if code != exitDone {
		t.Fatalf("exit code %d\n%s\n%s", code, out, logs)
	}
	for _, want := range []string{
		"GET " + w.site.URL("/login") + " → 200 “Log in”",
		"form#login: fields csrf (hidden), username, password",
		"POST " + w.site.URL("/login") + " → 302 → 200 “Page /”",
		"password field: gone",
		"cookies: session",
		"✓ the start address can be read",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	sessions.Refuse()
	code, out, logs = w.execute(t.Context(), "check", "--online")
	if code != exitFailed || !strings.Contains(out, "✗") || !strings.Contains(out, "That user name and password do not go together.") ||
		!strings.Contains(out, "password field: still there") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if strings.Contains(out+logs, "s3cret-pass") || strings.Contains(out+logs, "session-1") {
		t.Errorf("it tells a secret:\n%s\n%s", out, logs)
	}
}

func TestAWayInThatCannotBeIsAMistakeBeforeAnythingIsFetched(t *testing.T) {
	w := newWorld(t, "", "/a")
	w.write("cookies.txt", "wiki.example.com\tTRUE\t/\tsecret\n")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", "    auth: {cookie_file: cookies.txt}\n"))
	for _, command := range []string{"check", "sync", "preview"} {
		code, _, logs := w.execute(t.Context(), command)
		if code != exitUsage || !strings.Contains(logs, "wiki: ") || !strings.Contains(logs, "line 1: it has 4 fields") {
			t.Errorf("%s: exit code %d: %s", command, code, logs)
		}
	}
	if n := len(w.site.Requests()); n > 0 {
		t.Errorf("the site got %d requests", n)
	}
}
