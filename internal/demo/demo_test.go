package demo_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/fincrawl/fincrawl/internal/demo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// browser visits a help center as a person would.
type browser struct {
	t      *testing.T
	base   string
	client *http.Client
}

// visit starts a help center and a browser that is not logged in.
func visit(t *testing.T) (*demo.Site, *browser) {
	t.Helper()
	site := demo.New()
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	return site, newBrowser(t, server.URL)
}

func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{t, base, &http.Client{Transport: transport, Jar: jar}}
}

func (b *browser) get(path string) (*http.Response, string) {
	b.t.Helper()
	resp, err := b.client.Get(b.base + path)
	return b.read(resp, err)
}

func (b *browser) post(path string, form url.Values) (*http.Response, string) {
	b.t.Helper()
	resp, err := b.client.PostForm(b.base+path, form)
	return b.read(resp, err)
}

func (b *browser) read(resp *http.Response, err error) (*http.Response, string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp, string(body)
}

// logIn fills in the form that the login page shows.
func (b *browser) logIn() {
	b.t.Helper()
	_, page := b.get("/login?next=/articles/plans-and-limits")
	resp, _ := b.post("/login", url.Values{
		"email": {demo.Username}, "password": {demo.Password}, "csrf_token": {token(b.t, page)}, "next": {"/articles/plans-and-limits"},
	})
	if got := resp.Request.URL.Path; got != "/articles/plans-and-limits" {
		b.t.Fatalf("the login ended at %s", got)
	}
}

// links are the addresses that a page links to and that are on the site, without fragments.
func (b *browser) links(page string) (links []string) {
	doc := parse(b.t, page)
	doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) { links = append(links, a.AttrOr("href", "")) })
	return links
}

// articles walks the site from its home page and returns the articles by address.
func (b *browser) articles() map[string]*goquery.Document {
	b.t.Helper()
	found, seen := map[string]*goquery.Document{}, map[string]bool{"/logout": true}
	for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if seen[at] {
			continue
		}
		seen[at] = true
		resp, page := b.get(at)
		if resp.StatusCode != http.StatusOK {
			b.t.Errorf("%s answers %d, though something links to it", at, resp.StatusCode)
		}
		if doc := parse(b.t, page); doc.Find("article").Length() > 0 {
			found[at] = doc
		}
		for _, link := range b.links(page) {
			u, err := resp.Request.URL.Parse(link)
			if err != nil {
				b.t.Fatalf("%s links to %q", at, link)
			}
			queue = append(queue, u.Path)
		}
	}
	return found
}

func TestEverythingIsBehindTheLogin(t *testing.T) {
	_, b := visit(t)
	for _, path := range []string{
		"/", "/articles/plans-and-limits", "/internal/goodwill-credits", "/collections/boards", "/search?q=plan",
		"/sitemap.xml", "/logout", "/no/such/page",
	} {
		resp, page := b.get(path)
		if got := resp.Request.URL; got.Path != "/login" || got.Query().Get("next") != path {
			t.Errorf("%s leads to %s, want the login, and back", path, got)
		}
		if strings.Contains(page, "Fleet") {
			t.Errorf("%s tells of what is behind the login", path)
		}
	}
	for _, path := range []string{"/robots.txt", "/assets/style.css", "/login"} {
		if resp, _ := b.get(path); resp.Request.URL.Path != path || resp.StatusCode != http.StatusOK {
			t.Errorf("%s answers %d at %s, want it to be public", path, resp.StatusCode, resp.Request.URL)
		}
	}
}

func TestLoginRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(url.Values)
		status int
		says   string
	}{
		"a wrong password":      {func(f url.Values) { f.Set("password", "x") }, http.StatusUnprocessableEntity, "do not fit together"},
		"a wrong address":       {func(f url.Values) { f.Set("email", "x@example.com") }, http.StatusUnprocessableEntity, "do not fit together"},
		"a form without token":  {func(f url.Values) { f.Del("csrf_token") }, http.StatusForbidden, "expired"},
		"a token of its own":    {func(f url.Values) { f.Set("csrf_token", "a.b") }, http.StatusForbidden, "expired"},
		"somebody else's token": {func(f url.Values) { f.Set("csrf_token", othersToken(t)) }, http.StatusForbidden, "expired"},
	} {
		t.Run(name, func(t *testing.T) {
			_, b := visit(t)
			_, page := b.get("/login")
			form := url.Values{"email": {demo.Username}, "password": {demo.Password}, "csrf_token": {token(t, page)}}
			c.change(form)
			resp, page := b.post("/login", form)
			alert := parse(t, page).Find(".alert").Text()
			if resp.StatusCode != c.status || !strings.Contains(alert, c.says) {
				t.Errorf("got %d %q, want %d %q", resp.StatusCode, alert, c.status, c.says)
			}
			if resp, _ := b.get("/"); resp.Request.URL.Path != "/login" {
				t.Error("the session is open all the same")
			}
		})
	}
}

func othersToken(t *testing.T) string {
	_, other := visit(t)
	_, page := other.get("/login")
	return token(t, page)
}

func TestLoginLeadsToNoOtherSite(t *testing.T) {
	for _, next := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "evil", "/%zz"} {
		_, b := visit(t)
		_, page := b.get("/login")
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		resp, _ := b.post("/login", url.Values{
			"email": {demo.Username}, "password": {demo.Password}, "csrf_token": {token(t, page)}, "next": {next},
		})
		if got := resp.Header.Get("Location"); got != "/" {
			t.Errorf("next=%s leads to %q", next, got)
		}
	}
}

// A crawler that follows the link loses its session, as on many real sites.
func TestTheLogoutLinkLogsOut(t *testing.T) {
	_, b := visit(t)
	b.logIn()
	_, page := b.get("/")
	if !slices.Contains(b.links(page), "/logout") {
		t.Fatal("the header has no link to log out")
	}
	b.get("/logout")
	if resp, _ := b.get("/"); resp.Request.URL.Path != "/login" {
		t.Errorf("still logged in at %s", resp.Request.URL)
	}
}

func TestFeedbackNeedsItsToken(t *testing.T) {
	_, b := visit(t)
	b.logIn()
	if resp, _ := b.post("/feedback", url.Values{"article": {"/articles/plans-and-limits"}}); resp.StatusCode != http.StatusForbidden {
		t.Errorf("without a token it answers %d", resp.StatusCode)
	}
	_, page := b.get("/articles/plans-and-limits")
	_, page = b.post("/feedback", url.Values{"article": {"/articles/plans-and-limits"}, "csrf_token": {token(t, page)}})
	if got := parse(t, page).Find(".feedback").Text(); !strings.Contains(got, "Thank you") {
		t.Errorf("feedback says %q", got)
	}
}

func TestEveryArticleIsLinkedAndWhole(t *testing.T) {
	_, b := visit(t)
	b.logIn()
	articles := b.articles()
	count := map[string]int{}
	for path, doc := range articles {
		count[strings.Split(path, "/")[1]]++
		for _, part := range []string{"article h1", "article h2", "article .lead", "article .feedback", "article .related a", ".breadcrumb a"} {
			if doc.Find(part).Length() == 0 {
				t.Errorf("%s lacks %s", path, part)
			}
		}
		doc.Find("article .feedback, article .related").Remove()
		if words := len(strings.Fields(doc.Find("article").Text())); words < 60 {
			t.Errorf("%s has only %d words", path, words)
		}
	}
	if diff := cmp.Diff(map[string]int{"articles": 14, "internal": 2}, count); diff != "" {
		t.Errorf("articles (-want +got):\n%s", diff)
	}
	for _, part := range []string{"table", "pre code", "details", ".callout", "ol", "ul ul", "dl", "img[alt]", "blockquote"} {
		if !slices.ContainsFunc(slices.Collect(maps.Values(articles)), func(d *goquery.Document) bool { return d.Find("article "+part).Length() > 0 }) {
			t.Errorf("no article has %s", part)
		}
	}
}

func TestAPageIsNeverTheSameBytesButAlwaysTheSameText(t *testing.T) {
	_, b := visit(t)
	b.logIn()
	_, first := b.get("/articles/plans-and-limits")
	_, second := b.get("/articles/plans-and-limits")
	for _, nonce := range []string{`nonce="([^"]+)"`, `name="csrf_token" value="([^"]+)"`, `data-request="([^"]+)"`, `Request (\w+)`} {
		re := regexp.MustCompile(nonce)
		one, two := re.FindStringSubmatch(first), re.FindStringSubmatch(second)
		if one == nil || two == nil || one[1] == two[1] {
			t.Errorf("%s: %q, then %q", nonce, one, two)
		}
	}
	if diff := cmp.Diff(parse(t, first).Find("article").Text(), parse(t, second).Find("article").Text()); diff != "" {
		t.Errorf("the text differs:\n%s", diff)
	}
}

func TestTheSitemapListsSomeOfTheArticles(t *testing.T) {
	_, b := visit(t)
	b.logIn()
	resp, sitemap := b.get("/sitemap.xml")
	if got := resp.Header.Get("Content-Type"); got != "application/xml; charset=utf-8" {
		t.Errorf("Content-Type is %s", got)
	}
	articles := b.articles()
	listed := 0
	for _, match := range regexp.MustCompile(`<loc>([^<]+)</loc>`).FindAllStringSubmatch(sitemap, -1) {
		path, here := strings.CutPrefix(match[1], b.base)
		if !here {
			t.Errorf("the sitemap lists %s, which is elsewhere", match[1])
		}
		if articles[path] != nil {
			listed++
		}
	}
	if listed == 0 || listed >= len(articles) {
		t.Errorf("the sitemap lists %d of %d articles", listed, len(articles))
	}
	if _, robots := b.get("/robots.txt"); !strings.Contains(robots, "Sitemap: "+b.base+"/sitemap.xml\n") {
		t.Errorf("robots.txt does not name the sitemap:\n%s", robots)
	}
}

func TestSearchFindsArticles(t *testing.T) {
	_, b := visit(t)
	b.logIn()
	for query, want := range map[string]string{"refund yearly": "/articles/refunds-and-cancellation", "HMAC": "/articles/webhooks-and-api-tokens"} {
		_, page := b.get("/search?q=" + url.QueryEscape(query))
		if got := parse(t, page).Find(".articles a").AttrOr("href", ""); got != want {
			t.Errorf("%q finds %q first, want %s", query, got, want)
		}
	}
	if _, page := b.get("/search?q=" + url.QueryEscape("<script>")); strings.Contains(page, "“<script>”") {
		t.Error("the query is not escaped")
	}
}

func TestEditDoesWhatItSays(t *testing.T) {
	site, b := visit(t)
	b.logIn()
	before := texts(b.articles())
	lines := site.Edit()
	after := texts(b.articles())

	var want []string
	for path, text := range before {
		switch now, still := after[path]; {
		case !still:
			want = append(want, "removed  "+path)
			if resp, _ := b.get(path); resp.StatusCode != http.StatusNotFound {
				t.Errorf("%s, which was removed, answers %d", path, resp.StatusCode)
			}
		case now != text:
			want = append(want, "changed  "+path)
		}
	}
	for path := range after {
		if _, already := before[path]; !already {
			want = append(want, "added    "+path)
		}
	}
	var said []string
	for _, line := range lines {
		what, _, _ := strings.Cut(line, ":")
		said = append(said, what)
	}
	slices.Sort(want)
	slices.Sort(said)
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("what happened (-) and what Edit says (+):\n%s", diff)
	}
	kinds := map[string]int{}
	for _, line := range said {
		kinds[strings.Fields(line)[0]]++
	}
	if diff := cmp.Diff(map[string]int{"changed": 3, "removed": 1, "added": 1}, kinds); diff != "" {
		t.Errorf("edits (-want +got):\n%s", diff)
	}
	if again := site.Edit(); again != nil {
		t.Errorf("a second call says %q", again)
	}
	if diff := cmp.Diff(lines, demo.New().Edit()); diff != "" {
		t.Errorf("another help center's day differs:\n%s", diff)
	}
}

func TestSeveralClientsReadWhileItIsEdited(t *testing.T) {
	site, first := visit(t)
	var readers sync.WaitGroup
	for range 4 {
		b := newBrowser(t, first.base)
		b.logIn()
		readers.Go(func() {
			for range 20 {
				resp, err := b.client.Get(b.base + "/collections/boards")
				if err != nil {
					t.Error(err)
					return
				}
				page, err := goquery.NewDocumentFromReader(resp.Body)
				_ = resp.Body.Close()
				if err != nil {
					t.Error(err)
					return
				}
				if n := page.Find(".articles li").Length(); n != 4 { // one goes, one comes
					t.Errorf("the collection has %d articles", n)
				}
			}
		})
	}
	edits := make(chan []string, 2)
	for range 2 {
		readers.Go(func() { edits <- site.Edit() })
	}
	readers.Wait()
	if n := len(<-edits) + len(<-edits); n != 5 {
		t.Errorf("two calls at once tell of %d edits, want 5", n)
	}
}

// texts are the articles' texts, without what surrounds them.
func texts(articles map[string]*goquery.Document) map[string]string {
	m := map[string]string{}
	for path, doc := range articles {
		doc.Find(".feedback, .related").Remove()
		m[path] = doc.Find("article").Text()
	}
	return m
}

func token(t *testing.T, page string) string {
	t.Helper()
	token := parse(t, page).Find(`input[name=csrf_token]`).AttrOr("value", "")
	if token == "" {
		t.Fatalf("no token on the page:\n%s", page)
	}
	return token
}

func parse(t *testing.T, page string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(fmt.Errorf("parse a page: %w", err))
	}
	return doc
}
