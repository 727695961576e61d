package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

func TestAPageOfTheWebCannotReadTheLibraryByAnotherName(t *testing.T) {
	t.Parallel()
	box, err := sandbox.New(sandbox.Config{Hosts: []string{"library.test"}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	defer server.Close()
	for host, want := range map[string]int{
		"":                            http.StatusOK,
		"localhost":                   http.StatusOK,
		"LOCALHOST:4010":              http.StatusOK,
		"box.localhost":               http.StatusOK,
		"127.0.0.1:1":                 http.StatusOK,
		"[::1]:4010":                  http.StatusOK,
		"library.test:4010":           http.StatusOK,
		"evil.example":                http.StatusMisdirectedRequest,
		"evil.example:4010":           http.StatusMisdirectedRequest,
		"localhost.evil.example":      http.StatusMisdirectedRequest,
		"127.0.0.1.evil.example:4010": http.StatusMisdirectedRequest,
		"192.0.2.7:4010":              http.StatusMisdirectedRequest,
	} {
		for _, path := range []string{"/", "/calls", sandbox.FaultsPath} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer any")
			r.Host = host
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("%s of host %q: %d, want %d", path, host, res.StatusCode, want)
			}
		}
	}
}
