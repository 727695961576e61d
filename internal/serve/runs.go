package serve

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/htmlreport"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

// ledger is the state file. It is open while somebody uses it.
type ledger struct {
	path    string
	options state.Options

	mu    sync.Mutex
	store *state.Store // nil: not open
	users int
}

// lockPoll is how long to wait between two tries to lock the state file.
const lockPoll = 2 * time.Second

// open opens the state file, or shares it where it is open.
func (l *ledger) open() (*state.Store, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store == nil {
		store, err := state.Open(l.path, l.options)
		if err != nil {
			return nil, err
		}
		l.store = store
	}
	l.users++
	return l.store, nil
}

// close closes the state file, unless somebody else uses it.
func (l *ledger) close(ctx context.Context, log *slog.Logger) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.users--; l.users > 0 {
		return l.store.Flush()
	}
	store := l.store
	l.store = nil
	return store.CloseAfterRun(ctx, log)
}

// look reads the state file, also while a run writes to it.
func (l *ledger) look(do func(*state.Store) error) (err error) {
	l.mu.Lock()
	if l.store != nil {
		l.users++
		store := l.store
		l.mu.Unlock()
		err := do(store)
		ended, cancel := context.WithCancel(context.Background())
		cancel() // who only looks does not compact the file
		return errors.Join(err, l.close(ended, slog.New(slog.DiscardHandler)))
	}
	l.mu.Unlock()
	store, err := state.OpenToLook(l.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(store)
}

// run does a run.
func (s *Server) run(ctx context.Context, j job) {
	id := reconcile.NewRunID()
	log := s.Log.With(reconcile.RunKey, id)
	store, err := s.openToRun(ctx, log)
	if err != nil {
		if ctx.Err() == nil {
			why := s.Secrets.Mask(err.Error())
			s.failing.Store(&why)
			log.Error("the run could not begin", "sources", j.sources, "error", err)
		}
		return
	}
	s.failing.Store(nil)
	shown, err := s.newReport(j, id)
	if err != nil {
		log.Warn("there will be no report on this run", "error", err)
	}
	r := s.Runner(store, log, s.watch)
	r.ID, r.Mode, r.Only, r.Shown = id, reconcile.ModeSync, j.only, shown
	sources := slices.Clone(s.Sources.Sources)
	sources = slices.DeleteFunc(sources, func(c config.Source) bool { return !slices.Contains(j.sources, c.Name) })
	run, err := reconcile.Record(ctx, sources, r)
	err = errors.Join(err, shown.Write(run), s.ledger.close(ctx, log))
	for _, source := range j.sources {
		s.watch.Ended(source)
	}
	if err != nil {
		log.Error("the run could not be recorded", "error", err)
	}
	if err := s.dropReports(); err != nil {
		log.Warn("reports on earlier runs were not removed", "error", err)
	}
}

// openToRun opens the state file. It waits where another process holds it.
func (s *Server) openToRun(ctx context.Context, log *slog.Logger) (*state.Store, error) {
	for said := false; ; said = true {
		store, err := s.ledger.open()
		held, locked := errors.AsType[*state.LockedError](err)
		if !locked {
			return store, err
		}
		if !said {
			log.Warn("the run waits for the state file", "reason", held)
		}
		if !sleep(ctx, lockPoll) {
			return nil, ctx.Err()
		}
	}
}

// keptReports is how many reports on runs are kept for the browser.
const keptReports = 20

func (s *Server) reportFolder() string { return s.Sources.State + ".reports" }

func (s *Server) reportFile(id string) string { return filepath.Join(s.reportFolder(), id+".html") }

// newReport returns the report on a run of whole sources. That of single pages is made from the state
// file when somebody asks for it, since there may be many.
func (s *Server) newReport(j job, id string) (*htmlreport.Report, error) {
	if j.only != nil {
		return nil, nil
	}
	if err := os.MkdirAll(s.reportFolder(), 0o700); err != nil {
		return nil, err
	}
	r, err := htmlreport.Open(s.reportFile(id), s.Secrets)
	return r.ForServer(), err
}

// dropReports removes the oldest reports.
func (s *Server) dropReports() error {
	files, err := os.ReadDir(s.reportFolder())
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	files = slices.DeleteFunc(files, func(f fs.DirEntry) bool { return !strings.HasSuffix(f.Name(), ".html") })
	var errs []error
	for _, f := range files[:max(0, len(files)-keptReports)] { // sorted by name, and so by time
		errs = append(errs, os.Remove(filepath.Join(s.reportFolder(), f.Name())))
	}
	return errors.Join(errs...)
}

// backUp copies the state file by its schedule.
func (s *Server) backUp(ctx context.Context) {
	b := s.Sources.Serve.Backup
	if b.To == "" {
		return
	}
	times, err := b.Schedule.Times(s.Sources.Serve.TimeZone)
	if err != nil {
		s.Log.Error("the state file is not backed up", "error", err)
		return
	}
	for next := times.Next(s.Now()); !next.IsZero(); {
		if !sleep(ctx, max(min(next.Sub(s.Now()), longestWait), 0)) {
			return
		}
		now := s.Now()
		if now.Before(next) {
			continue
		}
		next = times.Next(now)
		switch written, err := state.BackupInto(s.Sources.State, b.To, b.Keep, now); {
		case err != nil:
			s.Log.Error("the state file was not backed up", "error", err)
		default:
			s.Log.Info("the state file was backed up", "file", written)
		}
	}
}
