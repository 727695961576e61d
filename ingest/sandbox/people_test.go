package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

// look opens a page of the library as a browser without JavaScript would.
func look(t *testing.T, s *sandbox.Sandbox, path string, status int) *goquery.Document {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	if w.Code != status {
		t.Fatalf("%s: status %d, want %d", path, w.Code, status)
	}
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script-src") || strings.Contains(policy, "unsafe") {
		t.Errorf("%s: Content-Security-Policy %q", path, policy)
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc.Find("script, iframe, object, [onerror], [onclick], [style]").Each(func(_ int, e *goquery.Selection) {
		html, _ := goquery.OuterHtml(e)
		t.Errorf("%s: it has %s", path, html)
	})
	doc.Find("link[href], [src]").Each(func(_ int, e *goquery.Selection) {
		if address := e.AttrOr("href", e.AttrOr("src", "")); !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") {
			t.Errorf("%s: it loads %s", path, address)
		}
	})
	return doc
}

func texts(doc *goquery.Document, selector string) []string {
	got := []string{}
	doc.Find(selector).Each(func(_ int, e *goquery.Selection) { got = append(got, strings.Join(strings.Fields(e.Text()), " ")) })
	return got
}

func createPageOf(t *testing.T, s *sandbox.Sandbox, source int64, fields map[string]any) string {
	t.Helper()
	body := map[string]any{"title": "T", "html": "<p>x</p>", "locale": "en", "source_id": source, "external_id": "a"}
	for name, value := range fields {
		body[name] = value
	}
	content, _ := json.Marshal(body)
	made := send(t, s, "POST", "/ai/external_pages", string(content))
	if made.Status != 200 {
		t.Fatalf("create a page: %v", made.Body)
	}
	return made.Body["id"].(string)
}

func TestTheLibraryShowsSourcesAndCalls(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	if text := look(t, s, "/", 200).Find("main").Text(); !strings.Contains(text, "The library is empty") {
		t.Errorf("an empty library says %q", text)
	}
	source := createSource(t, s)
	createPage(t, s, source, "a")
	createPage(t, s, source, "b")
	s.AddSource("https://www.example.com", "automatic")
	send(t, s, "GET", "/me", "", "Authorization", "")
	home := look(t, s, "/", 200)
	if diff := cmp.Diff([]string{"https://help.example.com", "https://www.example.com"}, texts(home, ".card .address")); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2 pages", "0 pages"}, texts(home, ".card .big")); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"401", "200", "200", "200"}, texts(look(t, s, "/calls", 200), "td .status")); diff != "" {
		t.Errorf("statuses of calls, newest first (-want +got):\n%s", diff)
	}
}

func TestPagesAreFoundByWhatTheySay(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	source := createSource(t, s)
	for i := range 120 {
		createPageOf(t, s, source, map[string]any{"title": fmt.Sprintf("Page %03d", i), "html": fmt.Sprintf("<p>text%03d</p>", i), "external_id": fmt.Sprintf("%03d", i)})
	}
	path := fmt.Sprintf("/sources/%d", source)
	seen := map[string]bool{}
	next, pages := "", 0
	for ok := true; ok; pages++ {
		doc := look(t, s, path+next, 200)
		for _, title := range texts(doc, ".rows .cover") {
			seen[title] = true
		}
		next, ok = doc.Find("a[rel=next]").Attr("href")
	}
	if len(seen) != 120 || pages != 3 {
		t.Errorf("%d titles on %d pages, want 120 on 3", len(seen), pages)
	}
	for query, want := range map[string][]string{"PAGE 007": {"Page 007"}, "text119": {"Page 119"}, "nothing": {}, `"><script>`: {}} {
		doc := look(t, s, path+"?q="+url.QueryEscape(query), 200)
		if diff := cmp.Diff(want, texts(doc, ".rows .cover")); diff != "" {
			t.Errorf("search %q (-want +got):\n%s", query, diff)
		}
		if shown := doc.Find("#q").AttrOr("value", ""); shown != query {
			t.Errorf("the search box says %q, want %q", shown, query)
		}
	}
}

func TestAPageIsShownAsFinSeesIt(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	source := createSource(t, s)
	const html = `<h2>Refunds</h2><p>Within <b>30</b> days.</p><img src="https://private.example.com/x.png" alt="A &quot;button&quot;">`
	id := createPageOf(t, s, source, map[string]any{
		"title": "Refunds", "html": html, "url": "https://help.example.com/refunds", "external_id": "refunds", "ai_copilot_availability": true,
	})
	doc := look(t, s, "/pages/"+id, 200)
	for selector, want := range map[string][]string{
		"h1": {"Refunds"}, ".paper h2": {"Refunds"}, ".paper b": {"30"}, ".paper .image": {`Image: A "button"`},
		".flag.on": {"Used by Copilot"}, ".flag.off": {"Not used by AI Agent"}, ".facts a": {"https://help.example.com/refunds"},
		".raw pre": {html},
	} {
		if diff := cmp.Diff(want, texts(doc, selector)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", selector, diff)
		}
	}
}

func TestHostileContentIsHarmless(t *testing.T) {
	const hostile = `<script>alert(1)</script><img src=x onerror=alert(1) alt="> <script>alert(2)</script>"><a href="javascript:alert(1)">x</a><svg onload=alert(1)><iframe src="https://evil.example.com"></iframe><form action="https://evil.example.com"><input name=q></form><style>body{display:none}</style><p style="position:fixed" onclick="alert(1)">text</p></article></main>`
	s := newSandbox(t, sandbox.Config{})
	source := createSource(t, s)
	id := createPageOf(t, s, source, map[string]any{"title": hostile, "html": hostile, "external_id": hostile})
	for _, path := range []string{"/", "/calls", fmt.Sprintf("/sources/%d", source), "/pages/" + id} {
		doc := look(t, s, path, 200)
		if n := doc.Find(`main form:not(.search), main style, main svg, main input:not(#q), [href^="javascript:"]`).Length(); n > 0 {
			t.Errorf("%s: %d hostile elements are left", path, n)
		}
	}
	look(t, s, "/pages/"+url.PathEscape("<script>"), 404)
	look(t, s, "/sources/999", 404)
}

func TestTheStyleSheetLoadsNothing(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	for path, kind := range map[string]string{"/style.css": "text/css; charset=utf-8", "/favicon.svg": "image/svg+xml"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != 200 || w.Header().Get("Content-Type") != kind {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		if found := regexp.MustCompile(`url\(|@import`).FindString(w.Body.String()); found != "" {
			t.Errorf("%s has %s", path, found)
		}
	}
}
