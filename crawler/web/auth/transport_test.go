package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

var everyRequest = map[string]struct {
	config auth.Config
	header string // the header that carries the credentials
	want   string
}{
	"basic":   {auth.Config{Basic: &auth.Basic{Username: "sam", Password: "s3:cret"}}, "Authorization", "Basic c2FtOnMzOmNyZXQ="},
	"bearer":  {auth.Config{Bearer: "t0k3n"}, "Authorization", "Bearer t0k3n"},
	"headers": {auth.Config{Headers: map[string]string{"cf-access-client-id": "an-id", "CF-Access-Client-Secret": "s3cret"}}, "CF-Access-Client-Secret", "s3cret"},
	"cookies": {auth.Config{Cookies: map[string]string{"b": `{"quoted":1}`, "a": "x y"}}, "Cookie", `a=x y; b={"quoted":1}`},
}

func TestCredentialsAccompanyEachRequestToTheSource(t *testing.T) {
	for name, way := range everyRequest {
		t.Run(name, func(t *testing.T) {
			site := &recorder{}
			start := serve(t, site)
			session, client := newClient(t, start, way.config)
			if seen, err := session.Login(t.Context(), client); seen != nil || err != nil {
				t.Fatalf("Login = %v, %v; there was nothing to do", seen, err)
			}
			for _, path := range []string{"/", "/deep/page"} {
				get(t, client, start+path)
			}
			for _, r := range site.all() {
				if got := r.Header.Get(way.header); got != way.want {
					t.Errorf("%s: %s = %q, want %q", r.URL, way.header, got, way.want)
				}
			}
			if len(site.all()) != 2 {
				t.Errorf("the site got %d requests, want 2", len(site.all()))
			}
		})
	}
}

// Another port of the same host is the interesting case: net/http copies headers
// and cookie jars send cookies there.
func TestCredentialsNeverGoToAnotherOriginAcrossRedirects(t *testing.T) {
	for name, way := range everyRequest {
		t.Run(name, func(t *testing.T) {
			elsewhere := &recorder{}
			other := serve(t, elsewhere)
			source := &recorder{next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.SetCookie(w, &http.Cookie{Name: "session", Value: "from-the-site", Path: "/"})
				http.Redirect(w, r, other+"/landing", http.StatusFound)
			})}
			start := serve(t, source)
			_, client := newClient(t, start, way.config)

			// A caller that sets the header itself must not leak it either.
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, start, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set(way.header, "set-by-caller")
			do(t, client, r)

			got := elsewhere.all()
			if len(got) != 1 {
				t.Fatalf("the other origin got %d requests, want 1", len(got))
			}
			for _, header := range []string{way.header, "Authorization", "Cookie"} {
				if value := got[0].Header.Get(header); value != "" {
					t.Errorf("the other origin got %s: %s", header, value)
				}
			}
		})
	}
}

func TestJarWinsOverAFixedCookieOfTheSameName(t *testing.T) {
	site := &recorder{next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "renewed", Path: "/"})
	})}
	start := serve(t, site)
	_, client := newClient(t, start, auth.Config{Cookies: map[string]string{"session": "configured", "theme": "dark"}})
	get(t, client, start)
	get(t, client, start)
	var got []string
	for _, r := range site.all() {
		got = append(got, r.Header.Get("Cookie"))
	}
	if diff := cmp.Diff([]string{"session=configured; theme=dark", "session=renewed; theme=dark"}, got); diff != "" {
		t.Errorf("cookies sent (-want +got):\n%s", diff)
	}
}

func TestTransportLeavesTheCallersRequestAlone(t *testing.T) {
	start := serve(t, &recorder{})
	_, client := newClient(t, start, auth.Config{Bearer: "t0k3n"})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, start, nil)
	if err != nil {
		t.Fatal(err)
	}
	do(t, client, r)
	if len(r.Header) > 0 {
		t.Errorf("the request was given %v", r.Header)
	}
}

func TestMistakesInAConfigAreNamedWithoutTheirValues(t *testing.T) {
	for name, c := range map[string]struct {
		config auth.Config
		want   string
	}{
		"two ways in":          {auth.Config{Bearer: "s3cret", Basic: &auth.Basic{}}, "choose one of basic, bearer"},
		"colon in a username":  {auth.Config{Basic: &auth.Basic{Username: "s3cret:x"}}, "colon"},
		"line break in bearer": {auth.Config{Bearer: "s3cret\nx"}, "line break"},
		"bad header name":      {auth.Config{Headers: map[string]string{"X Y": "s3cret"}}, `"X Y" is not a header name`},
		"cookie as header":     {auth.Config{Headers: map[string]string{"cookie": "a=s3cret"}}, "under cookies instead"},
		"host as header":       {auth.Config{Headers: map[string]string{"host": "s3cret"}}, "Host follows from the URL"},
		"several cookies":      {auth.Config{Cookies: map[string]string{"a": "s3cret; b=2"}}, "give each cookie its own name"},
		"bad cookie name":      {auth.Config{Cookies: map[string]string{"a=b": "s3cret"}}, "is not a cookie name"},
		"form without a url":   {auth.Config{Form: &auth.Form{Fields: map[string]string{"p": "s3cret"}}}, "not an http or https URL"},
		"form without fields":  {auth.Config{Form: &auth.Form{URL: "https://u:s3cret@example.com/"}}, "fields is empty"},
		"bad selector": {auth.Config{Form: &auth.Form{URL: "https://example.com/", LoggedIn: "a[",
			Fields: map[string]string{"p": "s3cret"}}}, `logged_in: "a[" is not a CSS selector`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := auth.New(&url.URL{Scheme: "https", Host: "example.com"}, c.config)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want one that says %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error tells a secret: %v", err)
			}
		})
	}
}

func get(t *testing.T, client *http.Client, u string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, u, nil)
	if err != nil {
		t.Fatal(err)
	}
	do(t, client, r)
}

func do(t *testing.T, client *http.Client, r *http.Request) {
	t.Helper()
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
}
