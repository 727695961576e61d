// Package sandbox emulates Intercom's AI Content API in memory, or kept in a
// file, for trying fincrawl out and for tests: the calls of Intercom's OpenAPI
// description with their paging and errors, 10-second rate windows, and a
// library page at / for people, which shows what Fin would read.
package sandbox

import (
	"net/http"

	"github.com/fincrawl/fincrawl/ingest/intercom"
)

// Config says how the sandbox behaves. The zero value takes any token, has no
// rate limit and keeps everything in memory.
type Config struct {
	Token     string // the only one accepted; "" accepts any, but not none
	RateLimit int    // calls a minute, in windows of 10 seconds; 0 is none
	PerPage   int    // of listings; 0 is 50
	File      string // where the library is kept as JSON; "" for memory only
	Region    string // that /me names; "" is us
}

// Sandbox is an emulated workspace.
type Sandbox struct{}

// New makes a sandbox, reading Config.File where it exists.
func New(c Config) (*Sandbox, error) { panic("not yet") }

// ServeHTTP answers the API's calls and shows the library page.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { panic("not yet") }

// Close writes the library to its file.
func (s *Sandbox) Close() error { panic("not yet") }

// Call is one API call that the sandbox received.
type Call struct {
	Method string
	Path   string
	Status int
}

// Calls returns the API calls received, in order, at most the last 10,000.
func (s *Sandbox) Calls() []Call { panic("not yet") }

// Writes counts the calls other than GET and HEAD.
func (s *Sandbox) Writes() int { panic("not yet") }

// Sources returns the import sources, sorted by ID.
func (s *Sandbox) Sources() []intercom.ImportSource { panic("not yet") }

// Pages returns the external pages of a source, sorted by external ID.
func (s *Sandbox) Pages(sourceID int64) []intercom.ExternalPage { panic("not yet") }
