package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// read tells what the pages on a shelf say.
type read struct{ *shelf }

func (r read) Read(url string) (string, bool, error) {
	p, ok := r.pages[url]
	return p.Markdown, ok, nil
}

func (read) Sent(string) (string, bool, error)   { return "", false, nil }
func (read) SaysAllOf(_, _ string) (bool, error) { return false, nil }
func (read) WasThere(_, _ string) (bool, error)  { return false, nil }
func lookedOver(_ *web.Source, sur *web.Surroundings) {
	kept := sur.Pages.(*shelf)
	sur.Review, sur.Texts = review{kept, nil}, read{kept}
}

// wiki has a few articles of their own, each with what page makes beside it.
func wiki(t *testing.T, address func(name string) string, beside func(s *testsite.Site, at, title, text string) (links []string)) *testsite.Site {
	t.Helper()
	site := testsite.New(t)
	var links []string
	for _, title := range []string{"Gates", "Keys", "Lights"} {
		at := address(strings.ToLower(title))
		text := fmt.Sprintf("%s are looked after by the foreman of the shift, who writes into book number %d what was mended, by whom, "+
			"and what it did cost the house, before the next shift comes to the %s at six in the morning.", title, len(title), strings.ToLower(title))
		links = append(links, at)
		site.Page(at, testsite.Page{Title: title, Text: text, Links: beside(site, at, title, text)})
	}
	site.Page("/", testsite.Page{Title: "Start", Text: "Everything on the work in the depot is here.", Links: links})
	return site
}

const form = `<main><h1>%s</h1><form method=post action=x><label>Name <input name=name></label>` +
	`<p>Choose what is to become of this page, and press the button at the foot of the form.</p><button>Save</button></form></main>`

// A page is no article that only asks what is to become of another one, or shows it in another
// way, whatever the software calls that.
func TestViewsOfAPageAreNoPages(t *testing.T) {
	path := func(name string) string { return "/wiki/" + name }
	for name, test := range map[string]struct {
		address func(string) string
		view    func(at string) string
		page    func(title, text string) testsite.Page
	}{
		"a form below the page": {path, func(at string) string { return at + "/bewerken" },
			func(title, _ string) testsite.Page { return testsite.Page{Body: fmt.Sprintf(form, "Edit "+title)} }},
		"a form by a parameter": {path, func(at string) string { return at + "?act=move" },
			func(title, _ string) testsite.Page { return testsite.Page{Body: fmt.Sprintf(form, "Move "+title)} }},
		"a form before the page": {path, func(at string) string { return strings.Replace(at, "/wiki/", "/edit/wiki/", 1) },
			func(title, _ string) testsite.Page { return testsite.Page{Body: fmt.Sprintf(form, title)} }},
		"a form in the place of the page": {path, func(at string) string { return strings.Replace(at, "/wiki/", "/edit/", 1) },
			func(title, _ string) testsite.Page { return testsite.Page{Body: fmt.Sprintf(form, title)} }},
		"a table of versions in a form": {path, func(at string) string { return at + "/log" },
			func(title, _ string) testsite.Page {
				return testsite.Page{Body: `<main><h1>` + title + `</h1><h2>Log</h2><form action=compare><table><tr><td>7</td><td>Ann Larsen</td><td>small words</td></tr></table></form></main>`}
			}},
		"a version": {path, func(at string) string { return at + "/v/12" },
			func(title, text string) testsite.Page {
				return testsite.Page{Title: title + " (12)", Text: text + " Words that were taken out."}
			}},
		"to print": {path, func(at string) string { return at + "?layout=print" },
			func(title, text string) testsite.Page { return testsite.Page{Title: title, Text: text} }},
		"to take home": {path, func(at string) string { return at + "/export" },
			func(title, text string) testsite.Page {
				return testsite.Page{Title: title, Text: text, Header: map[string]string{"Content-Disposition": `Attachment; filename="x.html"`}}
			}},
	} {
		t.Run(name, func(t *testing.T) {
			site := wiki(t, test.address, func(s *testsite.Site, at, title, text string) []string {
				view := test.view(at)
				s.Page(view, test.page(title, text))
				return []string{view}
			})
			got := crawl(t, site, lookedOver)
			want := map[string]crawler.Outcome{"/": crawler.Paged}
			for _, page := range []string{"gates", "keys", "lights"} {
				want[test.address(page)] = crawler.Paged
				want[test.view(test.address(page))] = crawler.View
				if name == "to take home" {
					want[test.view(test.address(page))] = crawler.NotHTML
				}
			}
			got.want(t, want)
			got.wantComplete(t, true)
			if name != "to take home" && !strings.HasSuffix(got.details[test.view("/wiki/gates")], site.URL("/wiki/gates")) {
				t.Errorf("of the view it says %q", got.details[test.view("/wiki/gates")])
			}
		})
	}
}

// A list of what was done to a page is one of its views where all it leads to are.
func TestAListOfViewsIsNoPage(t *testing.T) {
	site := wiki(t, func(name string) string { return "/wiki/" + name }, func(s *testsite.Site, at, title, text string) []string {
		s.Page(at+"/revisions/3", testsite.Page{Title: title, Text: text + " As it was once."})
		s.Page(at+"/revisions", testsite.Page{Body: `<main><h1>Revisions</h1><table><tr><th>Number<th>Who<th>Why<tr><td>3<td>Ann Larsen<td>Mended words on ` + title +
			`<td><a href="` + at + `/revisions/3">Preview</a></table></main>`})
		return []string{at + "/revisions"}
	})
	got := crawl(t, site, lookedOver)
	for _, page := range []string{"gates", "keys", "lights"} {
		for _, view := range []string{"/revisions", "/revisions/3"} {
			if o := got.outcomes["/wiki/"+page+view]; o != crawler.View {
				t.Errorf("%s%s is %s: %s", page, view, o, got.details["/wiki/"+page+view])
			}
		}
		if o := got.outcomes["/wiki/"+page]; o != crawler.Paged {
			t.Errorf("%s is %s", page, o)
		}
	}
}

// A number is no name: what has the number of another page need not have anything to do with it.
func TestAShortPageIsNoFormOfWhatHasItsNumber(t *testing.T) {
	site := testsite.New(t)
	links := []string{}
	for i := 1; i <= 3; i++ {
		issue, news, edit := fmt.Sprintf("/issues/%d", i), fmt.Sprintf("/news/%d", i), fmt.Sprintf("/edit/%d", i)
		links = append(links, issue, news, edit)
		site.Page(issue, testsite.Page{Title: fmt.Sprintf("Leak %d", i), Text: fmt.Sprintf("The pump of hall %d leaks at its seal, and was mended by the foreman in book %d with a new one of forty millimetres.", i, i)})
		site.Page(news, testsite.Page{Body: fmt.Sprintf(`<main><h1>Model G%d</h1><p>It arrives in month %d.</p><form method=post><textarea name=comment></textarea></form></main>`, i, i)})
		site.Page(edit, testsite.Page{Body: fmt.Sprintf(form, fmt.Sprintf("Edit Leak %d", i))})
	}
	site.Page("/", testsite.Page{Title: "Start", Text: "Everything on the work in the depot is here.", Links: links})
	got := crawl(t, site, lookedOver)
	for i := 1; i <= 3; i++ {
		for path, want := range map[string]crawler.Outcome{"/issues/%d": crawler.Paged, "/news/%d": crawler.Paged, "/edit/%d": crawler.View} {
			if at := fmt.Sprintf(path, i); got.outcomes[at] != want {
				t.Errorf("%s is %s: %s", at, got.outcomes[at], got.details[at])
			}
		}
	}
}

// What has the address of another page and something beside it is mostly an article.
func TestWhatBelongsToAPageAndSaysSomethingIsAPage(t *testing.T) {
	site := wiki(t, func(name string) string { return "/wiki/" + name }, func(s *testsite.Site, at, title, text string) []string {
		// A chapter that others have as well, and one with a form below its text.
		s.Page(at+"/history", testsite.Page{Title: title + ": history", Text: "The first of them were bought in the year in which the hall was built, and are still in use in the cellar of the " + title + "."})
		s.Page(at+"/faq", testsite.Page{Body: `<main><h1>Questions on ` + title + `</h1><p>Whoever lost one asks at the desk for a new one, and pays ten crowns for it, unless it was found again within a week by anybody.</p>` +
			`<form method=post><label>Was this helpful? <textarea name=t></textarea></label><button>Send</button></form></main>`})
		// A model that differs from the other one in a number.
		s.Page(at+"/pro", testsite.Page{Title: title + " Pro", Text: strings.Replace(text, "book number", "the red book number", 1)})
		// Nothing of the kind stands beside another page.
		if title == "Keys" {
			s.Page(at+"/request", testsite.Page{Body: fmt.Sprintf(form, "Ask for a key")})
			return []string{at + "/history", at + "/faq", at + "/pro", at + "/request"}
		}
		return []string{at + "/history", at + "/faq", at + "/pro"}
	})
	got := crawl(t, site, lookedOver)
	for path, o := range got.outcomes {
		if o != crawler.Paged && path != "/robots.txt" {
			t.Errorf("%s is %s: %s", path, o, got.details[path])
		}
	}
	if len(got.pages) < 14 {
		t.Errorf("%d pages", len(got.pages))
	}
}

// What the framework puts its form around is a page like others.
func TestAPageThatStandsInAFormAsAWholeIsAPage(t *testing.T) {
	site := wiki(t, func(name string) string { return "/wiki/" + name }, func(s *testsite.Site, at, title, _ string) []string {
		s.Page(at+"/tour", testsite.Page{Body: `<form method=post action="./tour.aspx"><input type=hidden name=__VIEWSTATE value=x><input name=search><div role=main><h1>Tour of the ` + title +
			`</h1><p>It begins at the door, goes on to the yard where the lorries wait, and ends in the office.</p><p>Whoever takes part wears a helmet and shoes with caps, and stays behind the yellow line for as long as lorries are on the move.</p></div></form>`})
		return []string{at + "/tour"}
	})
	got := crawl(t, site, lookedOver)
	for _, page := range []string{"gates", "keys", "lights"} {
		if o := got.outcomes["/wiki/"+page+"/tour"]; o != crawler.Paged {
			t.Errorf("%s/tour is %s: %s", page, o, got.details["/wiki/"+page+"/tour"])
		}
	}
}
