package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/golden"
	"github.com/fincrawl/fincrawl/state"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	gmtext "github.com/yuin/goldmark/text"
)

func version(path, title string) *ingest.Version {
	return &ingest.Version{URL: "https://help.example.com/articles/" + path, Title: title, AIAgent: true}
}

func change(a ingest.Action, path, title, reason string) ingest.Change {
	v := version(path, title)
	c := ingest.Change{Action: a, ExternalID: v.URL, Reason: reason}
	if a != ingest.Delete {
		c.After = v
	}
	if a != ingest.Create {
		c.Before = v
	}
	return c
}

func held(wants ingest.Action, g ingest.Guard, path, title, reason string) ingest.Change {
	c := change(wants, path, title, reason)
	c.Action, c.Wants, c.Guard = ingest.Held, wants, g
	return c
}

func numbered(n int, c func(i int) ingest.Change) []ingest.Change {
	var cs []ingest.Change
	for i := range n {
		cs = append(cs, c(i))
	}
	return cs
}

func coverage(of map[crawler.Outcome]int, gaps ...crawler.Gap) crawler.Coverage {
	c := crawler.Coverage{Complete: len(gaps) == 0, Outcomes: of, Gaps: gaps, GapsInAll: len(gaps)}
	for _, n := range of {
		c.Discovered += n
	}
	return c
}

// source is help-center with a plan of sorted changes, and 12 pages that are as they were.
func source(cov crawler.Coverage, changes ...ingest.Change) report.Source {
	changes = append(changes, numbered(12, func(i int) ingest.Change {
		return change(ingest.Unchanged, fmt.Sprint("unchanged-", i), fmt.Sprint("Unchanged ", i), "as it was sent")
	})...)
	slices.SortFunc(changes, func(a, b ingest.Change) int { return strings.Compare(a.ExternalID, b.ExternalID) })
	return report.Source{
		Name: "help-center", URL: "https://help.example.com/", LibraryURL: "https://help.example.com",
		ImportSource: &ingest.SourceChange{Action: ingest.Unchanged, Reason: "as configured", Want: state.ImportSource{ID: 31}},
		Plan:         &ingest.Plan{Source: "help-center", Coverage: cov, Changes: changes},
		Seconds:      2.5,
	}
}

func run(mode string, sources ...report.Source) report.Run {
	start := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	return report.Run{ID: "20261122T030000-7f3a", Mode: mode, Version: "v1.0.0", Started: start, Finished: start.Add(3200 * time.Millisecond), Sources: sources}
}

func with[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

// texts are the differences that the golden files show.
func texts(_, externalID string) (before, after string, err error) {
	const policy = "Our refund policy applies to all plans, monthly and yearly, that were bought directly from us and not through a reseller. " +
		"You have %s days from the date of the invoice to ask for your money back, and we pay it to the card that you paid with, usually within five working days of your asking."
	switch filepath.Base(externalID) {
	case "billing":
		lines := []string{"# Billing cycles", "", "You can change the plan at any time.", "", "- Starter", "- Team", "  - up to ten seats", "- Business", "",
			"You are billed on the first of the month.", "", "## Receipts", "", "Receipts are sent by e-mail."}
		old := strings.Join(lines, "\n")
		lines[6] = "  - up to twelve seats"
		lines[9] = "You are billed on the day of the month on which you signed up."
		return old, strings.Join(append(lines, "", "They can be had as PDF too."), "\n"), nil
	case "refunds":
		return fmt.Sprintf(policy, "14"), fmt.Sprintf(policy, "30"), nil
	case "adopted":
		return "", "Some text.", nil
	case "spaces":
		return "One  two", "One two", nil
	case "rewritten":
		var old, new []string
		for i := range 30 {
			old = append(old, fmt.Sprintf("Sentence %d of the old handbook.", i))
			new = append(new, fmt.Sprintf("Chapter %d reads quite otherwise now, doesn't it?", i*7))
		}
		return strings.Join(old, "\n\n"), strings.Join(new, "\n\n"), nil
	}
	return "same", "same", nil
}

func TestText(t *testing.T) {
	used := map[string]bool{"run.json": true}
	all := coverage(map[crawler.Outcome]int{crawler.Paged: 17, crawler.Listing: 20, crawler.Excluded: 10, crawler.Gone: 1})
	renamed := change(ingest.Update, "renamed", "How to invite your team", "title and availability (AI Agent off) changed")
	renamed.Before = version("renamed", "Inviting people")
	planned := []ingest.Change{
		change(ingest.Create, "reset", "Reset your password", "new"),
		change(ingest.Update, "billing", "Billing cycles", "text changed"),
		change(ingest.Update, "refunds", "Refunds", "text changed"),
		renamed,
		change(ingest.Delete, "old-prices", "Prices of 2024", "its URL answers 404"),
		held(ingest.Delete, ingest.GuardConfirmation, "legacy", "Importing from the legacy product",
			"nothing leads to its URL any more; missing for 1 of 2 complete crawls"),
	}
	done := &ingest.Result{Applied: map[ingest.Action]int{ingest.Create: 1, ingest.Update: 3, ingest.Delete: 1}}
	someFailed := &ingest.Result{
		Applied: map[ingest.Action]int{ingest.Create: 1, ingest.Update: 1, ingest.Delete: 1},
		Failed: []ingest.Failure{
			{ExternalID: version("billing", "").URL, URL: version("billing", "").URL, Action: ingest.Update, Status: 503, Message: "service unavailable", RequestID: "0d1f"},
			{ExternalID: version("refunds", "").URL, URL: version("refunds", "").URL, Action: ingest.Update, Refused: true, Status: 422,
				Code: "parameter_invalid", Message: "html is too long (field html)", RequestID: "77aa-1"},
		},
	}
	deletes := func(g ingest.Guard, why string) []ingest.Change {
		return numbered(64, func(i int) ingest.Change {
			return held(ingest.Delete, g, fmt.Sprintf("article-%02d", i), fmt.Sprintf("Article number %d", i), "its URL answers 404; "+why)
		})
	}
	hostile := change(ingest.Create, "evil", "Nice\x1b]0;owned\x07 ti\u202etle\n\x1b[31mred\u009b2J", "new\r\nreason\u200b")

	for _, test := range []struct {
		name string
		run  report.Run
		o    report.TextOptions
	}{
		{"preview", run("preview", source(all, planned...)), report.TextOptions{Texts: texts}},
		{"preview-narrow", run("preview", source(all, planned...)), report.TextOptions{Texts: texts, Width: 60}},
		{"preview-colour", run("preview", source(all, planned[:3]...)), report.TextOptions{Texts: texts, Color: true}},
		{"sync", run("sync", with(source(all, planned...), func(s *report.Source) { s.Result = done })), report.TextOptions{}},
		{"sync-failures", run("sync", with(source(all, planned...), func(s *report.Source) { s.Result = someFailed })), report.TextOptions{}},
		{"sync-nothing-changed", run("sync", with(source(all), func(s *report.Source) { s.Result = &ingest.Result{} })), report.TextOptions{}},
		{"sync-ended-early", run("sync", with(source(all, planned...), func(s *report.Source) {
			s.Result = &ingest.Result{Applied: map[ingest.Action]int{ingest.Update: 2}}
			s.Error = "POST /ai/external_pages: 401 token_revoked: token is revoked; make a new access token"
		})), report.TextOptions{}},
		{"not-complete", run("sync", with(source(
			coverage(map[crawler.Outcome]int{crawler.Paged: 14, crawler.Listing: 1, crawler.ServerError: 1, crawler.Forbidden: 2},
				crawler.Gap{URL: "https://help.example.com/articles/a", Outcome: crawler.Forbidden, Detail: "HTTP 403"},
				crawler.Gap{URL: "https://help.example.com/articles/b", Outcome: crawler.Forbidden, Detail: "HTTP 403"},
				crawler.Gap{URL: "https://help.example.com/articles/c", Outcome: crawler.ServerError, Detail: "HTTP 503 after 4 tries"}),
			held(ingest.Delete, ingest.GuardCoverage, "old-prices", "Prices of 2024", "its URL answers 404; the crawl was not complete: 3 gaps"),
		), func(s *report.Source) { s.Result = &ingest.Result{} })), report.TextOptions{}},
		{"session-lost", run("sync", with(source(func() crawler.Coverage {
			c := coverage(map[crawler.Outcome]int{crawler.Paged: 14, crawler.LoginWall: 1},
				crawler.Gap{URL: "https://help.example.com/articles/a", Outcome: crawler.LoginWall, Detail: "form#login (fields username, password)"})
			c.Ended = "the session ended at https://help.example.com/articles/a and could not be renewed: the login works, and yet the site shows its wall again"
			return c
		}()), func(s *report.Source) { s.Result = &ingest.Result{} })), report.TextOptions{}},
		{"over-a-ceiling", run("sync", with(source(all, deletes(ingest.GuardCount, "64 deletes at once, deletes.max_count is 10")...),
			func(s *report.Source) { s.Result = &ingest.Result{} })), report.TextOptions{MaxListed: 3}},
		{"every-guard", run("preview", source(all,
			held(ingest.Delete, ingest.GuardZeroPages, "a", "A", "nothing leads to its URL any more; the crawl found no page at all"),
			held(ingest.Create, ingest.GuardForeign, "z", "Z", "new; the import source has a page of somebody else with this external ID"),
			held(ingest.Delete, ingest.GuardOwnership, "b", "B", "its URL answers 404; its ID in Intercom is not recorded"),
			held(ingest.Delete, ingest.GuardShare, "c", "C", "its URL answers 404; 4 deletes of 30 pages at once, deletes.max_share 0.1 allows 3"),
			held(ingest.Create, ingest.GuardSize, "d", "D", "new; 2000000 bytes of HTML are more than intercom.max_html (1000000)"),
			held(ingest.Update, ingest.GuardRefused, "e", "E", "Intercom refused this version before: HTTP 422"),
			held(ingest.Delete, "moon", "f", "F", "its URL answers 404; the moon is full"),
		)), report.TextOptions{}},
		{"first-run", run("sync", with(source(all, numbered(60, func(i int) ingest.Change {
			return change(ingest.Create, fmt.Sprintf("article-%02d", i), fmt.Sprintf("Article number %d", i), "new")
		})...), func(s *report.Source) {
			s.ImportSource = &ingest.SourceChange{Action: ingest.Create, Reason: "import source 30 was deleted in Intercom, and its pages with it", Lost: true}
			s.Result = &ingest.Result{Applied: map[ingest.Action]int{ingest.Create: 60}}
		})), report.TextOptions{MaxListed: 4}},
		{"adopted", run("preview", with(source(all,
			change(ingest.Update, "adopted", "Adopted", "adopted: text not known"),
			change(ingest.Update, "spaces", "Spaces", "text changed"),
			change(ingest.Update, "rewritten", "Handbook", "text changed"),
		), func(s *report.Source) {
			s.ImportSource.Adopt = true
			s.ImportSource.Note = "it is deactivated in Intercom; activate it there"
		})), report.TextOptions{Texts: texts, MaxDiffLines: 6}},
		{"login-failed", run("sync", report.Source{Name: "wiki", URL: "https://wiki.corp/", LibraryURL: "https://wiki.example.com",
			Error: "log in at https://wiki.corp/login: still asked for a password\nsaw: HTTP 200, title \"Login required\""}), report.TextOptions{}},
		{"two-sources", run("sync",
			with(source(all, planned...), func(s *report.Source) { s.Result = done }),
			with(source(all), func(s *report.Source) { s.Name, s.Result = "wiki", &ingest.Result{} })), report.TextOptions{}},
		{"verbose", run("sync", with(source(all), func(s *report.Source) { s.Result = &ingest.Result{} })), report.TextOptions{Verbose: true}},
		{"hostile", run("preview", source(all, hostile,
			change(ingest.Create, "wide", "料金プランと請求書の発行についてのよくある質問と回答をまとめました。ご不明な点はサポートまで", "new"),
			change(ingest.Create, "long", strings.Repeat("long ", 60), "new"),
			change(ingest.Create, strings.Repeat("x", 200), strings.Repeat("y", 200), "new"),
		)), report.TextOptions{Width: 60}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got bytes.Buffer
			if err := report.Text(&got, test.run, test.o); err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, "testdata/"+test.name+".txt", got.String())
			used[test.name+".txt"] = true
			if slices.Contains([]string{"every-guard", "hostile", "login-failed", "preview", "sync-failures", "two-sources"}, test.name) {
				var comment bytes.Buffer
				if err := report.Markdown(&comment, test.run, test.o); err != nil {
					t.Fatal(err)
				}
				golden.Compare(t, "testdata/"+test.name+".md", comment.String())
				used[test.name+".md"] = true
				onlyOurMarkup(t, comment.Bytes())
			}
			for line := range strings.Lines(got.String()) {
				line = strings.TrimRight(line, "\n")
				if !test.o.Color && strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
					t.Errorf("control character in %q", line)
				}
				if strings.HasSuffix(line, " ") {
					t.Errorf("trailing space in %q", line)
				}
			}
		})
	}
	golden.NoOthers(t, "testdata", used)
}

// What a site says is text in a comment, whatever it looks like, and mentions nobody.
func TestACommentHasNoMarkupOfASite(t *testing.T) {
	const title = "![a](https://evil.example.com/x.png) <img src=x onerror=1> [b](javascript:1) `c` | **d** @everybody &lt;\n\n# head\n</details>"
	s := source(coverage(nil), change(ingest.Create, "a`b|c", title, "new"))
	s.Name, s.Error = "wi|ki", "failed: <b>"+title
	var comment bytes.Buffer
	if err := report.Markdown(&comment, run("preview", s), report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	onlyOurMarkup(t, comment.Bytes())
	for _, without := range []string{"@everybody", "\n# head", "**d**", "<img", "![a]"} {
		if strings.Contains(comment.String(), without) {
			t.Errorf("it says %s:\n%s", without, &comment)
		}
	}
}

// onlyOurMarkup fails where a text of a site's is markup in a comment.
func onlyOurMarkup(t *testing.T, comment []byte) {
	t.Helper()
	root := goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(gmtext.NewReader(comment))
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n := n.(type) {
		case *ast.Link, *ast.Image, *ast.AutoLink:
			t.Errorf("a link or an image: %s", n.Text(comment)) //nolint:staticcheck // for a message
		case *ast.RawHTML:
			if text := string(n.Segments.Value(comment)); entering && !slices.Contains([]string{"<br>", "<sub>", "</sub>", "<summary>", "</summary>"}, text) {
				t.Errorf("HTML: %s", text)
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Whoever named a file by --config has to name it in the commands that a report tells of, too.
func TestEachCommandOfAReportNamesTheConfiguration(t *testing.T) {
	outcomes := map[crawler.Outcome]int{crawler.LoginWall: 1, crawler.Empty: 1, crawler.ServerError: 1}
	cov := coverage(outcomes, crawler.Gap{URL: "https://help.example.com/a", Outcome: crawler.LoginWall, Detail: "form#login"})
	var out strings.Builder
	s := with(source(cov), func(s *report.Source) { s.Advice = []report.Advice{{Kind: "thin", URL: "https://help.example.com/a"}} })
	if err := report.Text(&out, run("sync", s), report.TextOptions{Width: 10_000, Config: "a.yaml"}); err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile("fincrawl (check|explain|lint)[^`]*?( shows|`)").FindAllString(out.String(), -1)
	if len(commands) != 3 {
		t.Errorf("commands: %q in\n%s", commands, out.String())
	}
	for _, c := range commands {
		if !strings.Contains(c, "--config a.yaml") {
			t.Errorf("%q names no configuration", c)
		}
	}
}

func TestJSON(t *testing.T) {
	s := source(coverage(map[crawler.Outcome]int{crawler.Paged: 2, crawler.Gone: 1}),
		change(ingest.Create, "a?b=1&c=<2>", "A & B", "new"))
	s.Result = &ingest.Result{Applied: map[ingest.Action]int{ingest.Create: 1}}
	r := run("sync", s).WithoutUnchanged()
	var got bytes.Buffer
	if err := report.JSON(&got, r); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/run.json", got.String())

	var read report.Run
	if err := json.Unmarshal(got.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := report.JSON(&again, read); err != nil || again.String() != got.String() {
		t.Errorf("read and written again it differs: %v\n%s", err, cmp.Diff(got.String(), again.String()))
	}
}

func TestARunWithoutUnchangedStillCountsThem(t *testing.T) {
	r := run("sync", source(coverage(nil), change(ingest.Create, "a", "A", "new")))
	short := r.WithoutUnchanged()
	if got := len(short.Sources[0].Plan.Changes); got != 1 {
		t.Errorf("%d changes", got)
	}
	if len(r.Sources[0].Plan.Changes) != 13 {
		t.Error("the run itself was changed")
	}
	text := func(r report.Run) string {
		var b bytes.Buffer
		if err := report.Text(&b, r, report.TextOptions{}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if diff := cmp.Diff(text(r), text(short)); diff != "" {
		t.Error(diff)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestErrorsOfTheReportAreTold(t *testing.T) {
	r := run("preview", source(coverage(nil), change(ingest.Update, "a", "A", "text changed")))
	if err := report.Text(full{}, r, report.TextOptions{}); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("text: %v", err)
	}
	if err := report.JSON(full{}, r); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("JSON: %v", err)
	}
	err := report.Text(&bytes.Buffer{}, r, report.TextOptions{Texts: func(string, string) (string, string, error) { return "", "", errors.New("disk broken") }})
	if err == nil || !strings.Contains(err.Error(), "disk broken") {
		t.Errorf("texts: %v", err)
	}
}
