package lint_test

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/check/lint"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func newLinter() *lint.Linter {
	return lint.New(lint.Config{ThinWords: 20, LongWords: 1000, StaleAge: 730 * 24 * time.Hour, Now: today})
}

// article is enough text of its own to be no one's twin.
func article(seed string) string {
	var out strings.Builder
	for i := range 60 {
		fmt.Fprintf(&out, "%s%c ", seed, 'a'+i%26)
		fmt.Fprintf(&out, "%c%s%d ", 'a'+(i*7)%26, seed, i)
	}
	return out.String()
}

func page(path, title, body string) crawler.Page {
	return crawler.Page{ExternalID: path, URL: "https://help.example.com" + path, Title: title, HTML: body, Markdown: body}
}

func links(l ...lint.Link) iter.Seq2[lint.Link, error] {
	return func(yield func(lint.Link, error) bool) {
		for _, link := range l {
			if !yield(link, nil) {
				return
			}
		}
	}
}

// issues are what a linter finds on the pages, each as "kind path".
func issues(t *testing.T, pages []crawler.Page, l ...lint.Link) (short []string, all []lint.Issue) {
	t.Helper()
	linter := newLinter()
	texts := map[string]string{}
	for _, p := range pages {
		linter.Add(p)
		texts[p.ExternalID] = p.Markdown
	}
	all, err := linter.Issues(links(l...), func(id string) (string, error) { return texts[id], nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, issue := range all {
		if issue.Fix == "" || issue.Detail == "" {
			t.Errorf("an issue without a reason or a fix: %+v", issue)
		}
		short = append(short, string(issue.Kind)+" "+strings.TrimPrefix(issue.URL, "https://help.example.com"))
	}
	return short, all
}

func TestEachPageIsLookedAt(t *testing.T) {
	t.Parallel()
	text := "<p>" + article("q") + "</p>"
	for _, c := range []struct {
		name string
		page crawler.Page
		want []string
	}{
		{"good", page("/a", "Refunds", text), nil},
		{"a title that is the address", crawler.Page{ExternalID: "/how-to_refund.html", URL: "https://help.example.com/how-to_refund.html", Title: "how-to_refund.html", Untitled: true, HTML: text}, []string{"no-title /how-to_refund.html"}},
		{"a title that is the address, too", page("/DataFrame.first_index.html", "DataFrame.first_index", text), nil},
		{"thin", page("/a", "A", "<p>See below.</p>"), []string{"thin /a"}},
		{"long", page("/a", "A", strings.Repeat("<p>word after word after word</p>", 300)), []string{"long /a"}},
		{"pictures without words", page("/a", "A", `<p>Do this:</p><p><img src="a.png"><img src="b.png" alt="screenshot"></p>`), []string{"images-only /a"}},
		{"pictures with words", page("/a", "A", `<p>Do this:</p><p><img src="a.png" alt="Open the menu and choose Refund"></p>`+text), nil},
		{"an image beside much text", page("/a", "A", `<p><img src="a.png"></p>`+text), nil},
		{"old", page("/a", "A", text+"<p>Last updated: March 3rd, 2021</p>"), []string{"stale /a"}},
		{"old in German", page("/a", "A", "<p>Stand: 12.05.2019</p>"+text), []string{"stale /a"}},
		{"old in French", page("/a", "A", text+"<p>Dernière mise à jour le 4 août 2020</p>"), []string{"stale /a"}},
		{"not so old", page("/a", "A", text+"<p>Last updated on 2026-01-31</p>"), nil},
		{"a date that is no change", page("/a", "A", text+"<p>Founded in 1999, on 2001-02-03.</p>"), nil},
		{"ends with the support", page("/a", "A", text+"<p>Still have questions? Please contact our support team.</p>"), []string{"contact-ending /a"}},
		{"ends with the support in German", page("/a", "A", text+"<p>Bitte wenden Sie sich an unseren Kundenservice.</p>"), []string{"contact-ending /a"}},
		{"ends with what to read", page("/a", "A", text+"<p>If you need more help, see the list of refunds.</p>"), nil},
		{"ends with another person in German", page("/a", "A", text+"<p>Wenden Sie sich an Ihren Vorgesetzten.</p>"), nil},
		{"tells of the support in passing", page("/a", "A", "<p>Please contact our support team.</p>"+text), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, _ := issues(t, []crawler.Page{c.page})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTwinsAndWhatTheyContradictEachOtherIn(t *testing.T) {
	t.Parallel()
	text := article("twin")
	got, all := issues(t, []crawler.Page{
		page("/a", "Refunds", "<p>You may return a gauge within 30 days. "+text+"</p>"),
		page("/b", "Refunds", "<p>You may return a gauge within 14 days. "+text+"</p>"),
		page("/c", "Shipping", "<p>"+article("ship")+"</p>"),
		page("/d", "Shipping again", "<p>"+article("ship")+"</p>"),
		page("/e", "Warranty", "<p>"+article("warrant")+"</p>"),
	})
	if diff := cmp.Diff([]string{"contradiction /b", "duplicate /d"}, got); diff != "" {
		t.Fatal(diff)
	}
	for _, want := range []string{"within 14 days", "within 30 days", "/a"} {
		if !strings.Contains(all[0].Detail, want) {
			t.Errorf("the contradiction is %q, without %q", all[0].Detail, want)
		}
	}
	if all[1].Other != "https://help.example.com/c" || !strings.Contains(all[1].Detail, "the same as") {
		t.Errorf("the twin is %+v", all[1])
	}
}

// What comes again and again decides a signature, though it is little of a text.
func TestPagesThatShareLittleAreNoTwins(t *testing.T) {
	t.Parallel()
	table := strings.Repeat("<tr><td>yes</td><td>no</td><td>maybe</td></tr>", 200)
	got, _ := issues(t, []crawler.Page{
		page("/a", "Wheels", "<p>"+article("wheel")+"</p><table>"+table+"</table>"),
		page("/b", "Stones", "<p>"+article("stone")+"</p><table>"+table+"</table>"),
	})
	if len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

func TestWhatIsSaidOfTwoThingsIsNoContradiction(t *testing.T) {
	t.Parallel()
	text := article("plan")
	got, _ := issues(t, []crawler.Page{
		page("/basic", "Basic plan", "<p>With the Basic plan you may open 3 desks at once. "+text+"</p>"),
		page("/pro", "Pro plan", "<p>With the Pro plan you may open 9 desks at once. "+text+"</p>"),
		page("/then", "Desks", "<p>In the year 2024 we opened so many desks. "+article("desk")+"</p>"),
		page("/now", "Desks today", "<p>In the year 2026 we opened so many desks. "+article("desk")+"</p>"),
	})
	if diff := cmp.Diff([]string{"duplicate /pro", "duplicate /then"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestATitleThatSeveralPagesHaveIsNamedOnce(t *testing.T) {
	t.Parallel()
	got, all := issues(t, []crawler.Page{
		page("/b", "Support", "<p>"+article("b")+"</p>"), page("/a", "Support", "<p>"+article("a")+"</p>"),
		page("/c", "support ", "<p>"+article("c")+"</p>"), page("/d", "Refunds", "<p>"+article("d")+"</p>"), page("/e", "Refunds", "<p>"+article("e")+"</p>"),
	})
	if diff := cmp.Diff([]string{"shared-title /a"}, got); diff != "" || !strings.Contains(all[0].Detail, "3 pages") {
		t.Errorf("%s %+v", diff, all)
	}
}

func TestPagesOfASeriesAreNoTwins(t *testing.T) {
	t.Parallel()
	text := article("release")
	got, _ := issues(t, []crawler.Page{
		page("/2.1", "Gauge 2.1 release notes", "<p>Gauge 2.1 mends three faults that were found in 2.0. "+text+"</p>"),
		page("/2.2", "Gauge 2.2 release notes", "<p>Gauge 2.2 mends nine faults that were found in 2.1. "+text+"</p>"),
		page("/step-1", "Step 1", "<p>"+article("step")+"</p>"),
		page("/step-2", "Step 2", "<p>"+article("step")+"</p>"),
	})
	if diff := cmp.Diff([]string{"duplicate /step-2"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestBrokenLinksAreNamedWithThePageTheyStandOn(t *testing.T) {
	t.Parallel()
	got, all := issues(t, nil,
		lint.Link{From: "https://help.example.com/a", To: "https://help.example.com/gone", Outcome: crawler.Gone, Detail: "HTTP 404"},
		lint.Link{From: "https://help.example.com/a", To: "https://help.example.com/there", Outcome: crawler.Paged},
		lint.Link{To: "https://help.example.com/known", Outcome: crawler.Gone},
		lint.Link{From: "https://help.example.com/a", To: "https://help.example.com/later", Outcome: crawler.Interrupted},
	)
	if diff := cmp.Diff([]string{"broken-link /a"}, got); diff != "" {
		t.Fatal(diff)
	}
	if !strings.Contains(all[0].Detail, "/gone") || !strings.Contains(all[0].Detail, "404") {
		t.Errorf("detail is %q", all[0].Detail)
	}
}

// A page of one block sends its readers to the support by what it ends with, and not by what it begins with.
func TestALongLastBlockIsReadFromItsEnd(t *testing.T) {
	t.Parallel()
	got, _ := issues(t, []crawler.Page{
		page("/begins", "A", "<p>Contact our support first. "+article("one")+"</p>"),
		page("/ends", "A", "<p>"+article("two")+" Contact our support.</p>"),
	})
	if diff := cmp.Diff([]string{"contact-ending /ends"}, got); diff != "" {
		t.Error(diff)
	}
}

// The order in which pages come in says nothing of the site.
func TestTheSamePagesGiveTheSameIssues(t *testing.T) {
	t.Parallel()
	var pages []crawler.Page
	for i := range 40 {
		pages = append(pages, page(fmt.Sprintf("/%02d", i), "A", fmt.Sprintf("<p>%s and %d of them, which are many more than there were</p>", article(string(rune(0x61+i/4))+"way"), i)))
	}
	first, _ := issues(t, pages)
	slices.Reverse(pages)
	second, _ := issues(t, pages)
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
	if len(first) != 30+1 { // all have one title
		t.Errorf("%d issues of 30 twins", len(first))
	}
}

func TestErrorsOfTheSurroundingsAreTold(t *testing.T) {
	t.Parallel()
	linter := newLinter()
	linter.Add(page("/a", "A", "<p>"+article("x")+"</p>"))
	linter.Add(page("/b", "A", "<p>"+article("x")+"</p>"))
	broken := errors.New("no disk")
	if _, err := linter.Issues(links(), func(string) (string, error) { return "", broken }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	failing := func(yield func(lint.Link, error) bool) { yield(lint.Link{}, broken) }
	if _, err := newLinter().Issues(failing, nil); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkAHundredThousandPages(b *testing.B) {
	for b.Loop() {
		linter := newLinter()
		for i := range 100_000 {
			linter.Add(page(fmt.Sprint("/", i), "A", fmt.Sprintf("<p>%s</p>", strings.Repeat(fmt.Sprintf("word%d of %d ", i, i%97), 15))))
		}
		if _, err := linter.Issues(links(), func(string) (string, error) { return "", nil }); err != nil {
			b.Fatal(err)
		}
	}
}
