package serve

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/htmlreport"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
	"github.com/fincrawl/fincrawl/internal/reconcile/past"
	"github.com/fincrawl/fincrawl/state"
)

// routes serves the pages, the metrics and the probes. Links between the pages are relative, so that a
// proxy may show them below a path of its own.
func (s *Server) routes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", s.healthy)
	routes.HandleFunc("GET /readyz", s.ready)
	routes.Handle("GET /metrics", s.watch)
	routes.Handle("GET /{$}", s.guard.forUsers(s.overview))
	routes.Handle("GET /runs/{id}", s.guard.forUsers(s.showRun))
	routes.Handle("POST /runs/decisions", s.guard.forUsers(s.takeDecisions))
	routes.Handle("POST /sources/run", s.guard.forUsers(s.runNow))
	return s.guard.named(routes)
}

// runID matches what [reconcile.NewRunID] returns.
var runID = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{4}$`)

// showRun shows the report on a run.
func (s *Server) showRun(w http.ResponseWriter, r *http.Request, user string) {
	id := r.PathValue("id")
	if !runID.MatchString(id) {
		s.say(w, user, http.StatusNotFound, "No such run", "The ID of a run looks like 20261201T030000Z-1a2b.")
		return
	}
	page, err := s.report(id)
	switch mistake := (reconcile.Mistake{}); {
	case errors.As(err, &mistake):
		s.say(w, user, http.StatusNotFound, "No such run", s.Secrets.Mask(mistake.Error()))
	case err != nil:
		s.say(w, user, http.StatusInternalServerError, "There is no report on this run", s.Secrets.Mask(err.Error()))
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(bytes.Replace(page, []byte(htmlreport.TokenPlace), []byte(s.guard.token(user)), 1))
	}
}

// report returns the report that a run wrote, or makes one from what is recorded of the run.
func (s *Server) report(id string) (page []byte, err error) {
	page, err = os.ReadFile(s.reportFile(id))
	if !errors.Is(err, fs.ErrNotExist) {
		return page, err
	}
	folder, err := os.MkdirTemp("", "fincrawl-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	err = s.ledger.look(func(store *state.Store) error {
		written, err := past.Show(s.Sources, store, id, filepath.Join(folder, "run.html"), s.Secrets, true)
		if err == nil {
			page, err = os.ReadFile(written)
		}
		return err
	})
	return page, err
}

// takeDecisions records what a person decided in a report.
func (s *Server) takeDecisions(w http.ResponseWriter, r *http.Request, user string) {
	plan, err := ingest.ReadApproval(strings.NewReader(r.PostForm.Get("plan")))
	if err != nil {
		s.say(w, user, http.StatusBadRequest, "This is no plan", s.Secrets.Mask(err.Error()))
		return
	}
	var sources []string
	for _, c := range s.Sources.Sources {
		if _, ok := plan.Source(c.Name); ok {
			sources = append(sources, c.Name)
		}
	}
	release, busy := s.queue.hold(sources)
	if busy != "" {
		s.say(w, user, http.StatusConflict, "Not now", "A run of "+busy+" goes on. Go back and decide again when it has ended; what you ticked is still there.")
		return
	}
	defer release()
	var said bytes.Buffer
	decided, err := s.decide(r, &said, sources, plan, user)
	if held, locked := errors.AsType[*state.LockedError](err); locked {
		s.say(w, user, http.StatusConflict, "Not now", "Nothing was recorded: "+held.Error()+".")
		return
	}
	if err != nil {
		s.say(w, user, http.StatusBadRequest, "Nothing was recorded", s.Secrets.Mask(err.Error()))
		return
	}
	s.known.forget()
	if !decided {
		said.WriteString("Nothing of this is held any more, or nothing was decided.\n")
	}
	s.say(w, user, http.StatusOK, "Decided", strings.Split(strings.TrimSpace(s.Secrets.Mask(said.String())), "\n")...)
}

func (s *Server) decide(r *http.Request, said *bytes.Buffer, sources []string, plan ingest.Approval, user string) (decided bool, err error) {
	store, err := s.ledger.open()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, s.ledger.close(r.Context(), s.Log)) }()
	workspace, err := store.Workspace()
	if err == nil && workspace != "" && plan.Workspace != "" && plan.Workspace != workspace {
		err = errors.New("the plan is of another workspace")
	}
	if err != nil {
		return false, err
	}
	decided, err = decide.Take(said, store, sources, plan, decide.Word{By: user, Reason: plan.Reason, At: s.Now().UTC()})
	if decided {
		s.Log.Info("decided in the browser", "by", user, "sources", sources)
	}
	return decided, err
}

// runNow asks for a run of a source.
func (s *Server) runNow(w http.ResponseWriter, r *http.Request, user string) {
	name := r.PostForm.Get("source")
	if _, ok := s.Sources.Source(name); !ok {
		s.say(w, user, http.StatusNotFound, "No such source", "No source of sources.yaml has this name.")
		return
	}
	s.queue.addWhole(name)
	s.Log.Info("a run was asked for in the browser", "by", user, "source", name)
	w.Header().Set("Location", "../") // relative, as all links are
	w.WriteHeader(http.StatusSeeOther)
}
