package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/state"
)

// A history is what befalls a site, a library and the machine between them, over
// several runs of the whole program: a list of steps, played in virtual time.
//
//	new 3, change 3, remove 3    a page of the site; it is linked from the start page
//	unlink 3, link 3             nothing leads to it any more, or again
//	site 3 503                   the page fails from now on: see siteFaults
//	site / 503, site robots 503  as do the start page and robots.txt
//	site all 503                 as do all of them
//	outage 3                     the start page fails from now on, and page 3 answers 404
//	api 429,next=3               the library fails in each run from now on: see sandbox.ParseFault
//	calm                         all these faults end
//	people edit 3                somebody edits a page in Intercom
//	people twin 3                or sends one again in the same moment, so that it is there twice,
//	people delete 3              or deletes one,
//	people delete source         or the import source with all its pages
//	kill 9, kill-after 9         the next run is killed before or after its 9th request
//	interrupt 9                  the next run is told to end at its 9th request
//	lose                         the state file is gone
//	backup, restore              it is copied; the copy takes its place
//	run, preview, resync
//
// While it goes on, no page may ever be missing from the library, or be blank, that
// was in it and is on the site; no plan may want to delete a page that the site has,
// even if a guard holds that; and the state file may forget no page that the library
// has. Once the faults stop and two clean runs have passed, the library equals the site,
// each page is there once, and the next run has nothing to do.
type history []string

func (h history) String() string { return strings.Join(h, "; ") }

// Each way back, told on its own.
func TestHistoriesEndWell(t *testing.T) {
	t.Parallel()
	const settled = "new 1; new 2; new 3; run; "
	tests := map[string]string{
		"the import source is made, and nobody hears of it": "new 1; api reset-after,path=/ai/content_import_sources,method=POST,next=1; run",
		"pages arrive, and nobody hears of it":              settled + "change 1; new 4; api timeout-after,path=/ai/external_pages,method=POST; run",
		"the token is revoked in the middle":                settled + "change 1; change 2; api revoked,method=POST,skip=1; run",
		"the library is down for long":                      settled + "change 1; change 2; change 3; api 503; run",
		"the import source is deleted between runs":         settled + "people delete source; run",
		"the import source is deleted in the middle":        settled + "change 1; change 2; api source-deleted,method=POST,skip=1,next=1; run",
		"a page is deleted in Intercom":                     settled + "people delete 2; run",
		"a page is edited in Intercom":                      settled + "people edit 2; run",
		"a listing shifts while it is adopted":              "new 1; new 2; new 3; new 4; new 5; new 6; new 7; run; lose; remove 4; api shift; run",
		"the state is lost, and pages with it":              settled + "lose; remove 2; run",
		"the state is lost, and an open page changes":       "new 5; run; lose; new 3; run",
		"the state is an old one":                           settled + "backup; new 4; run; restore; remove 4; remove 1; change 2; run",
		"the state is older than the import source":         settled + "backup; people delete source; run; change 1; restore; run",
		"nothing leads to a page any more":                  settled + "unlink 2; run; run; run",
		"a page is blank for days":                          settled + "site 2 blank; run; run; run",
		"a page is a login form for days":                   settled + "site 2 login; run; run; run",
		"every page is a login form for days":               settled + "site all login; run; run; run",
		"the site is down for days":                         settled + "site all hang; run; run; run",
		"the site hides behind its robots.txt":              settled + "site robots 503; run; run; run",
		"a page arrives twice":                              "new 1; new 2; api twins,method=POST,skip=2,next=1; run; change 1; run",
		"every page is there twice, and the state lost":     settled + "people twin 1; people twin 2; people twin 3; lose; change 2; remove 3; run",
		"a page is there twice while the site is down":      settled + "people twin 1; site all 503; run; run; calm; change 1; run",
		"half an application answers 404 for days":          settled + "outage 2; run; run; run",
		"a delete fails":                                    settled + "remove 2; api 503,method=DELETE; run",
		"a page is refused, and mended":                     settled + "new 4; api 422,text=page 4; run; run; calm; run",
	}
	for name, story := range tests {
		t.Run(name, func(t *testing.T) { endsWell(t, strings.Split(story, "; "), stage{sources: 1, atOnce: 1}) })
	}
}

// Promise 2, at each request of a first run and of one that changes and deletes.
func TestAKillAtAnyRequestEndsWell(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"kill", "kill-after", "interrupt"} {
		for n := range 17 {
			kill := fmt.Sprintf("%s %d", how, n+1)
			t.Run(kill, func(t *testing.T) {
				endsWell(t, history{"new 1", "new 2", "new 3", kill, "run", "run", "change 1", "remove 2", "new 4", kill, "run"}, stage{sources: 1, atOnce: 1})
			})
		}
	}
}

func endsWell(t *testing.T, story history, on stage) {
	t.Helper()
	if log, err := play(t, story, on); err != nil {
		t.Errorf("%v\n%s", err, log)
	}
}

// Thousands of them are played by -rapid.checks: see "Longer tests" in the README.
//
// Each of these mistakes, made on purpose, it finds within 1,000 checks: a coverage guard
// that lets all pass, an entry that is forgotten before its delete was acknowledged, an
// outcome that failed and spares no page, and a surplus page that stays.
func TestEveryHistoryEndsWell(t *testing.T) {
	t.Parallel()
	tellStories(t, 30, historyEndsWell)
}

// historyEndsWell draws a history and plays it.
func historyEndsWell(t *testing.T) func(*rapid.T) {
	return func(r *rapid.T) {
		var story history
		if rapid.Bool().Draw(r, "settled") {
			story = history{"new 1", "new 2", "new 3", "run"}
		}
		for _, chapter := range rapid.SliceOf(rapid.SliceOf(rapid.Custom(step))).Draw(r, "history") {
			story = append(append(story, chapter...), rapid.SampledFrom([]string{"run", "run", "run", "run", "preview", "resync"}).Draw(r, "command"))
		}
		on := stage{ // several of either are not quite the same each time
			sources: rapid.SampledFrom([]int{1, 1, 1, 3}).Draw(r, "sources"),
			atOnce:  rapid.SampledFrom([]int{1, 1, 1, 3}).Draw(r, "at once"),
		}
		if log, err := play(t, story, on); err != nil {
			r.Logf("%s\nhistory on %+v: %s", log, on, story)
			r.Fatal(err)
		}
	}
}

// step draws what may happen next.
func step(r *rapid.T) string {
	page := func() string { return strconv.Itoa(rapid.IntRange(1, pagesMax).Draw(r, "page")) }
	one := func(of ...string) string { return rapid.SampledFrom(of).Draw(r, "which") }
	request := func() string { return strconv.Itoa(rapid.IntRange(1, 40).Draw(r, "request")) }
	switch one("calm", "site", "site", "outage", "page", "page", "page", "link", "api", "api", "people", "end", "state") {
	case "calm":
		return "calm"
	case "outage":
		return "outage " + page()
	case "page":
		return one("new", "new", "change", "remove") + " " + page()
	case "link":
		return one("unlink", "link") + " " + page()
	case "site":
		return "site " + one(page(), page(), page(), "/", "robots", "all") + " " + one(slices.Sorted(maps.Keys(siteFaults))...)
	case "api":
		fault := one(apiFaults...)
		if !strings.Contains(fault, "method") && rapid.Bool().Draw(r, "some") {
			fault += ",method=" + one("GET", "POST", "PUT", "DELETE")
		}
		if skip := rapid.IntRange(0, 20).Draw(r, "skip"); skip > 0 {
			fault += fmt.Sprintf(",skip=%d", skip)
		}
		if next := rapid.IntRange(0, 7).Draw(r, "next"); next > 0 {
			fault += fmt.Sprintf(",next=%d", next)
		}
		return "api " + fault
	case "people":
		return "people " + one("edit "+page(), "twin "+page(), "delete "+page(), "delete source")
	case "end":
		return one("kill", "kill-after", "interrupt") + " " + request()
	}
	return one("lose", "backup", "restore")
}

// apiFaults are those that don't say what isn't so, such as that a page is gone.
var apiFaults = []string{
	"401", "402", "403", "408", "409", "429", "429-bare", "429,wait=7", "500", "502", "503", "504", "403-html", "404-html", "502-html",
	"revoked", "reset", "reset-after", "timeout", "timeout-after", "slow,wait=5", "slow,wait=90", "truncated", "duplicates", "shift", "twins", "twins,chance=0.3",
	"503,chance=0.3", "reset-after,chance=0.3,method=POST", "timeout-after,method=DELETE", "source-deleted,method=POST",
	"400,method=POST,path=/ai/external_pages", "422,method=POST,path=/ai/external_pages", "422,text=page 3", "404,method=POST,path=/ai/external_pages",
}

// siteFaults are what a site may answer instead of a page that it has.
var siteFaults = map[string]http.HandlerFunc{
	"401": status(401), "403": status(403), "429": status(429), "500": status(500), "503": status(503),
	"hangup": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	"hang":   func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done(); panic(http.ErrAbortHandler) },
	"cut": func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<!doctype html><html><title>Half a pa")
		panic(http.ErrAbortHandler)
	},
	"blank": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><html><body></body></html>")
	},
	"login": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><html><title>Log in</title><body><h1>Log in</h1><form method=post action=/login>"+
			"<input name=user><input type=password name=password><button>Log in</button></form></body></html>")
	},
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, http.StatusText(code), code) }
}

const pagesMax = 9

// stage is what a history is played with: so many sources, whose sites are all the same,
// and requests of a source at once.
type stage struct{ sources, atOnce int }

func siteURL(source int) string    { return fmt.Sprintf("https://wiki-%d.test", source) }
func libraryURL(source int) string { return fmt.Sprintf("https://wiki-%d.example.com", source) }

func pageURL(source, n int) string { return fmt.Sprintf("%s/page-%d", siteURL(source), n) }

// pageOf is the page that an external ID is of; 0 is the start page.
func pageOf(externalID string) int {
	_, number, _ := strings.Cut(externalID, "/page-")
	n, _ := strconv.Atoi(number)
	return n
}

// play plays a history and returns what went wrong, and what was seen until then.
func play(t *testing.T, story history, on stage) (log string, err error) {
	t.Helper()
	folder := "/dev/shm" // where the machine has one: what a disk does is tested elsewhere
	if _, err := os.Stat(folder); err != nil {
		folder = ""
	}
	dir, err := os.MkdirTemp(folder, "fincrawl-history-") //nolint:usetesting // in memory, and gone before the next history
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	synctest.Test(t, func(t *testing.T) {
		th := newTheater(dir, on)
		th.play(t.Context(), story)
		log, err = th.log.String(), th.err
	})
	return log, err
}

// theater is where a history is played: the site, the library, the machine.
type theater struct {
	stage
	site  *memorySite
	box   *sandbox.Sandbox
	hand  int64 // import source that somebody else made
	dir   string
	fails []sandbox.Fault // of the library, in each run
	ends  ending          // of the next run
	rests bool            // the library refused a page, which it takes again only once that changed

	run struct {
		count  atomic.Int32 // requests
		over   atomic.Bool  // it was killed
		cancel context.CancelFunc
	}

	watching sync.Mutex
	held     map[string]bool // external IDs of pages that must be in the library

	mu  sync.Mutex
	err error // the first thing that was wrong
	log bytes.Buffer
}

// ending is how a run ends before it is through.
type ending struct {
	how string // kill, kill-after or interrupt; "" not at all
	at  int    // request
}

func newTheater(dir string, on stage) *theater {
	box, _ := sandbox.New(sandbox.Config{Token: worldToken, PerPage: 3}) // in memory, which cannot fail
	th := &theater{stage: on, site: &memorySite{texts: map[int]int{}, linked: map[int]bool{}}, box: box, dir: dir, held: map[string]bool{}}
	th.hand = box.AddSource("https://docs.example.com", "api").ID
	th.upsert(intercom.PageRequest{Title: "By hand", HTML: "<p>By hand.</p>", Locale: "en", SourceID: th.hand, ExternalID: "by-hand"})
	var yaml strings.Builder
	fmt.Fprintf(&yaml, "version: 1\nintercom: {token: \"${TOKEN}\", base_url: \"https://api.test\", share: 1, workers: %d}\nstate: %s\nsources:\n",
		on.atOnce, th.file("fincrawl.db"))
	for source := range on.sources {
		fmt.Fprintf(&yaml, "  - name: wiki-%d\n    url: %s/\n    library_url: %s\n    fetch: {rate: unlimited, concurrency: %d}\n"+
			"    deletes: {max_count: 100, max_share: 1}\n", source, siteURL(source), libraryURL(source), on.atOnce)
	}
	if err := os.WriteFile(th.file("sources.yaml"), []byte(yaml.String()), 0o600); err != nil {
		th.wrong("%v", err)
	}
	return th
}

func (th *theater) file(name string) string { return filepath.Join(th.dir, name) }

func (th *theater) wrong(format string, args ...any) {
	th.mu.Lock()
	defer th.mu.Unlock()
	if th.err == nil {
		th.err = fmt.Errorf(format, args...)
	}
}

func (th *theater) play(ctx context.Context, story history) {
	for _, step := range story {
		th.step(ctx, step)
	}

	// From here on, all goes well.
	th.calm()
	th.ends = ending{}
	if th.rests {
		th.site.welcome++
		for n := range th.site.texts {
			th.site.texts[n]++
		}
	}
	for range 3 {
		th.fincrawl(ctx, "sync", "--verify")
	}
	before := th.box.Writes()
	if code := th.fincrawl(ctx, "sync"); code != exitDone {
		th.wrong("the run after three clean ones ends with %d", code)
	}
	if n := th.box.Writes() - before; n != 0 {
		th.wrong("the run after three clean ones sent %d writes", n)
	}
	th.compare()
}

// step does one step of a history.
func (th *theater) step(ctx context.Context, step string) {
	fmt.Fprintf(&th.log, "- %s\n", step)
	verb, rest, _ := strings.Cut(step, " ")
	n, _ := strconv.Atoi(rest)
	switch verb {
	case "new", "change", "remove", "unlink", "link":
		th.site.edit(verb, n)
		if verb == "remove" {
			th.release(n)
		}
	case "site":
		where, what, _ := strings.Cut(rest, " ")
		th.site.fail(where, siteFaults[what])
	case "outage":
		th.site.outage = append(th.site.outage, n)
	case "api":
		f, err := sandbox.ParseFault(rest)
		if err != nil {
			th.wrong("%s: %v", step, err)
		}
		th.fails = append(th.fails, f)
		th.rests = th.rests || slices.Contains([]string{"400", "404", "422"}, f.Kind)
	case "people":
		th.people(rest)
	case "kill", "kill-after", "interrupt":
		th.ends = ending{verb, n}
	case "lose":
		os.Remove(th.file("fincrawl.db"))
	case "backup":
		th.copy("fincrawl.db", "backup.db")
	case "restore":
		th.copy("backup.db", "fincrawl.db")
	case "calm":
		th.calm()
	case "run":
		th.fincrawl(ctx, "sync")
	case "resync", "preview":
		th.fincrawl(ctx, verb)
	default:
		th.wrong("a history has no step %q", step)
	}
}

// calm ends all faults.
func (th *theater) calm() {
	th.site.fails, th.site.outage, th.fails = nil, nil, nil
}

// release says of a page that it need not be in the library.
func (th *theater) release(n int) {
	for source := range th.sources {
		delete(th.held, pageURL(source, n))
	}
}

// people do what people do in Intercom's own pages.
func (th *theater) people(what string) {
	verb, rest, _ := strings.Cut(what, " ")
	n, _ := strconv.Atoi(rest)
	for _, is := range th.importSources() {
		if what == "delete source" {
			th.direct("DELETE", fmt.Sprintf("/ai/content_import_sources/%d", is.ID), nil)
			clear(th.held)
			continue
		}
		for _, p := range th.box.Pages(is.ID) {
			request := intercom.PageRequest{Title: p.Title, HTML: p.HTML, URL: p.URL, Locale: "en", SourceID: is.ID, ExternalID: p.ExternalID,
				AIAgentAvailability: p.AIAgentAvailability, AICopilotAvailability: p.AICopilotAvailability}
			switch {
			case n == 0 || pageOf(p.ExternalID) != n:
			case verb == "delete":
				th.direct("DELETE", "/ai/external_pages/"+p.ID, nil)
				th.release(n)
			case verb == "twin":
				_ = th.box.AddFaults(sandbox.Fault{Kind: "twins", Next: 1}) // which is no wrong one
				th.upsert(request)
			default:
				request.HTML += "<p>Edited by hand.</p>"
				th.upsert(request)
			}
		}
	}
}

// importSources are fincrawl's, where there are any.
func (th *theater) importSources() (found []intercom.ImportSource) {
	of := map[string]bool{}
	for source := range th.sources {
		of[libraryURL(source)] = true
	}
	urls := map[string]bool{}
	for _, s := range th.box.Sources() {
		if !of[s.URL] {
			continue
		}
		if urls[s.URL] {
			th.wrong("there are two import sources for one source")
		}
		urls[s.URL] = true
		found = append(found, s)
	}
	return found
}

func (th *theater) copy(from, to string) {
	if err := stateFolder(th.dir).copy(from, to); err != nil {
		th.wrong("%v", err)
	}
}

func (th *theater) copyAll(from, to string) {
	if err := stateFolder(th.dir).copyAll(from, to); err != nil {
		th.wrong("%v", err)
	}
}

// stateFolder is a folder with state files.
type stateFolder string

func (f stateFolder) file(name string) string { return filepath.Join(string(f), name) }

func (f stateFolder) copy(from, to string) error {
	content, err := os.ReadFile(f.file(from))
	if err != nil {
		os.Remove(f.file(to)) // as it was then: not there
		return nil            //nolint:nilerr // likewise
	}
	return os.WriteFile(f.file(to), content, 0o600)
}

// copyAll copies a state file with those of the crawls that it has under way.
func (f stateFolder) copyAll(from, to string) error {
	left, err := f.crawls(to)
	for _, crawl := range left {
		os.Remove(f.file(crawl))
	}
	crawls, globErr := f.crawls(from)
	errs := []error{err, globErr, f.copy(from, to)}
	for _, crawl := range crawls {
		errs = append(errs, f.copy(crawl, to+strings.TrimPrefix(crawl, from)))
	}
	return errors.Join(errs...)
}

// crawls names the files of the crawls beside a state file.
func (f stateFolder) crawls(of string) (names []string, err error) {
	paths, err := filepath.Glob(f.file(of + ".crawl-*"))
	for _, p := range paths {
		names = append(names, filepath.Base(p))
	}
	return names, err
}

// fincrawl runs a command as far as the next ending lets it.
func (th *theater) fincrawl(ctx context.Context, args ...string) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	th.run.count.Store(0)
	th.run.over.Store(false)
	th.run.cancel = cancel
	if err := th.box.AddFaults(th.fails...); err != nil {
		th.wrong("%v", err)
	}
	defer th.box.ClearFaults()
	writes, known := th.box.Writes(), th.recorded()
	var out, logs bytes.Buffer
	code := th.app(&out, &logs).execute(ctx, append(args, "--json", "--config", th.file("sources.yaml")))
	run := th.read(out.Bytes())
	fmt.Fprintf(&th.log, "  fincrawl %s: exit code %d\n%s", strings.Join(args, " "), code, indented(run+logs.String()))
	if th.run.over.Load() { // what it wrote after its end it didn't write
		th.copyAll("at-kill.db", "fincrawl.db")
	}
	th.remembers(known)
	if args[0] == "preview" && th.box.Writes() > writes {
		th.wrong("a preview wrote")
	}
	th.ends = ending{}
	return code
}

// read reads the report of a run, and returns it as people see it. No plan may want to
// delete what the site has, unless the site said itself that it is gone, or what to make
// of all its pages: a robots.txt that cannot be read disallows them. A hint is a question to
// a person, and deletes nothing however often it is repeated.
func (th *theater) read(document []byte) string {
	var run report.Run
	var text strings.Builder
	if json.Unmarshal(document, &run) != nil || report.Text(&text, run, report.TextOptions{}) != nil {
		return string(document)
	}
	for _, s := range run.Sources {
		if s.Plan == nil || th.site.fails[""] != nil || th.site.fails["/robots.txt"] != nil {
			continue
		}
		for _, c := range s.Plan.Changes {
			n := pageOf(c.ExternalID)
			_, there := th.site.texts[n]
			wants := c.Action == ingest.Delete || c.Wants == ingest.Delete
			if wants && (there || n == 0) && !c.Surplus && !slices.Contains(th.site.outage, n) {
				th.wrong("%s wants to delete %s, which is on the site: %s", run.Mode, c.ExternalID, c.Reason)
			}
		}
	}
	return text.String()
}

// recorded is what the state file has: Intercom's IDs of the pages by external ID, and
// those of the import sources by their names.
func (th *theater) recorded() map[string]string {
	ids := map[string]string{}
	store, err := state.Open(th.file("fincrawl.db"), state.Options{ReadOnly: true})
	if err != nil {
		th.wrong("%v", err)
		return ids
	}
	defer store.Close()
	for source := range th.sources {
		name := fmt.Sprintf("wiki-%d", source)
		is, _, err := store.ImportSource(name)
		ids[name] = strconv.FormatInt(is.ID, 10)
		for e, entryErr := range store.Entries(name) {
			err = errors.Join(err, entryErr)
			ids[e.ExternalID] = e.RemoteID
		}
		if err != nil {
			th.wrong("%v", err)
		}
	}
	return ids
}

// remembers looks whether the state file forgot a page during a run that the library
// still has, unless it learned of another import source.
func (th *theater) remembers(before map[string]string) {
	now, there := th.recorded(), map[string]bool{}
	for _, is := range th.importSources() {
		for _, p := range th.box.Pages(is.ID) {
			there[p.ID] = true
		}
	}
	for id, remote := range before {
		name := strings.TrimSuffix(strings.TrimPrefix(id, "https://"), ".test/")
		name, _, _ = strings.Cut(name, ".test")
		if strings.Contains(id, "://") && before[name] == now[name] && there[remote] && now[id] == "" {
			th.wrong("the state file forgot %s, which the library has", id)
		}
	}
}

func indented(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n    ") + "\n"
}

func (th *theater) app(out, logs io.Writer) *app {
	a := newApp(out, logs)
	a.transport = th
	a.lookupEnv = func(string) (string, bool) { return worldToken, true }
	return a
}

// RoundTrip is the network between fincrawl, the site and the library: quick, and
// never at fault itself.
func (th *theater) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	th.delay(r.Context())
	ends := int(th.run.count.Add(1)) == th.ends.at
	if ends && th.ends.how == "interrupt" {
		th.run.cancel()
	}
	if ends && th.ends.how == "kill" {
		th.kill()
	}
	if th.run.over.Load() {
		return nil, errors.New("this process was killed")
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	answer, err := th.answer(r)
	if ends && th.ends.how == "kill-after" {
		th.kill()
		return nil, errors.New("this process was killed")
	}
	th.delay(r.Context())
	return answer, err
}

func (th *theater) delay(ctx context.Context) {
	select {
	case <-time.After(20 * time.Millisecond):
	case <-ctx.Done():
	}
}

// kill keeps the state file and those beside it as they are now, once all that is under way has come to a
// stand. Whatever the process does from here on, it does no more.
func (th *theater) kill() {
	synctest.Wait()
	th.copyAll("fincrawl.db", "at-kill.db")
	th.run.over.Store(true)
	th.run.cancel()
}

// answer lets the host answer that the request is for.
func (th *theater) answer(r *http.Request) (*http.Response, error) {
	var host http.Handler = th.site
	if r.URL.Host == "api.test" {
		host = th.box
		defer th.watch(r)
	}
	w := httptest.NewRecorder()
	broken := make(chan bool, 1)
	go func() {
		defer func() { broken <- recover() != nil }()
		host.ServeHTTP(w, r)
	}()
	hungUp := <-broken // what hangs ends with the request's context
	answer := w.Result()
	answer.Request = r
	switch {
	case r.Context().Err() != nil:
		return nil, r.Context().Err()
	case hungUp && w.Body.Len() == 0:
		return nil, io.ErrUnexpectedEOF
	case hungUp:
		answer.Body = io.NopCloser(io.MultiReader(w.Body, brokenOff{}))
	}
	return answer, nil
}

// brokenOff is the end of a body that is not its end.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// watch looks after each call of the library whether all is there that must be.
func (th *theater) watch(r *http.Request) {
	if r.Method == http.MethodGet {
		return
	}
	if r.Method == http.MethodDelete && strings.Contains(r.URL.Path, "sources") {
		th.wrong("an import source was deleted")
	}
	if len(th.box.Pages(th.hand)) != 1 {
		th.wrong("a page of somebody else is gone")
	}
	th.watching.Lock()
	defer th.watching.Unlock()
	there := map[string]bool{}
	for _, is := range th.importSources() {
		there[is.URL] = true
	}
	texts := th.library()
	for source := range th.sources {
		for n := range th.site.texts {
			id := pageURL(source, n)
			text, ok := texts[id]
			switch {
			case !there[libraryURL(source)]:
				delete(th.held, id) // somebody deleted the import source, as a fault
			case th.held[id] && !strings.Contains(text, fmt.Sprintf("of page %d.", n)):
				th.wrong("%s, which is on the site, is in the library as %q", id, text)
			case ok:
				th.held[id] = true
			}
		}
	}
}

// library returns the texts of fincrawl's pages by external ID.
func (th *theater) library() map[string]string {
	texts := map[string]string{}
	for _, is := range th.importSources() {
		for _, p := range th.box.Pages(is.ID) {
			texts[p.ExternalID] = p.HTML
		}
	}
	return texts
}

// compare compares the library with the site. A page to which nothing leads, and
// which was never sent, may be missing.
func (th *theater) compare() {
	texts, pages, want := th.library(), 0, map[string]string{}
	for source := range th.sources {
		want[siteURL(source)+"/"] = fmt.Sprintf("Welcome number %d", th.site.welcome)
		for n, text := range th.site.texts {
			if id := pageURL(source, n); th.site.linked[n] || th.held[id] {
				want[id] = fmt.Sprintf("Text %d of page %d.", text, n)
			}
		}
	}
	for _, is := range th.importSources() {
		pages += len(th.box.Pages(is.ID))
	}
	if pages > len(texts) {
		th.wrong("in the end, the library has %d pages of %d external IDs", pages, len(texts))
	}
	for id, text := range want {
		if !strings.Contains(texts[id], text) || strings.Contains(texts[id], "by hand") {
			th.wrong("in the end, the library has %q of %s, want %q", texts[id], id, text)
		}
	}
	for id := range texts {
		if want[id] == "" {
			th.wrong("in the end, the library still has %s", id)
		}
	}
}

// direct makes a call of the API that is not fincrawl's.
func (th *theater) direct(method, path string, body io.Reader) {
	r := httptest.NewRequest(method, path, body)
	r.Header = http.Header{"Authorization": {"Bearer " + worldToken}, "Accept": {"application/json"}, "Content-Type": {"application/json"}}
	w := httptest.NewRecorder()
	th.box.ServeHTTP(w, r)
	if w.Code >= 300 {
		th.wrong("%s %s: %d", method, path, w.Code)
	}
}

func (th *theater) upsert(p intercom.PageRequest) {
	body, err := json.Marshal(p)
	if err != nil {
		th.wrong("%v", err)
	}
	th.direct("POST", "/ai/external_pages", bytes.NewReader(body))
}

// memorySite is a site of numbered pages, which are linked from its start page.
type memorySite struct {
	welcome int         // version of the start page
	texts   map[int]int // versions, by page
	linked  map[int]bool
	fails   map[string]http.HandlerFunc // by path; "" is all
	outage  []int                       // pages that answer 404 while the start page fails
}

func (s *memorySite) edit(verb string, n int) {
	switch _, there := s.texts[n]; {
	case verb == "new":
		s.texts[n]++
		s.linked[n] = true
	case !there:
	case verb == "change":
		s.texts[n]++
	case verb == "remove":
		delete(s.texts, n)
		delete(s.linked, n)
	default:
		s.linked[n] = verb == "link"
	}
}

func (s *memorySite) fail(where string, fault http.HandlerFunc) {
	path := "/page-" + where
	switch where {
	case "/":
		path = "/"
	case "robots":
		path = "/robots.txt"
	case "all":
		path = ""
	}
	if s.fails == nil {
		s.fails = map[string]http.HandlerFunc{}
	}
	s.fails[path] = fault
}

func (s *memorySite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := pageOf(r.URL.Path)
	switch {
	case len(s.outage) == 0:
	case slices.Contains(s.outage, n):
		http.NotFound(w, r)
		return
	case r.URL.Path == "/":
		status(http.StatusServiceUnavailable)(w, r)
		return
	}
	for _, path := range []string{"", r.URL.Path} {
		if fault, ok := s.fails[path]; ok {
			fault(w, r)
			return
		}
	}
	text, there := s.texts[n]
	switch {
	case r.URL.Path == "/":
		fmt.Fprintf(w, "<!doctype html><html><title>Wiki</title><main><h1>Wiki</h1><p>Welcome number %d to all there is to know.</p><ul>", s.welcome)
		for _, n := range slices.Sorted(maps.Keys(s.texts)) {
			if s.linked[n] {
				fmt.Fprintf(w, "<li><a href=/page-%[1]d>Page %[1]d</a>", n)
			}
		}
	case there:
		fmt.Fprintf(w, "<!doctype html><html><title>Page %[2]d</title><main><h1>Page %[2]d</h1><p>Text %[1]d of page %[2]d. "+
			"%[3]s</p></main>", text, n, strings.Repeat(fmt.Sprintf("It goes on about the matter number %d. ", n*n), 3))
	default:
		http.NotFound(w, r)
	}
}
