package web

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/web/compare"
	"github.com/fincrawl/fincrawl/crawler/web/cutoff"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/crawler/web/hint"
	"github.com/fincrawl/fincrawl/crawler/web/stylesheet"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// Surroundings are what a crawl needs from its caller. Every field but Frontier and Pages may be zero.
type Surroundings struct {
	Frontier frontier.Store
	Pages    crawler.Sink
	// Only are the addresses to read, with where they lead. Defaults to everything.
	Only []*url.URL
	// Known yields the URLs of pages sent earlier. They are requested even if nothing links to them.
	Known iter.Seq[string]
	// Secrets learns the source's secrets, which are masked in everything that is kept. Defaults to a new set.
	Secrets *secrets.Set
	// Session keeps a form login between runs, if the source is configured so. If nil, none is kept.
	Session Keeper
	// Review reads the pages of this crawl, to find duplicates. If nil, none are looked for.
	Review compare.Pages
	// Texts reads the pages of this crawl, to verify hints. If nil, hints of one page about another are believed.
	Texts hint.Texts
	// Layout reads the pages of this crawl, to learn their template. If nil, none is learnt.
	Layout compare.Layout
	// Memory remembers the documents of earlier crawls. If nil, every document is fetched.
	Memory Memory
	// Sheets remembers style sheets. If nil, none are.
	Sheets stylesheet.Store
	// Earlier yields the URL and the Markdown of the pages that this crawl gave before it was interrupted.
	Earlier iter.Seq2[crawler.Page, error]
	// Before returns what is remembered of a page that was sent. If nil, nothing is.
	Before func(url, identity string) (cutoff.Before, error)
	// Notes keeps notes of this crawl. If nil, the crawl is never resumed.
	Notes Notebook
	// Flush returns when what Frontier, Pages and Memory were given survives a kill. If nil, nothing does.
	Flush func() error
	// Documents reads files. Several crawls may share it. Defaults to a reader of this crawl.
	Documents *document.Reader
	// Room is the memory budget for reading pages. Several crawls may share it. Defaults to a budget of this crawl.
	Room *budget.Memory
	// Transport makes the connections. Defaults to a transport of this crawl.
	Transport http.RoundTripper
	// Wait waits before a request or the next try. Defaults to a real wait.
	Wait func(context.Context, time.Duration) error
	// Log defaults to none.
	Log *slog.Logger
	// Progress is called now and then from several goroutines, never concurrently.
	Progress func(crawler.Progress)
}

// Keeper keeps the session of a source until the next run. What it is given is encrypted.
type Keeper interface {
	// Session returns what KeepSession was given last, or nil.
	Session() ([]byte, error)
	KeepSession(sealed []byte) error
}
