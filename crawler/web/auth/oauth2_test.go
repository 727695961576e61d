package auth_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

func TestATokenIsAskedForAsConfigured(t *testing.T) {
	for name, takes := range map[string]func(*http.Request) bool{
		"the secret in the header": func(r *http.Request) bool {
			id, secret, ok := r.BasicAuth()
			return ok && id == "id" && secret == "s3cret"
		},
		"the secret in the form": func(r *http.Request) bool {
			return r.PostFormValue("client_id") == "id" && r.PostFormValue("client_secret") == "s3cret"
		},
	} {
		t.Run(name, func(t *testing.T) {
			var last *http.Request
			issuer := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = r.ParseForm()
				if last = r; !takes(r) {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprint(w, `{"access_token":"t0k3n","token_type":"bearer","expires_in":3600}`)
			}))
			site := &recorder{}
			start := serve(t, site)
			session, client := newClient(t, start, auth.Config{OAuth2: &auth.OAuth2{
				TokenURL: issuer + "/token", ClientID: "id", ClientSecret: "s3cret", Scopes: []string{"read", "list"}, Audience: "wiki"}})
			seen, err := session.Login(t.Context(), client)
			if err != nil || len(seen) != 1 || !strings.Contains(seen[0], "POST "+issuer+"/token: a Bearer token, valid for ") || strings.Contains(seen[0], "t0k3n") {
				t.Fatalf("saw %q, %v", seen, err)
			}
			want := []string{"client_credentials", "read list", "wiki"}
			if diff := cmp.Diff(want, []string{last.PostFormValue("grant_type"), last.PostFormValue("scope"), last.PostFormValue("audience")}); diff != "" {
				t.Errorf("asked for (-want +got):\n%s", diff)
			}
			get(t, client, start)
			if got := site.all()[0].Header.Get("Authorization"); got != "Bearer t0k3n" {
				t.Errorf("Authorization is %q", got)
			}
		})
	}
}

func TestATokenIsRenewedBeforeItExpiresAndSharedByAll(t *testing.T) {
	for name, c := range map[string]struct {
		lasts   int           // seconds; 0 does not say
		renewed time.Duration // after which the next one is fetched
	}{
		"an hour":         {3600, 59 * time.Minute},
		"twenty seconds":  {20, 18 * time.Second},
		"without an end":  {0, 0},
		"a day and a bit": {90000, 25*time.Hour - time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				issued := 0
				world := worldOf{
					"https://issuer.example.com": func(w http.ResponseWriter, _ *http.Request) {
						issued++
						w.Header().Set("Content-Type", "application/json")
						fmt.Fprintf(w, `{"access_token":"t0k3n-%d","token_type":"bearer","expires_in":%d}`, issued, c.lasts)
					},
					"https://wiki.example.com": func(http.ResponseWriter, *http.Request) {},
				}
				_, client := newClientThroughWorld(t, world, auth.Config{OAuth2: &auth.OAuth2{TokenURL: "https://issuer.example.com/token", ClientID: "id", ClientSecret: "s"}})
				ask := func() {
					var all sync.WaitGroup
					for range 8 {
						all.Go(func() { get(t, client, "https://wiki.example.com/page") })
					}
					all.Wait()
				}
				ask()
				if c.renewed > 0 {
					time.Sleep(c.renewed - time.Second)
				} else {
					time.Sleep(1000 * time.Hour)
				}
				ask()
				if issued != 1 {
					t.Errorf("%d tokens were fetched while the first was good", issued)
				}
				if c.renewed == 0 {
					return
				}
				time.Sleep(2 * time.Second)
				ask()
				if issued != 2 {
					t.Errorf("%d tokens were fetched when the first was about to expire, want 2", issued)
				}
			})
		})
	}
}

func TestARefusedTokenSaysWhy(t *testing.T) {
	elsewhere := &recorder{}
	other := serve(t, elsewhere)
	answer := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Location", other)
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	for name, c := range map[string]struct {
		answer        http.HandlerFunc
		status        int
		message, hint string
	}{
		"a wrong secret, echoed": {answer(401, "application/json", `{"error":"invalid_client","error_description":"no client with s3cret-s3cret"}`), 401,
			"invalid_client: no client with •••", "check client_id and client_secret"},
		"a scope it does not have": {answer(400, "application/json", `{"error":"invalid_scope"}`), 400, "invalid_scope", "check scopes"},
		"a page":                   {answer(404, "text/html", `<h1>Not found</h1>`), 404, "", "check token_url"},
		"a page with 200":          {answer(200, "text/html", `<h1>Sign in</h1>`), 0, "", "the answer is no token; check token_url"},
		"too busy":                 {answer(503, "text/plain", ``), 503, "", "try again later"},
		"a redirect elsewhere":     {answer(307, "text/plain", ``), 307, "", "set token_url to where it leads"},
		"an answer without one":    {answer(200, "application/json", `{}`), 0, "", "check token_url"},
	} {
		t.Run(name, func(t *testing.T) {
			issuer := serve(t, c.answer)
			session, client := newClient(t, "http://127.0.0.1:1/", auth.Config{OAuth2: &auth.OAuth2{
				TokenURL: issuer + "/token", ClientID: "id", ClientSecret: "s3cret-s3cret"}})
			seen, err := session.Login(t.Context(), client)
			e := loginError(t, err)
			if e.Step != "get an OAuth2 token" || e.Status != c.status || e.Message != c.message || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("got %d %q %q\nwant %d %q %q", e.Status, e.Message, e.Hint, c.status, c.message, c.hint)
			}
			if all := strings.Join(seen, " ") + err.Error(); strings.Contains(all, "s3cret") || !strings.Contains(all, issuer+"/token") {
				t.Errorf("it says %s", all)
			}
		})
	}
	if n := len(elsewhere.all()); n > 0 {
		t.Errorf("the address that it redirects to got %d requests", n)
	}
}

// worldOf is a network without one: handlers by the origin they answer for.
type worldOf map[string]http.HandlerFunc

func (w worldOf) RoundTrip(r *http.Request) (*http.Response, error) {
	h := w[r.URL.Scheme+"://"+r.URL.Host]
	if h == nil {
		return nil, fmt.Errorf("nobody is at %s", r.URL.Host)
	}
	answer := httptest.NewRecorder()
	h(answer, r)
	res := answer.Result()
	res.Request = r
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	return res, r.Context().Err()
}

// newClientThroughWorld is a client of the wiki in world.
func newClientThroughWorld(t *testing.T, world worldOf, c auth.Config) (*auth.Session, *http.Client) {
	t.Helper()
	session, err := auth.New(mustParse(t, "https://wiki.example.com/"), c)
	if err != nil {
		t.Fatal(err)
	}
	inside, _, err := session.Connections(world)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := auth.NewJar()
	if err != nil {
		t.Fatal(err)
	}
	return session, &http.Client{Transport: session.Transport(inside), Jar: jar}
}

func TestWaitingForATokenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	issuer := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	session, client := newClient(t, "http://127.0.0.1:1/", auth.Config{OAuth2: &auth.OAuth2{TokenURL: issuer, ClientID: "id", ClientSecret: "s"}})
	if _, err := session.Login(ctx, client); err == nil || ctx.Err() == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("error is %v", err)
	}
}
