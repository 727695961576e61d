// Package intercom is a client for the part of Intercom's AI Content API that fincrawl
// needs: content import sources and external pages.
//
// All requests of a client share one budget, which follows the rate limit headers of the
// answers. A request is retried where that may help and can do no harm, until too many calls
// in a row failed: see [ErrDown]. Where something answered, the error is an [*Error], and
// [KindOf] says what follows from it.
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

// Config is the configuration of a Client.
type Config struct {
	BaseURL   string // such as https://api.intercom.io; see RegionURL
	Token     string
	Version   string                                     // Intercom-Version header. Defaults to 2.15.
	Share     float64                                    // share of the rate limit to use, from 0 to 1. Defaults to 1.
	UserAgent string                                     // Defaults to fincrawl.
	Transport http.RoundTripper                          // Defaults to a clone of http.DefaultTransport.
	Wait      func(context.Context, time.Duration) error // waits before a retry. Defaults to sleeping.
	Log       *slog.Logger                               // Defaults to discarding.
}

// pageBuffer is the size of the transport's buffers. Most pages fit, so that each is written and read at once.
const pageBuffer = 32 << 10

// RegionURL returns the API's base URL for a region: us, eu or au.
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
	base      string // without a trailing slash
	token     string
	version   string
	userAgent string
	http      *http.Client
	budget    *budget
	circuit   circuit
	usage     usage
	wait      func(context.Context, time.Duration) error
	log       *slog.Logger
	noLookUp  atomic.Bool // the API turned out not to support looking up pages
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
		t.MaxIdleConnsPerHost = t.MaxIdleConns // there is only one host
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
			// A redirect could send the token elsewhere or turn a POST into a GET. The API never
			// redirects, so a redirect is reported as a wrong base URL.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		budget: newBudget(c.Share),
		wait:   c.Wait,
		log:    c.Log,
	}
}

// Me returns who the token belongs to (GET /me). Where the API has no such call, or the token
// may not make it, another call checks the token, and Me is empty.
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

// ImportSources yields all content import sources, each once. An error is yielded last and
// means that the listing is incomplete.
func (c *Client) ImportSources(ctx context.Context) iter.Seq2[ImportSource, error] {
	return list(ctx, c, sourcesPath,
		func(a answeredSource) ImportSource { return ImportSource(a) },
		func(s ImportSource) int64 { return s.ID })
}

// ImportSource returns an import source by its ID.
func (c *Client) ImportSource(ctx context.Context, id int64) (ImportSource, error) {
	var s answeredSource
	err := c.do(ctx, call{method: "GET", path: sourcePath(id)}, &s)
	return ImportSource(s), err
}

// CreateImportSource creates an import source with sync_behavior "api". The caller first has
// to look whether there is one.
//
// Intercom may allow two import sources with one URL. So a creation whose outcome is unknown
// is not repeated blindly: if the workspace has such an import source by then, that one is
// returned. Found is then set, because another process may have created it.
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

// UpdateImportSource sets the URL and the audiences of an import source and applies the
// audiences to its pages. With no audiences, all are removed.
func (c *Client) UpdateImportSource(
	ctx context.Context, id int64, url string, audienceIDs []int64,
) (ImportSource, error) {
	return c.putImportSource(ctx, id, sourceUpdate{URL: url, AudienceIDs: audienceIDs})
}

// ActivateImportSource does the same as UpdateImportSource and switches the import source on.
func (c *Client) ActivateImportSource(
	ctx context.Context, id int64, url string, audienceIDs []int64,
) (ImportSource, error) {
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

// DeleteImportSource deletes an import source. Intercom deletes all its pages as well. It is
// no error where the import source is gone already.
func (c *Client) DeleteImportSource(ctx context.Context, id int64) error {
	return gone(c.do(ctx, call{method: "DELETE", path: sourcePath(id)}, nil))
}

// ExternalPages yields all external pages of the workspace, each once, from all import
// sources. An error is yielded last and means that the listing is incomplete. It is a
// [*ListingEnd] where Intercom lists no further.
func (c *Client) ExternalPages(ctx context.Context) iter.Seq2[ExternalPage, error] {
	return list(ctx, c, pagesPath,
		func(a answeredPage) ExternalPage { return ExternalPage(a) },
		func(p ExternalPage) string { return p.ID })
}

// ExternalPage returns a page by Intercom's ID.
func (c *Client) ExternalPage(ctx context.Context, id string) (ExternalPage, error) {
	var page answeredPage
	if id == "" { // the path would be that of the list of pages
		return ExternalPage(page), errors.New("get an external page: it has no id")
	}
	err := c.do(ctx, call{method: "GET", path: pagePath(id)}, &page)
	return ExternalPage(page), err
}

// UpsertPage creates a page, or updates the page with the same import source and external ID.
func (c *Client) UpsertPage(ctx context.Context, p PageRequest) (ExternalPage, error) {
	var page answeredPage
	err := c.do(ctx, call{method: "POST", path: pagesPath, body: p}, &page)
	return ExternalPage(page), err
}

// DeletePage deletes a page by Intercom's ID. It is no error where the page is gone already.
func (c *Client) DeletePage(ctx context.Context, id string) error {
	if id == "" { // the path would be that of the list of pages
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

// gone returns nil for an error of the kind NotFound.
func gone(err error) error {
	if err != nil && KindOf(err) == NotFound {
		return nil
	}
	return err
}
