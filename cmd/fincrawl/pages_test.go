package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/ingest/report"
)

// newListedWorld is a world whose source is a list that a command writes. from says where the list is.
func newListedWorld(t *testing.T, from, settings string) *world {
	t.Helper()
	w := newWorld(t, "")
	w.configure("  - name: wiki\n    kind: pages\n    " + from + "\n    library_url: https://wiki.example.com/\n" + settings)
	return w
}

// lists writes the list: lines without their ends, or {…} as it stands.
func (w *world) lists(lines ...string) {
	w.Helper()
	w.write("list.jsonl", strings.Join(lines, "\n")+"\n")
}

const beginLine = `{"type":"begin","protocol":1,"mode":"full"}`

func pageLine(id, path, title, text string) string {
	return fmt.Sprintf(`{"type":"page","id":%q,"url":"https://wiki.example.com%s","title":%q,"version":%q,"html":"<p>%s. See <a href='/other'>more</a>.</p>"}`,
		id, path, title, fmt.Sprintf("%d%s", len(text), title), text)
}

func endLine(count int) string {
	return fmt.Sprintf(`{"type":"end","complete":true,"count":%d}`, count)
}

// three is a list of three pages.
func three() []string {
	return []string{beginLine, pageLine("1", "/vpn", "VPN", "How to use it"), pageLine("2", "/wifi", "Wi-Fi", "How to find it"),
		pageLine("3", "/mail", "Mail", "How to read it"), endLine(3)}
}

// faultOf returns what a run says is wrong with the list of its source.
func faultOf(run report.Run) string {
	s := run.Sources[0]
	said := s.Error
	if s.Plan != nil {
		for _, g := range s.Plan.Coverage.Gaps {
			said += " " + g.Detail
		}
	}
	return said
}

func TestPagesOfAListAreSentByTheirIDs(t *testing.T) {
	t.Parallel()
	w := newListedWorld(t, "command: [cat, list.jsonl]", "")
	w.lists(three()...)
	run := w.fincrawl(exitDone, "preview")
	w.checkSums(run)
	w.wantActions(run, "+ 1", "+ 2", "+ 3")
	w.wantLibrary()
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("1", "2", "3")
	for _, p := range w.pages() {
		if p.ExternalID == "1" && (p.URL != "https://wiki.example.com/vpn" || p.Title != "VPN" ||
			!strings.Contains(p.HTML, `href="https://wiki.example.com/other"`)) {
			t.Errorf("sent: %+v", p)
		}
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
		t.Errorf("nothing changed, and %d calls wrote", n)
	}
	// A new URL and title are one update.
	w.lists(beginLine, pageLine("1", "/it/vpn", "VPN and more", "How to use it"), pageLine("2", "/wifi", "Wi-Fi", "How to find it"),
		pageLine("3", "/mail", "Mail", "How to read it"), endLine(3))
	run = w.fincrawl(exitDone, "sync")
	w.checkSums(run)
	w.wantActions(run, "~ 1")
	// What is the same needs no text.
	w.lists(beginLine, `{"type":"same","id":"1","version":"13VPN and more"}`, pageLine("2", "/wifi", "Wi-Fi", "It is elsewhere"),
		`{"type":"same","id":"3","version":"14Mail"}`, endLine(3))
	run = w.fincrawl(exitDone, "sync")
	w.checkSums(run)
	w.wantActions(run, "~ 2")
	// What is absent waits for a second whole list.
	w.lists(beginLine, pageLine("1", "/it/vpn", "VPN and more", "How to use it"), pageLine("2", "/wifi", "Wi-Fi", "It is elsewhere"), endLine(2))
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("1", "2", "3")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("1", "2")
}

// What a list says of a page by its ID is a fact and needs no second look, even where the list is not complete.
func TestHiddenAndGonePagesAreWithdrawnAtOnce(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		what string
		line string
		want []string
	}{
		{"hidden", `{"type":"hidden","id":"2","reason":"draft"}`, []string{"1", "3"}},
		{"gone", `{"type":"gone","id":"2","reason":"deleted"}`, []string{"1", "3"}},
		{"restricted", strings.Replace(pageLine("2", "/wifi", "Wi-Fi", "How to find it"), `"type"`, `"readers":"restricted","type"`, 1), []string{"1", "3"}},
		{"for members", strings.Replace(pageLine("2", "/wifi", "Wi-Fi", "How to find it"), `"type"`, `"readers":"members","type"`, 1), []string{"1", "3"}},
		{"for nobody knows whom", strings.Replace(pageLine("2", "/wifi", "Wi-Fi", "Another text"), `"type"`, `"readers":"vip","type"`, 1), []string{"1", "2", "3"}},
		{"an error", `{"type":"error","id":"2","message":"503 from the wiki"}`, []string{"1", "2", "3"}},
	} {
		for _, complete := range []bool{true, false} {
			w := newListedWorld(t, "command: [cat, list.jsonl]", "    deletes: {max_share: 1}\n")
			w.lists(three()...)
			w.fincrawl(exitDone, "sync")
			lines := three()
			lines[2] = test.line
			count := 3
			if strings.Contains(test.line, `"gone"`) || strings.Contains(test.line, `"error"`) {
				count = 2
			}
			lines[4] = endLine(count)
			if !complete {
				lines[4] = `{"type":"end","complete":false,"count":0,"reason":"the other half is not read"}`
			}
			w.lists(lines...)
			code, out, logs := w.execute(t.Context(), "sync", "--json")
			if (code == exitDone) != complete {
				t.Errorf("%s, complete %t: exit code %d\n%s%s", test.what, complete, code, out, logs)
			}
			w.wantLibrary(test.want...)
		}
	}
}

// Each fault of a list is named, and nothing is deleted for it, however often it comes.
func TestAFaultyListDeletesNothing(t *testing.T) {
	t.Parallel()
	page := pageLine("1", "/vpn", "VPN", "How to use it")
	for _, test := range []struct {
		what, list, says string
	}{
		{"nothing", "", "not even a begin line"},
		{"an error text", "Wrong password\n", "line 1: is no JSON object"},
		{"a web page", "<!doctype html><title>Log in</title>\n", "line 1: is no JSON object"},
		{"no begin line", page + "\n" + endLine(1), "line 1: has the type \"page\""},
		{"a newer protocol", `{"type":"begin","protocol":2,"mode":"full"}`, "protocol is 2"},
		{"changes that nobody asked for", `{"type":"begin","protocol":1,"mode":"changes"}`, "a whole list was asked for"},
		{"an empty list", beginLine + "\n" + endLine(0), "the list is empty"},
		{"no end line", beginLine + "\n" + page + "\n", "ends after line 2 without an end line"},
		{"half a line", beginLine + "\n" + page + "\n" + page[:40], "line 3: is no JSON object"},
		{"a wrong count", beginLine + "\n" + page + "\n" + endLine(3), "says that it has 3 pages, and has 1"},
		{"no count", beginLine + "\n" + page + "\n" + `{"type":"end","complete":true}`, "count is missing"},
		{"a repeated ID", beginLine + "\n" + page + "\n" + page + "\n" + endLine(1), `line 3: the ID "1" was listed before`},
		{"one URL twice", beginLine + "\n" + page + "\n" + pageLine("9", "/vpn", "VPN", "Another text") + "\n" + endLine(2), "line 3: another page has the URL"},
		{"not complete", beginLine + "\n" + page + "\n" + `{"type":"end","complete":false,"count":1,"reason":"page 2 of the list: 503"}`, "page 2 of the list: 503"},
		{"an error without an ID", beginLine + "\n" + page + "\n" + `{"type":"error","message":"the token has expired"}` + "\n" + endLine(1), "the token has expired"},
		{"two lists", beginLine + "\n" + page + "\n" + endLine(1) + "\n" + beginLine, "line 4: stands after the end line"},
		{"an unknown version", beginLine + "\n" + page + "\n" + `{"type":"same","id":"2","version":"99"}` + "\n" + endLine(2), `line 3: version "99" of 2`},
		{"a number as ID", beginLine + "\n" + page + "\n" + `{"type":"gone","id":2}` + "\n" + endLine(1), "line 3: id must be a text in quotes, not a number"},
		{"no title", beginLine + "\n" + `{"type":"page","id":"1","url":"https://wiki.example.com/vpn","html":"x"}` + "\n" + endLine(1), "line 2: title is missing"},
		{"no address", beginLine + "\n" + `{"type":"page","id":"1","url":"javascript:alert(1)","title":"T","html":"x"}` + "\n" + endLine(1), "line 2: \"javascript:alert(1)\" is no web address"},
		{"no UTF-8", beginLine + "\n" + "{\"type\":\"page\",\"id\":\"\xff\"}\n" + endLine(1), "line 2: is not UTF-8"},
		{"a long line", beginLine + "\n" + `{"type":"page","id":"1","html":"` + strings.Repeat("x", 17<<20) + `"}` + "\n" + endLine(1), "line 2: the line has more than 16 MB"},
	} {
		t.Run(test.what, func(t *testing.T) {
			t.Parallel()
			w := newListedWorld(t, "command: [cat, list.jsonl]", "    deletes: {max_share: 1}\n")
			w.lists(three()...)
			w.fincrawl(exitDone, "sync")
			w.write("list.jsonl", test.list)
			for range 3 {
				code, out, logs := w.execute(t.Context(), "sync", "--json")
				if code == exitDone {
					t.Fatalf("exit code %d\n%s%s", code, out, logs)
				}
				if !strings.Contains(out, strings.ReplaceAll(test.says, `"`, `\"`)) {
					t.Errorf("%q is not said:\n%s", test.says, out)
				}
			}
			w.wantLibrary("1", "2", "3")
		})
	}
}

// A command that fails, hangs or writes to standard error is stopped with all that it started, and its words are
// shown without the secret that it was given.
func TestACommandThatFailsDeletesNothing(t *testing.T) {
	t.Parallel()
	w := newListedWorld(t, "command: [sh, list.sh]", "    env: {WIKI_TOKEN: \"file:token\", SPACE: IT}\n    idle: 1s\n    deletes: {max_share: 1}\n")
	w.lists(three()...)
	w.write("list.sh", `test "$SPACE" = IT && test -n "$WIKI_TOKEN" && test "$FINCRAWL_MODE" = full && test -z "$USER" && test -f "$FINCRAWL_KNOWN" && cat list.jsonl`)
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("1", "2", "3")
	for _, test := range []struct{ what, script, says string }{
		{"fails after the end", "cat list.jsonl; exit 7", "exit status 7"},
		{"fails at once", "echo 'wrong password '$WIKI_TOKEN >&2; exit 1", "it said: wrong password"},
		{"is killed", "head -n 2 list.jsonl; kill -9 $$", "signal: killed"},
		{"hangs with a child", "head -n 2 list.jsonl; sleep 600 & wait", "nothing came for 1s"},
		{"is not there", "", ""},
	} {
		if test.script == "" {
			w.configure("  - name: wiki\n    kind: pages\n    command: [no-such-program]\n    library_url: https://wiki.example.com/\n")
			test.says = "cannot be started"
		}
		w.write("list.sh", test.script)
		code, out, logs := w.execute(t.Context(), "sync", "--json")
		if code == exitDone || !strings.Contains(out, test.says) {
			t.Errorf("a command that %s: exit code %d\n%s%s", test.what, code, out, logs)
		}
		if strings.Contains(out+logs, worldToken) {
			t.Errorf("a command that %s: its secret is shown\n%s%s", test.what, out, logs)
		}
	}
	w.wantLibrary("1", "2", "3")
}

// The cursor moves only after everything that was listed is in the library, and a preview keeps none.
func TestTheCursorMovesAfterTheAcknowledgement(t *testing.T) {
	t.Parallel()
	w := newListedWorld(t, "command: [sh, list.sh]", "    deletes: {max_share: 1}\n")
	w.write("list.sh", `echo "$FINCRAWL_MODE $FINCRAWL_CURSOR $FINCRAWL_PREVIEW" >> asked; cat list.jsonl`)
	lines := three()
	lines[4] = `{"type":"end","complete":true,"count":3,"cursor":"c1"}`
	w.lists(lines...)
	w.fincrawl(exitDone, "preview")
	w.fincrawl(exitDone, "sync")
	changes := `{"type":"begin","protocol":1,"mode":"changes"}`
	w.lists(changes, pageLine("2", "/wifi", "Wi-Fi", "It is elsewhere"), `{"type":"gone","id":"3","reason":"deleted"}`,
		`{"type":"end","complete":true,"count":1,"cursor":"c2"}`)
	w.fincrawl(exitDone, "preview")
	before := w.lastSuccess()
	run := w.fincrawl(exitDone, "sync")
	w.checkSums(run)
	w.wantActions(run, "~ 2", "- 3")
	w.wantLibrary("1", "2")
	if after := w.lastSuccess(); after == before || after == "" {
		t.Errorf("a run that read all changes is no success: %q, then %q", before, after)
	}
	w.lists(changes, `{"type":"end","complete":true,"count":1,"cursor":"c3"}`)
	w.fincrawl(exitFailed, "sync") // the count is wrong
	w.lists(changes, `{"type":"end","complete":true,"count":0,"cursor":"c4"}`)
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("1", "2")
	want := []string{"full  1", "full  ", "changes c1 1", "changes c1 ", "changes c2 ", "changes c2 "}
	if got := strings.Split(strings.TrimSuffix(string(w.read("asked")), "\n"), "\n"); !slices.Equal(got, want) {
		t.Errorf("asked for\n\t%q\nwant\n\t%q", got, want)
	}
}

// lastSuccess returns when the source was last read and sent as a whole, by status.
func (w *world) lastSuccess() string {
	w.Helper()
	var status struct {
		Sources []struct {
			LastSuccess string `json:"last_success"`
		} `json:"sources"`
	}
	if err := json.Unmarshal([]byte(w.must("status", "--json")), &status); err != nil {
		w.Fatal(err)
	}
	return status.Sources[0].LastSuccess
}

// A single page can be asked for, and explained.
func TestASinglePageOfAListIsReadByItself(t *testing.T) {
	t.Parallel()
	w := newListedWorld(t, "command: [cat, list.jsonl]", "")
	w.lists(three()...)
	w.fincrawl(exitDone, "sync")
	lines := three()
	lines[1] = pageLine("1", "/it/vpn", "VPN", "Another way to use it")
	lines[2] = pageLine("2", "/wifi", "Wi-Fi", "It is elsewhere")
	w.lists(lines...)
	run := w.fincrawl(exitDone, "sync", "--page", "https://wiki.example.com/vpn")
	w.checkSums(run)
	w.wantActions(run, "~ 1")
	code, out, logs := w.execute(t.Context(), "explain", "https://wiki.example.com/wifi", "--fetch")
	if code != exitDone || !strings.Contains(out, "It is elsewhere") {
		t.Errorf("explain: exit code %d\n%s%s", code, out, logs)
	}
	for _, args := range [][]string{{"status"}, {"lint"}, {"check"}, {"explain", "https://wiki.example.com/mail"}} {
		if code, out, logs := w.execute(t.Context(), args...); code != exitDone {
			t.Errorf("%s: exit code %d\n%s%s", args, code, out, logs)
		}
	}
}

// A folder of Markdown is read by the rules of the program that makes a site of it. A draft is withdrawn at once, and
// a folder that is not there deletes nothing.
func TestFilesOfAFolderAreSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.configure("  - name: docs\n    kind: files\n    folder: docs\n    layout: mkdocs\n    url: https://docs.example.com/\n" +
		"    exclude: [\"/internal/**\"]\n    deletes: {max_share: 1}\n")
	w.folder("docs/guides")
	w.folder("docs/internal")
	w.write("docs/index.md", "# Start\n\nSee [how to install](guides/install.md#how).\n")
	w.write("docs/guides/install.md", "---\ntitle: How to install\n---\n!!! note \"Mind\"\n    It takes a while.\n\nRun it.\n")
	w.write("docs/guides/old.html", "<!doctype html><title>Old</title><main><h1>Old</h1><p>An old page about how it was once installed by hand.</p></main>")
	w.write("docs/internal/secret.md", "# Internal\n\nNot for readers.\n")
	w.write("docs/notes.txt", "Not read.")
	run := w.fincrawl(exitDone, "sync")
	w.checkSums(run)
	w.wantLibrary("guides/install.md", "guides/old.html", "index.md")
	for _, p := range w.pages() {
		if p.ExternalID == "guides/install.md" && (p.Title != "How to install" || p.URL != "https://docs.example.com/guides/install/" || !strings.Contains(p.HTML, "Mind")) {
			t.Errorf("sent: %+v", p)
		}
		if p.ExternalID == "index.md" && !strings.Contains(p.HTML, `href="https://docs.example.com/guides/install/#how"`) {
			t.Errorf("sent: %+v", p)
		}
	}
	if n := w.writes(func() { w.fincrawl(exitDone, "sync") }); n != 0 {
		t.Errorf("nothing changed, and %d calls wrote", n)
	}
	w.write("docs/guides/install.md", "---\ndraft: true\n---\nRun it.\n")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("guides/old.html", "index.md")
	if err := os.Rename(w.path("docs"), w.path("elsewhere")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if run := w.fincrawl(exitFailed, "sync"); !strings.Contains(faultOf(run), "open the folder") {
			t.Errorf("the folder is gone: %q", faultOf(run))
		}
	}
	w.folder("docs")
	for range 3 {
		if run := w.fincrawl(exitFailed, "sync"); !strings.Contains(faultOf(run), "the list is empty") {
			t.Errorf("the folder is empty: %q", faultOf(run))
		}
	}
	w.wantLibrary("guides/old.html", "index.md")
}

func (w *world) folder(name string) {
	w.Helper()
	if err := os.MkdirAll(w.path(name), 0o700); err != nil {
		w.Fatal(err)
	}
}

// A page that is hidden leaves at once, although another page has its address now.
func TestAHiddenPageLeavesWhereItsAddressIsTaken(t *testing.T) {
	t.Parallel()
	w := newListedWorld(t, "command: [cat, list.jsonl]", "    deletes: {max_share: 1}\n")
	w.lists(three()...)
	w.fincrawl(exitDone, "sync")
	lines := three()
	lines[2] = `{"type":"hidden","id":"2","reason":"archived"}`
	lines[4] = pageLine("9", "/wifi", "Wi-Fi", "How to find another one")
	w.lists(append(lines, endLine(4))...)
	run := w.fincrawl(exitDone, "sync")
	w.checkSums(run)
	w.wantLibrary("1", "3", "9")
}

// A run that is killed while its command works leaves nothing running and nothing deleted.
func TestAnInterruptedRunEndsItsCommand(t *testing.T) {
	t.Parallel()
	w := newListedWorld(t, "command: [sh, list.sh]", "")
	w.lists(three()...)
	w.write("list.sh", "cat list.jsonl")
	w.fincrawl(exitDone, "sync")
	w.write("list.sh", "head -n 2 list.jsonl; sleep 600 & echo $! > child; mv child children; wait")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(w.path("children")); err == nil {
				cancel()
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	if code, out, logs := w.execute(ctx, "sync"); code != exitInterrupted {
		t.Errorf("exit code %d\n%s%s", code, out, logs)
	}
	child := strings.TrimSpace(string(w.read("children")))
	if text, err := os.ReadFile("/proc/" + child + "/cmdline"); err == nil && strings.Contains(string(text), "sleep") {
		t.Errorf("process %s is still there: %q", child, text)
	}
	w.wantLibrary("1", "2", "3")
	w.write("list.sh", "cat list.jsonl")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("1", "2", "3")
}

// A list at a URL is requested with the source's credentials, part by part, and with the cursor.
func TestAListAtAURLIsRead(t *testing.T) {
	t.Parallel()
	var asked []string
	feed := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		if user, password, _ := r.BasicAuth(); user != "reader" || password != worldToken || r.Header.Get("X-Team") != "docs" {
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		lines := three()
		switch {
		case r.URL.Query().Get("cursor") != "":
			lines = []string{`{"type":"begin","protocol":1,"mode":"changes"}`, `{"type":"gone","id":"3"}`, `{"type":"end","complete":true,"count":0,"cursor":"c2"}`}
		case r.URL.Query().Get("part") == "2":
			lines = append([]string{beginLine}, lines[3], `{"type":"end","complete":true,"count":3,"cursor":"c1"}`)
		default:
			lines[3], lines = `{"type":"end","complete":true,"count":2,"next":"?part=2"}`, lines[:4]
		}
		_, _ = io.WriteString(rw, strings.Join(lines, "\n"))
	}))
	t.Cleanup(feed.Close)
	w := newListedWorld(t, "url: "+feed.URL+"/list", "    auth: {basic: {username: reader, password: \"file:token\"}}\n    fetch: {headers: {X-Team: docs}}\n    deletes: {max_share: 1}\n")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("1", "2", "3")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("1", "2")
	if want := []string{"/list", "/list?part=2", "/list?cursor=c1"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	w.write("token2", "wrong")
	w.configure("  - name: wiki\n    kind: pages\n    url: " + feed.URL + "/list\n    library_url: https://wiki.example.com/\n    auth: {basic: {username: reader, password: \"file:token2\"}}\n")
	for range 3 {
		if run := w.fincrawl(exitFailed, "sync"); !strings.Contains(faultOf(run), "HTTP 401") {
			t.Errorf("a wrong password: %q", faultOf(run))
		}
	}
	w.wantLibrary("1", "2")
}

// A run that is killed anywhere, also while a list is read, is followed by one that makes the library right.
func TestAKillWhileAListIsReadEndsWell(t *testing.T) {
	t.Parallel()
	prepare := func() killedWorld {
		w := killedWorld{newListedWorld(t, "command: [cat, list.jsonl]", "    deletes: {max_share: 1}\n")}
		w.lists(three()...)
		w.fincrawl(exitDone, "sync")
		w.lists(beginLine, pageLine("1", "/it/vpn", "VPN", "How to use it today"), `{"type":"hidden","id":"2","reason":"draft"}`,
			`{"type":"same","id":"3","version":"14Mail"}`, pageLine("4", "/new", "New", "How to begin"), endLine(4))
		return w
	}
	total := prepare().kill("sync", 0)
	if total < 5 {
		t.Fatalf("only %d boundaries", total)
	}
	for at := 1; at <= total; at += max(1, total / *kills) {
		w := prepare()
		w.kill("sync", at)
		for _, p := range w.pages() {
			if !slices.Contains([]string{"1", "2", "3", "4"}, p.ExternalID) {
				t.Errorf("killed at %d: %s is in the library", at, p.ExternalID)
			}
		}
		w.fincrawl(exitDone, "sync")
		w.wantLibrary("1", "3", "4")
		if n := w.writes(func() { w.fincrawl(exitDone, "sync", "--verify") }); n != 0 {
			t.Errorf("killed at %d: the second run after it made %d writes", at, n)
		}
	}
}

// The files of a branch are read, and what did not change is the same by Git's own hashes.
func TestFilesOfARepositoryAreSent(t *testing.T) {
	t.Parallel()
	needs(t, "git")
	w := newWorld(t, "")
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", w.path("repo"), "-c", "user.name=A", "-c", "user.email=a@example.com"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	w.folder("repo/docs/guides")
	w.write("repo/docs/index.md", "# Start\n\nSee [how to install](guides/install.md).\n")
	w.write("repo/docs/guides/install.md", "---\ntitle: How to install\n---\nRun it.\n")
	w.write("repo/README.md", "# Not read\n\nThis is not below docs.\n")
	git("init", "--quiet", "--initial-branch=main")
	git("add", "-A")
	git("commit", "--quiet", "-m", "one")
	w.configure("  - name: docs\n    kind: git\n    repository: " + w.path("repo") + "\n    branch: main\n    subfolder: docs\n    layout: docusaurus\n" +
		"    url: https://docs.example.com/docs/\n    deletes: {max_share: 1}\n")
	run := w.fincrawl(exitDone, "sync")
	w.checkSums(run)
	w.wantLibrary("guides/install.md", "index.md")
	if p := w.pages()[0]; p.URL != "https://docs.example.com/docs/guides/install" && p.URL != "https://docs.example.com/docs/" {
		t.Errorf("sent: %+v", p)
	}
	w.write("repo/docs/guides/install.md", "---\ntitle: How to install\n---\nRun it twice.\n")
	git("commit", "--quiet", "-a", "-m", "two")
	run = w.fincrawl(exitDone, "sync")
	w.wantActions(run, "~ guides/install.md")
	if n := run.Sources[0].Plan.Coverage.Outcomes["not-modified"]; n != 1 {
		t.Errorf("%d pages are the same: %v", n, run.Sources[0].Plan.Coverage.Outcomes)
	}
	git("rm", "--quiet", "docs/guides/install.md")
	git("commit", "--quiet", "-m", "three")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("guides/install.md", "index.md")
	w.fincrawl(exitDone, "sync")
	w.wantLibrary("index.md")
	if err := os.Rename(w.path("repo"), w.path("elsewhere")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if run := w.fincrawl(exitFailed, "sync"); !strings.Contains(faultOf(run), "git fetch") {
			t.Errorf("the repository is gone: %q", faultOf(run))
		}
	}
	w.wantLibrary("index.md")
}
