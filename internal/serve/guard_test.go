package serve

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/state"
)

// silent shows no progress.
type silent struct{}

func (silent) Expect(string, int)             {}
func (silent) Crawl(string, crawler.Progress) {}
func (silent) Apply(string, int, int)         {}
func (silent) End(string, bool)               {}
func (silent) Stop()                          {}

const sourcesYAML = `version: 1
intercom: {token: "${TOKEN}"}
state: STATE
serve:
  hosts: [Fincrawl.example.com]
  hook_secret: ${HOOK}
  time_zone: Asia/Tokyo
  PROXIES
sources:
  - {name: wiki, url: "https://wiki.example.com/docs/", exclude: ["/docs/private/**"]}
  - {name: help, url: "https://help.example.com/", schedule: "0 3 * * *"}
`

func configured(t *testing.T, proxies string) Config {
	t.Helper()
	folder := t.TempDir()
	text := strings.NewReplacer("STATE", filepath.Join(folder, "state.db"), "PROXIES", proxies).Replace(sourcesYAML)
	path := filepath.Join(folder, "sources.yaml")
	if err := writeFile(path, text); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"TOKEN": "the-token-of-intercom", "HOOK": "the-secret-of-the-hooks"}
	c, err := config.Load(path, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		Sources: c, Addr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Secrets: new(secrets.Set), User: "ada", Now: time.Now,
		Runner: func(store *state.Store, log *slog.Logger, show reconcile.Progress) *reconcile.Runner {
			return &reconcile.Runner{Config: c, Ledger: store, Staging: store, Log: log, Show: show, Now: time.Now, API: intercom.New(intercom.Config{BaseURL: "http://127.0.0.1:1"})}
		},
		Show: func(*slog.Logger) reconcile.Progress { return silent{} },
	}
}

func TestItListensBeyondThisMachineOnlyBehindAProxy(t *testing.T) {
	for name, test := range map[string]struct {
		addr, proxies, flag, want string
	}{
		"loopback":                 {addr: "127.0.0.1:0"},
		"loopback of IPv6":         {addr: "[::1]:0"},
		"every address":            {addr: "0.0.0.0:4020", want: "serve.trusted_proxies"},
		"no host":                  {addr: ":4020", want: "serve.trusted_proxies"},
		"an address":               {addr: "10.0.0.1:4020", want: "serve.trusted_proxies"},
		"behind a proxy":           {addr: "0.0.0.0:4020", proxies: "trusted_proxies: [10.0.0.0/8]"},
		"behind a proxy of a flag": {addr: "0.0.0.0:4020", flag: "10.0.0.7"},
		"a flag that is wrong":     {addr: "0.0.0.0:4020", flag: "proxy", want: "no IP address"},
		"no port":                  {addr: "127.0.0.1", want: "a host and a port"},
	} {
		c := configured(t, test.proxies)
		if c.Addr = test.addr; test.flag != "" {
			c.Proxies = []string{test.flag}
		}
		_, err := New(c)
		switch {
		case err == nil && test.want != "":
			t.Errorf("%s: it would listen", name)
		case err != nil && (test.want == "" || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v", name, err)
		}
	}
	c := configured(t, "trusted_proxies: [10.0.0.0/8]")
	c.Addr, c.Sources.Serve.Hosts = "0.0.0.0:4020", nil
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "serve.hosts") {
		t.Errorf("without a name: %v", err)
	}
	c = configured(t, "")
	c.Hooks, c.Sources.Serve.HookSecret = "127.0.0.1:0", config.Secret{}
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "hook_secret") {
		t.Errorf("hooks without a secret: %v", err)
	}
	c = configured(t, "")
	c.Sources.Sources[1].Schedule = ""
	if _, err := New(c); err == nil || !strings.Contains(err.Error(), "schedule") {
		t.Errorf("without anything to do: %v", err)
	}
}

func newServer(t *testing.T, proxies string) *Server {
	t.Helper()
	s, err := New(configured(t, proxies))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// request is a request as it arrives.
func request(method, target, from string, header ...string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.RemoteAddr = from
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	return r
}

func TestWhoMaySeeThePages(t *testing.T) {
	const here, proxy, stranger = "127.0.0.1:999", "10.0.0.7:999", "192.0.2.1:999"
	alone, behind := newServer(t, ""), newServer(t, "trusted_proxies: [10.0.0.0/8]")
	for name, test := range map[string]struct {
		s      *Server
		r      *http.Request
		status int
		user   string
	}{
		"on this machine":               {alone, request("GET", "/", here, "Host", "127.0.0.1:4020"), 200, "ada"},
		"times in the zone":             {alone, request("GET", "/", here, "Host", "localhost"), 200, "03:00 JST"},
		"localhost":                     {alone, request("GET", "/", here, "Host", "localhost:4020"), 200, "ada"},
		"another site's name":           {alone, request("GET", "/", here, "Host", "evil.example:4020"), 421, ""},
		"a name like ours":              {alone, request("GET", "/", here, "Host", "fincrawl.example.com.evil.example"), 421, ""},
		"no Host":                       {alone, request("GET", "/", here, "Host", ""), 421, ""},
		"another machine":               {alone, request("GET", "/", stranger, "Host", "127.0.0.1"), 403, ""},
		"a forged user":                 {alone, request("GET", "/", here, "Host", "localhost", "X-Forwarded-User", "boss"), 403, ""},
		"a proxy that is not trusted":   {alone, request("GET", "/", here, "Host", "localhost", "X-Forwarded-For", "192.0.2.1"), 403, ""},
		"the proxy":                     {behind, request("GET", "/", proxy, "Host", "fincrawl.example.com", "X-Forwarded-User", "eve@example.com"), 200, "eve@example.com"},
		"the proxy names nobody":        {behind, request("GET", "/", proxy, "Host", "fincrawl.example.com"), 403, ""},
		"the proxy names two":           {behind, request("GET", "/", proxy, "Host", "fincrawl.example.com", "X-Forwarded-User", "a", "X-Forwarded-User", "b"), 403, ""},
		"a name of markup":              {behind, request("GET", "/", proxy, "Host", "fincrawl.example.com", "X-Forwarded-User", "<b>x"), 200, "&lt;b&gt;x"},
		"a name of control characters":  {behind, request("GET", "/", proxy, "Host", "fincrawl.example.com", "X-Forwarded-User", "a\x1bb"), 403, ""},
		"a stranger who forges a user":  {behind, request("GET", "/", stranger, "Host", "fincrawl.example.com", "X-Forwarded-User", "boss"), 403, ""},
		"a stranger who forges a proxy": {behind, request("GET", "/", stranger, "Host", "fincrawl.example.com", "X-Forwarded-For", "10.0.0.7", "X-Forwarded-User", "boss"), 403, ""},
		"this machine, past the proxy":  {behind, request("GET", "/", here, "Host", "localhost"), 403, ""},
		"metrics for everybody":         {behind, request("GET", "/metrics", stranger, "Host", "192.0.2.9:4020"), 200, ""},
		"probes for everybody":          {behind, request("GET", "/readyz", stranger, "Host", "192.0.2.9:4020"), 200, ""},
		"a path that climbs":            {alone, request("GET", "/runs/..%2f..%2fetc%2fpasswd", here, "Host", "localhost"), 404, ""},
		"a path of dots":                {alone, request("GET", "/runs/%2e%2e", here, "Host", "localhost"), 404, ""},
		"a run that is none":            {alone, request("GET", "/runs/20261201T030000Z-ffff", here, "Host", "localhost"), 404, ""},
		"a file of the folder":          {alone, request("GET", "/runs/20261201T030000Z-ffff.html", here, "Host", "localhost"), 404, ""},
		"another method":                {alone, request("DELETE", "/", here, "Host", "localhost"), 405, ""},
	} {
		w := httptest.NewRecorder()
		test.s.routes().ServeHTTP(w, test.r)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.user) {
			t.Errorf("%s: %d, want %d of %q\n%.300s", name, w.Code, test.status, test.user, w.Body.String())
		}
		if h := w.Header(); w.Code == 200 && test.user != "" && (!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("Cache-Control") != "no-store") {
			t.Errorf("%s: the headers are %v", name, h)
		}
	}
}

func TestWhatChangesSomethingComesFromOurPages(t *testing.T) {
	s := newServer(t, "")
	post := func(token string, header ...string) int {
		r := request("POST", "/sources/run", "127.0.0.1:999", append([]string{"Host", "localhost:4020", "Content-Type", "application/x-www-form-urlencoded"}, header...)...)
		r.Body = io.NopCloser(strings.NewReader(url.Values{"token": {token}, "source": {"wiki"}}.Encode()))
		w := httptest.NewRecorder()
		s.routes().ServeHTTP(w, r)
		return w.Code
	}
	token := s.guard.token("ada")
	for name, got := range map[string]int{
		"another site":              post(token, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"),
		"another site, by an image": post(token, "Sec-Fetch-Site", "cross-site"),
		"another port":              post(token, "Sec-Fetch-Site", "same-site", "Origin", "http://localhost:9"),
		"an old browser":            post(token, "Origin", "https://evil.example"),
		"an unknown origin":         post(token, "Origin", "null"),
		"no token":                  post("", "Sec-Fetch-Site", "same-origin"),
		"somebody else's token":     post(s.guard.token("eve"), "Sec-Fetch-Site", "same-origin"),
	} {
		if got != http.StatusForbidden {
			t.Errorf("%s: %d", name, got)
		}
	}
	if s.queue.standing("wiki") != "" {
		t.Fatal("a run was asked for")
	}
	if got := post(token, "Sec-Fetch-Site", "same-origin", "Origin", "http://localhost:4020"); got != http.StatusSeeOther || s.queue.standing("wiki") != "waiting" {
		t.Errorf("our own page: %d", got)
	}
}

func TestHooksTakeNothingButWhatTheyAreFor(t *testing.T) {
	s := newServer(t, "")
	secret := []string{"Authorization", "Bearer the-secret-of-the-hooks"}
	own := "?url=" + url.QueryEscape("https://wiki.example.com/docs/page")
	for name, test := range map[string]struct {
		method, target string
		header         []string
		body           io.Reader
		want           int
	}{
		"no secret":             {"POST", "/hooks/wiki" + own, nil, nil, 401},
		"a wrong secret":        {"POST", "/hooks/wiki" + own, []string{"X-Fincrawl-Secret", "the-secret-of-the-hook"}, nil, 401},
		"an empty secret":       {"POST", "/hooks/wiki" + own, []string{"Authorization", "Bearer "}, nil, 401},
		"another scheme":        {"POST", "/hooks/wiki" + own, []string{"Authorization", "Basic the-secret-of-the-hooks"}, nil, 401},
		"the secret in the URL": {"POST", "/hooks/wiki" + own + "&secret=the-secret-of-the-hooks", nil, nil, 401},
		"no secret, no source":  {"POST", "/hooks/none", nil, nil, 401},
		"GET":                   {"GET", "/hooks/wiki" + own, secret, nil, 405},
		"no source":             {"POST", "/hooks/none" + own, secret, nil, 404},
		"a path that climbs":    {"POST", "/hooks/..%2fwiki", secret, nil, 404},
		"another source's":      {"POST", "/hooks/help" + own, secret, nil, 422},
		"another site's":        {"POST", "/hooks/wiki?url=http%3A%2F%2F169.254.169.254%2Flatest", secret, nil, 422},
		"what is excluded":      {"POST", "/hooks/wiki?url=https%3A%2F%2Fwiki.example.com%2Fdocs%2Fprivate%2Fx", secret, nil, 422},
		"above the source":      {"POST", "/hooks/wiki?url=https%3A%2F%2Fwiki.example.com%2Fdocs%2F..%2Fother", secret, nil, 422},
		"a file":                {"POST", "/hooks/wiki?url=file%3A%2F%2F%2Fetc%2Fpasswd", secret, nil, 422},
		"a password":            {"POST", "/hooks/wiki?url=https%3A%2F%2Fu%3Ap%40wiki.example.com%2Fdocs%2Fpage", secret, nil, 422},
		"no address":            {"POST", "/hooks/wiki?url=", secret, nil, 422},
		"a query that is none":  {"POST", "/hooks/wiki?url=%zz", secret, nil, 422},
		"too many addresses":    {"POST", "/hooks/wiki?" + strings.Repeat("url=x&", 101), secret, nil, 422},
		"a huge body":           {"POST", "/hooks/wiki" + own, secret, strings.NewReader(strings.Repeat("x", 2_000_000)), 413},
		"the pages":             {"GET", "/", secret, nil, 404},
		"a page":                {"POST", "/hooks/wiki" + own, secret, strings.NewReader(`{"title": "x"}`), 202},
		"the other header":      {"POST", "/hooks/wiki" + own, []string{"X-Fincrawl-Secret", "the-secret-of-the-hooks"}, nil, 202},
	} {
		s.queue = newQueue(time.Now)
		r := request(test.method, test.target, "192.0.2.1:9", test.header...)
		if test.body != nil {
			r.Body = io.NopCloser(test.body)
		}
		w := httptest.NewRecorder()
		s.hookRoutes().ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%s: %d, want %d: %s", name, w.Code, test.want, w.Body.String())
		}
		if waits := s.queue.standing("wiki") + s.queue.standing("help"); (waits != "") != (test.want == 202) {
			t.Errorf("%s: %q", name, waits)
		}
		if strings.Contains(w.Body.String(), "the-secret") {
			t.Errorf("%s: the answer has the secret", name)
		}
	}

	s.queue = newQueue(time.Now)
	for i := range mostPages {
		if err := s.queue.addPages("wiki", []*url.URL{page(i)}); err != nil {
			t.Fatal(err)
		}
	}
	w := httptest.NewRecorder()
	s.hookRoutes().ServeHTTP(w, request("POST", "/hooks/wiki"+own, "192.0.2.1:9", secret...))
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("a flood: %d %v", w.Code, w.Header())
	}
}

func TestTrustedProxiesAreNetworks(t *testing.T) {
	s := newServer(t, "trusted_proxies: [10.0.0.7, 'fd00::/8', '::ffff:192.0.2.8']")
	for at, want := range map[string]bool{"10.0.0.7": true, "10.0.0.8": false, "::ffff:10.0.0.7": true, "fd00::1": true, "fe00::1": false, "192.0.2.8": true} {
		r := request("GET", "/", netip.AddrPortFrom(netip.MustParseAddr(at), 9).String(), "X-Forwarded-User", "eve")
		if _, refused := s.guard.user(r); (refused == "") != want {
			t.Errorf("%s: %q", at, refused)
		}
	}
}

func writeFile(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }
