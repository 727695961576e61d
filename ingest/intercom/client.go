// Package intercom is a client for the AI Content API of Intercom: content
// import sources and external pages, the part that fincrawl needs.
//
// All requests of a client share one budget, read from the answers' rate limit
// headers, and are retried where a repeat may help and can do no harm.
package intercom

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
)

// Config says where and as whom to call.
type Config struct {
	BaseURL   string // such as https://api.intercom.io; see RegionURL
	Token     string
	Version   string  // Intercom-Version header
	Share     float64 // of the workspace's rate limit that may be used, 0 < Share <= 1
	UserAgent string
	Transport http.RoundTripper // nil: a clone of http.DefaultTransport
	Log       *slog.Logger      // nil: none
}

// RegionURL returns the API's address for a region: us, eu or au.
func RegionURL(region string) (string, bool) { panic("not yet") }

// Client calls the API. It is safe for use by several goroutines.
type Client struct{}

// New returns a client. It sends nothing.
func New(c Config) *Client { panic("not yet") }

// Me returns whose token this is (GET /me).
func (c *Client) Me(ctx context.Context) (Me, error) { panic("not yet") }

// ImportSources yields all content import sources, through all list pages.
func (c *Client) ImportSources(ctx context.Context) iter.Seq2[ImportSource, error] {
	panic("not yet")
}

// CreateImportSource makes an import source with sync_behavior "api".
func (c *Client) CreateImportSource(ctx context.Context, url string, audienceIDs []int64) (ImportSource, error) {
	panic("not yet")
}

// UpdateImportSource sets the URL and the audiences of an import source, and
// applies the audiences to the pages it has.
func (c *Client) UpdateImportSource(ctx context.Context, id int64, url string, audienceIDs []int64) (ImportSource, error) {
	panic("not yet")
}

// DeleteImportSource deletes an import source, and Intercom all its pages with it.
// One that is gone already is no error.
func (c *Client) DeleteImportSource(ctx context.Context, id int64) error { panic("not yet") }

// ExternalPages yields all external pages of the workspace, of all sources,
// through all list pages.
func (c *Client) ExternalPages(ctx context.Context) iter.Seq2[ExternalPage, error] {
	panic("not yet")
}

// UpsertPage creates a page, or updates the one with its source and external ID.
func (c *Client) UpsertPage(ctx context.Context, p PageRequest) (ExternalPage, error) {
	panic("not yet")
}

// DeletePage deletes a page by Intercom's ID. One that is gone already is no error.
func (c *Client) DeletePage(ctx context.Context, id string) error { panic("not yet") }
