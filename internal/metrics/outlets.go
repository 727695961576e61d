package metrics

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"sync"

	"github.com/spf13/pflag"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/localserver"
	"github.com/fincrawl/fincrawl/internal/privatefile"
)

// Outlets says where the metrics of a run go. Flags set it.
type Outlets struct{ addr, push, file string }

// Flags adds the flags of the outlets to a command.
func Flags(to *pflag.FlagSet) *Outlets {
	o := new(Outlets)
	to.StringVar(&o.addr, "metrics-addr", "", "serve /metrics for Prometheus at this `ADDRESS` (host:port) while the run goes on")
	to.StringVar(&o.push, "metrics-push", "", "push the metrics to the Pushgateway at this `URL` when the run ends")
	to.StringVar(&o.file, "metrics-file", "", "write the metrics to this `FILE` (.prom) for the node exporter when the run ends")
	return o
}

// Check returns an error for wrong flags.
func (o *Outlets) Check() error {
	if o.push != "" {
		if _, err := pushAddress(o.push); err != nil {
			return fmt.Errorf("--metrics-push: %w", err)
		}
	}
	if o.file == "" {
		return nil
	}
	if filepath.Ext(o.file) != ".prom" {
		return errors.New("--metrics-file: name it so that it ends with .prom, since the node exporter reads no other files")
	}
	if err := privatefile.MayWrite(o.file); err != nil {
		return fmt.Errorf("--metrics-file: %w", err)
	}
	return nil
}

// Secret returns the password in the Pushgateway's URL, or "".
func (o *Outlets) Secret() string {
	if u, err := url.Parse(o.push); err == nil {
		password, _ := u.User.Password()
		return password
	}
	return ""
}

// Watch serves the metrics during a run and passes progress on.
type Watch struct {
	Shown
	outlets *Outlets
	server  *localserver.Server
	take    func() (Snapshot, error)

	mu      sync.Mutex
	sources map[string]*Progress
}

// Shown shows progress to people.
type Shown interface {
	Expect(source string, urls int)
	Crawl(source string, p crawler.Progress)
	Apply(source string, done, total int)
	End(source string, failed bool)
	Stop()
}

// Begin serves the metrics if a flag says so. take returns a snapshot without the progress.
func (o *Outlets) Begin(shown Shown, take func() (Snapshot, error)) (*Watch, error) {
	w := &Watch{Shown: shown, outlets: o, take: take, sources: map[string]*Progress{}}
	if o.addr == "" {
		return w, nil
	}
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", w)
	var err error
	if w.server, err = localserver.Serve(o.addr, routes); err != nil {
		return nil, fmt.Errorf("--metrics-addr: %w", err)
	}
	return w, nil
}

// ServeHTTP answers with the metrics as they are now.
func (w *Watch) ServeHTTP(rw http.ResponseWriter, _ *http.Request) {
	s, err := w.take()
	if err != nil {
		http.Error(rw, "the state file cannot be read", http.StatusInternalServerError)
		return
	}
	w.mu.Lock()
	for i := range s.Sources {
		if p := w.sources[s.Sources[i].Name]; p != nil {
			now := *p
			s.Sources[i].Progress = &now
		}
	}
	w.mu.Unlock()
	rw.Header().Set("Content-Type", ContentType)
	_ = Write(rw, s) // fails only where the client is gone
}

// Crawl records how much of a source was read.
func (w *Watch) Crawl(source string, p crawler.Progress) {
	w.note(source, func(n *Progress) {
		n.Discovered, n.Settled, n.Failed, n.Pages = p.Discovered, p.Settled, p.Failed, p.Pages
	})
	w.Shown.Crawl(source, p)
}

// Apply records how many changes of a source were sent.
func (w *Watch) Apply(source string, done, total int) {
	w.note(source, func(n *Progress) { n.Sent, n.ToSend = done, total })
	w.Shown.Apply(source, done, total)
}

// Ended forgets the progress of a source, whose run has ended.
func (w *Watch) Ended(source string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.sources, source)
}

// Progress returns the progress of a source. ok is false where no run of it goes on.
func (w *Watch) Progress(source string) (p Progress, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := w.sources[source]; now != nil {
		return *now, true
	}
	return p, false
}

func (w *Watch) note(source string, change func(*Progress)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sources[source] == nil {
		w.sources[source] = new(Progress)
	}
	change(w.sources[source])
}

// Report ends the server. It then pushes and writes the metrics of the run, if flags say so. It does that
// even after ctx ended, for a short time, so that an interrupted run is reported too.
func (w *Watch) Report(ctx context.Context) error {
	var errs []error
	if w.server != nil {
		errs = append(errs, w.server.Close())
	}
	if w.outlets.push == "" && w.outlets.file == "" {
		return errors.Join(errs...)
	}
	s, err := w.take()
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	if w.outlets.file != "" {
		errs = append(errs, WriteFile(w.outlets.file, s))
	}
	if w.outlets.push != "" {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pushTimeout)
		defer cancel()
		errs = append(errs, Push(ctx, w.outlets.push, s))
	}
	return errors.Join(errs...)
}

// URL returns the URL at which the metrics are served, or "".
func (w *Watch) URL() string {
	if w.server == nil {
		return ""
	}
	return w.server.URL
}
