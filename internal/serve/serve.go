// Package serve does the runs of each source by its schedule, and at once where a wiki calls a hook. It
// shows how things stand in a browser, where people decide about held changes.
//
// One process does all of it: times come due (timetable), runs wait for their turn (queue), a run is done
// (runs), and what it changed is shown (browser). The state file is locked only while a run goes on or a
// decision is written, so that other commands work in between.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/localserver"
	"github.com/fincrawl/fincrawl/internal/metrics"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/state"
)

// Config says what is served, and where.
type Config struct {
	Sources *config.Config
	Addr    string // host:port of the pages, the metrics and the probes
	Hooks   string // host:port of the hooks; "" for none
	Proxies []string
	State   state.Options
	Log     *slog.Logger
	Secrets *secrets.Set
	User    string // who decides where no proxy names the user
	Version string
	// Runner returns what does a run. Server sets the rest of it.
	Runner func(store *state.Store, log *slog.Logger, show reconcile.Progress) *reconcile.Runner
	// Show shows the progress of a run.
	Show func(log *slog.Logger) reconcile.Progress
	// Ready is called with the addresses that are served, once they are. hooks is "" for none.
	Ready func(pages, hooks string)
	Now   func() time.Time
}

// Server is what serve does.
type Server struct {
	Config
	ledger  ledger
	queue   *queue
	times   *timetable
	guard   *guard
	watch   *metrics.Watch
	known   known
	failing atomic.Pointer[string] // why the last run could not begin
	ending  atomic.Bool
}

// New checks a configuration.
func New(c Config) (*Server, error) {
	s := &Server{Config: c, queue: newQueue(c.Now)}
	s.ledger = ledger{path: c.Sources.State, options: c.State}
	var err error
	if s.times, err = newTimetable(c.Sources, c.Now()); err != nil {
		return nil, err
	}
	proxies := slices.Clone(c.Sources.Serve.TrustedProxies)
	for _, text := range c.Proxies {
		p, err := config.ParseNetwork(text)
		if err != nil {
			return nil, fmt.Errorf("--trusted-proxies: %q is no IP address, such as 10.0.0.7, and no range, such as 10.0.0.0/8", text)
		}
		proxies = append(proxies, p)
	}
	if s.Addr, err = s.address(proxies); err != nil {
		return nil, err
	}
	if s.Hooks != "" && c.Sources.Serve.HookSecret.Reveal() == "" {
		return nil, errors.New("--hooks-addr wants a secret that the wiki sends: set serve.hook_secret: ${HOOK_SECRET} in " +
			c.Sources.Path + ", with what `openssl rand -hex 32` prints")
	}
	if s.Hooks == "" && s.times.empty() {
		return nil, fmt.Errorf("no source has a schedule, and there are no hooks, so that there would never be a run: add "+
			`schedule: "0 3 * * *" to a source in %s, or --hooks-addr`, c.Sources.Path)
	}
	s.guard = newGuard(c.Sources.Serve, proxies, c.User)
	s.watch, err = new(metrics.Outlets).Begin(c.Show(c.Log), s.snapshot)
	return s, err
}

// address returns the IP address and port to listen on. Beyond this machine it wants a proxy.
func (s *Server) address(proxies []netip.Prefix) (string, error) {
	at, err := net.ResolveTCPAddr("tcp", s.Addr)
	switch {
	case err != nil:
		return "", fmt.Errorf("--addr wants a host and a port, such as 127.0.0.1:4020: %w", err)
	case !at.IP.IsLoopback() && len(proxies) == 0:
		return "", fmt.Errorf("--addr %s can be reached from other machines, and fincrawl asks nobody for a password: put a proxy in front "+
			"that logs people in, and name its address in serve.trusted_proxies (or --trusted-proxies), or listen on 127.0.0.1", s.Addr)
	case !at.IP.IsLoopback() && len(s.Sources.Serve.Hosts) == 0:
		return "", fmt.Errorf("--addr %s is for browsers on other machines: say in serve.hosts by which name they ask for it, "+
			"such as hosts: [fincrawl.example.com]", s.Addr)
	}
	return at.String(), nil
}

// Run serves until ctx ends. A run that goes on then is interrupted, and continued by the next one.
func (s *Server) Run(ctx context.Context) error {
	pages, err := localserver.Serve(s.Addr, s.routes())
	if err != nil {
		return err
	}
	servers := []*localserver.Server{pages}
	hooks := ""
	if s.Hooks != "" {
		h, err := localserver.Serve(s.Hooks, s.hookRoutes())
		if err != nil {
			return errors.Join(fmt.Errorf("--hooks-addr: %w", err), pages.Close())
		}
		servers = append(servers, h)
		hooks = h.URL
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	for _, loop := range []func(context.Context){s.watchClock, s.dispatch, s.backUp} {
		work.Go(func() { loop(ctx) })
	}
	s.Ready(pages.URL, hooks)
	ended := make(chan error, len(servers))
	for _, server := range servers {
		work.Go(func() { ended <- server.Wait(ctx) })
	}
	err = <-ended
	s.ending.Store(true)
	stop()
	for _, server := range servers {
		err = errors.Join(err, server.Close())
	}
	work.Wait()
	return err
}

// Welcome says where what is served is found. hooks is "" for none.
func Welcome(pages, hooks string) string {
	text := "Sources and runs: " + pages + "/\nMetrics: " + pages + "/metrics\n"
	if hooks != "" {
		text += "Hooks: POST " + hooks + "/hooks/SOURCE?url=ADDRESS\n"
	}
	return text
}

// watchClock asks for the runs that are due, and says which were missed.
func (s *Server) watchClock(ctx context.Context) {
	if err := s.ledger.look(s.makeUp); err != nil {
		s.Log.Warn("it is not known which runs were missed, since the state file cannot be read", "error", err)
	}
	for {
		now := s.Now()
		s.begin(s.times.due(now))
		if !sleep(ctx, s.times.wait(s.Now())) {
			return
		}
	}
}

// begin queues the sources whose time has come: as one run, where none of them is busy.
func (s *Server) begin(all []due) {
	var sources []string
	for _, d := range all {
		sources = append(sources, d.source)
	}
	already := s.queue.addWhole(sources...)
	for _, d := range all {
		missed := d.missed
		if why := already[d.source]; why != "" {
			missed++
			s.Log.Warn("a run was missed; it is made up once", "because", why, "source", d.source, "due", d.at)
		} else if missed > 0 {
			s.Log.Warn("runs were missed while this program did not run; they are made up once", "source", d.source, "missed", missed, "due", d.at)
		}
		s.times.miss(d.source, missed, d.at)
	}
}

// sleep waits, and reports whether ctx has not ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// healthy answers whether the process works.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }

// ready answers whether runs can begin.
func (s *Server) ready(w http.ResponseWriter, _ *http.Request) {
	switch why := s.failing.Load(); {
	case s.ending.Load():
		http.Error(w, "ending", http.StatusServiceUnavailable)
	case why != nil:
		http.Error(w, *why, http.StatusServiceUnavailable)
	default:
		fmt.Fprintln(w, "ok")
	}
}
