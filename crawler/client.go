package crawler

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/time/rate"

	"github.com/fincrawl/fincrawl/crawler/auth"
)

// clients are the ways in which one source is asked. They share its rate, its
// connections and, but for the one that looks from outside, its session. Nothing
// is shared between sources.
//
// Each is a chain of small transports, in the order of a request: the session and
// redirects by http.Client, then [retry], [pace], the credentials, [whole], and
// the connections.
type clients struct {
	pages   *http.Client // HTML documents, whose redirects are judged
	files   *http.Client // the login, robots.txt, sitemaps: any body
	outside *http.Client // pages, without credentials and cookies
	limiter *rate.Limiter
	close   func()
}

func newClients(src Source, sur Surroundings, session *auth.Session, onRedirect func(*http.Request, []*http.Request) error) (*clients, error) {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, fmt.Errorf("make a cookie jar: %w", err)
	}
	visitors, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, fmt.Errorf("make a cookie jar: %w", err)
	}
	base, closeIdle := connections(src.Fetch, sur.Transport)
	c := &clients{limiter: newLimiter(src.Fetch.Rate), close: closeIdle}
	wait := sur.Wait
	if wait == nil {
		wait = sleep
	}
	chain := func(credentials func(http.RoundTripper) http.RoundTripper, limit int64, pagesOnly bool) http.RoundTripper {
		whole := &whole{base: base, limit: limit, timeout: src.Fetch.Timeout, pagesOnly: pagesOnly}
		return &retry{base: &pace{base: credentials(whole), limiter: c.limiter, wait: wait}, wait: wait}
	}
	none := func(t http.RoundTripper) http.RoundTripper { return t }

	c.pages = &http.Client{Jar: jar, Transport: chain(session.Transport, src.Fetch.MaxBody, true), CheckRedirect: onRedirect}
	c.files = &http.Client{Jar: jar, Transport: chain(session.Transport, maxSitemap, false)}
	c.outside = &http.Client{Jar: visitors, Transport: chain(none, src.Fetch.MaxBody, true)}
	return c, nil
}

// connections returns the transport that makes the connections, and what closes
// those that it keeps open: only its own.
func connections(f Fetch, given http.RoundTripper) (http.RoundTripper, func()) {
	if given != nil {
		return given, func() {}
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = max(f.Concurrency, 1) + 1
	t.DisableCompression = true // ours: see whole
	return t, t.CloseIdleConnections
}

// slowDown keeps the rate to one request in each delay, if that is slower.
func (c *clients) slowDown(delay time.Duration) {
	if delay > 0 {
		c.limiter.SetLimit(min(c.limiter.Limit(), rate.Every(delay)))
	}
}

// answer is what the site said to a request.
type answer struct {
	url         *url.URL // final URL
	status      int
	header      http.Header
	contentType string // as served
	body        []byte
	err         error // instead of all others
}

// failure names the outcome of an answer without a document; "" for the others.
func (a answer) failure() (Outcome, string) {
	if a.err != nil {
		return failureOf(a.err)
	}
	return failureOfStatus(a.status)
}

// get asks for one address by client, outside colly's queue.
func (c *crawl) get(ctx context.Context, client *http.Client, u *url.URL) answer {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return answer{url: u, err: err}
	}
	r.Header.Set("User-Agent", c.src.Fetch.UserAgent)
	r.Header.Set("Accept", accepted)
	res, err := client.Do(r)
	if err != nil {
		return answer{url: u, err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{url: res.Request.URL, status: res.StatusCode, header: res.Header,
		contentType: res.Header.Get("Content-Type"), body: body, err: err}
}

// accepted is the Accept header of all requests.
const accepted = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
