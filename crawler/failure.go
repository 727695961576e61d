package crawler

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/auth"
)

// failure is a request that ended without an answer to read, and its outcome.
type failure struct {
	outcome Outcome
	detail  string
}

func (f *failure) Error() string { return f.detail }

// longPause is the failure of a request to a site that wants to be left alone for
// longer than a crawl waits.
type longPause struct{ *failure }

func (p *longPause) Unwrap() error { return p.failure }

// failureOf names the outcome of a request that failed with err, and tells people
// what happened.
func failureOf(err error) (Outcome, string) {
	var requested *url.Error
	if errors.As(err, &requested) {
		err = requested.Err // the URL is shown beside the detail anyway
	}
	detail := strings.TrimPrefix(err.Error(), "net/http: ")

	var known *failure
	var network net.Error
	var refused *auth.LoginError
	switch {
	case errors.As(err, &refused) && refused.Status >= 400 && refused.Status < 500 && refused.Status != http.StatusTooManyRequests:
		return LoginWall, detail // no token is given any more
	case errors.As(err, &known):
		return known.outcome, detail
	case isTLS(err):
		return TLSFailed, detail
	case errors.As(err, &network) && network.Timeout():
		return Timeout, detail
	}
	return Unreachable, detail
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

// refusesCertificate reports whether a request failed since the server broke the handshake
// off, as it does for a client whose certificate it does not accept. crypto/tls has no type
// for that.
func refusesCertificate(err error) bool {
	return err != nil && strings.Contains(err.Error(), "remote error: tls: ")
}

// failureOfStatus names the outcome of an answer that is not a document; "" for
// the 2xx ones, which are.
func failureOfStatus(status int) (Outcome, string) {
	detail := fmt.Sprintf("HTTP %d", status)
	if worthRetrying(status) {
		detail = fmt.Sprintf("HTTP %d after %d tries", status, maxTries)
	}
	switch {
	case status >= 200 && status < 300:
		return "", ""
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return Forbidden, detail
	case status == http.StatusNotFound, status == http.StatusGone:
		return Gone, detail
	case status == http.StatusTooManyRequests:
		return RateLimited, detail
	case status >= 400 && status < 500:
		return Rejected, detail
	case status >= 300 && status < 400:
		return ServerError, detail + " that leads nowhere"
	}
	return ServerError, detail
}

// whyNoLogin names the outcome of a source whose login failed: a site that is down
// refuses nobody.
func whyNoLogin(e *auth.LoginError) (Outcome, string) {
	detail := "the login failed: " + e.Step
	switch {
	case e.Status == http.StatusTooManyRequests:
		return RateLimited, detail
	case e.Status >= 500:
		return ServerError, fmt.Sprintf("%s: HTTP %d", detail, e.Status)
	case e.Status == 0 && e.Err != nil:
		outcome, why := failureOf(e.Err)
		return outcome, detail + ": " + why
	}
	return LoginWall, detail
}

// StartError is a source whose start address could not be read, so that nothing
// is known of the source.
type StartError struct {
	URL     string
	Outcome Outcome
	Detail  string // what was seen
	Hint    string // how to mend it; may be empty
}

func (e *StartError) Error() string {
	text := fmt.Sprintf("read the start address %s: %s", e.URL, e.Outcome)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// hintFor says how a start address that cannot be read may be mended.
func hintFor(o Outcome, a answer, scheme string, loggedIn bool) string {
	switch o {
	case Unreachable:
		return "check the address, and whether this machine reaches it: VPN, proxy, firewall, name server"
	case TLSFailed:
		return hintForCertificate(a.err)
	case Forbidden, LoginWall:
		if loggedIn && a.err == nil && a.url.Scheme != scheme {
			return "the site has moved to " + a.url.Scheme + ", where the credentials are not sent: change url"
		}
		if loggedIn {
			return "the site did not accept the credentials under auth: check that they are right and have not expired"
		}
		return "the site wants a login: add auth to the source"
	case Gone:
		return "check url"
	case RedirectedOut:
		return "set url to where the content is"
	case TooLarge:
		return "raise fetch.max_body"
	case Timeout:
		return "try again later, or raise fetch.timeout"
	case RateLimited, ServerError:
		return "the site has a problem: try again later"
	case NotHTML:
		return "set url to a web page"
	case Unrendered:
		return "install Chromium, or set browser.path or browser.remote to one that works"
	}
	return ""
}

func hintForCertificate(err error) string {
	var (
		name     x509.HostnameError
		invalid  x509.CertificateInvalidError
		untested x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &name) && name.Certificate != nil:
		return fmt.Sprintf("the certificate is for %s: use such a name in url, or have the certificate renewed",
			strings.Join(name.Certificate.DNSNames, ", "))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		return fmt.Sprintf("the certificate is valid from %s to %s: have it renewed, or set this machine's clock",
			invalid.Cert.NotBefore.Format("2006-01-02"), invalid.Cert.NotAfter.Format("2006-01-02"))
	case errors.As(err, &untested):
		return "the certificate is signed by an authority that this machine does not know: install it, or point SSL_CERT_FILE at it"
	}
	return "check that the site speaks HTTPS at this address"
}
