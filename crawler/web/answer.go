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
	sheets      *stylesheet.Page // that it refers to; nil where they are not asked for
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
