package scope

import (
	"net/url"
	"strings"
)

// IsLoginAddress reports whether an address is by its name one where people log
// in: a whole path segment or parameter value, so /articles/how-to-log-in is none.
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

// IsSignOn reports whether an address on another site is by its looks one where
// people log in. Where a link merely leads away, that it might be no login costs
// nothing; here a login taken for "moved away" would delete pages.
func IsSignOn(u *url.URL) bool {
	if IsLoginAddress(u) || isLoginHost(u.Hostname()) {
		return true
	}
	for segment := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		for _, word := range []string{"login", "logon", "signin", "sign-in", "sign_in", "sso", "saml", "oauth", "openid", "auth"} {
			// "login.do", "saml2", but not "login-problems", "author".
			if rest, ok := strings.CutPrefix(segment, word); ok && (rest == "" || strings.IndexByte("0123456789._;", rest[0]) >= 0) {
				return true
			}
		}
	}
	// What the protocols themselves put into the address: SAML, OpenID Connect,
	// WS-Federation, CAS.
	q := u.Query()
	return q.Has("SAMLRequest") || q.Has("client_id") && (q.Has("redirect_uri") || q.Has("response_type")) ||
		strings.HasPrefix(q.Get("wa"), "wsignin") || q.Has("service") && strings.HasSuffix(u.Path, "/cas")
}

// isLoginHost reports whether a host is by its name one that only logs people in.
func isLoginHost(host string) bool {
	host = strings.ToLower(host)
	for _, provider := range []string{"okta.com", "oktapreview.com", "auth0.com", "onelogin.com", "b2clogin.com", "microsoftonline.com",
		"cloudflareaccess.com", "amazoncognito.com", "duosecurity.com", "jumpcloud.com", "pingone.com", "pingidentity.com"} {
		if host == provider || strings.HasSuffix(host, "."+provider) {
			return true
		}
	}
	label, _, _ := strings.Cut(host, ".")
	switch label {
	case "login", "logon", "signin", "sso", "auth", "accounts", "idp", "id", "identity", "oauth", "saml", "adfs", "cas", "keycloak":
		return true
	}
	return false
}
