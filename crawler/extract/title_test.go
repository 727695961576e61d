package extract

import "testing"

// What all pages of a site are called is the title of none of them but the first.
func TestTheNameOfTheSiteIsNoTitle(t *testing.T) {
	const (
		logo = `<div><h1><a href="/">Mill Wiki</a></h1></div>`
		text = `<p>Whoever opens the mill in the morning oils the wheel first, and writes the hour into the book.</p>`
	)
	for _, tt := range []struct{ name, page, want string }{
		{"by a logo", `<title>Mill Wiki</title>` + logo + `<div id="content"><h2>Oiling the wheel</h2>` + text + `</div>`, "Oiling the wheel"},
		{"by a logo that is no heading", `<title>Mill Wiki</title><a href="https://help.example.com">Mill Wiki</a><main><h3>Oiling the wheel</h3>` + text + `</main>`, "Oiling the wheel"},
		{"by what it says of itself", `<title>Mill Wiki</title><meta property="og:title" content="Mill Wiki"><meta property="og:site_name" content="Mill Wiki"><main><h2>Oiling the wheel</h2>` + text + `</main>`, "Oiling the wheel"},
		{"with nothing else", `<title>Mill Wiki</title>` + logo + `<main>` + text + `</main>`, "Mill Wiki"},
		{"a link to elsewhere of the same words", `<title>Oiling</title><main><h2>First</h2>` + text + `<a href="/oiling">Oiling</a></main>`, "Oiling"},
	} {
		article, err := parsePage(t, tt.page).Extract(Rules{})
		if err != nil {
			t.Fatal(err)
		}
		if article.Title != tt.want {
			t.Errorf("%s: %q (%s), want %q", tt.name, article.Title, article.TitleFrom, tt.want)
		}
	}
}

// Of several first-level headings that the head does not name, each begins a part; the name of the host is no title.
func TestWhatTheHeadNamesIsTheTitle(t *testing.T) {
	const text = `<p>Whoever opens the mill in the morning oils the wheel first, and writes the hour into the book.</p>`
	for _, tt := range []struct{ name, page, want string }{
		{"several parts", `<title>Oiling the wheel - Mill</title><main><h1>Overview</h1>` + text + `<h1>Details</h1>` + text + `</main>`, "Oiling the wheel"},
		{"several parts, of which it names one", `<title>Details - Mill</title><main><h1>Overview</h1>` + text + `<h1>Details</h1>` + text + `</main>`, "Details"},
		{"one heading of other words", `<title>Oiling the wheel - Mill</title><main><h1>How to oil the wheel</h1>` + text + `</main>`, "How to oil the wheel"},
		{"the host", `<title>Oiling the wheel</title><main><h1>Example</h1>` + text + `<h2>First</h2>` + text + `</main>`, "Oiling the wheel"},
		{"below the heading of its section", `<title>Oiling the wheel - Manual - Mill</title><main><h1>Manual</h1><h2>Oiling the wheel</h2>` + text + `</main>`, "Oiling the wheel"},
		{"below a word that the head does not have", `<title>Oiling the wheel – Mill</title><main><h1>Home</h1><h2>Oiling the wheel</h2>` + text + `</main>`, "Oiling the wheel"},
		{"not the first of a text's sections", `<title>Oiling - Mill</title><main><h1>How to oil the wheel</h1>` + text + `<h2>Oiling</h2>` + text + `</main>`, "How to oil the wheel"},
		{"a heading that ends with a badge", `<title>Oiling the wheel - Mill</title><main><h1>Oiling the wheel<span>New</span><small>Version 2</small></h1>` + text + `</main>`, "Oiling the wheel"},
		{"a heading that begins with a kind", `<title>Oiling the wheel</title><main><h1><div>Article</div><div>Oiling the wheel</div></h1>` + text + `</main>`, "Oiling the wheel"},
		{"a heading of which it names some words", `<title>Oiling - Mill</title><main><h1>Oiling the wheel</h1>` + text + `</main>`, "Oiling the wheel"},
		{"a heading with a button", `<title>Mill</title><main><h1>Oiling the wheel<button>Copy link</button></h1>` + text + `</main>`, "Oiling the wheel"},
		{"several parts under a head that names nothing", `<main><h1>Overview</h1>` + text + `<h1>Details</h1>` + text + `</main>`, "Overview"},
	} {
		article, err := parsePage(t, tt.page).Extract(Rules{})
		if err != nil {
			t.Fatal(err)
		}
		if article.Title != tt.want {
			t.Errorf("%s: %q (%s), want %q", tt.name, article.Title, article.TitleFrom, tt.want)
		}
	}
}

// What stands in a title's heading beside the title is text, and the heading that the head names is not sent twice.
func TestNothingOfATitlesHeadingIsLost(t *testing.T) {
	const text = `<p>Whoever opens the mill in the morning oils the wheel first.</p>`
	article, err := parsePage(t, `<title>Oiling - Manual</title><main><h1>Oiling<span>Since version 2</span></h1>`+text+`</main>`).Extract(Rules{})
	if want := "Since version 2\n\nWhoever opens the mill in the morning oils the wheel first."; err != nil || article.Markdown != want {
		t.Errorf("got %q, want %q (%v)", article.Markdown, want, err)
	}
	article, err = parsePage(t, `<title>Oiling - Manual</title><main><h1>Manual</h1><h2>Oiling</h2>`+text+`</main>`).Extract(Rules{})
	if want := "## Manual\n\nWhoever opens the mill in the morning oils the wheel first."; err != nil || article.Markdown != want {
		t.Errorf("got %q, want %q (%v)", article.Markdown, want, err)
	}
}
