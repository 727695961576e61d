package render_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler/web/render"
)

// written is a page whose text scripts write.
const written = `<!doctype html><title>Shell</title><div id="app"></div><script src="/app.js"></script>`

func TestPageShowsWhatItsScriptsHaveFetched(t *testing.T) {
	p := newPlace(t)
	p.page("/a", written)
	p.mux.HandleFunc("/app.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, `fetch("/api/text").then(r => r.json()).then(v => {
			document.title = v.title;
			document.getElementById("app").innerHTML = "<main><h1>" + v.title + "</h1><img src=/x.png><a href=/b>b</a></main>";
		})`)
	})
	p.mux.HandleFunc("/api/text", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"title": "Fetched"}`)
	})
	site := p.site(t)
	b := newBrowser(t, render.Config{}, site)
	for range 2 {
		doc := rendered(t, b, plain(t, site, "/a"))
		if !strings.Contains(string(doc.HTML), "<h1>Fetched</h1>") || !strings.Contains(string(doc.HTML), "<title>Fetched</title>") {
			t.Errorf("the document is not as scripts have made it:\n%s", doc.HTML)
		}
		if doc.Status != 200 || doc.URL.Path != "/a" {
			t.Errorf("got status %d of %s", doc.Status, doc.URL)
		}
	}
	// The page is not asked for again, its scripts once, and its images never.
	want := []string{"GET /a", "GET /app.js", "GET /api/text", "GET /a", "GET /api/text"}
	if diff := cmp.Diff(want, p.requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	for _, r := range p.received() {
		if r.URL.Path != "/a" && r.UserAgent() != "tester" {
			t.Errorf("%s was asked for by %q", r.URL.Path, r.UserAgent())
		}
	}
}

func TestCredentialsGoToTheSourceAlone(t *testing.T) {
	p, other := newPlace(t), newPlace(t)
	p.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "s3cret", HttpOnly: true})
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, `<div id=app></div><script>document.cookie = "script=made; path=/"; (async () => {
				const ask = (u, o) => fetch(u, o).then(r => r.text()).catch(e => "failed");
				const got = [
					await ask("/api", {headers: {authorization: "Bearer page", "x-page": "1"}}),
					await ask("`+other.URL+`/get"),
					await ask("`+other.URL+`/get/with", {headers: {authorization: "Bearer page"}}),
					await ask("`+other.URL+`/post", {method: "POST", body: "x"}),
					await ask("/away"),
					await ask("/api", {method: "DELETE"}),
				];
				try { new WebSocket("`+strings.Replace(other.URL, "http", "ws", 1)+`/ws") } catch {}
				new Image().src = "`+other.URL+`/image"; navigator.sendBeacon("`+other.URL+`/beacon", "x");
				document.body.innerHTML = "<iframe src=`+other.URL+`/frame></iframe><p>" + got.join(" ") + "; cookies: " + document.cookie + "</p>";
			})()</script>`)
		case "/away":
			http.Redirect(w, r, other.URL+"/redirected", http.StatusFound)
		default:
			io.WriteString(w, "from-"+r.Method)
		}
	})
	other.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
		http.SetCookie(w, &http.Cookie{Name: "theirs", Value: "1"})
		io.WriteString(w, "theirs")
	})
	site := p.site(t)
	b := newBrowser(t, render.Config{}, site)
	doc := rendered(t, b, plain(t, site, "/"))
	if want := "<p>from-GET failed failed failed failed failed; cookies: script=made</p>"; !strings.Contains(string(doc.HTML), want) {
		t.Errorf("got %s, want %s in it", doc.HTML, want)
	}
	if got := other.requests(); len(got) > 0 {
		t.Errorf("another origin was asked for %q", got)
	}
	i := slices.IndexFunc(p.received(), func(r *http.Request) bool { return r.URL.Path == "/api" })
	own := p.received()[i]
	if own.Header.Get("Authorization") != "Bearer page" || !strings.Contains(own.Header.Get("Cookie"), "session=s3cret") ||
		!strings.Contains(own.Header.Get("Cookie"), "script=made") {
		t.Errorf("the source's own API got the headers %v", own.Header)
	}
}

func TestHostsThatAreNamedMayBeAskedForMore(t *testing.T) {
	p, api := newPlace(t), newPlace(t)
	p.page("/", `<div id=app></div><script>(async () => {
		const r = await fetch("`+api.URL+`/graphql", {method: "POST", headers: {authorization: "Bearer page", "content-type": "application/json"}, body: "{}"});
		document.getElementById("app").textContent = await r.text();
	})().catch(e => document.body.append("failed: " + e))</script>`)
	api.mux.HandleFunc("/graphql", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type")
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			io.WriteString(w, r.Header.Get("Authorization")+" asked "+string(body)+r.Header.Get("Cookie"))
		}
	})
	site := p.site(t)
	site.Inside.Jar.SetCookies(site.URL, []*http.Cookie{{Name: "session", Value: "s3cret"}})
	for _, hosts := range [][]string{nil, {"127.0.0.1"}} {
		site.Hosts = hosts
		b := newBrowser(t, render.Config{}, site)
		doc := rendered(t, b, plain(t, site, "/"))
		want := "failed"
		if hosts != nil {
			want = "Bearer page asked {}</div>"
		}
		if !strings.Contains(string(doc.HTML), want) {
			t.Errorf("with hosts %q: got %s, want %q in it", hosts, doc.HTML, want)
		}
	}
}

// A browser that runs already, as in a sidecar, has no flags of ours.
func TestRemoteBrowserIsUsedAndLeftAsItWas(t *testing.T) {
	temp := ownTemp(t)
	p, other := newPlace(t), newPlace(t)
	site := p.site(t)
	newBrowser(t, render.Config{}, site) // or the test is skipped
	port := sidecar(t, temp)
	b := newBrowser(t, render.Config{Remote: "ws://127.0.0.1:" + port, RestartAfter: 1}, site)
	for range 2 {
		doc := rendered(t, b, render.Page{URL: site.URL, Status: 200, Header: http.Header{"Content-Type": {"text/html"}},
			Body: []byte(`<body><script>window.open("` + other.URL + `/"); new WebSocket("` + strings.Replace(other.URL, "http", "ws", 1) + `/");
				document.body.append("made")</script>`)})
		if !strings.Contains(string(doc.HTML), "made") {
			t.Errorf("got %s", doc.HTML)
		}
	}
	b.Close()
	if got := other.requests(); len(got) > 0 {
		t.Errorf("another site was asked for %q", got)
	}
	res, err := site.Outside.Get("http://127.0.0.1:" + port + "/json/list")
	if err != nil {
		t.Fatalf("the sidecar is gone: %v", err)
	}
	defer res.Body.Close()
	if list, _ := io.ReadAll(res.Body); strings.Contains(string(list), p.URL) || strings.Contains(string(list), other.URL) {
		t.Errorf("the sidecar is left with %s", list)
	}
}

// sidecar starts a browser that has no arguments of ours, and returns the port at which it listens.
func sidecar(t *testing.T, folder string) (port string) {
	t.Helper()
	args := []string{"--headless", "--disable-gpu", "--remote-debugging-port=0", "--user-data-dir=" + folder, "about:blank"}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox")
	}
	browser := exec.Command("chromium", args...)
	browser.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-browser.Process.Pid, syscall.SIGKILL)
		browser.Wait()
	})
	for start := time.Now(); port == ""; time.Sleep(50 * time.Millisecond) {
		data, err := os.ReadFile(filepath.Join(folder, "DevToolsActivePort"))
		if err == nil {
			port, _, _ = strings.Cut(string(data), "\n")
		} else if time.Since(start) > time.Minute {
			t.Fatal("the sidecar does not start")
		}
	}
	return port
}
