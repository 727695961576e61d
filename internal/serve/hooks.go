package serve

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
)

const (
	largestHook  = 1_000_000 // bytes of a body, which is read and not used
	hooksAtOnce  = 100       // addresses in one call
	retryInAFull = "30"      // seconds after which a caller may try again
)

// hookRoutes serves the hooks, by which a wiki says that something was changed.
func (s *Server) hookRoutes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", s.healthy)
	routes.HandleFunc("POST /hooks/{source}", s.hook)
	return routes
}

// hook asks for a run of the pages whose addresses are given, or else of the whole source.
func (s *Server) hook(w http.ResponseWriter, r *http.Request) {
	if !sameSecret(secretOf(r), s.Sources.Serve.HookSecret.Reveal()) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		answer(w, http.StatusUnauthorized, "the secret is missing or wrong: send serve.hook_secret as Authorization: Bearer SECRET, or as X-Fincrawl-Secret")
		return
	}
	if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, largestHook)); err != nil {
		answer(w, http.StatusRequestEntityTooLarge, "the body is too large, or was cut off; it is not used, so leave it out")
		return
	}
	name := r.PathValue("source")
	source, ok := s.Sources.Source(name)
	if !ok {
		answer(w, http.StatusNotFound, "no source has this name")
		return
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		answer(w, http.StatusUnprocessableEntity, "the query cannot be read; write ?url= and the address, percent-encoded")
		return
	}
	addresses := query["url"]
	if len(addresses) == 0 || source.Kind != config.KindWeb { // the other kinds read no single pages
		s.queue.addWhole(source.Name)
		s.Log.Info("a hook asks for a run", "source", source.Name)
		answer(w, http.StatusAccepted, "")
		return
	}
	pages, why := s.pagesOf(source, addresses)
	if why != "" {
		answer(w, http.StatusUnprocessableEntity, s.Secrets.Mask(why))
		return
	}
	if err := s.queue.addPages(source.Name, pages); errors.Is(err, errFull) {
		w.Header().Set("Retry-After", retryInAFull)
		answer(w, http.StatusTooManyRequests, "200 pages of this source wait; try again later, or leave ?url= out")
		return
	}
	s.Log.Info("a hook asks for pages", "source", source.Name, "pages", len(pages))
	answer(w, http.StatusAccepted, "")
}

// pagesOf returns the pages of a source with these addresses, or why one is none.
func (s *Server) pagesOf(source config.Source, addresses []string) (pages []*url.URL, why string) {
	if len(addresses) > hooksAtOnce {
		return nil, "these are more than 100 addresses; send them in several calls, or leave them out"
	}
	var asked []*url.URL
	for _, text := range addresses {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
			return nil, "url is no address of a page: write it with https:// and a host, percent-encoded"
		}
		asked = append(asked, u)
	}
	only, _, err := reconcile.OnlyPages(s.Sources, []string{source.Name}, asked, s.Sources.Sources)
	if err != nil {
		return nil, err.Error()
	}
	return only[source.Name], ""
}

func secretOf(r *http.Request) string {
	if kind, secret, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(kind, "Bearer") {
		return strings.TrimSpace(secret)
	}
	return r.Header.Get("X-Fincrawl-Secret")
}

// sameSecret compares without telling by its time how much is the same.
func sameSecret(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return b != "" && subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// answer answers a hook in JSON. why is "" where it was accepted.
func answer(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	said := map[string]string{"status": "accepted"}
	if why != "" {
		said = map[string]string{"error": why}
	}
	_ = json.NewEncoder(w).Encode(said) // fails only where the client is gone
}
