package scope

import (
	"net/url"
	"strings"
)

// IsLoginAddress reports whether an address is named like one where people log in. Only a whole path segment
// or parameter value counts, so /articles/how-to-log-in is none.
func IsLoginAddress(u *url.URL) bool {
	for segment := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		if namesLogin(WithoutExtension(segment)) {
			return true
		}
	}
	for pair := range strings.SplitSeq(strings.ToLower(u.RawQuery), "&") {
		name, value, _ := strings.Cut(pair, "=")
		if (ChoosesAction(name) || name == "title" || name == "page") && namesLogin(value) {
			return true
		}
	}
	return false
}

func namesLogin(name string) bool {
	switch name {
	case "login", "log-in", "log_in", "logon", "signin", "sign-in", "sign_in", "wp-login", "userlogin",
		"special:userlogin", "sso", "saml", "saml2", "oauth", "oauth2", "authorize", "openid-connect", "adfs", "cas":
		return true
	}
	return false
}

// IsSignOn reports whether an address on another site looks like one where people log in. Here a login that
// is taken for a page that moved away would delete pages. Taking another address for a login does no harm.
func IsSignOn(u *url.URL) bool {
	if IsLoginAddress(u) || isLoginHost(u.Hostname()) {
		return true
	}
	for segment := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		for _, word := range []string{
			"login", "logon", "signin", "sign-in", "sign_in", "sso", "saml", "oauth", "openid", "auth",
		} {
			// It matches "login.do" and "saml2", but not "login-problems" or "author".
			rest, ok := strings.CutPrefix(segment, word)
			if ok && (rest == "" || strings.IndexByte("0123456789._;", rest[0]) >= 0) {
				return true
			}
		}
	}
	// These are the parameters of the protocols: SAML, OpenID Connect, WS-Federation, CAS.
	q := u.Query()
	return q.Has("SAMLRequest") || q.Has("client_id") && (q.Has("redirect_uri") || q.Has("response_type")) ||
		strings.HasPrefix(q.Get("wa"), "wsignin") || q.Has("service") && strings.HasSuffix(u.Path, "/cas")
}

// isLoginHost reports whether a host is named like one that only logs people in.
func isLoginHost(host string) bool {
	host = strings.ToLower(host)
	for _, provider := range []string{
		"okta.com", "oktapreview.com", "auth0.com", "onelogin.com", "b2clogin.com", "microsoftonline.com",
		"cloudflareaccess.com", "amazoncognito.com", "duosecurity.com", "jumpcloud.com", "pingone.com", "pingidentity.com",
	} {
		if host == provider || strings.HasSuffix(host, "."+provider) {
			return true
		}
	}
	label, _, _ := strings.Cut(host, ".")
	switch label {
	case "login", "logon", "signin", "sso", "auth", "accounts", "idp", "id", "identity", "oauth", "saml", "adfs", "cas",
		"keycloak":
		return true
	}
	return false
}
