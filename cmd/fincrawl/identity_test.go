package main

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// moving is a world with the page /old, and what it says.
func moving(t *testing.T) (*world, testsite.Page) {
	w := newWorld(t, "", "/old", "/other")
	article := testsite.Page{Title: "How to pay", Text: "By card or by bank transfer, within thirty days, as it suits you."}
	w.site.Page("/old", article)
	w.fincrawl(0, "sync")
	return w, article
}

// urls are the pages of the library: by their external IDs, the paths they lead to.
func (w *world) urls() map[string]string {
	w.Helper()
	found := map[string]string{}
	for _, p := range w.pages() {
		found[w.short(p.ExternalID)] = w.short(p.URL)
	}
	return found
}

func (w *world) short(address string) string { return strings.TrimPrefix(address, w.site.URL("")) }

// wantCounts runs a sync that does exactly this.
func (w *world) wantCounts(want map[ingest.Action]int) {
	w.Helper()
	got := w.fincrawl(0, "sync").Sources[0].Plan.Counts()
	if !maps.Equal(got, want) {
		w.Errorf("the plan is %v, want %v", got, want)
	}
}

func (w *world) wantURLs(want map[string]string) {
	w.Helper()
	if got := w.urls(); !maps.Equal(got, want) {
		w.Errorf("the library has %v, want %v", got, want)
	}
}

func TestAPageThatMovedKeepsItsPlace(t *testing.T) {
	for name, move := range map[string]func(*world, testsite.Page){
		"by a redirect, with another text": func(w *world, p testsite.Page) {
			w.site.Redirect("/old", "/new")
			p.Text += " And in cash."
			w.site.Page("/new", p)
		},
		"by a redirect for good": func(w *world, p testsite.Page) {
			w.site.Handle("/old", http.RedirectHandler("/new", http.StatusMovedPermanently).ServeHTTP)
			w.site.Page("/new", p)
		},
		"leaving nothing behind": func(w *world, p testsite.Page) {
			w.site.Remove("/old")
			w.site.Page("/new", p)
		},
		"with a canonical link": func(w *world, p testsite.Page) {
			w.site.Page("/new", p)
			p.Canonical = "/new"
			w.site.Page("/old", p)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, article := moving(t)
			w.site.Page("/", testsite.Page{Links: []string{"/new", "/other"}})
			move(w, article)
			w.wantCounts(map[ingest.Action]int{ingest.Update: 1, ingest.Unchanged: 2})
			w.wantURLs(map[string]string{"/": "/", "/old": "/new", "/other": "/other"})
			for range 3 { // it stays so
				w.wantCounts(map[ingest.Action]int{ingest.Unchanged: 3})
			}

			// The old address is given to another page.
			w.site.Page("/old", testsite.Page{Title: "Invoices", Text: "Something else under the address of old."})
			w.site.Page("/", testsite.Page{Links: []string{"/new", "/other", "/old"}})
			w.wantCounts(map[ingest.Action]int{ingest.Create: 1, ingest.Unchanged: 3})
			w.wantURLs(map[string]string{"/": "/", "/old": "/new", "/other": "/other", "/old#2": "/old"})
			w.wantCounts(map[ingest.Action]int{ingest.Unchanged: 4})

			// The one that moved fails: neither takes the other's place.
			w.site.Fail("/new", testsite.Status(500), testsite.Status(500), testsite.Status(500), testsite.Status(500))
			run := w.fincrawl(3, "preview")
			if got := run.Sources[0].Plan.Counts(); !maps.Equal(got, map[ingest.Action]int{ingest.Unchanged: 4}) {
				t.Errorf("with a failure the plan is %v", got)
			}

			// Lost state comes back from the library, with who is who.
			w.lose("fincrawl.db")
			w.fincrawl(0, "sync")
			w.wantCounts(map[ingest.Action]int{ingest.Unchanged: 4})
			w.wantURLs(map[string]string{"/": "/", "/old": "/new", "/other": "/other", "/old#2": "/old"})
		})
	}
}

func TestAPageThatMovedBackIsWhatItWas(t *testing.T) {
	w, article := moving(t)
	w.site.Page("/", testsite.Page{Links: []string{"/new", "/other"}})
	w.site.Page("/new", article)
	w.site.Redirect("/old", "/new")
	w.wantCounts(map[ingest.Action]int{ingest.Update: 1, ingest.Unchanged: 2})
	w.site.Page("/", testsite.Page{Links: []string{"/old", "/other"}})
	w.site.Page("/old", article)
	w.site.Redirect("/new", "/old")
	w.wantCounts(map[ingest.Action]int{ingest.Update: 1, ingest.Unchanged: 2})
	w.wantURLs(map[string]string{"/": "/", "/old": "/old", "/other": "/other"})
	w.wantCounts(map[ingest.Action]int{ingest.Unchanged: 3})
}

// Two pages that trade places are two updates, and stay so.
func TestAnIdentityOfItsOwnSurvivesAnyMove(t *testing.T) {
	w := newWorld(t, "    content: {external_id: {meta: article-id}}\n")
	page := func(id, text string) testsite.Page {
		return testsite.Page{Title: "Article " + id, Text: text, Head: `<meta name=article-id content="` + id + `">`}
	}
	w.site.Page("/", testsite.Page{Links: []string{"/a", "/b"}})
	w.site.Page("/a", page("7", "What seven says about the matter."))
	w.site.Page("/b", page("8", "What eight says about the matter."))
	w.wantCounts(map[ingest.Action]int{ingest.Create: 3})
	w.wantURLs(map[string]string{"/": "/", "7": "/a", "8": "/b"})
	w.wantCounts(map[ingest.Action]int{ingest.Unchanged: 3})

	w.site.Page("/a", page("8", "What eight says about the matter."))
	w.site.Page("/b", page("7", "What seven says about the matter, and more."))
	w.wantCounts(map[ingest.Action]int{ingest.Update: 2, ingest.Unchanged: 1})
	w.wantURLs(map[string]string{"/": "/", "7": "/b", "8": "/a"})
	w.wantCounts(map[ingest.Action]int{ingest.Unchanged: 3})
}

// A page that was sent under a longer address goes on under the shorter one that
// turned up, and is not sent twice.
func TestAShorterAddressTakesOver(t *testing.T) {
	w := newWorld(t, "", "/pay/index.html")
	same := testsite.Page{Title: "How to pay", Text: "By card or by bank transfer, as you like."}
	w.site.Page("/pay/index.html", same)
	w.wantCounts(map[ingest.Action]int{ingest.Create: 2})
	w.site.Page("/", testsite.Page{Links: []string{"/pay/index.html", "/pay/"}})
	w.site.Page("/pay/", same)
	w.wantCounts(map[ingest.Action]int{ingest.Update: 1, ingest.Unchanged: 1})
	w.wantURLs(map[string]string{"/": "/", "/pay/index.html": "/pay/"})
	run := w.fincrawl(0, "sync")
	if n := run.Sources[0].Plan.Coverage.Outcomes[crawler.Duplicate]; n != 1 {
		t.Errorf("%d duplicates, want one", n)
	}
	w.wantCounts(map[ingest.Action]int{ingest.Unchanged: 2})
}
