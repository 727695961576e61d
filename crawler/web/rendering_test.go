package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// needs skips the test where a program is not installed, or fails it in CI.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
}

// rendering has the pages of a source rendered, in a time for slow machines.
func rendering(mode web.RenderMode) func(*web.Source, *web.Surroundings) {
	return func(src *web.Source, _ *web.Surroundings) {
		src.Render.Mode = mode
		src.Fetch.Concurrency = 2
		src.Fetch.Timeout = 30 * time.Second
	}
}

// built is the help center of render/testdata/app, a React application, as npm and
// Vite build it: its files by path.
func built(t *testing.T) map[string][]byte {
	t.Helper()
	needs(t, "chromium", "node", "npm")
	source := filepath.Join("render", "testdata", "app")
	sum := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(filesIn(t, source))) {
		fmt.Fprintf(sum, "%s %q", path, filesIn(t, source)[path])
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	dir := filepath.Join(cache, "fincrawl-tests", "app-"+hex.EncodeToString(sum.Sum(nil))[:12])
	if _, err := os.Stat(dir); err == nil {
		return filesIn(t, dir)
	}
	work := t.TempDir()
	if err := os.CopyFS(work, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"}, {"npm", "run", "build"}} {
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.Dir, cmd.Env = work, append(os.Environ(), "OUT_DIR="+filepath.Join(work, "built"))
		out, err := cmd.CombinedOutput()
		if err == nil {
			continue
		}
		// What cannot be downloaded is missing as a program may be. EUSAGE says that the lock
		// file is wrong, which is a fault of ours.
		if command[1] == "ci" && os.Getenv("CI") == "" && !bytes.Contains(out, []byte("EUSAGE")) {
			t.Skipf("npm could not install what the application is built with: %v\n%s", err, out)
		}
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(work, "built"))); err != nil {
		t.Fatal(err)
	}
	return filesIn(t, dir)
}

// npm ci refuses a lock file in which a package is missing that another one may want,
// even one that is only for another platform. Old versions of npm write such files from
// an installed folder, which has the packages of one platform. An address to download
// from would tie all who build it to one registry.
func TestTheLockFileIsForEveryPlatform(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("render", "testdata", "app", "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	type wants map[string]string
	var lock struct {
		Packages map[string]struct {
			Resolved                           string
			Dependencies, OptionalDependencies wants
		}
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		t.Fatal(err)
	}
	for path, p := range lock.Packages {
		if p.Resolved != "" {
			t.Errorf("%s has an address to download it from", path)
		}
		for _, wanted := range []wants{p.Dependencies, p.OptionalDependencies} {
			for name := range wanted {
				_, own := lock.Packages[path+"/node_modules/"+name]
				if _, shared := lock.Packages["node_modules/"+name]; !own && !shared {
					t.Errorf("%s wants %s, which is not in it", path, name)
				}
			}
		}
	}
}

// filesIn are the files of a folder and what is below it.
func filesIn(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files["/"+filepath.ToSlash(path)], err = os.ReadFile(filepath.Join(dir, path))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// application is the built help center with its API, private to one user.
type application struct {
	*testsite.Site
	mu       sync.Mutex
	tokens   int // given out; the last one is good
	answered int // with the last token
	lasts    int // answers after which a token is no longer good; 0 for ever
}

func newApplication(t *testing.T, articles int) *application {
	t.Helper()
	files := built(t)
	a := &application{Site: testsite.New(t)}
	for path, data := range files {
		if path != "/index.html" {
			a.Handle(path, func(w http.ResponseWriter, r *http.Request) {
				http.ServeContent(w, r, path, time.Time{}, strings.NewReader(string(data)))
			})
		}
	}
	shell := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(files["/index.html"])
	}
	type article struct {
		Slug       string   `json:"slug"`
		Title      string   `json:"title"`
		Paragraphs []string `json:"paragraphs"`
	}
	var all []article
	for i := range articles {
		all = append(all, article{fmt.Sprintf("a%d", i), fmt.Sprintf("Article %d", i), []string{fmt.Sprintf("What article %d says.", i), fmt.Sprintf("And %d more.", i)}})
	}
	a.Handle("/", shell)
	a.Handle("/login", shell)
	a.Handle("/api/articles", a.private(all))
	for _, one := range all {
		a.Handle("/articles/"+one.Slug, shell)
		a.Handle("/api/articles/"+one.Slug, a.private(one))
	}
	a.Handle("/api/login", func(w http.ResponseWriter, r *http.Request) {
		var typed struct{ User, Password string }
		if err := json.NewDecoder(r.Body).Decode(&typed); err != nil || typed.User != "sam" || typed.Password != "s3cret!" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.tokens, a.answered = a.tokens+1, 0
		json.NewEncoder(w).Encode(map[string]string{"token": fmt.Sprintf("t0ken-%d", a.tokens)})
	})
	return a
}

func (a *application) private(value any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		good := a.tokens > 0 && r.Header.Get("Authorization") == fmt.Sprintf("Bearer t0ken-%d", a.tokens) && (a.lasts == 0 || a.answered < a.lasts)
		a.answered++
		a.mu.Unlock()
		if !good {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		json.NewEncoder(w).Encode(value)
	}
}

// login is the way in, by the form that the application's scripts make.
func (a *application) login(password string) func(*web.Source, *web.Surroundings) {
	return func(src *web.Source, _ *web.Surroundings) {
		src.Auth.Form = &auth.Form{URL: a.URL("/login"), Fields: map[string]string{"username": "sam", "password": password}, LoggedIn: "a.logout"}
	}
}

func TestApplicationBehindItsOwnLoginIsRead(t *testing.T) {
	a := newApplication(t, 3)
	got := crawl(t, a.Site, rendering(web.RenderAuto), a.login("s3cret!"))
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/articles/a0": crawler.Paged, "/articles/a1": crawler.Paged, "/articles/a2": crawler.Paged, "/logout": crawler.Unsafe,
	})
	got.wantComplete(t, true)
	page := got.pages["/articles/a1"]
	if page.Title != "Article 1" || !strings.Contains(page.Markdown, "What article 1 says.") || strings.Contains(page.Markdown, "Sign out") {
		t.Errorf("got the page %+v", page)
	}
	if detail := got.details["/articles/a1"]; !strings.HasPrefix(detail, "rendered") {
		t.Errorf("the detail is %q, and does not say that it was rendered", detail)
	}
	for _, path := range []string{"/articles/a1", "/api/articles/a1", "/articles/a2"} {
		// React's strict mode is off in what is built.
		if n := a.Count(path); n != 1 {
			t.Errorf("%s was asked for %d times, want once", path, n)
		}
	}
	for _, path := range a.Paths() {
		if strings.HasPrefix(path, "/assets/") && a.Count(path) > 2 || strings.Contains(path, "images") || strings.Contains(path, "fonts") || strings.Contains(path, "favicon") {
			t.Errorf("%s was asked for %d times", path, a.Count(path))
		}
	}
}

func TestSessionOfAnApplicationIsRenewed(t *testing.T) {
	a := newApplication(t, 6)
	a.lasts = 5
	got := crawl(t, a.Site, rendering(web.RenderAuto), a.login("s3cret!"))
	if len(got.pages) != 7 {
		t.Errorf("got %d pages, want 7; outcomes %v %v", len(got.pages), got.outcomes, got.details)
	}
	for path, page := range got.pages {
		if strings.Contains(page.Markdown, "Sign in") || !strings.Contains(page.Markdown, "rticle") {
			t.Errorf("%s is %q", path, page.Markdown)
		}
	}
	got.wantComplete(t, true)
	if a.tokens < 2 {
		t.Errorf("logged in %d times, want again", a.tokens)
	}
}

func TestWrongPasswordOfAnApplicationIsSaid(t *testing.T) {
	a := newApplication(t, 1)
	got := crawl(t, a.Site, rendering(web.RenderAuto), a.login("wr0ng!"))
	if got.err == nil || !strings.Contains(got.err.Error(), "do not match") || strings.Contains(got.err.Error(), "wr0ng!") {
		t.Errorf("got %v, want what the form says", got.err)
	}
	got.wantComplete(t, false)
}

func TestRenderingKeepsThePromises(t *testing.T) {
	needs(t, "chromium")
	site := testsite.New(t)
	script := func(body string) testsite.Page {
		return testsite.Page{Body: `<div id="app"></div><script>const app = document.getElementById("app"); ` + body + `</script>`}
	}
	site.Page("/", script(`app.innerHTML = ["plain", "text", "gone", "broken", "moved", "out", "login", "noindex", "empty", "always"].map(p => "<p>To <a href=/" + p + ">" + p + "</a></p>").join("")`))
	site.Page("/plain", testsite.Page{Text: "A page that is written, which says enough to need nothing else, and that has a script as well.",
		Head: `<script>document.addEventListener("DOMContentLoaded", () => document.body.append("added by a script"))</script>`})
	site.Page("/always", testsite.Page{Text: "A page that is written, which says enough to need nothing else, and that has a script as well.",
		Head: `<script>document.addEventListener("DOMContentLoaded", () => document.querySelector("p").append("added by a script"))</script>`})
	site.Page("/text", script(`fetch("/api/text").then(r => r.text()).then(t => { app.innerHTML = "<article><h1>Text</h1><p>" + t + "</p></article>" })`))
	site.Handle("/api/text", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("Fetched by a script.")) })
	gone := script(`app.textContent = "not found"`)
	gone.Status = http.StatusNotFound
	site.Page("/gone", gone)
	site.Page("/broken", script(`fetch("/api/broken").then(() => { app.innerHTML = "<article><p>Something went wrong.</p></article>" })`))
	site.Handle("/api/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	site.Page("/moved", script(`location.replace("/text")`))
	site.Page("/out", script(`location.replace("http://example.invalid/")`))
	site.Page("/login", script(`app.innerHTML = "<form action=/login><input name=user><input type=password name=p><button>Log in</button></form>"`))
	site.Page("/noindex", script(`app.innerHTML = "<p>Secret.</p>"; document.head.innerHTML = "<meta name=robots content=noindex>"`))
	site.Page("/empty", script(``))

	got := crawl(t, site, rendering(web.RenderAuto), func(src *web.Source, _ *web.Surroundings) {
		src.Render.Rules = []web.RenderRule{{Match: patterns(t, "/always")[0], Mode: web.RenderAlways}}
	})
	got.want(t, map[string]crawler.Outcome{
		"/": crawler.Paged, "/plain": crawler.Paged, "/always": crawler.Paged, "/text": crawler.Paged, "/gone": crawler.Gone,
		"/broken": crawler.ServerError, "/moved": crawler.Redirected, "/out": crawler.RedirectedOut, "/login": crawler.Excluded,
		"/noindex": crawler.NoIndex, "/empty": crawler.Empty,
	})
	got.wantComplete(t, false) // because of /broken
	for path, want := range map[string]bool{"/plain": false, "/always": true} {
		if got := strings.Contains(got.pages[path].Markdown, "added by a script"); got != want {
			t.Errorf("%s is rendered: %t, want %t", path, got, want)
		}
	}
	if diff := cmp.Diff(4, site.Count("/api/broken")); diff != "" {
		t.Errorf("tries of what fails: %s", diff)
	}
}

func TestPageWithoutWhatIsWaitedForIsLeftAsItIs(t *testing.T) {
	needs(t, "chromium")
	site := testsite.New(t)
	site.Page("/", testsite.Page{Body: `<div id=app></div><script>setTimeout(() => {
		document.getElementById("app").innerHTML = "<article><p>Late, but here.</p><a href=/none>none</a></article>" }, 1000)</script>`})
	site.Page("/none", testsite.Page{Body: `<div id=app></div><script>document.getElementById("app").textContent = "There is no such article."</script>`})
	got := crawl(t, site, rendering(web.RenderAuto), func(src *web.Source, _ *web.Surroundings) { src.Render.WaitFor = "article" })
	got.want(t, map[string]crawler.Outcome{"/": crawler.Paged, "/none": crawler.Empty})
	got.wantComplete(t, true)
}

func TestBrowserThatIsMissingIsSaid(t *testing.T) {
	site := testsite.New(t)
	site.Page("/", testsite.Page{Body: `<div id=app></div><script src=/app.js></script>`})
	got := crawl(t, site, rendering(web.RenderAuto), func(src *web.Source, _ *web.Surroundings) { src.Render.Browser.Path = "/no/such/browser" })
	if got.err == nil || !strings.Contains(got.err.Error(), "no browser") || !strings.Contains(got.err.Error(), "browser.path") {
		t.Errorf("got %v, want that there is no browser, and what to do", got.err)
	}
	got.wantComplete(t, false)

	plain := crawl(t, site)
	plain.want(t, map[string]crawler.Outcome{"/": crawler.Empty})
	if !strings.Contains(plain.details["/"], "render: auto") {
		t.Errorf("the detail is %q, and does not say what would help", plain.details["/"])
	}
}
