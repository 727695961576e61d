package fetch

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

// Failure is the error of a request that ended without an answer to read, with its outcome.
type Failure struct {
	Outcome crawler.Outcome
	Detail  string
}

func (f *Failure) Error() string { return f.Detail }

// LongPause is the failure of a request to a site that asks for a longer pause than a crawl waits.
type LongPause struct{ *Failure }

func (p *LongPause) Unwrap() error { return p.Failure }

// FailureOf returns the outcome of a request that failed with err, and a description for people.
func FailureOf(err error) (crawler.Outcome, string) {
	var requested *url.Error
	if errors.As(err, &requested) {
		err = requested.Err // the URL is shown beside the detail
	}
	detail := strings.TrimPrefix(err.Error(), "net/http: ")

	var known *Failure
	var network net.Error
	var refused *auth.LoginError
	switch {
	case errors.As(err, &refused) && refused.Status >= 400 && refused.Status < 500 &&
		refused.Status != http.StatusTooManyRequests:
		return crawler.LoginWall, detail // the token server refuses
	case errors.As(err, &known):
		return known.Outcome, detail
	case hasTooMuchHeader(err):
		return crawler.TooLarge, fmt.Sprintf("headers larger than %d bytes: %s", MaxHeader, detail)
	case isTLS(err):
		return crawler.TLSFailed, detail
	case errors.As(err, &network) && network.Timeout():
		return crawler.Timeout, detail
	}
	return crawler.Unreachable, detail
}

// MaxHeader is the largest size of the headers of one answer, in bytes.
const MaxHeader = 1 << 20

// hasTooMuchHeader reports whether the headers of an answer were too large. net/http has no type for that.
// In HTTP/2, one header over the limit is a compression error.
func hasTooMuchHeader(err error) bool {
	return strings.Contains(err.Error(), "server response headers exceeded") ||
		strings.Contains(err.Error(), "response header list larger than advertised limit") ||
		strings.Contains(err.Error(), "connection error: COMPRESSION_ERROR")
}

func isTLS(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.As(err, &alert) ||
		// net/http and crypto/tls have no type for the rest.
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") ||
		strings.Contains(err.Error(), "tls: ")
}

// RefusesCertificate reports whether the server broke off the handshake, as servers do if they do not accept
// the client's certificate. crypto/tls has no type for that.
func RefusesCertificate(err error) bool {
	return err != nil && strings.Contains(err.Error(), "remote error: tls: ")
}

// FailureOfStatus returns the outcome of an answer that has no document. For a 2xx status it returns "".
func FailureOfStatus(status int) (crawler.Outcome, string) {
	detail := fmt.Sprintf("HTTP %d", status)
	if worthRetrying(status) {
		detail = fmt.Sprintf("HTTP %d after %d tries", status, maxTries)
	}
	switch {
	case status >= 200 && status < 300:
		return "", ""
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return crawler.Forbidden, detail
	case status == http.StatusNotFound, status == http.StatusGone:
		return crawler.Gone, detail
	case status == http.StatusTooManyRequests:
		return crawler.RateLimited, detail
	case status >= 400 && status < 500:
		return crawler.Rejected, detail
	case status >= 300 && status < 400:
		return crawler.ServerError, detail + " that leads nowhere"
	}
	return crawler.ServerError, detail
}
