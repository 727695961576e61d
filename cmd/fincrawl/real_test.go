//go:build linux

package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/realsite"
)

// Here the program itself reads sites that nobody here wrote, into the sandbox. It is the one that
// FINCRAWL_UNDER_TEST names, such as the one that is built for people, and else this test's own.

// What Fin should not answer from: pages that only point to others, of which two
// are larger than Intercom takes, and a second address of the first page.
var pythonIndexes = []string{"/contents.html", "/genindex*.html", "/index.html", "/py-modindex.html", "/search.html"}

func TestPythonsDocumentationBehindBasicAuthentication(t *testing.T) {
	t.Parallel()
	docs := realsite.StartPythonDocs(t)
	world := newRealWorld(t, docs.Site, fmt.Sprintf(`
    auth: {basic: {username: "${SITE_USERNAME}", password: "${SITE_PASSWORD}"}}
    exclude: ["%s"]`, strings.Join(pythonIndexes, `", "`)))

	world.sync(exitDone)
	if diff := gocmp.Diff(linkedPages(t, docs), world.urls()); diff != "" {
		t.Errorf("pages in the library (-want +got):\n%s", diff)
	}
	page := world.page(docs.URL + "library/json.html")
	for _, want := range []string{"JSON encoder and decoder", "<table", "<pre", `href="` + docs.URL + `library/pickle.html`} {
		if !strings.Contains(page.Title+page.HTML, want) {
			t.Errorf("the page on json has no %q", want)
		}
	}
	for _, unwanted := range []string{"Report a Bug", "Previous topic", "<script", "Quick search"} {
		if strings.Contains(page.HTML, unwanted) {
			t.Errorf("the page on json has %q", unwanted)
		}
	}

	world.wrote(world.sync(exitDone)) // nothing
}

func TestDokuWikiBehindItsLoginForm(t *testing.T) {
	t.Parallel()
	handbook, err := realsite.Handbook()
	if err != nil {
		t.Fatal(err)
	}
	wiki := realsite.StartDokuWiki(t, handbook)
	world := newRealWorld(t, wiki.Site, fmt.Sprintf(`
    auth:
      form:
        url: %sdoku.php?id=start&do=login
        fields: {u: "${SITE_USERNAME}", p: "${SITE_PASSWORD}"}
        form: "form#dw__login"
        logged_in: "a[href*='do=logout']"
    exclude: ["re:[?&](do|rev|idx)=", "/lib/**", "/feed.php"]`, wiki.URL))
	sameAsWiki := func(when string) {
		t.Helper()
		if diff := gocmp.Diff(wiki.Pages(t), world.wikiIDs()); diff != "" {
			t.Errorf("pages in the library %s (-wiki +library):\n%s", when, diff)
		}
	}

	world.sync(exitDone)
	sameAsWiki("after the first run")
	for _, p := range world.pages() {
		for _, frame := range []string{"Logged in as", "do=logout", "sectok", "Trace:", "Last modified"} {
			if strings.Contains(p.HTML, frame) {
				t.Errorf("the page %s has %q, which is not its text", p.URL, frame)
			}
		}
	}

	world.wrote(world.sync(exitDone)) // nothing

	wiki.Write(t, "billing:refunds", "====== Refunds ======\nA gauge can come back within 60 days.\n")
	world.wrote(world.sync(exitDone), http.MethodPost)
	if got := world.page(wiki.URL + "doku.php?id=billing:refunds").HTML; !strings.Contains(got, "within 60 days") {
		t.Errorf("the edited page is in the library as %s", got)
	}

	// The wiki answers 200 for a page that is gone, so one run is not enough.
	kept := wiki.Pages(t)
	wiki.Remove(t, "policies:privacy")
	world.wrote(world.sync(exitDone))
	if diff := gocmp.Diff(kept, world.wikiIDs()); diff != "" {
		t.Errorf("pages in the library while one is missing for the first time:\n%s", diff)
	}
	world.wrote(world.sync(exitDone), http.MethodDelete)
	sameAsWiki("after the removal is confirmed")

	world.wrote(world.sync(exitDone))
}

// realWorld is one real site, a sandbox, and a sources.yaml between them.
type realWorld struct {
	t       *testing.T
	program string
	folder  string
	env     []string
	library *sandbox.Sandbox
}

func newRealWorld(t *testing.T, site realsite.Site, settings string) *realWorld {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	library, err := sandbox.New(sandbox.Config{Token: "secret-token"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(library)
	t.Cleanup(func() {
		server.Close()
		if err := library.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &realWorld{t: t, program: cmp.Or(os.Getenv("FINCRAWL_UNDER_TEST"), own), folder: t.TempDir(), library: library, env: append(os.Environ(),
		"INTERCOM_ACCESS_TOKEN=secret-token", "SITE_USERNAME="+site.Username, "SITE_PASSWORD="+site.Password)}
	sources := fmt.Sprintf(`version: 1
intercom: {token: "${INTERCOM_ACCESS_TOKEN}", base_url: %q}
sources:
  - name: real
    url: %s
    library_url: https://handbook.example.com
    fetch: {concurrency: 4, rate: unlimited}%s
`, server.URL, site.URL, settings)
	if err := os.WriteFile(filepath.Join(w.folder, "sources.yaml"), []byte(sources), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// sync runs "fincrawl sync" and returns the calls it made that write. The sums
// of its report must add up.
func (w *realWorld) sync(wantExit int) []sandbox.Call {
	w.t.Helper()
	before := len(w.library.Calls())
	cmd := exec.Command(w.program, "sync", "--json", "-c", "sources.yaml")
	cmd.Args[0] = "fincrawl" // lets the test binary be fincrawl: see TestMain
	cmd.Dir, cmd.Env = w.folder, w.env
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != wantExit {
		w.t.Fatalf("exit code %d, want %d\n%s\n%s", got, wantExit, shortened(log.String()), shortened(out.String()))
	}
	w.addsUp(out.Bytes())
	return slices.DeleteFunc(w.library.Calls()[before:], func(c sandbox.Call) bool {
		return c.Method == http.MethodGet || c.Method == http.MethodHead
	})
}

// addsUp checks that a report's URLs have an outcome each, and its pages a change
// each.
func (w *realWorld) addsUp(text []byte) {
	w.t.Helper()
	var run report.Run
	if err := json.Unmarshal(text, &run); err != nil || len(run.Sources) != 1 || run.Sources[0].Plan == nil {
		w.t.Fatalf("the report has not the plan of one source (%v):\n%s", err, shortened(string(text)))
	}
	coverage, changes := run.Sources[0].Plan.Coverage, run.Sources[0].Plan.Changes
	outcomes := 0
	for _, n := range coverage.Outcomes {
		outcomes += n
	}
	if coverage.Discovered != outcomes {
		w.t.Errorf("%d URLs discovered, but %d outcomes", coverage.Discovered, outcomes)
	}
	crawled := 0
	for _, c := range changes {
		if c.After != nil {
			crawled++
		}
	}
	if pages := coverage.Outcomes[crawler.Paged] + coverage.Outcomes[crawler.NotModified]; pages != crawled || pages == 0 {
		w.t.Errorf("%d URLs became pages, but %d changes are of crawled pages", pages, crawled)
	}
}

func shortened(text string) string {
	const most = 4000
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}

// wrote checks the methods of the calls that a run made.
func (w *realWorld) wrote(calls []sandbox.Call, methods ...string) {
	w.t.Helper()
	got := make([]string, len(calls))
	for i, c := range calls {
		got[i] = c.Method
	}
	if diff := gocmp.Diff(methods, got, cmpopts.EquateEmpty()); diff != "" {
		w.t.Errorf("writes (-want +got):\n%s\n%v", diff, calls)
	}
}

func (w *realWorld) pages() []intercom.ExternalPage {
	w.t.Helper()
	sources := w.library.Sources()
	if len(sources) != 1 {
		w.t.Fatalf("%d import sources, want one", len(sources))
	}
	return w.library.Pages(sources[0].ID)
}

// urls returns the URLs of the library's pages, sorted.
func (w *realWorld) urls() []string {
	w.t.Helper()
	var urls []string
	for _, p := range w.pages() {
		urls = append(urls, p.URL)
	}
	slices.Sort(urls)
	return urls
}

// page returns the library's page of a URL, however its query is escaped.
func (w *realWorld) page(address string) intercom.ExternalPage {
	w.t.Helper()
	for _, p := range w.pages() {
		if got, err := url.QueryUnescape(p.URL); err == nil && got == address {
			return p
		}
	}
	w.t.Errorf("the library has no %s", address)
	return intercom.ExternalPage{}
}

// wikiIDs returns the IDs, within the wiki, of the library's pages, sorted.
func (w *realWorld) wikiIDs() []string {
	w.t.Helper()
	var ids []string
	for _, address := range w.urls() {
		u, err := url.Parse(address)
		if err != nil {
			w.t.Fatal(err)
		}
		switch id := u.Query().Get("id"); {
		case u.Path == "/" && u.RawQuery == "":
			ids = append(ids, "start") // as the wiki's canonical link has it
		case u.Path == "/doku.php" && len(u.Query()) == 1 && id != "":
			ids = append(ids, id)
		default:
			ids = append(ids, address) // not a page of the wiki
		}
	}
	slices.Sort(ids)
	return ids
}

// linkedPages works out from the files alone which pages a reader can reach from
// the first one by links, without the indexes: their addresses, sorted.
func linkedPages(t *testing.T, docs realsite.PythonDocs) []string {
	t.Helper()
	reached := map[string]bool{"/": true}
	var addresses []string
	for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
		here := queue[0]
		file := filepath.Join(docs.Root, filepath.FromSlash(here))
		if here == "/" {
			file = filepath.Join(docs.Root, "index.html")
		}
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a link to a file that Debian left out
		}
		if err != nil {
			t.Fatal(err)
		}
		addresses = append(addresses, docs.URL+strings.TrimPrefix(here, "/"))
		for _, href := range hrefs(text) {
			link, err := url.Parse(href)
			if err != nil || link.Host != "" || link.Scheme != "" || link.Path == "" {
				continue
			}
			there := path.Join(path.Dir(here), link.Path)
			if path.Ext(there) == ".html" && !isPythonIndex(there) && !reached[there] {
				reached[there] = true
				queue = append(queue, there)
			}
		}
	}
	if len(addresses) < 400 {
		t.Fatalf("found %d pages, want about 500: the documentation is not what this test takes it for", len(addresses))
	}
	slices.Sort(addresses)
	return addresses
}

func isPythonIndex(address string) bool {
	return slices.ContainsFunc(pythonIndexes, func(pattern string) bool {
		matches, err := path.Match(pattern, address)
		return err == nil && matches
	})
}

// hrefs returns where the links of a page lead.
func hrefs(text []byte) []string {
	var found []string
	for tokens := html.NewTokenizer(bytes.NewReader(text)); ; {
		if tokens.Next() == html.ErrorToken {
			return found
		}
		token := tokens.Token()
		if token.Type != html.StartTagToken || token.Data != "a" {
			continue
		}
		for _, attribute := range token.Attr {
			if attribute.Key == "href" {
				found = append(found, strings.TrimSpace(attribute.Val))
			}
		}
	}
}
