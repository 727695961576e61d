package auth_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

// everyWay is each way in with a site that it opens, and what of it must go nowhere else.
func everyWay(t *testing.T, base string) map[string]auth.Config {
	pair := newPair(t, "reader", inAYear)
	return map[string]auth.Config{
		"basic":   {Basic: &auth.Basic{Username: "sam-s3cret", Password: "s3cret"}},
		"digest":  {Digest: &auth.Basic{Username: "sam-s3cret", Password: "s3cret"}},
		"bearer":  {Bearer: "t0k3n-s3cret"},
		"oauth2":  {OAuth2: &auth.OAuth2{TokenURL: base + "/token", ClientID: "id-s3cret", ClientSecret: "s3cret"}},
		"headers": {Headers: map[string]string{"CF-Access-Client-Id": "id-s3cret", "CF-Access-Client-Secret": "s3cret"}},
		"cookies": {Cookies: map[string]string{"session": "s3cret"}},
		"cookie_file": {CookieFile: "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\ts3cret\n" +
			"#HttpOnly_localhost\tFALSE\t/\tFALSE\t0\tsession\ts3cret-of-another\n"},
		"form": {Form: &auth.Form{URL: base + "/login", Fields: map[string]string{"username": "sam-s3cret", "password": "s3cret"}}},
		"form with steps": {Form: &auth.Form{URL: base + "/login", Steps: []auth.Step{
			{Fields: map[string]string{"username": "sam-s3cret", "password": "s3cret"}}}}},
		"client_certificate": {Certificate: pair},
		"a proxy in front of a form": {
			Certificate: pair,
			Basic:       &auth.Basic{Username: "sam-s3cret", Password: "s3cret"},
			Headers:     map[string]string{"X-Key": "s3cret"},
			Cookies:     map[string]string{"consent": "s3cret"},
			Form:        &auth.Form{URL: base + "/login", Fields: map[string]string{"username": "sam-s3cret", "password": "s3cret"}},
		},
	}
}

// A site that anybody can make redirect or link elsewhere must not be a way to get
// at the credentials: at another port of the same host, where cookie jars and
// net/http send them, and at another host, here under the name localhost.
func TestNoWayInSendsItsCredentialsAnywhereElse(t *testing.T) {
	for name := range everyWay(t, "") {
		t.Run(name, func(t *testing.T) {
			elsewhere := &recorder{next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				// Asks for whatever a careless client might give.
				w.Header().Add("WWW-Authenticate", `Basic realm="x"`)
				w.Header().Add("WWW-Authenticate", `Digest realm="x", nonce="n", qop="auth"`)
				w.WriteHeader(http.StatusUnauthorized)
			})}
			authority := newAuthority(t)
			other, _ := serveTLS(t, authority, elsewhere)
			site := &recorder{}
			base, trust := serveTLS(t, authority, site)
			site.next = opens(base, other)
			session, client := newClientThrough(t, trust, base, everyWay(t, base)[name])
			if seen, err := session.Login(t.Context(), client); err != nil {
				t.Fatalf("%v; saw %q", err, seen)
			}
			elsewhereByName := strings.Replace(other, "127.0.0.1", "localhost", 1)
			for _, address := range []string{base + "/", base + "/to-port", base + "/to-host", other + "/linked", elsewhereByName + "/linked"} {
				get(t, client, address)
			}
			if !slices.ContainsFunc(site.all(), carriesCredentials) {
				t.Errorf("the source itself got no credentials")
			}
			if n := len(elsewhere.all()); n != 4 {
				t.Errorf("the other origins got %d requests, want 4", n)
			}
			for _, r := range elsewhere.all() {
				if carriesCredentials(r) {
					t.Errorf("%s %s%s got credentials: %v", r.Method, r.Host, r.URL, r.Header)
				}
			}
		})
	}
}

// opens is a site that takes every way in, and leads elsewhere.
func opens(base, other string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Digest realm="site", nonce="n0nce", qop="auth", algorithm=SHA-256`)
			w.WriteHeader(map[bool]int{true: http.StatusUnauthorized, false: http.StatusOK}[len(r.Cookies()) == 0])
		}
		fmt.Fprint(w, `<title>In</title>`)
	})
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<form method=post><input name=username><input name=password type=password></form>`)
	})
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s3cret", Path: "/"})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"t0k3n-s3cret","token_type":"bearer","expires_in":3600}`)
	})
	mux.Handle("/to-port", http.RedirectHandler(other+"/landing", http.StatusTemporaryRedirect))
	mux.Handle("/to-host", http.RedirectHandler(strings.Replace(other, "127.0.0.1", "localhost", 1)+"/landing", http.StatusFound))
	return mux
}

// carriesCredentials reports whether a request has anything that is secret, plain
// or as the header of a scheme.
func carriesCredentials(r *http.Request) bool {
	all := fmt.Sprint(r.URL, r.Header, r.Form)
	return strings.Contains(all, "s3cret") || r.Header.Get("Authorization") != "" || len(r.TLS.PeerCertificates) > 0
}

// serveTLS is a site that takes client certificates from whoever has one. The
// transport trusts it.
func serveTLS(t *testing.T, authority signer, h http.Handler) (base string, trust *http.Transport) {
	t.Helper()
	serverPair := authority.signs(t, "127.0.0.1", inAYear)
	server := httptest.NewUnstartedServer(h)
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, Certificates: []tls.Certificate{serverPair}}
	server.StartTLS()
	t.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority.cert)
	return server.URL, &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
}

// newClientThrough is a client whose connections are made as a crawl makes them.
func newClientThrough(t *testing.T, base *http.Transport, start string, c auth.Config) (*auth.Session, *http.Client) {
	t.Helper()
	session, err := auth.New(mustParse(t, start), c)
	if err != nil {
		t.Fatal(err)
	}
	inside, outside, err := session.Connections(base)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := auth.NewJar()
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: session.Transport(inside), Jar: jar}
	t.Cleanup(client.CloseIdleConnections)
	t.Cleanup((&http.Client{Transport: outside}).CloseIdleConnections)
	return session, client
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
