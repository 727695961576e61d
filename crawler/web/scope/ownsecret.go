package scope

import (
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/internal/secrets"
)

// A site may put the session into its links and redirects. So an address that contains a secret of the
// source is never stored or shown with it. A parameter that contains one is dropped, like the sessions that
// [Normalise] drops. Elsewhere [veiled] replaces the secret, and the address is not requested.

// veiled replaces a secret in an address.
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
	if own.In(clean.RawQuery) { // it extends over several parameters
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
	if own.In(path) { // it extends over several segments
		path = "/" + veiled
	}
	if plain, err := url.PathUnescape(path); err == nil {
		clean.Path, clean.RawPath = plain, path
	}
	if own.In(clean.String()) { // it extends over several parts
		return &url.URL{Scheme: clean.Scheme, Host: clean.Host, Path: "/" + veiled}
	}
	return &clean
}

// isVeiled reports whether a secret was removed from the path or the host of an address, so that a request
// for it is pointless.
func isVeiled(u *url.URL) bool {
	return strings.HasPrefix(u.Host, veiled+".") || strings.Contains(u.Path, "/"+veiled)
}
