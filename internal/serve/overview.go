package serve

import (
	"crypto/sha256"
	_ "embed" // for the files below
	"encoding/base64"
	"html/template"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/metrics"
	"github.com/fincrawl/fincrawl/internal/pagestyle"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/past"
	"github.com/fincrawl/fincrawl/state"
)

//go:embed assets/serve.html
var layout string

//go:embed assets/serve.css
var style string

var pages = sync.OnceValue(func() *template.Template {
	return template.Must(pagestyle.Parts().New("serve").Parse(layout))
})

// known is what the state file said when it was last read. It is read again once the file has changed.
type known struct {
	mu      sync.Mutex
	file    os.FileInfo // as it was then; nil: never read
	status  report.Status
	history report.History
	numbers metrics.Snapshot
}

// forget makes the state file be read again.
func (k *known) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.file = nil
}

// read returns what the state file says.
func (s *Server) read() (report.Status, report.History, metrics.Snapshot, error) {
	k := &s.known
	k.mu.Lock()
	defer k.mu.Unlock()
	file, err := os.Stat(s.Sources.State)
	if err == nil && k.file != nil && os.SameFile(file, k.file) && file.ModTime().Equal(k.file.ModTime()) && file.Size() == k.file.Size() {
		return k.status, k.history, k.numbers, nil
	}
	k.file = nil
	lookErr := s.ledger.look(func(store *state.Store) error {
		var err error
		if k.status, err = reconcile.Status(s.Sources, s.Sources.Sources, store); err != nil {
			return err
		}
		found, err := past.Find(s.Sources, store, "", "")
		if err != nil {
			return err
		}
		k.history, _ = found.(report.History)
		k.numbers, err = s.Runner(store, s.Log, s.watch).Metrics()
		return err
	})
	if lookErr == nil && err == nil {
		k.file = file
	}
	return k.status, k.history, k.numbers, lookErr
}

// snapshot returns the metrics. Those about a run are about the last one.
func (s *Server) snapshot() (metrics.Snapshot, error) {
	_, history, numbers, err := s.read()
	numbers.At, numbers.API = s.Now().UTC(), s.Runner(nil, s.Log, s.watch).API.Usage()
	numbers.Sources = slices.Clone(numbers.Sources) // to which the progress is added
	if len(history.Runs) > 0 {
		last := history.Runs[0]
		numbers.Started, numbers.Ended, numbers.ExitCode = last.Started, last.Finished, last.ExitCode
	}
	return numbers, err
}

// view is the data of a page.
type view struct {
	Title, Lead   string
	User, Version string
	Style         template.CSS
	Token         string
	Up            string // the way to the overview; "" where this is it
	Lines         []string
	Error         string
	Sources       []sourceView
	Runs          []runView

	moment func(time.Time) string
}

type sourceView struct {
	report.SourceStatus
	Standing string // running, waiting or ""
	Progress string
	Next     time.Time
	Schedule string
	Missed   string
	Held     int
	Others   int    // concerns that are not held
	Review   string // the run to look at; "" for none
}

type runView struct {
	report.PastRun
	Kind, Said string
}

// overview shows how the sources stand, and the last runs.
func (s *Server) overview(w http.ResponseWriter, _ *http.Request, user string) {
	v := view{Title: "Sources", Token: s.guard.token(user)}
	status, history, _, err := s.read()
	if err != nil {
		v.Error = s.Secrets.Mask(err.Error())
	}
	held := 0
	for _, source := range status.Sources {
		one := s.sourceView(source, history)
		held += one.Held
		v.Sources = append(v.Sources, one)
	}
	switch held {
	case 0:
		v.Lead = "Nothing waits for you."
	case 1:
		v.Lead = "1 change waits for you."
	default:
		v.Lead = plural.Count(held, "change") + " wait for you."
	}
	const shownRuns = 25
	for _, run := range history.Runs[:min(shownRuns, len(history.Runs))] {
		v.Runs = append(v.Runs, s.runView(run))
	}
	s.show(w, user, http.StatusOK, v)
}

func (s *Server) sourceView(source report.SourceStatus, history report.History) sourceView {
	v := sourceView{SourceStatus: source, Standing: s.queue.standing(source.Name)}
	for _, c := range source.Waiting {
		if c.Kind == state.ConcernHeld {
			v.Held++
		} else {
			v.Others++
		}
	}
	if p, ok := s.watch.Progress(source.Name); ok && v.Standing == "running" {
		v.Progress = plural.Count(p.Pages, "page") + " read"
		if p.ToSend > 0 {
			v.Progress += ", " + plural.Count(p.Sent, "change") + " sent"
		}
	}
	if configured, ok := s.Sources.Source(source.Name); ok {
		v.Schedule = string(configured.Schedule)
	}
	if times, ok := s.times.of(source.Name); ok {
		v.Next = times.next
		if times.missed > 0 {
			v.Missed = plural.Count(times.missed, "run") + " missed, last that of " + s.moment(times.lastMissed)
		}
	}
	for _, run := range history.Runs {
		if slices.ContainsFunc(run.Sources, func(p report.PastSource) bool { return p.Name == source.Name && p.Error == "" }) {
			if v.Review == "" || exists(s.reportFile(run.ID)) {
				v.Review = run.ID
			}
			if exists(s.reportFile(v.Review)) {
				break
			}
		}
	}
	if v.Failure != nil {
		failure := *v.Failure
		failure.Error = s.Secrets.Mask(failure.Error)
		v.Failure = &failure
	}
	return v
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (s *Server) runView(run report.PastRun) runView {
	v := runView{PastRun: run, Kind: "done", Said: s.Secrets.Mask(run.Error)}
	switch {
	case run.Finished.IsZero():
		v.Kind, v.Said = "going on", "It goes on, or was killed."
	case run.ExitCode == report.ExitHeld:
		v.Kind = "held"
	case run.ExitCode == report.ExitInterrupted:
		v.Kind = "interrupted"
	case run.ExitCode != 0:
		v.Kind = "failed"
	}
	return v
}

// say shows a page with a few lines.
func (s *Server) say(w http.ResponseWriter, user string, status int, title string, lines ...string) {
	s.show(w, user, status, view{Title: title, Lines: lines, Up: "../"})
}

func (s *Server) show(w http.ResponseWriter, user string, status int, v view) {
	css := pagestyle.CSS + style
	sum := sha256.Sum256([]byte(css))
	v.User, v.Version, v.moment = user, s.Version, s.moment
	v.Style = template.CSS(css) //nolint:gosec // our own files
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := pages().Execute(w, v); err != nil {
		s.Log.Debug("the page was not shown to its end", "error", err)
	}
}

// moment returns a time for people, in the time zone of the schedules.
func (s *Server) moment(t time.Time) string {
	zone := time.Local
	if name := s.Sources.Serve.TimeZone; name != "" {
		if named, err := time.LoadLocation(name); err == nil {
			zone = named
		}
	}
	return t.In(zone).Format("2 January, 15:04 MST")
}

// When is a time for people.
func (v view) When(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return v.moment(t)
}
