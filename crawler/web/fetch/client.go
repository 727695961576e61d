package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/internal/retry"
)

// Clients are the HTTP clients of one source. They share its throttle, its connections and, except for the
// one of visitors, its session. Sources share nothing.
//
// Each client is a chain of small transports. A request passes through the session and the redirects
// (http.Client), then [auth.Jar.Verbatim], [Retry], [Pace], the credentials, [Buffered], and the
// connections.
type Clients struct {
	Pages   *http.Client // HTML documents
	Files   *http.Client // the login, robots.txt, sitemaps; any body
	Stream  *http.Client // answers that are read as they come, however long they are
	Scripts *http.Client // requests of pages' scripts to the source
	Outside *http.Client // pages, without credentials and cookies
	// OutsideScripts makes the requests of scripts of pages that Outside got.
	OutsideScripts *http.Client
	// Named makes requests of scripts to hosts that the configuration names, and Strangers those to hosts
	// that only a page names. Neither counts against the source's pace.
	Named, Strangers *http.Client
	Throttle         *Throttle
	Jar              *auth.Jar // of all clients but Outside and OutsideScripts

	// CloseIdle closes the connections that the clients keep open.
	CloseIdle func()
}

// ClientConfig says how to request from a source.
type ClientConfig struct {
	Limits
	Documents []document.Kind                            // kinds of files that are read, besides HTML
	Locale    string                                     // of the pages
	MaxFile   int64                                      // largest body of Clients.Files, in bytes
	Transport http.RoundTripper                          // makes the connections; defaults to a transport of its own
	Wait      func(context.Context, time.Duration) error // defaults to a real wait
	Log       *slog.Logger
	// PageRedirect and FileRedirect judge the redirects of Clients.Pages and Clients.Files.
	PageRedirect, FileRedirect func(next *http.Request, via []*http.Request) error
}

// NewClients returns the clients of a source that session logs in to.
func NewClients(config ClientConfig, session *auth.Session) (*Clients, error) {
	jar, err := auth.NewJar()
	if err != nil {
		return nil, err
	}
	visitors, err := auth.NewJar()
	if err != nil {
		return nil, err
	}
	jar.Full = func(site string) {
		config.Log.Warn("the site sets more cookies than a browser would keep, or longer ones; "+
			"those beyond are not kept, and what it has stays", "site", site)
	}
	inside, outside, strange, closeIdle, err := connections(config.Limits, config.Transport, session)
	if err != nil {
		return nil, err
	}
	wait := config.Wait
	if wait == nil {
		wait = retry.Sleep
	}
	c := &Clients{Jar: jar, Throttle: NewThrottle(config.Limits, wait, config.Log), CloseIdle: closeIdle}
	type wrapper func(http.RoundTripper) http.RoundTripper
	chain := func(base http.RoundTripper, credentials wrapper, limit int64, pagesOnly bool) http.RoundTripper {
		buffered := &Buffered{Base: base, Limit: limit, Timeout: config.Timeout, PagesOnly: pagesOnly,
			Documents: config.Documents, Language: config.Locale, Headers: config.Headers}
		return &Retry{Base: &Pace{Base: credentials(buffered), Throttle: c.Throttle}, Wait: wait}
	}
	none := func(t http.RoundTripper) http.RoundTripper { return t }

	by := func(jar *auth.Jar, transport http.RoundTripper) *http.Client {
		return &http.Client{Jar: jar, Transport: jar.Verbatim(transport)}
	}
	c.Pages = by(jar, chain(inside, session.Transport, config.MaxBody, true))
	c.Pages.CheckRedirect = config.PageRedirect
	c.Files = by(jar, chain(inside, session.Transport, config.MaxFile, false))
	c.Files.CheckRedirect = config.FileRedirect
	c.Stream = by(jar, &Retry{Base: &Pace{Base: session.Transport(inside), Throttle: c.Throttle}, Wait: wait})
	c.Scripts = by(jar, chain(inside, session.Transport, config.MaxBody, false))
	c.Outside = by(visitors, chain(outside, none, config.MaxBody, true))
	c.OutsideScripts = by(visitors, chain(outside, none, config.MaxBody, false))
	c.Named = &http.Client{Transport: &Buffered{Base: outside, Limit: config.MaxBody, Timeout: config.Timeout}}
	c.Strangers = &http.Client{Transport: &Buffered{Base: strange, Limit: config.MaxBody, Timeout: config.Timeout}}
	return c, nil
}

// connections returns the transports that make the connections with credentials (inside), without them
// (outside), and to hosts that nobody configured (strange). closeIdle closes the connections that these
// transports keep open, but not those of given.
func connections(f Limits, given http.RoundTripper, session *auth.Session) (
	inside, outside, strange http.RoundTripper, closeIdle func(), err error,
) {
	base := given
	if base == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = max(f.Concurrency, 1) + 1
		t.DisableCompression = true // Buffered decodes
		t.MaxResponseHeaderBytes = MaxHeader
		if err := useNetwork(t, f); err != nil {
			return nil, nil, nil, nil, err
		}
		base = t
	}
	inside, outside, err = session.Connections(base)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	strange = ToStrangers(outside)
	return inside, outside, strange, func() {
		for _, t := range []http.RoundTripper{inside, outside, strange} {
			if t != given {
				(&http.Client{Transport: t}).CloseIdleConnections()
			}
		}
	}, nil
}

// useNetwork makes connections use the configured proxy and trust the configured authorities.
func useNetwork(t *http.Transport, f Limits) error {
	if f.Proxy != "" {
		proxy, err := url.Parse(f.Proxy)
		if err != nil {
			return fmt.Errorf("fetch.proxy: %w", err)
		}
		t.Proxy = http.ProxyURL(proxy)
	}
	if len(f.CA) == 0 {
		return nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(f.CA) {
		return errors.New("tls.ca holds no certificate")
	}
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
	return nil
}
