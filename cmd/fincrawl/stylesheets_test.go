package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// What the style sheets of a site hide is left out, whether a page is fetched or has not changed, and
// while a sheet cannot be read; each is asked for once in a crawl. Where a sheet changes, all pages are
// read again.
func TestWhatLinkedStyleSheetsHideIsLeftOut(t *testing.T) {
	t.Parallel()
	paths := []string{"/", "/a1", "/a2", "/a3", "/a4"}
	w := newWorld(t, "", paths[1:]...)
	var edition atomic.Int64
	for _, path := range paths {
		w.site.Handle(path, func(rw http.ResponseWriter, r *http.Request) {
			tag := fmt.Sprintf(`"%d"`, edition.Load())
			rw.Header().Set("ETag", tag)
			if r.Header.Get("If-None-Match") == tag {
				rw.WriteHeader(http.StatusNotModified)
				return
			}
			rw.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(rw, `<!doctype html><title>Page %[1]s</title><link rel=stylesheet href="/style.css"><main><h1>Page %[1]s</h1>`+
				`<p>What everybody may read of %[1]s.<p class=hide>Hidden words of %[1]s.<p class=gone>Gone words of %[1]s.<ul><li><a href=/a1>1</a><li><a href=/a2>2</a><li><a href=/a3>3</a><li><a href=/a4>4</a></ul></main>`, path)
		})
	}
	sheet := func(status int, text string) *atomic.Int64 {
		var asked atomic.Int64
		w.site.Handle("/style.css", func(rw http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			rw.Header().Set("Content-Type", "text/css")
			rw.WriteHeader(status)
			fmt.Fprint(rw, text)
		})
		return &asked
	}
	const imports, hides = `@import "more.css";`, `.hide { display: none }`
	w.site.Page("/more.css", testsite.Page{Raw: []byte(`.gone { visibility: hidden }`), ContentType: "text/css"})
	want := func(when string, hidden, gone bool) {
		t.Helper()
		for _, path := range paths[1:] {
			html := w.page(path).HTML
			if strings.Contains(html, "Hidden words") == hidden || strings.Contains(html, "Gone words") == gone || !strings.Contains(html, "everybody may read") {
				t.Errorf("%s, %s is sent as %q", when, path, html)
			}
		}
	}

	asked := sheet(http.StatusOK, imports+hides)
	w.fincrawl(exitDone, "sync")
	want("at first", true, true)
	if n := asked.Load(); n != 1 {
		t.Errorf("the sheet was asked for %d times", n)
	}
	run := w.fincrawl(exitDone, "sync")
	if n := run.Sources[0].Plan.Coverage.Outcomes[crawler.NotModified]; n != len(paths)-1 { // the start page is always read
		t.Errorf("%d of %d pages were not fetched again", n, len(paths))
	}

	sheet(http.StatusInternalServerError, "")
	edition.Add(1)
	w.fincrawl(exitDone, "sync")
	want("while the sheet is away", true, true)

	sheet(http.StatusOK, hides)
	run = w.fincrawl(exitDone, "sync")
	if n := run.Sources[0].Plan.Coverage.Outcomes[crawler.NotModified]; n > 1 { // the start page is read before
		t.Errorf("%d pages were not fetched again after the sheet changed", n)
	}
	want("with a sheet that hides less", true, false)

	sheet(http.StatusNotFound, "")
	w.fincrawl(exitDone, "sync")
	want("without a sheet", false, false)
}
