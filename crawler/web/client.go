package web

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
	"github.com/fincrawl/fincrawl/crawler/web/render"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/crawler/web/sitemap"
	"github.com/fincrawl/fincrawl/internal/retry"
)

// clients are the ways in which one source is asked. They share its throttle, its
// connections and, but for the one that looks from outside, its session. Nothing
// is shared between sources.
//
// Each is a chain of small transports, in the order of a request: the session and
// redirects by http.Client, then [auth.Jar.Verbatim], [fetch.Retry], [fetch.Pace], the credentials, [fetch.Whole], and
// the connections.
type clients struct {
	pages   *http.Client // HTML documents, whose redirects are judged
	files   *http.Client // the login, robots.txt, sitemaps: any body
	scripts *http.Client // what the scripts of pages ask of the source
	outside *http.Client // pages, without credentials and cookies
	// outsideScripts is what the scripts of such pages ask of the source.
	outsideScripts *http.Client
	// What scripts ask of other hosts does not count against the source's pace. Those that the configuration names
	// are asked by named, and those that only a page names by strangers.
	named, strangers *http.Client
	throttle         *fetch.Throttle
	jar              *auth.Jar // of all but those who look from outside
	close            func()
}

func newClients(src Source, sur Surroundings, log *slog.Logger, session *auth.Session, onRedirect func(*http.Request, []*http.Request) error) (*clients, error) {
	jar, err := auth.NewJar()
	if err != nil {
		return nil, err
	}
	visitors, err := auth.NewJar()
	if err != nil {
		return nil, err
	}
	jar.Full = func(site string) {
		log.Warn("the site sets more cookies than a browser would keep, or longer ones; those beyond are not kept, and what it has stays", "site", site)
	}
	inside, outside, strange, closeIdle, err := connections(src.Fetch, sur.Transport, session)
	if err != nil {
		return nil, err
	}
	wait := sur.Wait
	if wait == nil {
		wait = retry.Sleep
	}
	c := &clients{jar: jar, throttle: fetch.NewThrottle(src.Fetch, wait, log), close: closeIdle}
	chain := func(base http.RoundTripper, credentials func(http.RoundTripper) http.RoundTripper, limit int64, pagesOnly bool) http.RoundTripper {
		whole := &fetch.Whole{Base: base, Limit: limit, Timeout: src.Fetch.Timeout, PagesOnly: pagesOnly, Documents: src.Documents, Language: src.Locale, Headers: src.Fetch.Headers}
		return &fetch.Retry{Base: &fetch.Pace{Base: credentials(whole), Throttle: c.throttle}, Wait: wait}
	}
	none := func(t http.RoundTripper) http.RoundTripper { return t }

	c.pages = &http.Client{Jar: jar, Transport: jar.Verbatim(chain(inside, session.Transport, src.Fetch.MaxBody, true)), CheckRedirect: onRedirect}
	c.files = &http.Client{Jar: jar, Transport: jar.Verbatim(chain(inside, session.Transport, sitemap.MaxSize, false))}
	c.scripts = &http.Client{Jar: jar, Transport: jar.Verbatim(chain(inside, session.Transport, src.Fetch.MaxBody, false))}
	c.named = &http.Client{Transport: &fetch.Whole{Base: outside, Limit: src.Fetch.MaxBody, Timeout: src.Fetch.Timeout}}
	c.strangers = &http.Client{Transport: &fetch.Whole{Base: strange, Limit: src.Fetch.MaxBody, Timeout: src.Fetch.Timeout}}
	c.outside = &http.Client{Jar: visitors, Transport: visitors.Verbatim(chain(outside, none, src.Fetch.MaxBody, true))}
	c.outsideScripts = &http.Client{Jar: visitors, Transport: visitors.Verbatim(chain(outside, none, src.Fetch.MaxBody, false))}
	return c, nil
}

// connections returns the transports that make the connections of those who have
// the credentials, of those who don't, and of those to hosts that nobody configured,
// and what closes the connections that they keep open: only their own.
func connections(f fetch.Limits, given http.RoundTripper, session *auth.Session) (inside, outside, strange http.RoundTripper, closeIdle func(), err error) {
	base := given
	if base == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = max(f.Concurrency, 1) + 1
		t.DisableCompression = true // ours: see whole
		t.MaxResponseHeaderBytes = fetch.MaxHeader
		if err := useNetwork(t, f); err != nil {
			return nil, nil, nil, nil, err
		}
		base = t
	}
	inside, outside, err = session.Connections(base)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	strange = fetch.ToStrangers(outside)
	return inside, outside, strange, func() {
		for _, t := range []http.RoundTripper{inside, outside, strange} {
			if t != given {
				(&http.Client{Transport: t}).CloseIdleConnections()
			}
		}
	}, nil
}

// useNetwork has connections go through the configured proxy, and trusts the configured authorities.
func useNetwork(t *http.Transport, f fetch.Limits) error {
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

// answer is what the site said to a request.
type answer struct {
	url         *url.URL // final URL
	status      int
	header      http.Header
	contentType string // as served
	body        []byte
	tls         *tls.ConnectionState // nil where the connection was not encrypted
	err         error                // instead of all but the session

	proof.Asked                  // with which session, and when
	remembered  *Remembered      // whose validators were sent; nil where none were
	rendered    bool             // is as a browser has shown it, or could not
	refused     []render.Refusal // what its scripts asked for and did not get
	permanent   bool             // was come to by redirects that are for good
	unripe      bool             // was rendered, and lacks what a whole page has
	sheets      *pageSheets      // that it refers to; nil where they are not asked for
	file        *file            // what its file says; nil where it is none that is read
}

// failure names the outcome of an answer without a document; "" for the others.
func (a answer) failure() (crawler.Outcome, string) {
	if a.err != nil {
		return fetch.FailureOf(a.err)
	}
	return fetch.FailureOfStatus(a.status)
}

// isDownload reports whether an answer is a file to keep, which a browser shows to nobody
// (RFC 6266).
func (a answer) isDownload() bool {
	kind, _, _ := strings.Cut(a.header.Get("Content-Disposition"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "attachment")
}

// get asks for one address by client, outside colly's queue.
func (c *crawl) get(ctx context.Context, client *http.Client, u *url.URL) answer {
	with := c.prover.Begins(c.door.session.Load())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return answer{url: u, Asked: with, err: err}
	}
	r.Header.Set("User-Agent", c.src.Fetch.UserAgent)
	r.Header.Set("Accept", accepted)
	res, err := client.Do(r)
	if err != nil {
		return answer{url: u, Asked: with, err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{url: scope.WithoutSecrets(res.Request.URL, c.own), status: res.StatusCode, header: res.Header,
		contentType: res.Header.Get("Content-Type"), body: body, tls: res.TLS, Asked: with, err: err,
		permanent: isPermanent(res.Request)}
}

// accepted is the Accept header of all requests.
const accepted = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// isPermanent reports whether an answer was come to by redirects that are for good.
func isPermanent(r *http.Request) bool {
	if r == nil || r.Response == nil {
		return false
	}
	for ; r != nil && r.Response != nil; r = r.Response.Request {
		if s := r.Response.StatusCode; s != http.StatusMovedPermanently && s != http.StatusPermanentRedirect {
			return false
		}
	}
	return true
}
