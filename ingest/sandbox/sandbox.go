// Package sandbox emulates Intercom's AI Content API in memory, or kept in a
// file, for trying fincrawl out and for tests: the calls of Intercom's OpenAPI
// description with their paging and errors, 10-second rate windows, and a
// library page at / for people, which shows what Fin would read.
package sandbox

import (
	"net/http"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/ingest/intercom"
)

// Config says how the sandbox behaves. The zero value takes any token, has no
// rate limit and keeps everything in memory.
type Config struct {
	Token     string // the only one accepted; "" accepts any, but not none
	RateLimit int    // calls a minute, in windows of 10 seconds; 0 is none
	PerPage   int    // of listings, also at most, whatever a call asks for; 0 is 50, and at most 150
	// ListingLimit is how many external pages are listed at most, as page times per_page; 0 for all.
	ListingLimit int
	NoLookUp     bool    // the listing takes source_id and external_id as nothing, as versions before Preview may
	Audiences    []int64 // those that there are; nil for any
	File         string  // where the library is kept as JSON; "" for memory only
	Region       string  // that /me names; "" is us
	Faults       []Fault // that are on from the start
	// Hosts are further names, in lower case, by which it may be asked. Defaults to those
	// of this machine, and to the address that a request came in at.
	Hosts []string

	// Fault, for what no kind of Faults does, may answer a call instead of the sandbox, or change what becomes of it:
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

// New makes a sandbox, reading Config.File where it exists.
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

// ServeHTTP answers the API's calls, switches faults and shows the library page.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.mayAsk(r) {
		http.Error(w, "this is the sandbox of fincrawl, which is asked by localhost, its own address, or a name that --host gave it", http.StatusMisdirectedRequest)
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

// Calls returns the API calls received, in order, at most the last 10,000. One
// that is not answered yet, or never was, has status 0.
func (s *Sandbox) Calls() []Call {
	records := s.calls.last(keptCalls)
	calls := make([]Call, len(records))
	for i, r := range records {
		calls[i] = r.Call
	}
	return calls
}

// Writes counts the calls other than GET and HEAD.
func (s *Sandbox) Writes() int { return s.calls.writeCount() }

// Sources returns the import sources, sorted by ID.
func (s *Sandbox) Sources() []intercom.ImportSource { return s.library.allSources() }

// Pages returns the external pages of a source, sorted by external ID.
func (s *Sandbox) Pages(sourceID int64) []intercom.ExternalPage {
	pages := s.library.pagesOf(sourceID)
	external := make([]intercom.ExternalPage, len(pages))
	for i, p := range pages {
		external[i] = p.ExternalPage
	}
	return external
}

// AddSource adds an import source as someone could in Intercom's own pages: with
// any sync behavior, "automatic" and "manual" too, and any URL.
func (s *Sandbox) AddSource(url, syncBehavior string) intercom.ImportSource {
	return s.library.createSource(intercom.ImportSource{URL: url, SyncBehavior: syncBehavior, Status: "active"})
}
