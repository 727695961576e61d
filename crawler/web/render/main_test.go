package render_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/fincrawl/fincrawl/crawler/web/render"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// place is a site under test, and what it was asked for.
type place struct {
	*httptest.Server
	mux *http.ServeMux

	mu    sync.Mutex
	asked []*http.Request
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{mux: http.NewServeMux()}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = append(p.asked, r.Clone(context.Background()))
		p.mu.Unlock()
		p.mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		p.CloseClientConnections()
		p.Server.Close()
	})
	return p
}

// page puts HTML at a path.
func (p *place) page(path, html string) {
	p.mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, html)
	})
}

// requests are the methods and paths of what was asked, in order.
func (p *place) requests() (list []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.asked {
		list = append(list, r.Method+" "+r.URL.RequestURI())
	}
	return list
}

func (p *place) received() []*http.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

func (p *place) url(path string) *url.URL {
	u, err := url.Parse(p.URL + path)
	if err != nil {
		panic(err)
	}
	return u
}

// site is a place as a source.
func (p *place) site(t *testing.T) render.Site {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return render.Site{
		URL: p.url("/"), Inside: &http.Client{Jar: jar, Transport: transport}, Outside: &http.Client{Transport: transport},
		Timeout: 20 * time.Second, MaxBody: 1 << 20, Concurrency: 4, UserAgent: "tester",
	}
}

// newBrowser is a browser for a source, that goes with the test.
func newBrowser(t *testing.T, config render.Config, site render.Site) *render.Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	b := render.New(config, site, slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelInfo})))
	t.Cleanup(b.Close)
	return b
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(line []byte) (int, error) {
	w.t.Logf("%s", bytes.TrimRight(line, "\n"))
	return len(line), nil
}

// plain is the page at a path as the site answers with it.
func plain(t *testing.T, site render.Site, path string) render.Page {
	t.Helper()
	u := site.URL.ResolveReference(&url.URL{Path: path})
	res, err := site.Inside.Get(u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return render.Page{URL: u, Status: res.StatusCode, Header: res.Header, Body: body}
}

// rendered is the document of a page that must not fail.
func rendered(t *testing.T, b *render.Browser, p render.Page) render.Document {
	t.Helper()
	doc, err := b.Render(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// ownTemp gives what the test starts a folder of its own for temporary files, by
// which its processes are known, too.
func ownTemp(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "render") //nolint:usetesting // its path is short enough for the browser's sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Setenv("TMPDIR", dir)
	return dir
}

// processes are the command lines of what runs with a folder, by process ID.
func processes(t *testing.T, folder string) map[int]string {
	t.Helper()
	found := map[int]string{}
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		command, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(command, []byte(folder)) {
			continue
		}
		pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
		found[pid] = string(bytes.ReplaceAll(command, []byte{0}, []byte(" ")))
	}
	return found
}

// killBrowsers ends the browsers that run with a folder as a lack of memory would.
func killBrowsers(t *testing.T, folder string) {
	t.Helper()
	killed := 0
	for pid, command := range processes(t, folder) {
		if !strings.Contains(command, "--type=") {
			syscall.Kill(pid, syscall.SIGKILL)
			killed++
		}
	}
	if killed == 0 {
		t.Error("there was no browser to kill")
	}
}
