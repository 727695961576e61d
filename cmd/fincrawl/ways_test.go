package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// These tests let the credentials of each way in die a few pages before the end of a
// crawl, so that no ceiling holds what a stranger is told.

// members is a private site whose credentials die in the middle of a crawl.
type members struct {
	*world
	knows    func(*http.Request) bool // the credentials, dead or alive
	logsIn   http.HandlerFunc         // answers at paths of a login; nil: there is none
	visitors http.HandlerFunc
	public   []string
	articles []string
	API      bool // the articles come from an API, into documents that everybody gets

	mu    sync.Mutex
	dead  bool
	lives int             // articles that are read until the credentials die; below 0: all
	read  map[string]bool // articles that were read in this life
	login int             // counts the logins
}

func (m *members) guard(rw http.ResponseWriter, r *http.Request) bool {
	if m.logsIn != nil && (r.URL.Path == testsite.LoginPath || r.URL.Path == "/ticket" || r.URL.Path == "/token") {
		m.logsIn(rw, r)
		return true
	}
	article := strings.TrimPrefix(r.URL.Path, "/api")
	if m.API && article == r.URL.Path {
		return false
	}
	m.mu.Lock()
	let := m.knows(r) && !m.dead
	if let && slices.Contains(m.articles, article) && !m.read[article] {
		if m.dead = len(m.read) == m.lives; m.dead {
			let = false
		} else {
			m.read[article] = true
		}
	}
	m.mu.Unlock()
	if let || slices.Contains(m.public, r.URL.Path) {
		return false
	}
	m.visitors(rw, r)
	return true
}

// lasts makes the credentials good again, for so many articles.
func (m *members) lasts(articles int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead, m.lives, m.read = false, articles, make(map[string]bool)
}

// loggedIn makes the credentials good again for ever, had they died, and returns new ones.
func (m *members) loggedIn() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		m.lives = -1
	}
	m.dead = false
	m.login++
	return fmt.Sprint("session-", m.login)
}

// has reports whether a value is what the last login gave.
func (m *members) has(value string) bool { return value == fmt.Sprint("session-", m.login) }

// bears knows credentials that are in a header of each request.
func bears(name, value string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Header.Get(name) == value }
}

// byCookie knows the session of the last login.
func (m *members) byCookie(r *http.Request) bool {
	cookie, err := r.Cookie("session")
	return err == nil && m.has(cookie.Value)
}

func (m *members) opens(rw http.ResponseWriter, r *http.Request) {
	http.SetCookie(rw, &http.Cookie{Name: "session", Value: m.loggedIn(), Path: "/"})
	http.Redirect(rw, r, m.articles[0], http.StatusFound)
}

const formOfMembers = `<title>Log in</title><form method=post><input name=username><input type=password name=password><button>Log in</button></form>`

// byForm has the site log in by a form of its own.
func (m *members) byForm() {
	m.knows = m.byCookie
	m.logsIn = func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			m.opens(rw, r)
			return
		}
		fmt.Fprint(rw, formOfMembers)
	}
}

// way is a way into a site.
type way struct {
	renews bool // logging in again mends it
	start  func(t *testing.T, m *members) (settings string)
}

func waysIn() map[string]way {
	return map[string]way{
		"basic": {false, func(_ *testing.T, m *members) string {
			m.knows = func(r *http.Request) bool { u, p, _ := r.BasicAuth(); return u == "sam" && p == "s3cret-pass" }
			return fmt.Sprintf(`    auth: {basic: {username: sam, password: %q}}`, m.password())
		}},
		"bearer": {false, func(_ *testing.T, m *members) string {
			m.knows = bears("Authorization", "Bearer s3cret-pass")
			return fmt.Sprintf(`    auth: {bearer: %q}`, m.password())
		}},
		"header": {false, func(_ *testing.T, m *members) string {
			m.knows = bears("X-Key", "s3cret-pass")
			return fmt.Sprintf(`    auth: {headers: {X-Key: %q}}`, m.password())
		}},
		"cookies": {false, func(_ *testing.T, m *members) string {
			m.knows = bears("Cookie", "session=s3cret-pass")
			m.write("cookies.txt", "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\ts3cret-pass\n")
			return `    auth: {cookie_file: ` + m.path("cookies.txt") + `}`
		}},
		"oauth2": {true, func(_ *testing.T, m *members) string {
			m.knows = func(r *http.Request) bool { return m.has(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")) }
			m.logsIn = func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "application/json")
				_ = json.NewEncoder(rw).Encode(map[string]any{"access_token": m.loggedIn(), "token_type": "Bearer", "expires_in": 3600})
			}
			return fmt.Sprintf(`    auth: {oauth2: {token_url: %q, client_id: fincrawl, client_secret: %q}}`, m.site.URL("/token"), m.password())
		}},
		"form": {true, func(t *testing.T, m *members) string {
			m.byForm()
			return formSettings(t, m.site, "")
		}},
		"kept session": {true, func(t *testing.T, m *members) string {
			m.byForm()
			return formSettings(t, m.site, "      keep_session: KEY\n")
		}},
		"single sign-on": {true, func(t *testing.T, m *members) string {
			m.knows = m.byCookie
			signOn := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					http.Redirect(rw, r, m.site.URL("/ticket"), http.StatusFound)
					return
				}
				fmt.Fprint(rw, formOfMembers)
			}))
			t.Cleanup(signOn.Close)
			m.logsIn = func(rw http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/ticket" {
					m.opens(rw, r)
					return
				}
				http.Redirect(rw, r, signOn.URL+"/auth", http.StatusFound)
			}
			return fmt.Sprintf("    auth:\n      form: {url: %q, sign_on: [%q], fields: {username: sam, password: %q}}\n",
				m.site.URL(testsite.LoginPath), signOn.URL, m.password())
		}},
		"certificate": {false, func(t *testing.T, m *members) string {
			m.onTLS(testsite.NewTLSWith(t, &tls.Config{ClientAuth: tls.RequestClientCert}))
			m.knows = func(r *http.Request) bool { return len(r.TLS.PeerCertificates) > 0 }
			return m.presents(t)
		}},
	}
}

// fewStrangers names answers that stand for all: of a page that is gone, of one elsewhere,
// and of one that says something else.
func fewStrangers() []string {
	return []string{"404", "a redirect to the start page", "a short text with status 200"}
}

// onTLS moves everything to another site, which speaks HTTPS.
func (m *members) onTLS(site *testsite.Site) {
	m.site = site
	m.site.Pages(m.articles...)
}

// presents makes a client certificate and returns the settings for it.
func (m *members) presents(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	m.write("client.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	m.write("client.key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	m.write("ca.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.site.Certificate().Raw})))
	return fmt.Sprintf("    auth: {client_certificate: {cert: %s, key: %s, ca: %s}}", m.path("client.crt"), m.path("client.key"), m.path("ca.crt"))
}

// needsProgram skips the test where a program is not installed, or fails it in CI.
func needsProgram(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// password returns where the settings find it.
func (m *members) password() string {
	m.write("password", "s3cret-pass")
	return "file:" + m.path("password")
}

// newMembers makes a site with so many articles that is entered in some way.
func newMembers(t *testing.T, articles int, in way, visitors http.HandlerFunc, public ...string) *members {
	t.Helper()
	m := &members{articles: manyPages(articles), visitors: visitors, public: public}
	m.world = newWorld(t, "", m.articles...)
	settings := in.start(t, m)
	m.site.Pages("/join")
	m.site.Page("/", testsite.Page{Links: append(m.articles, "/join")})
	m.site.Guard(m.guard)
	m.lasts(-1)
	m.configure(m.source("wiki", m.site, "https://wiki.example.com", settings))
	return m
}

// night lets the credentials die when few articles are left, and wants the library as it
// was and nothing held. Where they can be had again, nothing is amiss; else the run says
// that they are no longer accepted.
func (m *members) night(few int, renews bool) report.Run {
	m.Helper()
	before := m.pages()
	m.lasts(len(m.articles) - few)
	code := exitSomeFailed
	if renews {
		code = exitDone
	}
	run := m.fincrawl(code, "sync")
	if !m.dead && !renews || m.lives > 0 && renews {
		m.Fatal("the credentials did not die")
	}
	if now := m.pages(); !slices.Equal(now, before) {
		m.Errorf("the library has\n\t%v\nhad\n\t%v", now, before)
	}
	m.wantActions(run)
	c := run.Sources[0].Plan.Coverage
	if c.Complete != renews || !renews && !strings.Contains(c.Ended, "the credentials are no longer accepted") {
		m.Errorf("complete: %v; ended: %q; %v", c.Complete, c.Ended, c.Outcomes)
	}
	return run
}

// Whatever way leads in, and whatever visitors get, credentials that die unseen in the
// middle of a crawl take nothing with them.
func TestCredentialsThatDieUnseenTakeNothingWithThem(t *testing.T) {
	t.Parallel()
	eachDeath(func(d death) {
		t.Run(d.name(), func(t *testing.T) {
			t.Parallel()
			m := newMembers(t, 40, d.way, d.visitors, d.public...)
			m.fincrawl(exitDone, "sync")
			m.night(3, d.way.renews)
			m.lasts(-1)
			m.wantActions(m.fincrawl(exitDone, "sync"))
		})
	})
}

// death is how credentials die: by which way they led in, what visitors get then, and whether they get the start page.
type death struct {
	in, what, start string
	way             way
	visitors        http.HandlerFunc
	public          []string
}

func (d death) name() string { return fmt.Sprintf("%s/%s/%s start page", d.in, d.what, d.start) }

// eachDeath calls f with all answers and start pages for the form, which is logged in to again; with few answers, and
// both start pages, for a way that is not; and with each of these answers once for the others, which differ from one
// of the two in what their requests bear alone.
func eachDeath(f func(death)) {
	ways, few := waysIn(), fewStrangers()
	starts := []struct {
		called string
		public []string
	}{{"public", []string{"/", "/join"}}, {"private", []string{"/join"}}}
	for n, in := range slices.Sorted(maps.Keys(ways)) {
		for what, visitors := range strangers() {
			at := slices.Index(few, what)
			if in != "form" && at < 0 {
				continue
			}
			for i, start := range starts {
				if in == "form" || in == "basic" || (n+at)%2 == i {
					f(death{in, what, start.called, ways[in], visitors, start.public})
				}
			}
		}
	}
}

// The same holds where nothing was ever sent, so that no page is known which could be missed:
// what is sent is what members read, and what is lacking is said to be.
func TestCredentialsThatDieUnseenInAFirstNightSendNothingOfAStrangers(t *testing.T) {
	t.Parallel()
	eachDeath(func(d death) {
		for _, read := range []int{3, 37} {
			if d.what != "404" && (read == 3) != (d.start == "public") {
				continue // one of them will do
			}
			t.Run(fmt.Sprintf("%s/after %d", d.name(), read), func(t *testing.T) {
				t.Parallel()
				m := newMembers(t, 40, d.way, d.visitors, d.public...)
				m.firstNight(read, d.way.renews)
				m.lasts(-1)
				m.fincrawl(exitDone, "sync")
				m.wantLibrary(m.all()...)
				m.saysWhatMembersRead()
			})
		}
	})
}

// firstNight lets the credentials die after so many articles of a crawl of which nothing was
// ever sent. Where they can be had again, all is sent; else the run says what happened.
func (m *members) firstNight(read int, renews bool) {
	m.Helper()
	m.lasts(read)
	code := exitSomeFailed
	if renews {
		code = exitDone
	}
	run := m.fincrawl(code, "sync")
	if !m.dead && !renews || m.lives >= 0 && renews {
		m.Fatal("the credentials did not die")
	}
	c := run.Sources[0].Plan.Coverage
	if c.Complete != renews || !renews && !strings.Contains(c.Ended, "the credentials are no longer accepted") {
		m.Errorf("complete: %v; ended: %q; %v", c.Complete, c.Ended, c.Outcomes)
	}
	m.saysWhatMembersRead()
	if renews {
		m.wantLibrary(m.all()...)
	}
}

// all are the pages of the site.
func (m *members) all() []string { return append([]string{"/", "/join"}, m.articles...) }

// saysWhatMembersRead looks at each article of the library.
func (m *members) saysWhatMembersRead() {
	m.Helper()
	for _, path := range m.library() {
		if slices.Contains(m.articles, path) && !strings.Contains(m.page(path).HTML, "page at "+path) {
			m.Errorf("%s says %s", path, m.page(path).HTML)
		}
	}
}

// Pages that scripts make are asked for by a browser again, also as a visitor.
func TestASessionThatDiesUnseenTakesNoRenderedPageWithIt(t *testing.T) {
	t.Parallel()
	needsProgram(t, "chromium")
	rendered := func(name string) way {
		in := waysIn()[name]
		return way{in.renews, func(t *testing.T, m *members) string {
			return in.start(t, m) + "\n    render: {rules: [{match: \"/p*\", mode: always}]}\n"
		}}
	}
	t.Run("instead of the documents", func(t *testing.T) {
		t.Parallel()
		m := newMembers(t, 2, rendered("form"), strangers()["404"], "/", "/join")
		m.fincrawl(exitDone, "sync")
		m.night(1, true)
	})
	t.Run("instead of what an API says", func(t *testing.T) {
		t.Parallel()
		m := newMembers(t, 2, rendered("header"), func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, "This is for the members of our club.") })
		m.API = true
		for _, path := range m.articles {
			m.site.Page(path, testsite.Page{Body: "<main><p id=text></main><script>fetch('/api' + location.pathname).then(r => r.text()).then(t => { document.getElementById('text').textContent = t })</script>"})
			m.site.Page("/api"+path, testsite.Page{Raw: []byte("What only members read of " + path + " is this."), ContentType: "text/plain"})
		}
		m.fincrawl(exitDone, "sync")
		m.night(1, false)
	})
}

// A certificate that is revoked is refused before any request is read.
func TestACertificateThatIsRevokedUnseenTakesNothingWithIt(t *testing.T) {
	m := newMembers(t, 40, way{false, func(t *testing.T, m *members) string {
		m.onTLS(testsite.NewTLSWith(t, &tls.Config{ClientAuth: tls.RequestClientCert, VerifyConnection: func(c tls.ConnectionState) error {
			m.mu.Lock()
			defer m.mu.Unlock()
			if m.dead && len(c.PeerCertificates) > 0 {
				return errors.New("revoked")
			}
			return nil
		}}))
		m.knows = func(r *http.Request) bool { return len(r.TLS.PeerCertificates) > 0 }
		return m.presents(t)
	}}, nil, "/")
	m.visitors = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Connection", "close")
		panic(http.ErrAbortHandler)
	}
	m.fincrawl(exitDone, "sync")
	for range 2 {
		m.night(3, false)
	}
}
