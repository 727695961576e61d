package scope

import (
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/internal/secrets"
)

// An address that has a secret of our own in it is never stored or shown with it: a
// site may put the session into its links and redirects. A parameter that carries one
// chooses no document, like the sessions that [Normalise] drops. Elsewhere the secret
// is replaced by [veiled], and the address is not asked for.

// veiled stands for a secret in an address.
const veiled = "***"

// WithoutSecrets returns a normalised address without the secrets in it.
func WithoutSecrets(u *url.URL, own *secrets.Set) *url.URL {
	if !own.In(u.String()) {
		return u
	}
	clean := *u
	var kept []string
	for pair := range strings.SplitSeq(clean.RawQuery, "&") {
		if !own.In(pair) {
			kept = append(kept, pair)
		}
	}
	clean.RawQuery = strings.Join(kept, "&")
	if own.In(clean.RawQuery) { // it stands over several parameters
		clean.RawQuery = ""
	}
	clean.Fragment, clean.RawFragment, clean.User = "", "", nil
	if own.In(clean.Host) {
		clean.Host = veiled + "." + clean.Scheme
	}
	segments := strings.Split(clean.EscapedPath(), "/")
	for i, segment := range segments {
		if own.In(segment) {
			segments[i] = veiled
		}
	}
	path := strings.Join(segments, "/")
	if own.In(path) { // it stands over several segments
		path = "/" + veiled
	}
	if plain, err := url.PathUnescape(path); err == nil {
		clean.Path, clean.RawPath = plain, path
	}
	if own.In(clean.String()) { // it stands over several parts
		return &url.URL{Scheme: clean.Scheme, Host: clean.Host, Path: "/" + veiled}
	}
	return &clean
}

// isVeiled reports whether a secret was taken out of the path or the host of an address,
// so that nothing is to be had at what is left.
func isVeiled(u *url.URL) bool {
	return strings.HasPrefix(u.Host, veiled+".") || strings.Contains(u.Path, "/"+veiled)
}
