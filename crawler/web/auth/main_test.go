package auth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a site that ends with the test.
func serve(t *testing.T, h http.Handler) (base string) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

// newClient is a client as a crawl has one, for the source that begins at start.
func newClient(t *testing.T, start string, c auth.Config) (*auth.Session, *http.Client) {
	t.Helper()
	return newClientThrough(t, &http.Transport{}, start, c)
}

// login logs in to the source that begins at start.
func login(t *testing.T, start string, f auth.Form) ([]string, *http.Client, error) {
	t.Helper()
	session, client := newClient(t, start, auth.Config{Form: &f})
	seen, err := session.Login(context.Background(), client)
	return seen, client, err
}

// recorder is a site that keeps the requests it gets.
type recorder struct {
	mu       sync.Mutex
	requests []*http.Request
	next     http.Handler // answers; nil answers 200
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	_ = req.ParseMultipartForm(1 << 20) // parses urlencoded bodies, too
	r.mu.Lock()
	r.requests = append(r.requests, req)
	r.mu.Unlock()
	if r.next != nil {
		r.next.ServeHTTP(w, req)
	}
}

func (r *recorder) all() []*http.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*http.Request(nil), r.requests...)
}
