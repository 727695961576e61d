// Package startaddress says why the start address of a source cannot be read, and what a person can do about that.
package startaddress

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
)

// HintFor returns what a person can do about a start address that cannot be read, or "". at is where the answer
// came from, with an error if there was none.
func HintFor(o crawler.Outcome, at *url.URL, err error, scheme string, loggedIn bool) string {
	switch o {
	case crawler.Unreachable:
		return "check the address, and whether this machine reaches it: VPN, proxy, firewall, name server"
	case crawler.TLSFailed:
		return hintForCertificate(err)
	case crawler.Forbidden, crawler.LoginWall:
		if loggedIn && err == nil && at.Scheme != scheme {
			return "the site has moved to " + at.Scheme + ", where the credentials are not sent: change url"
		}
		if loggedIn {
			return "the site did not accept the credentials under auth: check that they are right and have not expired"
		}
		return "the site wants a login: add auth to the source"
	case crawler.Gone:
		return "check url"
	case crawler.RedirectedOut:
		return "set url to where the content is"
	case crawler.TooLarge:
		return "raise fetch.max_body"
	case crawler.Timeout:
		return "try again later, or raise fetch.timeout"
	case crawler.RateLimited, crawler.ServerError:
		return "the site has a problem: try again later"
	case crawler.NotHTML:
		return "set url to a web page"
	case crawler.Unrendered:
		return "install Chromium, or set browser.path or browser.remote to one that works"
	}
	return ""
}

// WhyNoLogin returns the outcome of a source whose login failed. A site that is down has not refused the
// credentials.
func WhyNoLogin(e *auth.LoginError) (crawler.Outcome, string) {
	detail := "the login failed: " + e.Step
	switch {
	case e.Status == http.StatusTooManyRequests:
		return crawler.RateLimited, detail
	case e.Status >= 500:
		return crawler.ServerError, fmt.Sprintf("%s: HTTP %d", detail, e.Status)
	case e.Status == 0 && e.Err != nil:
		outcome, why := fetch.FailureOf(e.Err)
		return outcome, detail + ": " + why
	}
	return crawler.LoginWall, detail
}

// Error means that the start address of a source could not be read, so that nothing is known of the
// source.
type Error struct {
	URL     string
	Outcome crawler.Outcome
	Detail  string // what was seen
	Hint    string // what to do; may be empty
}

func (e *Error) Error() string {
	text := fmt.Sprintf("read the start address %s: %s", e.URL, e.Outcome)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

func hintForCertificate(err error) string {
	var (
		name     x509.HostnameError
		invalid  x509.CertificateInvalidError
		untested x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &name) && name.Certificate != nil && len(name.Certificate.DNSNames) == 0:
		return "the certificate names no host: have one made whose subject alternative names have the host of url"
	case errors.As(err, &name) && name.Certificate != nil:
		return fmt.Sprintf("the certificate is for %s: use such a name in url, or have the certificate renewed",
			strings.Join(name.Certificate.DNSNames, ", "))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		return fmt.Sprintf("the certificate is valid from %s to %s: have it renewed, or set this machine's clock",
			invalid.Cert.NotBefore.Format("2006-01-02"), invalid.Cert.NotAfter.Format("2006-01-02"))
	case errors.As(err, &untested):
		return "the certificate is signed by an authority that this machine does not know: " +
			"install it, or point SSL_CERT_FILE at it"
	}
	return "check that the site speaks HTTPS at this address"
}
