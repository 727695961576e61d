package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/golden"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// explained runs explain with --json and wants an exit code.
func (w *world) explained(code int, path string, args ...string) (e report.Explanation) {
	w.Helper()
	got, out, logs := w.execute(w.Context(), append([]string{"explain", w.site.URL(path), "--json"}, args...)...)
	if got != code {
		w.Fatalf("explain %s %v: exit code %d, want %d\n%s\n%s", path, args, got, code, out, logs)
	}
	if err := json.Unmarshal([]byte(out), &e); err != nil {
		w.Fatalf("explain %s: %v\n%s\n%s", path, err, out, logs)
	}
	return e
}

// explainedText is what a person reads, the site's address aside.
func (w *world) explainedText(path string, args ...string) string {
	w.Helper()
	_, out, logs := w.execute(w.Context(), append([]string{"explain", w.site.URL(path)}, args...)...)
	if strings.Contains(logs, "fincrawl:") {
		w.Errorf("explain %s: %s", path, logs)
	}
	return strings.ReplaceAll(out, w.site.URL(""), "https://wiki.corp")
}

// manyReasons is a site on which pages are in, or not, for every reason there is.
func manyReasons(t *testing.T) *world {
	w := newWorld(t, `    exclude: ["/drafts/**"]
    follow: ["/", "/in", "/go", "/named", "/hidden", "/far", "/gone", "/blank", "/wall", "/robots/*", "/drafts/*", "/secret", "/pic"]
    include: ["/", "/[!o]*", "/robots/*"]
`, "/in", "/drafts/a", "/robots/a", "/hidden", "/named", "/go", "/far", "/gone", "/blank", "/secret", "/pic", "/other", "https://elsewhere.example.com/x")
	w.site.Robots("User-agent: *\nDisallow: /robots/\n")
	w.site.Page("/in", testsite.Page{Title: "In", Text: "What is in, and stays in."})
	w.site.Page("/hidden", testsite.Page{Robots: "noindex"})
	w.site.Page("/named", testsite.Page{Text: "What is in, and stays in.", Canonical: "/in"})
	w.site.Redirect("/go", "/in")
	w.site.Redirect("/far", "https://elsewhere.example.com/x")
	w.site.Remove("/gone")
	w.site.Page("/blank", testsite.Page{Body: "<main></main>"})
	w.site.Page("/secret", testsite.Page{Text: "The key is " + aKey + ", use it."})
	w.site.Page("/pic", testsite.Page{Raw: []byte("GIF89a"), ContentType: "image/gif"})
	return w
}

func TestExplainSaysWhyAPageIsInOrNot(t *testing.T) {
	t.Parallel()
	w := manyReasons(t)
	w.fincrawl(exitHeld, "sync")
	before := w.read("fincrawl.db")

	for _, test := range []struct {
		path    string
		outcome crawler.Outcome
		says    string
	}{
		{"/in", crawler.Paged, "In the library"},
		{"/drafts/a", crawler.Excluded, "Not in the library: it is excluded."},
		{"/robots/a", crawler.RobotsDenied, "Not in the library: robots.txt disallows it."},
		{"/hidden", crawler.NoIndex, "it asks not to be indexed (noindex)"},
		{"/named", crawler.Canonical, "it names another address as its canonical one: https://wiki.corp/in"},
		{"/go", crawler.Redirected, "it redirects to https://wiki.corp/in"},
		{"/far", crawler.RedirectedOut, "it leads to where nothing is fetched: leads to https://elsewhere.example.com/x"},
		{"/gone", crawler.Gone, "it is gone: HTTP 404"},
		{"/blank", crawler.Empty, "no content was found on it"},
		{"/pic", crawler.NotHTML, "it is no HTML: image/gif"},
		{"/other", crawler.OutOfScope, "it is out of scope: follow does not match"},
	} {
		t.Run(test.path, func(t *testing.T) {
			e := w.explained(exitDone, test.path)
			if e.Crawl == nil || crawler.Outcome(e.Crawl.Outcome) != test.outcome || e.Seen != nil {
				t.Errorf("recorded: %+v, seen %+v, want %s", e.Crawl, e.Seen, test.outcome)
			}
			if got := e.Path; len(got) != 1 || got[0].URL != w.site.URL("/") {
				t.Errorf("found on %+v", got)
			}
			if text := w.explainedText(test.path); !strings.Contains(flat(text), test.says) {
				t.Errorf("does not say %q:\n%s", test.says, text)
			}
			// Fetched afresh, it ends as it did in the crawl.
			e = w.explained(exitDone, test.path, "--fetch")
			outcome := e.Outcome
			if e.Seen != nil {
				outcome = e.Seen.Outcome
			}
			if test.outcome == crawler.Redirected {
				test.outcome = crawler.Paged // what it leads to is seen at once
			}
			if outcome != test.outcome {
				t.Errorf("fetched: %s, want %s", outcome, test.outcome)
			}
		})
	}
	if string(w.read("fincrawl.db")) != string(before) {
		t.Error("explain has written to the state file")
	}
}

// flat is a text without its line breaks.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestExplainNeverAsksForWhatACrawlWouldNot(t *testing.T) {
	t.Parallel()
	w := manyReasons(t)
	for _, path := range []string{"/drafts/a", "/robots/a", "/other"} {
		w.explained(exitDone, path, "--fetch")
		if n := w.site.Count(path); n != 0 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
	w.site.Forget()
	w.explained(exitDone, "/in")
	if got := w.site.Requests(); len(got) != 0 {
		t.Errorf("without --fetch it asked for %v", got)
	}
}

func TestExplainNamesTheRuleThatDecides(t *testing.T) {
	t.Parallel()
	w := manyReasons(t)
	rule := func(e report.Explanation, name string) scope.Rule {
		i := slices.IndexFunc(e.Rules, func(r scope.Rule) bool { return r.Name == name })
		if i < 0 {
			t.Fatalf("%s: no rule %s: %+v", e.URL, name, e.Rules)
		}
		return e.Rules[i]
	}
	for _, test := range []struct {
		path string
		want scope.Rule
	}{
		{"/drafts/a", scope.Rule{Name: "exclude", Verdict: scope.Refuses, Says: "/drafts/**"}},
		{"/in", scope.Rule{Name: "follow", Verdict: scope.Admits, Says: "/in"}},
		{"/in", scope.Rule{Name: "include", Verdict: scope.Admits, Says: "/[!o]*"}},
		{"/other", scope.Rule{Name: "follow", Verdict: scope.Refuses, Says: "none of 13 patterns matches"}},
		{"/robots/a", scope.Rule{Name: "robots.txt", Verdict: scope.Refuses, Says: "Disallow: /robots/"}},
	} {
		if got := rule(w.explained(exitDone, test.path, "--fetch"), test.want.Name); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.path, got, test.want)
		}
	}
}

func TestExplainFetchTellsWhatASyncWouldDo(t *testing.T) {
	t.Parallel()
	w := manyReasons(t)
	wants := func(path string, a ingest.Action, g ingest.Guard) report.Explanation {
		t.Helper()
		e := w.explained(exitDone, path, "--fetch")
		if e.Change == nil || e.Change.Action != a || e.Change.Guard != g {
			t.Errorf("%s: %+v, want %s %s", path, e.Change, a, g)
		}
		return e
	}
	wants("/in", ingest.Create, "")
	w.fincrawl(exitHeld, "sync")
	if e := wants("/in", ingest.Unchanged, ""); e.Fingerprint != e.Entry.Hash {
		t.Errorf("the hash differs: %s, %+v", e.Fingerprint, e.Entry)
	}

	w.site.Page("/in", testsite.Page{Title: "In", Text: "What is in, and goes on."})
	wants("/in", ingest.Update, "")
	text := w.explainedText("/in", "--fetch")
	for _, part := range []string{"the next sync would update it: text changed", "- What is in, and stays in.", "+ What is in, and goes on."} {
		if !strings.Contains(flat(text), part) {
			t.Errorf("does not say %q:\n%s", part, text)
		}
	}

	e := wants("/secret", ingest.Held, ingest.GuardSecret)
	_, out, logs := w.execute(t.Context(), "explain", w.site.URL("/secret"), "--fetch", "-v")
	if len(e.Findings) == 0 || strings.Contains(out+logs+e.Seen.Markdown, aKey) || !strings.Contains(out, "redacted") {
		t.Errorf("the secret is not masked: %+v\n%s", e.Findings, out)
	}

	w.site.Remove("/in")
	wants("/in", ingest.Delete, "")
	w.site.Page("/in", testsite.Page{Robots: "noindex"})
	wants("/in", ingest.Held, ingest.GuardHint)
	w.site.Fail("/in", testsite.Status(503), testsite.Status(503), testsite.Status(503), testsite.Status(503))
	wants("/in", ingest.Unchanged, "")
}

func TestExplainSaysWhatTheLastRunHeldBack(t *testing.T) {
	t.Parallel()
	w := manyReasons(t)
	w.fincrawl(exitHeld, "sync")
	text := w.explainedText("/secret")
	for _, part := range []string{"Not in the library, and held back by the last run", "aws-access-key"} {
		if !strings.Contains(flat(text), part) {
			t.Errorf("does not say %q:\n%s", part, text)
		}
	}
}

func TestExplainOfAWall(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/a", "/closed")
	w.write("password", "secret")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", fmt.Sprintf(
		"    auth: {form: {url: %s, fields: {username: sam, password: file:%s}}}\n", w.site.URL("/login"), w.path("password"))))
	w.site.FormLogin("sam", "secret")
	w.site.Page("/closed", testsite.Page{Body: `<form action=/login method=post><input name=username><input type=password name=password></form>`})
	w.fincrawl(exitSomeFailed, "sync")
	e := w.explained(exitDone, "/closed", "--fetch")
	if e.Seen == nil || e.Seen.Outcome != crawler.LoginWall || e.Seen.Wall == "" || len(e.Login) == 0 {
		t.Errorf("seen %+v, login %v", e.Seen, e.Login)
	}
	if e = w.explained(exitDone, "/a", "--fetch"); e.Seen.Outcome != crawler.Paged || e.Change.Action != ingest.Unchanged {
		t.Errorf("seen %+v, change %+v", e.Seen, e.Change)
	}
	if text := w.explainedText("/closed"); !strings.Contains(flat(text), "it shows a login instead of a page") || strings.Contains(text, "secret") {
		t.Errorf("says\n%s", text)
	}
}

func TestExplainShowsTheWayToAPageAndItsPast(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/a")
	w.site.Page("/a", testsite.Page{Links: []string{"/b"}})
	w.site.Page("/b", testsite.Page{Links: []string{"/c"}})
	w.site.Pages("/c")
	w.fincrawl(exitDone, "sync")
	e := w.explained(exitDone, "/c")
	var way []string
	for _, step := range e.Path {
		way = append(way, strings.TrimPrefix(step.URL, w.site.URL("")))
	}
	if !slices.Equal(way, []string{"/b", "/a", "/"}) || e.Crawl.Depth != 3 {
		t.Errorf("the way is %v, %d deep", way, e.Crawl.Depth)
	}

	w.site.Page("/c", testsite.Page{Robots: "noindex"})
	w.fincrawl(exitHeld, "sync")
	e = w.explained(exitDone, "/c")
	if e.Crawl.Outcome != string(crawler.NoIndex) || len(e.Crawl.Earlier) != 1 || e.Crawl.Earlier[0].Outcome != string(crawler.Paged) {
		t.Errorf("its past is %+v", e.Crawl)
	}
	if len(e.Runs) != 2 || e.Runs[0].Change == nil || e.Runs[0].Change.Guard != ingest.GuardHint {
		t.Errorf("runs %+v", e.Runs)
	}

	// What is no longer met is forgotten, so that the state file doesn't grow with each change.
	w.site.Page("/a", testsite.Page{})
	w.site.Remove("/b")
	w.site.Remove("/c")
	for range 3 {
		w.execute(t.Context(), "sync", "--allow-deletes", "5")
	}
	if e = w.explained(exitDone, "/c"); e.Crawl != nil {
		t.Errorf("still remembered: %+v", e.Crawl)
	}
}

func TestExplainWhereTheAddressIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", "/a")
	explain := func(want int, says string, args ...string) {
		t.Helper()
		code, out, logs := w.execute(t.Context(), append([]string{"explain"}, args...)...)
		if code != want || !strings.Contains(flat(out+logs), says) {
			t.Errorf("explain %v: exit code %d, want %d, saying %q:\n%s%s", args, code, want, says, out, logs)
		}
	}
	explain(exitUsage, "is no web address", "not-an-address")
	explain(exitUsage, "is no web address", "ftp://example.com/x")
	explain(exitUsage, "wiki · another site", "https://example.com/x")
	explain(exitUsage, "sandwich", w.site.URL("/a"), "--source", "sandwich")
	explain(exitDone, "it is out of scope: another site", "https://example.com/x", "--source", "wiki")

	w.configure(w.source("wiki", w.site, "https://wiki.example.com", ""), w.source("help", w.site, "https://help.example.com", ""))
	explain(exitUsage, "belongs to several sources (wiki, help)", w.site.URL("/a"))
	explain(exitDone, "Source help", w.site.URL("/a"), "--source", "help")

	address := w.site.URL("/a")
	w.site.Close()
	explain(exitFailed, "could not be fetched", address, "--source", "wiki", "--fetch")
}

func TestExplainText(t *testing.T) {
	t.Parallel()
	w := manyReasons(t)
	w.site.Page("/named", testsite.Page{Canonical: "/in", Title: "Na\x1b[31mmed\u202e"})
	var text strings.Builder
	for _, args := range [][]string{{"/in", "--fetch"}, {"/named", "--fetch"}, {"/go", "--fetch"}, {"/drafts/a"}, {"/robots/a", "--fetch"}} {
		text.WriteString(w.explainedText(args[0], args[1:]...) + "\n---\n")
	}
	if got := text.String(); strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("a terminal could be driven by %q", got)
	}
	golden.Compare(t, filepath.Join("testdata", "explain.golden"), text.String())
}
