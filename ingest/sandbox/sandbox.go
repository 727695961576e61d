// Package sandbox emulates Intercom's AI Content API, in memory or in a file, to try fincrawl out
// and for tests. It has the calls of Intercom's OpenAPI description with their paging, their
// errors and rate windows of 10 seconds. At / it shows people the library that Fin would read.
package sandbox

import (
	"net/http"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/ingest/intercom"
)

// Config is the configuration of a Sandbox. The zero value accepts any token, has no rate limit
// and keeps everything in memory.
type Config struct {
	Token     string // the only token that is accepted; "" accepts any but the empty one
	RateLimit int    // calls per minute, counted in windows of 10 seconds; 0 for no limit
	PerPage   int    // size and largest size of list pages. Defaults to 50, and 150 at most.
	// ListingLimit is how many external pages are listed at most, as page times per_page; 0 for all.
	ListingLimit int
	NoLookUp     bool    // the listing ignores source_id and external_id, as versions before Preview may
	Audiences    []int64 // the audiences that exist; nil for any
	File         string  // the JSON file that keeps the library; "" for memory only
	Region       string  // the region that /me returns. Defaults to us.
	Faults       []Fault // faults that are on from the start
	// Hosts are further host names, in lower case, that requests may have. Names of this machine
	// and the address that a request came in at are always accepted.
	Hosts []string

	// Fault handles a call in place of the sandbox, for what Faults cannot do. It may call next
	// to carry the call out. It may panic with [http.ErrAbortHandler], before or after, to break
	// the connection. nil for none.
	// next carries the call out. It may also break the connection off, by a panic with
	// [http.ErrAbortHandler] before or after next. nil is none.
	Fault func(w http.ResponseWriter, r *http.Request, next http.Handler)
}

// Sandbox is an emulated workspace. It is safe for use by several goroutines.
type Sandbox struct {
	config  Config
	library *library
	calls   callLog
	rate    rateWindows
	faults  switchboard
	desk    desk
	api     http.Handler
	people  http.Handler

	close  sync.Once
	saving *saver // nil for memory only
}

// New returns a sandbox. It reads Config.File where that exists.
func New(c Config) (*Sandbox, error) {
	if c.Region == "" {
		c.Region = "us"
	}
	s := &Sandbox{config: c, library: newLibrary(), rate: rateWindows{perMinute: c.RateLimit}}
	if err := s.faults.add(c.Faults...); err != nil {
		return nil, err
	}
	if c.File != "" {
		if err := s.library.read(c.File); err != nil {
			return nil, err
		}
		s.saving = startSaving(s.library, c.File)
	}
	s.api = s.newAPI()
	s.people = s.newPeople()
	return s, nil
}

// ServeHTTP serves the API, the switches of faults, and the library for people.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.mayAsk(r) {
		http.Error(w, "this is the sandbox of fincrawl, which is asked by localhost, its own address, "+
			"or a name that --host gave it", http.StatusMisdirectedRequest)
		return
	}
	if r.URL.Path == FaultsPath {
		s.faults.ServeHTTP(w, r)
		return
	}
	for _, root := range []string{"/me", "/ai", "/tickets", "/ticket_types"} {
		if r.URL.Path == root || strings.HasPrefix(r.URL.Path, root+"/") {
			s.api.ServeHTTP(w, r)
			return
		}
	}
	s.people.ServeHTTP(w, r)
}

// Close writes the library to its file.
func (s *Sandbox) Close() error {
	var err error
	s.close.Do(func() {
		if s.saving != nil {
			err = s.saving.stop()
		}
	})
	return err
}

// Calls returns the last API calls in order, 10,000 at most. A call without an answer has status 0.
func (s *Sandbox) Calls() []Call {
	records := s.calls.last(keptCalls)
	calls := make([]Call, len(records))
	for i, r := range records {
		calls[i] = r.Call
	}
	return calls
}

// Writes returns the number of calls other than GET and HEAD.
func (s *Sandbox) Writes() int { return s.calls.writeCount() }

// Sources returns the import sources, sorted by ID.
func (s *Sandbox) Sources() []intercom.ImportSource { return s.library.allSources() }

// Pages returns the external pages of an import source, sorted by external ID.
func (s *Sandbox) Pages(sourceID int64) []intercom.ExternalPage {
	pages := s.library.pagesOf(sourceID)
	external := make([]intercom.ExternalPage, len(pages))
	for i, p := range pages {
		external[i] = p.ExternalPage
	}
	return external
}

// AddSource adds an import source as people can in Intercom: with any URL and any sync behavior,
// including "automatic" and "manual".
func (s *Sandbox) AddSource(url, syncBehavior string) intercom.ImportSource {
	return s.library.createSource(intercom.ImportSource{URL: url, SyncBehavior: syncBehavior, Status: "active"})
}
