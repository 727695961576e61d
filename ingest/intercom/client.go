// Package intercom is a client for the AI Content API of Intercom: content
// import sources and external pages, the part that fincrawl needs.
//
// All requests of a client share one budget, read from the answers' rate limit
// headers, and are retried where a repeat may help and can do no harm, until one
// call after another fails: see [ErrDown]. What a
// call could not do is an [*Error] where something answered; [KindOf] says what
// follows from it.
package intercom

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/fincrawl/fincrawl/internal/retry"
)

// Config says where and as whom to call.
type Config struct {
	BaseURL   string // such as https://api.intercom.io; see RegionURL
	Token     string
	Version   string                                     // Intercom-Version header; "" is 2.15
	Share     float64                                    // of the workspace's rate limit that may be used, 0 < Share <= 1; else it is 1
	UserAgent string                                     // "" is fincrawl
	Transport http.RoundTripper                          // nil: a clone of http.DefaultTransport
	Wait      func(context.Context, time.Duration) error // before a call is tried again; nil: really
	Log       *slog.Logger                               // nil: none
}

// pageBuffer is room for most pages, so that each goes in one write and comes in one read.
const pageBuffer = 32 << 10

// RegionURL returns the API's address for a region: us, eu or au.
func RegionURL(region string) (string, bool) {
	switch region {
	case "us":
		return "https://api.intercom.io", true
	case "eu":
		return "https://api.eu.intercom.io", true
	case "au":
		return "https://api.au.intercom.io", true
	}
	return "", false
}

// Client calls the API. It is safe for use by several goroutines.
type Client struct {
	base      string // without a slash at its end
	token     string
	version   string
	userAgent string
	http      *http.Client
	budget    *budget
	circuit   circuit
	usage     usage
	wait      func(context.Context, time.Duration) error
	log       *slog.Logger
	noLookUp  atomic.Bool // the API was seen to look no page up
}

// New returns a client. It sends nothing.
func New(c Config) *Client {
	if c.Version == "" {
		c.Version = "2.15"
	}
	if c.Share <= 0 || c.Share > 1 {
		c.Share = 1
	}
	if c.UserAgent == "" {
		c.UserAgent = "fincrawl"
	}
	if c.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = t.MaxIdleConns // there is but one host
		t.WriteBufferSize, t.ReadBufferSize = pageBuffer, pageBuffer
		c.Transport = t
	}
	if c.Wait == nil {
		c.Wait = retry.Sleep
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Client{
		base:      strings.TrimRight(c.BaseURL, "/"),
		token:     c.Token,
		version:   c.Version,
		userAgent: c.UserAgent,
		http: &http.Client{
			Transport: c.Transport,
			// A redirect could carry the token elsewhere, or turn a POST into a GET. The API
			// has none, so one is reported as the mistake in the address that it is.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		budget: newBudget(c.Share),
		wait:   c.Wait,
		log:    c.Log,
	}
}

// Me returns whose token this is (GET /me). Where the API has no such call, or keeps it
// from the token, the token is checked by one that is needed anyway, and nobody is named.
func (c *Client) Me(ctx context.Context) (Me, error) {
	var me Me
	var a struct {
		ID   text `json:"id"`
		Type text `json:"type"`
		Name text `json:"name"`
		App  struct {
			IDCode text `json:"id_code"`
			Name   text `json:"name"`
			Region text `json:"region"`
		} `json:"app"`
	}
	err := c.do(ctx, call{method: "GET", path: "/me"}, &a)
	if err != nil && (KindOf(err) == NotFound || answered(err, http.StatusForbidden)) {
		_, err = readListPage[answeredSource](ctx, c, sourcesPath, url.Values{"per_page": {"1"}}, 1, false)
	}
	me.ID, me.Type, me.Name = string(a.ID), string(a.Type), string(a.Name)
	me.App.IDCode, me.App.Name, me.App.Region = string(a.App.IDCode), string(a.App.Name), string(a.App.Region)
	return me, err
}

// ImportSources yields all content import sources, through all list pages, each
// once. After an error, which comes last, the listing is not whole.
func (c *Client) ImportSources(ctx context.Context) iter.Seq2[ImportSource, error] {
	return list(ctx, c, sourcesPath, func(a answeredSource) ImportSource { return ImportSource(a) }, func(s ImportSource) int64 { return s.ID })
}

// ImportSource returns an import source by its ID.
func (c *Client) ImportSource(ctx context.Context, id int64) (ImportSource, error) {
	var s answeredSource
	err := c.do(ctx, call{method: "GET", path: sourcePath(id)}, &s)
	return ImportSource(s), err
}

// CreateImportSource makes an import source with sync_behavior "api".
//
// Intercom may allow two import sources with one URL, so a creation whose outcome is
// unknown is not simply repeated: if the workspace has got one by then, that one is
// returned, with Found set, since it may be that of another process. The caller looks for
// one before creating.
func (c *Client) CreateImportSource(ctx context.Context, url string, audienceIDs []int64) (ImportSource, error) {
	create := call{method: "POST", path: sourcesPath, once: true, body: sourceRequest{
		SyncBehavior: "api", URL: url, AudienceIDs: audienceIDs,
	}}
	pace := newBackoff()
	for try := 1; ; try++ {
		var answer answeredSource
		err := c.do(ctx, create, &answer)
		if err == nil || KindOf(err) != Transient || try == maxTries {
			return ImportSource(answer), err
		}
		if c.wait(ctx, pace.NextBackOff()) != nil {
			return ImportSource{}, err
		}
		found, ok, lookErr := c.sourceWithURL(ctx, url)
		switch {
		case lookErr != nil:
			return ImportSource{}, errors.Join(err, fmt.Errorf("look whether it was made: %w", lookErr))
		case ok:
			found.Found = true
			return found, nil
		}
	}
}

func (c *Client) sourceWithURL(ctx context.Context, url string) (ImportSource, bool, error) {
	for s, err := range c.ImportSources(ctx) {
		if err != nil {
			return ImportSource{}, false, err
		}
		if s.SyncBehavior == "api" && strings.EqualFold(strings.TrimRight(s.URL, "/"), strings.TrimRight(url, "/")) {
			return s, true, nil
		}
	}
	return ImportSource{}, false, nil
}

// UpdateImportSource sets the URL and the audiences of an import source, and
// applies the audiences to the pages it has. No audiences removes them all.
func (c *Client) UpdateImportSource(ctx context.Context, id int64, url string, audienceIDs []int64) (ImportSource, error) {
	return c.putImportSource(ctx, id, sourceUpdate{URL: url, AudienceIDs: audienceIDs})
}

// ActivateImportSource does what UpdateImportSource does, and switches the import
// source on.
func (c *Client) ActivateImportSource(ctx context.Context, id int64, url string, audienceIDs []int64) (ImportSource, error) {
	return c.putImportSource(ctx, id, sourceUpdate{URL: url, AudienceIDs: audienceIDs, Status: "active"})
}

func (c *Client) putImportSource(ctx context.Context, id int64, u sourceUpdate) (ImportSource, error) {
	u.SyncBehavior, u.ApplyToPages = "api", true
	if u.AudienceIDs == nil {
		u.AudienceIDs = []int64{}
	}
	var s answeredSource
	err := c.do(ctx, call{method: "PUT", path: sourcePath(id), body: u}, &s)
	return ImportSource(s), err
}

// DeleteImportSource deletes an import source, and Intercom all its pages with it.
// One that is gone already is no error.
func (c *Client) DeleteImportSource(ctx context.Context, id int64) error {
	return gone(c.do(ctx, call{method: "DELETE", path: sourcePath(id)}, nil))
}

// ExternalPages yields all external pages of the workspace, of all sources,
// through all list pages, each once. After an error, which comes last, the listing
// is not whole. Where Intercom lists no further, that is a [*ListingEnd].
func (c *Client) ExternalPages(ctx context.Context) iter.Seq2[ExternalPage, error] {
	return list(ctx, c, pagesPath, func(a answeredPage) ExternalPage { return ExternalPage(a) }, func(p ExternalPage) string { return p.ID })
}

// ExternalPage returns a page by Intercom's ID.
func (c *Client) ExternalPage(ctx context.Context, id string) (ExternalPage, error) {
	var page answeredPage
	if id == "" { // the path would be that of all pages
		return ExternalPage(page), errors.New("get an external page: it has no id")
	}
	err := c.do(ctx, call{method: "GET", path: pagePath(id)}, &page)
	return ExternalPage(page), err
}

// UpsertPage creates a page, or updates the one with its source and external ID.
func (c *Client) UpsertPage(ctx context.Context, p PageRequest) (ExternalPage, error) {
	var page answeredPage
	err := c.do(ctx, call{method: "POST", path: pagesPath, body: p}, &page)
	return ExternalPage(page), err
}

// DeletePage deletes a page by Intercom's ID. One that is gone already is no error.
func (c *Client) DeletePage(ctx context.Context, id string) error {
	if id == "" { // the path would be that of all pages
		return errors.New("delete an external page: it has no id")
	}
	return gone(c.do(ctx, call{method: "DELETE", path: pagePath(id)}, nil))
}

const (
	sourcesPath = "/ai/content_import_sources"
	pagesPath   = "/ai/external_pages"
)

func sourcePath(id int64) string { return sourcesPath + "/" + strconv.FormatInt(id, 10) }

func pagePath(id string) string { return pagesPath + "/" + url.PathEscape(id) }

// gone makes a success of "not found".
func gone(err error) error {
	if err != nil && KindOf(err) == NotFound {
		return nil
	}
	return err
}
