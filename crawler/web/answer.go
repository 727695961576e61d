package web

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
	"github.com/fincrawl/fincrawl/crawler/web/render"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/crawler/web/stylesheet"
)

// answer is what the site answered to one request.
type answer struct {
	url         *url.URL // final URL
	status      int
	header      http.Header
	contentType string // as served
	body        []byte
	tls         *tls.ConnectionState // nil where the connection was not encrypted
	err         error                // no answer came; the other fields but Asked may be zero

	proof.Asked                  // the session of the request, and its time
	remembered  *Remembered      // what is remembered of the URL; nil if the request had no validators
	rendered    bool             // a browser rendered it, or failed to
	refused     []render.Refusal // requests of its scripts that were not made
	permanent   bool             // it was reached by permanent redirects only
	incomplete  bool             // it was rendered, and render.wait_for matches nothing
	sheets      *stylesheet.Page // the style sheets that it refers to; nil if they are not needed
	file        *file            // its content as a file; nil if it is none that is read
}

// failure returns the outcome of an answer that has no document, and "" for any other answer.
func (a answer) failure() (crawler.Outcome, string) {
	if a.err != nil {
		return fetch.FailureOf(a.err)
	}
	return fetch.FailureOfStatus(a.status)
}

// isDownload reports whether the site asks browsers to save the answer instead of showing it (RFC 6266).
func (a answer) isDownload() bool {
	kind, _, _ := strings.Cut(a.header.Get("Content-Disposition"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "attachment")
}

// get requests one address with client, outside colly's queue.
func (c *crawl) get(ctx context.Context, client *http.Client, u *url.URL) answer {
	with := c.prover.Begins(c.renewal.session.Load())
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

// accepted is the Accept header of every request.
const accepted = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

// isPermanent reports whether r was reached by redirects, all of which are permanent.
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
