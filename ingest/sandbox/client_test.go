package sandbox_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

// far reaches the sandbox as over a network with a latency, in virtual time.
type far struct {
	sandbox http.Handler
	latency time.Duration
}

func (f far) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(rand.N(f.latency))
	w := httptest.NewRecorder()
	f.sandbox.ServeHTTP(w, r)
	time.Sleep(rand.N(f.latency))
	return w.Result(), nil
}

func TestAnUploadUsesTheAllowanceAndIsNeverRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(t, sandbox.Config{RateLimit: 10_000})
		c := intercom.New(intercom.Config{BaseURL: api, Token: "x", Share: 1, Transport: far{s, 100 * time.Millisecond}})
		source, err := c.CreateImportSource(t.Context(), "https://help.example.com", nil)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(time.Now().Truncate(10 * time.Second).Add(10 * time.Second))) // the beginning of a window
		const uploaded = 5 * 1666
		begun := time.Now()
		upload(t, c, source.ID, uploaded, 40)
		for _, call := range s.Calls() {
			if call.Status != 200 {
				t.Fatalf("a call was answered %d", call.Status)
			}
		}
		if n := len(s.Pages(source.ID)); n != uploaded {
			t.Errorf("%d pages arrived, want %d", n, uploaded)
		}
		allowance := float64(time.Since(begun)) / float64(time.Minute) * 10_000
		if used := uploaded / allowance; used < 0.98 {
			t.Errorf("%.1f %% of the allowance was used, want 98 %%", 100*used)
		}
	})
}

func upload(t *testing.T, c *intercom.Client, source int64, pages, workers int) {
	t.Helper()
	next := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				if _, err := c.UpsertPage(t.Context(), intercom.PageRequest{
					Title: "T", HTML: "<p>x</p>", Locale: "en", SourceID: source, ExternalID: fmt.Sprint(i),
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range pages {
		next <- i
	}
	close(next)
	wg.Wait()
}

// What breaks around the commit of a call leaves one page, whichever side of it.
func TestFaultsAroundTheCommitLeaveOnePage(t *testing.T) {
	faults := map[string]func(w http.ResponseWriter, r *http.Request, next http.Handler){
		"before": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(503) },
		"after": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			next.ServeHTTP(httptest.NewRecorder(), r)
			w.WriteHeader(504)
		},
		"in the answer": func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			whole := httptest.NewRecorder()
			next.ServeHTTP(whole, r)
			w.Write(whole.Body.Bytes()[:20])
		},
		"a busy moment": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(429) },
		"a web page": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			w.WriteHeader(403)
			fmt.Fprint(w, "<html>Forbidden</html>")
		},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				failing := map[string]int{}
				s := newSandbox(t, sandbox.Config{Fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					failing[r.Method+r.URL.Path]++
					if failing[r.Method+r.URL.Path]%3 != 0 {
						fault(w, r, next)
						return
					}
					next.ServeHTTP(w, r)
				}})
				c := intercom.New(intercom.Config{BaseURL: api, Token: "x", Transport: far{s, time.Millisecond}})
				source, err := c.CreateImportSource(t.Context(), "https://help.example.com", nil)
				if err != nil {
					t.Fatal(err)
				}
				upload(t, c, source.ID, 3, 1)
				if len(s.Sources()) != 1 || len(s.Pages(source.ID)) != 3 {
					t.Errorf("%d sources, %d pages; want 1 and 3", len(s.Sources()), len(s.Pages(source.ID)))
				}
				for _, p := range s.Pages(source.ID) {
					if err := c.DeletePage(t.Context(), p.ID); err != nil {
						t.Error(err)
					}
				}
				if n := len(s.Pages(source.ID)); n != 0 {
					t.Errorf("%d pages are left", n)
				}
			})
		})
	}
}

func TestRefusalsSayWhatIsWrong(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	server := httptest.NewServer(s)
	defer server.Close()
	c := intercom.New(intercom.Config{BaseURL: server.URL, Token: "x", Transport: server.Client().Transport})
	_, err := c.CreateImportSource(t.Context(), "https://wiki.corp", nil)
	if intercom.KindOf(err) != intercom.Refused || !strings.Contains(err.Error(), "public domain name") {
		t.Errorf("error %v", err)
	}
	old := intercom.New(intercom.Config{BaseURL: server.URL, Token: "x", Version: "2.11", Transport: server.Client().Transport})
	if _, err := old.Me(t.Context()); intercom.KindOf(err) != intercom.Fatal || !strings.Contains(err.Error(), "api_version") {
		t.Errorf("error %v", err)
	}
}
