package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
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
)

// Nights are a history of small, slow and selective faults: a tenth of a private site's
// pages misbehaves, one night after another, under all ceilings. Beside them people
// write: pages grow until they are split, shrink, move, merge, divide and go.
//
//	add 3, edit 3, drop 3      a section of page 3; it has several
//	page, remove 3             a page with four sections is there, or goes for good (404)
//	move 3                     it gets another address, and the old one redirects
//	merge 3 7                  page 7 goes into page 3, and its address redirects, or is gone
//	divide 3                   half of its sections are a new page
//	some noindex 5             a tenth of the pages that were read before, by hash with salt 5, are so from now
//	                           on: see someFaults. What nobody has read cannot be missed
//	session 404 17             visitors get that from now on, and sessions end after 17 requests: see strangerAnswers
//	api 422 3, api 503 3       the library refuses, or fails at, what has section 3
//	calm                       all these faults end
//	lose                       the state file is gone
//	backup, restore            it is copied; the copy takes its place
//	other                      the next run has a state file of its own
//	intrude 3                  another tool puts a page into the import source, with the address of a page that
//	                           the site lacks, as fincrawl would name it
//	crowd                      the workspace gets so many pages that Intercom's listing ends before all of them
//	kill 9, kill-after 9       the next run is killed before or after its 9th request, and begun again at once:
//	                           a crawl that goes on has pages of before and after, as any crawl that lasts
//	kill-commit 9              or before its 9th commit to the state file
//	night                      a sync
//
// After each writing call of the library: each section that the site has and that was in
// the library is in it still; no page of another tool, in the same import source, was
// touched; and no external ID is there twice. No plan deletes a page that the site has. At
// the end, after faults, the library equals the site: but for what a person is asked about,
// by name, and settles with one command.
type nights []string

func (n nights) String() string { return strings.Join(n, "; ") }

func TestNightsEndWell(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"visitors get 404 as sessions end":                    "night; session 404 20; night; night",
		"visitors are sent home as sessions end":              "night; session home 20; night; night",
		"visitors get a short text as sessions end":           "night; session short 20; night; night",
		"some pages are noindex":                              "night; some noindex 5; night; night; night",
		"some pages are canonical":                            "night; some canonical 5; night; night; night",
		"some pages are loading":                              "night; some loading 5; night; night; night",
		"some pages are maintenance":                          "night; some maintenance 5; night; night; night",
		"some pages are cut":                                  "night; some cut 5; night; night; night",
		"some pages are 403":                                  "night; some 403 5; night; night; night",
		"some pages are home":                                 "night; some home 5; night; night; night",
		"some pages are refresh":                              "night; some refresh 5; night; night; night",
		"a page is divided as sessions end":                   "night; session 410 5; divide 1; night; night",
		"two state files":                                     "night; other; night; night",
		"nothing happens":                                     "night; night",
		"the state is lost, and a page moves":                 "night; move 2; lose; night; night; night",
		"the state is lost, and pages are merged":             "night; merge 2 7; lose; night; add 12; night; night",
		"the state is lost twice, and pages are merged":       "night; merge 2 7; night; lose; add 12; night; night",
		"another tool sends what looks like ours":             "night; intrude 3; night; night; remove 2; night",
		"another tool sends to a page that comes":             "night; intrude 1; page; night; night",
		"another tool sends to a page that moved":             "night; merge 4 1; night; night; night; lose; crowd; page; night; intrude 2; some loading 11; night",
		"another tool sends to half of a page":                "night; intrude 1; divide 8; lose; night; night",
		"the listing ends, and the state is lost":             "night; crowd; lose; edit 3; night; remove 4; night; night",
		"a first run is killed and a page goes":               "kill-after 40; night; remove 1; remove 2; remove 3; night",
		"a run is killed at a commit":                         "night; page; page; edit 2; kill-commit 4; night; remove 13; night",
		"the state is lost, and some pages are cut":           "night; some cut 2; lose; night; night",
		"the state is lost, and a page is divided":            "night; divide 3; lose; night; night",
		"the state is lost in a crowd, as sessions end":       "night; crowd; add 9; session short 3; some home 2; night; lose; night",
		"the state is lost in a crowd after a page moved":     "night; move 4; night; crowd; night; lose; night; night",
		"the state is lost in a crowd while a page goes":      "night; crowd; merge 8 4; night; lose; night; night",
		"an old copy is put back":                             "night; backup; page; move 3; night; remove 13; restore; night; night",
		"a page becomes split, and a part is refused":         "night; add 1; add 1; api 422 1; night; night; calm; edit 1; night",
		"a page becomes split, and a part fails":              "night; add 1; add 1; api 503 2; night; night; calm; night",
		"a split page is whole again, and it fails":           "add 1; add 1; night; drop 1; drop 1; api 503 1; night; calm; night",
		"a page moves while it is refused":                    "night; move 2; api 422 6; night; night; calm; night",
		"two pages become one, which is refused":              "night; merge 1 2; api 422 1; night; night; night; calm; edit 1; night",
		"a page is divided, and the other half is refused":    "night; divide 1; api 422 3; night; night; calm; night",
		"the state is lost while a page is split and refused": "night; add 1; add 1; api 422 1; lose; night; night; calm; night",
	}
	for name, story := range tests {
		t.Run(name, func(t *testing.T) {
			if log, err := playNights(t, strings.Split(story, "; ")); err != nil {
				t.Errorf("%v\n%s", err, log)
			}
		})
	}
}

// Each takes about half a second.
func TestEveryNightEndsWell(t *testing.T) {
	t.Parallel()
	tellStories(t, 12, nightsEndWell)
}

// tellStories plays a few stories that are drawn, the same ones each time, so that they end the same way each time;
// thousands of others by -rapid.checks: see "Longer tests" in the README.
func tellStories(t *testing.T, few byte, endWell func(*testing.T) func(*rapid.T)) {
	t.Helper()
	if slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(strings.TrimLeft(arg, "-"), "rapid.") }) {
		rapid.Check(t, endWell(t))
		return
	}
	for i := range few {
		t.Run(strconv.Itoa(int(i)), func(t *testing.T) {
			drawn := make([]byte, 64<<10)
			_, _ = rand.NewChaCha8([32]byte{i}).Read(drawn) // never fails
			rapid.MakeFuzz(endWell(t))(t, drawn)
		})
	}
}

// nightsEndWell draws a story and plays it.
func nightsEndWell(t *testing.T) func(*rapid.T) {
	return func(r *rapid.T) {
		story := nights{"night"}
		for range rapid.IntRange(1, 6).Draw(r, "nights") {
			for range rapid.IntRange(0, 3).Draw(r, "steps") {
				story = append(story, nightStep(r))
			}
			story = append(story, "night")
		}
		if log, err := playNights(t, story); err != nil {
			r.Logf("%s\nnights: %s", log, story)
			r.Fatal(err)
		}
	}
}

// nightStep draws what may happen before a night.
func nightStep(r *rapid.T) string {
	n := func(what string, most int) string { return strconv.Itoa(rapid.IntRange(1, most).Draw(r, what)) }
	one := func(of ...string) string { return rapid.SampledFrom(of).Draw(r, "which") }
	switch one("write", "write", "write", "write", "some", "some", "session", "api", "api", "calm", "kill", "state", "people") {
	case "write":
		switch verb := one("add", "add", "edit", "edit", "drop", "page", "remove", "move", "merge", "divide"); verb {
		case "merge":
			return "merge " + n("page", nightPages) + " " + n("other", nightPages)
		case "page":
			return verb
		default:
			return verb + " " + n("page", nightPages)
		}
	case "some":
		return "some " + one(slices.Sorted(maps.Keys(someFaults))...) + " " + n("salt", 30)
	case "session":
		// One of a few requests proves nothing: then a page that was never read seems not to be there.
		lasts := strconv.Itoa(rapid.IntRange(8, 40).Draw(r, "requests"))
		return "session " + one(slices.Sorted(maps.Keys(strangerAnswers))...) + " " + lasts
	case "api":
		return "api " + one("422", "503") + " " + n("section", 4*nightPages)
	case "calm":
		return "calm"
	case "kill":
		return one("kill", "kill-after", "kill-commit") + " " + n("request", 70)
	case "people":
		return one("intrude "+n("page", 3), "crowd")
	}
	return one("lose", "lose", "other", "backup", "restore")
}

// nightPages are the pages that there are at first, with four sections each, numbered on.
const nightPages = 12

// someFaults are what a tenth of the pages may answer, to members too, while they are there.
var someFaults = map[string]func(w http.ResponseWriter, body string){
	"403": func(w http.ResponseWriter, _ string) { http.Error(w, "Forbidden", http.StatusForbidden) },
	"500": func(w http.ResponseWriter, _ string) {
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
	},
	"noindex": func(w http.ResponseWriter, body string) { inHead(w, body, `<meta name=robots content=noindex>`) },
	"canonical": func(w http.ResponseWriter, body string) {
		inHead(w, body, `<link rel=canonical href="/">`)
	},
	"refresh": func(w http.ResponseWriter, body string) {
		inHead(w, body, `<meta http-equiv=refresh content="0; url=/">`)
	},
	"home": func(w http.ResponseWriter, _ string) {
		w.Header().Set("Location", "/")
		w.WriteHeader(http.StatusFound)
	},
	"loading": func(w http.ResponseWriter, body string) { insteadOf(w, body, "<p>Loading content, please wait…</p>") },
	"maintenance": func(w http.ResponseWriter, body string) {
		insteadOf(w, body, "<p>We are improving this service for you at the moment. Please come back in an hour or two.</p>")
	},
	"cut": func(w http.ResponseWriter, body string) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, body[:len(body)*2/5])
	},
}

// strangerAnswers are what visitors get whose session has ended.
var strangerAnswers = map[string]http.HandlerFunc{
	"404": http.NotFound,
	"410": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "Gone", http.StatusGone) },
	"home": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/")
		w.WriteHeader(http.StatusFound)
	},
	"short": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><html><title>Wiki</title><body><main><p>This page is for members of the wiki.</p></main></body></html>")
	},
}

func inHead(w http.ResponseWriter, body, tag string) {
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, strings.Replace(body, "</title>", "</title>"+tag, 1))
}

// insteadOf writes a page with another text in its main part.
func insteadOf(w http.ResponseWriter, body, text string) {
	w.Header().Set("Content-Type", "text/html")
	head, rest, _ := strings.Cut(body, "<main>")
	_, foot, _ := strings.Cut(rest, "</main>")
	_, _ = io.WriteString(w, head+"<main>"+text+"</main>"+foot)
}

// privateWiki is a site for members, whose pages have numbered sections.
type privateWiki struct {
	mu       sync.Mutex
	pages    map[string][]int // sections, by path
	versions map[int]int      // of sections
	moved    map[string]string
	fresh    map[string]bool // pages that were read in this night
	served   map[string]bool // or in an earlier one
	named    int             // pages that were ever named

	some     string // of someFaults; "" is none
	salt     string
	stranger string // of strangerAnswers; "" is a redirect to the login
	lasting  int    // requests of a session; 0 is any number
	left     map[string]int
	sessions int
}

func newPrivateWiki() *privateWiki {
	s := &privateWiki{pages: map[string][]int{}, versions: map[int]int{}, moved: map[string]string{}, fresh: map[string]bool{}, served: map[string]bool{}, left: map[string]int{}}
	for range nightPages {
		s.write("page", "")
	}
	return s
}

func (s *privateWiki) newPath() string {
	s.named++
	return fmt.Sprintf("/page-%d", s.named)
}

func (s *privateWiki) newSection() int {
	n := len(s.versions) + 1
	s.versions[n] = 1
	return n
}

// at is the path of the n-th page that there is, of which there is always one.
func (s *privateWiki) at(n string) string {
	i, _ := strconv.Atoi(n)
	paths := slices.SortedFunc(maps.Keys(s.pages), func(a, b string) int { return len(a)*100 + strings.Compare(a, b) - len(b)*100 })
	return paths[(i-1)%len(paths)]
}

// write does what an author does.
func (s *privateWiki) write(verb, rest string) {
	first, second, _ := strings.Cut(rest, " ")
	if verb == "page" {
		path := s.newPath()
		for range 4 {
			s.pages[path] = append(s.pages[path], s.newSection())
		}
		return
	}
	path := s.at(first)
	sections := s.pages[path]
	switch verb {
	case "add":
		s.pages[path] = append(sections, s.newSection(), s.newSection())
	case "edit":
		for _, n := range sections {
			s.versions[n]++
		}
	case "drop":
		if len(sections) > 2 {
			s.pages[path] = slices.Clone(sections[:len(sections)-1])
		}
	case "remove":
		if len(s.pages) > nightPages/2 {
			delete(s.pages, path)
		}
	case "move":
		to := s.newPath()
		s.pages[to], s.moved[path] = sections, to
		delete(s.pages, path)
	case "merge":
		if other := s.at(second); other != path && len(s.pages) > nightPages/2 {
			s.pages[path] = append(slices.Clone(sections), s.pages[other]...)
			s.moved[other] = path
			delete(s.pages, other)
		}
	case "divide":
		if half := len(sections) / 2; half > 1 {
			s.pages[path], s.pages[s.newPath()] = slices.Clone(sections[:half]), slices.Clone(sections[half:])
		}
	}
}

func (s *privateWiki) html(path string) string {
	var b strings.Builder
	title := "Page " + strings.TrimPrefix(path, "/page-")
	if path == "/" {
		title = "Wiki"
	}
	fmt.Fprintf(&b, "<!doctype html><html><head><title>%[1]s</title></head><body><header><a class=logout href=/logout>Log out</a></header><main><h1>%[1]s</h1>", title)
	if path == "/" {
		b.WriteString("<p>Welcome to all that there is to know about the things that are made here.</p><ul>")
		for _, path := range slices.Sorted(maps.Keys(s.pages)) {
			fmt.Fprintf(&b, "<li><a href=%s>%s</a></li>", path, path)
		}
		b.WriteString("</ul>")
	}
	for _, n := range s.pages[path] {
		fmt.Fprintf(&b, "<h2>Chapter %[1]d</h2><p>%[2]s It goes on about the matter number %[3]d, its causes and its %[4]d consequences, "+
			"for all who have to do with device %[5]d of the series.</p>", n, sectionText(n, s.versions[n]), n*n, n+3, n*7)
	}
	b.WriteString("</main><footer><p>All that is written here is for members.</p></footer></body></html>")
	return b.String()
}

// sectionMark is what a section says in each version; sectionText says which it is.
func sectionMark(n int) string { return fmt.Sprintf("The section number %d has", n) }
func sectionText(n, version int) string {
	return fmt.Sprintf("%s version %d.", sectionMark(n), version)
}

func (s *privateWiki) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch path := r.URL.Path; {
	case path == "/robots.txt" || path == "/sitemap.xml":
		http.NotFound(w, r)
	case path == "/login" && r.Method == http.MethodPost:
		s.sessions++
		id := strconv.Itoa(s.sessions)
		s.left[id] = s.lasting
		if s.lasting == 0 {
			s.left[id] = -1
		}
		w.Header().Set("Set-Cookie", "session="+id+"; Path=/")
		w.Header().Set("Location", "/")
		w.WriteHeader(http.StatusSeeOther)
	case path == "/login":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><html><title>Log in</title><body><form method=post action=/login><input name=user><input type=password name=password><button>Log in</button></form></body></html>")
	case !s.admits(r):
		if answer := strangerAnswers[s.stranger]; answer != nil && path != "/" {
			answer(w, r)
			return
		}
		w.Header().Set("Location", "/login")
		w.WriteHeader(http.StatusFound)
	case s.moved[path] != "":
		w.Header().Set("Location", s.moved[path])
		w.WriteHeader(http.StatusMovedPermanently)
	case path != "/" && s.pages[path] == nil:
		http.NotFound(w, r)
	case s.some != "" && s.served[path] && path != "/" && chosen(path, s.salt):
		someFaults[s.some](w, s.html(path))
	default:
		s.fresh[path] = true
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, s.html(path))
	}
}

// admits reports whether a request is of a member, and counts it.
func (s *privateWiki) admits(r *http.Request) bool {
	cookie, err := r.Cookie("session")
	if err != nil || s.left[cookie.Value] == 0 {
		return false
	}
	if s.left[cookie.Value] > 0 {
		s.left[cookie.Value]--
	}
	return true
}

// chosen reports whether a page is one of a tenth.
func chosen(path, salt string) bool {
	h := fnv.New32a()
	_, _ = io.WriteString(h, salt+" "+path)
	return h.Sum32()%10 == 0
}

// nightWatch plays nights and watches the library.
type nightWatch struct {
	site      *privateWiki
	box       *sandbox.Sandbox
	source    int64 // import source
	dir       stateFolder
	refuses   map[string][]int // sections, by what the library answers
	retry     bool
	end       nightEnding     // of the next run
	isCrowded bool            // the listing ends, now or later
	partly    bool            // a state file was lost, and what it had was not found again so far
	leftovers map[string]bool // external IDs of pages that the site had no longer at their addresses then, where the listing ends

	mu     sync.Mutex
	seen   map[int]bool    // sections that were in the library
	theirs map[string]bool // external IDs of another tool's pages
	err    error
	log    bytes.Buffer
}

// nightEnding is how a run ends before it is through.
type nightEnding struct {
	how string // kill, kill-after or kill-commit; "" not at all
	at  int    // request, or commit

	requests, commits int
	committing        sync.Mutex
	over              atomic.Bool
	stop              func()
}

var errKilled = errors.New("this process was killed")

func playNights(t *testing.T, story nights) (log string, err error) {
	t.Helper()
	folder := "/dev/shm"
	if _, err := os.Stat(folder); err != nil {
		folder = ""
	}
	dir, err := os.MkdirTemp(folder, "fincrawl-nights-") //nolint:usetesting // in memory, and gone before the next history
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	config := sandbox.Config{Token: worldToken}
	if slices.Contains(story, "crowd") {
		config.ListingLimit = crowded
	}
	synctest.Test(t, func(t *testing.T) {
		box, _ := sandbox.New(config) // in memory, which cannot fail
		w := &nightWatch{site: newPrivateWiki(), box: box, dir: stateFolder(dir), refuses: map[string][]int{}, seen: map[int]bool{}, theirs: map[string]bool{}, leftovers: map[string]bool{}}
		w.isCrowded = config.ListingLimit > 0
		w.configure("sources.yaml", "fincrawl.db")
		w.configure("other.yaml", "other.db")
		w.source = box.AddSource("https://wiki.example.com", "api").ID
		w.foreign("tool-1", "https://other.example.com/guide")
		w.foreign("https://docs.example.com/page-3", "https://docs.example.com/page-3")
		w.play(t, story)
		log, err = w.log.String(), w.err
	})
	return log, err
}

// crowded is how many pages are listed, of those that a crowd adds the most to.
const crowded = 50

func (w *nightWatch) configure(name, db string) {
	text := fmt.Sprintf(`version: 1
intercom: {token: "${TOKEN}", base_url: "https://api.test", share: 1, workers: 2}
state: %s
sources:
  - name: wiki
    url: https://wiki.test/
    library_url: https://wiki.example.com
    fetch: {rate: unlimited, concurrency: 2}
    auth: {form: {url: "https://wiki.test/login", fields: {user: sam, password: "${TOKEN}"}, logged_in: "a.logout"}}
    content: {split: {over: 1500B}}
    deletes: {max_count: 100, max_share: 1}
`, w.dir.file(db))
	if err := os.WriteFile(w.dir.file(name), []byte(text), 0o600); err != nil {
		w.wrong("%v", err)
	}
}

// foreign puts a page of another tool into the import source.
func (w *nightWatch) foreign(id, address string) {
	w.put(w.source, id, address)
	w.theirs[id] = true
}

func (w *nightWatch) put(source int64, id, address string) {
	body, _ := json.Marshal(intercom.PageRequest{Title: "Of another tool", HTML: "<p>Of another tool.</p>", URL: address, Locale: "en", SourceID: source, ExternalID: id})
	r := httptest.NewRequest(http.MethodPost, "/ai/external_pages", bytes.NewReader(body))
	r.Header = http.Header{"Authorization": {"Bearer " + worldToken}, "Accept": {"application/json"}, "Content-Type": {"application/json"}}
	answer := httptest.NewRecorder()
	w.box.ServeHTTP(answer, r)
	if answer.Code != http.StatusOK {
		w.wrong("a foreign page: %d", answer.Code)
	}
}

// intrude lets another tool put a page there with an address that the site does not have:
// of the next page to come, of one that moved, or of none.
func (w *nightWatch) intrude(where string) {
	address := fmt.Sprintf("https://wiki.test/page-%d", w.site.named+1)
	for from := range w.site.moved {
		if where == "2" {
			address = "https://wiki.test" + from
		}
	}
	if where == "3" {
		address = "https://wiki.test/page-900"
	}
	for _, p := range w.box.Pages(w.source) {
		if p.ExternalID == address {
			return
		}
	}
	w.foreign(address, address)
	if w.partly {
		w.unwatch()
	}
}

// crowd lets other tools fill the workspace until the listing ends.
func (w *nightWatch) crowd() {
	other := w.box.AddSource("https://crowd.example.com", "api").ID
	for n := range crowded {
		w.put(other, fmt.Sprintf("crowd-%d", n), "")
	}
}

// unwatch gives up what looks like a page of ours: with a state file that is not whole it may
// be taken for one.
func (w *nightWatch) unwatch() {
	w.partly = true
	maps.DeleteFunc(w.theirs, func(id string, _ bool) bool {
		_, moved := w.site.moved[strings.TrimPrefix(id, "https://wiki.test")]
		return strings.HasPrefix(id, "https://wiki.test/") && !moved
	})
}

// loseSight remembers the pages of the library that the site lacks where the listing ends: every
// report says that those beyond have to be looked for in Intercom. A page that moved keeps its
// external ID, by which nothing can look it up then.
func (w *nightWatch) loseSight() {
	for _, p := range w.box.Pages(w.source) {
		id, _, _ := strings.Cut(p.ExternalID, "#")
		if path, ours := strings.CutPrefix(id, "https://wiki.test"); w.isCrowded && ours && w.site.pages[path] == nil {
			w.leftovers[p.ExternalID] = true
		}
	}
}

func (w *nightWatch) wrong(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

func (w *nightWatch) play(t *testing.T, story nights) {
	file := "sources.yaml"
	for _, step := range story {
		fmt.Fprintf(&w.log, "- %s\n", step)
		verb, rest, _ := strings.Cut(step, " ")
		first, second, _ := strings.Cut(rest, " ")
		n, _ := strconv.Atoi(first)
		switch verb {
		case "some":
			w.site.some, w.site.salt = first, second
		case "session":
			w.site.stranger = first
			w.site.lasting, _ = strconv.Atoi(second)
		case "api":
			n, _ := strconv.Atoi(second)
			w.refuses[first] = append(w.refuses[first], n)
			w.retry = w.retry || first == "422"
		case "calm":
			w.calm()
		case "lose":
			os.Remove(w.dir.file("fincrawl.db"))
			w.loseSight()
			w.unwatch()
		case "backup":
			w.check(w.dir.copy("fincrawl.db", "backup.db"))
		case "restore":
			w.check(w.dir.copy("backup.db", "fincrawl.db"))
			w.loseSight()
			w.unwatch()
		case "intrude":
			w.intrude(first)
		case "crowd":
			w.crowd()
		case "kill", "kill-after", "kill-commit":
			w.end.how, w.end.at = verb, n
		case "other":
			if w.isCrowded {
				continue // what one state file brings, the other one neither knows nor lists
			}
			file = "other.yaml"
			w.unwatch()
		case "night":
			w.run(t, file, "sync")
			if w.end.over.Load() {
				w.run(t, file, "sync")
			}
			w.partly = w.partly && (w.isCrowded || file == "other.yaml")
			file = "sources.yaml"
		default:
			w.site.write(verb, rest)
		}
	}
	w.calm()
	w.site.write("edit", "1")
	if w.retry {
		for n := range w.site.versions { // what was refused rests until it changes
			w.site.versions[n]++
		}
	}
	var last report.Run
	for range 4 {
		last = w.run(t, "sources.yaml", "sync", "--verify")
	}
	w.settle(t, last)
	w.compare()
}

func (w *nightWatch) check(err error) {
	if err != nil {
		w.wrong("%v", err)
	}
}

// settle does what a person does about pages of which nothing shows whose they are, and about
// those that get a text much like that of another one, as the pages of this site do: the site
// is well by now. The report names each, and one command lets it go, or makes it ours.
func (w *nightWatch) settle(t *testing.T, last report.Run) {
	for range 5 {
		var approve, adopt []string
		for _, s := range last.Sources {
			if s.Plan == nil {
				continue
			}
			for _, c := range s.Plan.Changes {
				asked := c.Foreign || slices.ContainsFunc(c.Guards(), func(g ingest.Guard) bool {
					return g == ingest.GuardOwnership || g == ingest.GuardHint || g == ingest.GuardSameText
				})
				if c.Action != ingest.Held || !asked {
					continue
				}
				if c.Foreign {
					delete(w.theirs, c.ExternalID)
					adopt = append(adopt, c.ExternalID)
					continue
				} else if w.theirs[c.ExternalID] {
					continue // a person leaves it
				}
				approve = append(approve, c.ExternalID)
			}
			for _, f := range s.Foreign.First {
				if f.Title != "Of another tool" && !slices.Contains(adopt, f.ExternalID) {
					adopt = append(adopt, f.ExternalID)
				}
			}
		}
		if len(approve)+len(adopt) == 0 {
			return
		}
		if len(approve) > 0 {
			w.run(t, "sources.yaml", append([]string{"approve", "wiki"}, approve...)...)
		}
		if len(adopt) > 0 {
			w.run(t, "sources.yaml", append([]string{"adopt", "wiki", "--yes"}, adopt...)...)
		}
		for range 2 {
			last = w.run(t, "sources.yaml", "sync", "--verify")
		}
	}
	w.wrong("in the end, a person is asked again and again")
}

func (w *nightWatch) calm() {
	w.site.some, w.site.stranger, w.site.lasting = "", "", 0
	clear(w.site.left)
	clear(w.refuses)
}

func (w *nightWatch) run(t *testing.T, file string, args ...string) (run report.Run) {
	var out, logs bytes.Buffer
	a := newApp(&out, &logs)
	a.transport, a.commit = w, w.commit
	a.lookupEnv = func(string) (string, bool) { return worldToken, true }
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	db := strings.Replace(strings.Replace(file, "sources.yaml", "fincrawl.db", 1), ".yaml", ".db", 1)
	w.end.requests, w.end.commits = 0, 0
	w.end.over.Store(false)
	w.end.stop = func() {
		w.check(w.dir.copyAll(db, "at-kill.db"))
		w.end.over.Store(true)
		cancel()
	}
	if args[0] == "sync" {
		args = append(args, "--json")
	}
	code := a.execute(ctx, append(args, "--config", w.dir.file(file)))
	if w.end.over.Load() { // what it wrote after its end it didn't write
		w.check(w.dir.copyAll("at-kill.db", db))
	}
	w.end.how = ""
	maps.Copy(w.site.served, w.site.fresh)
	var text strings.Builder
	if json.Unmarshal(out.Bytes(), &run) != nil || report.Text(&text, run, report.TextOptions{}) != nil {
		text.Write(out.Bytes())
	}
	fmt.Fprintf(&w.log, "  fincrawl %s: exit code %d\n%s", strings.Join(args, " "), code, indented(text.String()+logs.String()))
	return run
}

// commit carries out a commit to a state file, or to that of a crawl, unless the run is
// killed before it.
func (w *nightWatch) commit(commit func() error) error {
	w.end.committing.Lock()
	defer w.end.committing.Unlock()
	w.end.commits++
	if w.end.how == "kill-commit" && w.end.commits == w.end.at {
		w.end.stop()
	}
	if w.end.over.Load() {
		return errKilled
	}
	return commit()
}

// RoundTrip is the network: quick, and never at fault itself.
func (w *nightWatch) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	select {
	case <-time.After(20 * time.Millisecond):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	w.mu.Lock()
	w.end.requests++
	ends := w.end.requests == w.end.at
	w.mu.Unlock()
	if ends && w.end.how == "kill" {
		synctest.Wait() // until nothing is under way
		w.end.stop()
	}
	if w.end.over.Load() {
		return nil, errKilled
	}
	answer := httptest.NewRecorder()
	switch r.URL.Host {
	case "wiki.test":
		w.site.ServeHTTP(answer, r)
	case "api.test":
		w.library(answer, r, body)
	default:
		return nil, errors.New("no such host")
	}
	if ends && w.end.how == "kill-after" {
		synctest.Wait()
		w.end.stop()
		return nil, errKilled
	}
	result := answer.Result()
	result.Request = r
	return result, nil
}

// library answers a call, and looks whether all is there still that must be.
func (w *nightWatch) library(answer http.ResponseWriter, r *http.Request, body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for status, sections := range w.refuses {
		for _, n := range sections {
			if r.Method == http.MethodPost && bytes.Contains(body, []byte(sectionMark(n))) {
				code, _ := strconv.Atoi(status)
				answer.Header().Set("Content-Type", "application/json")
				answer.WriteHeader(code)
				_, _ = io.WriteString(answer, `{"type":"error.list","errors":[{"code":"parameter_invalid","message":"not today"}]}`)
				return
			}
		}
	}
	w.box.ServeHTTP(answer, r)
	if r.Method == http.MethodGet {
		return
	}
	call := fmt.Sprintf("%s %s %.200s", r.Method, r.URL.Path, body)
	has, ids, untouched := map[int]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range w.box.Pages(w.source) {
		if ids[p.ExternalID] {
			w.wrong("after %s, %s is there twice", call, p.ExternalID)
		}
		ids[p.ExternalID] = true
		untouched[p.ExternalID] = p.Title == "Of another tool" && strings.Contains(p.HTML, "Of another tool.")
		for n := range w.site.versions {
			has[n] = has[n] || strings.Contains(p.HTML, sectionMark(n))
		}
	}
	for id := range w.theirs {
		if !untouched[id] {
			w.wrong("after %s, the page %s of another tool is not as it was", call, id)
		}
	}
	for path, sections := range w.site.pages {
		for _, n := range sections {
			if w.seen[n] && !has[n] {
				w.wrong("after %s, section %d of %s, which is on the site, is no longer in the library", call, n, path)
			}
		}
	}
	for n := range w.site.versions {
		w.seen[n] = has[n]
	}
}

// compare compares the library with the site.
func (w *nightWatch) compare() {
	texts := map[string]string{} // by address
	ids := map[string]bool{}
	for _, is := range w.box.Sources() {
		if is.URL == "https://wiki.example.com" && is.ID != w.source {
			w.wrong("in the end, there is another import source")
		}
	}
	for _, p := range w.box.Pages(w.source) {
		if ids[p.ExternalID] {
			w.wrong("in the end, %s is there twice", p.ExternalID)
		}
		ids[p.ExternalID] = true
		if p.Title == "Of another tool" || w.leftovers[p.ExternalID] {
			continue
		}
		address, _, _ := strings.Cut(p.URL, "#")
		texts[address] += p.HTML
	}
	for path, sections := range w.site.pages {
		text := texts["https://wiki.test"+path]
		for _, n := range sections {
			if strings.Count(text, sectionText(n, w.site.versions[n])) != 1 || strings.Count(text, sectionMark(n)) != 1 {
				w.wrong("in the end, the library has %q of %s, and not version %d of section %d once", text, path, w.site.versions[n], n)
			}
		}
	}
	for address := range texts {
		path, ours := strings.CutPrefix(address, "https://wiki.test")
		if ours && path != "/" && w.site.pages[path] == nil {
			w.wrong("in the end, the library still has %s", address)
		}
	}
}
