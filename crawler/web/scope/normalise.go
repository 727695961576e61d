package scope

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// Normalise returns the one spelling of an address that identifies it in a crawl and its page at Intercom.
// ok is false if u is not an absolute http or https address. Normalising twice changes nothing.
//
// It follows RFC 3986, section 6.2: scheme and host in lower case, international names in punycode, no
// default port, no dot segments, and percent-encoding in upper case and only where it has a meaning. It also
// drops what never chooses a document: the fragment, user information, tracking and session parameters. The
// query is sorted by name. Values of one name keep their order. The case of the path and its trailing slash
// stay, because servers distinguish them.
func Normalise(u *url.URL) (n *url.URL, ok bool) { return Query{}.Normalise(u) }

// Normalise is [Normalise] with the query parameters that q keeps and drops.
func (q Query) Normalise(u *url.URL) (n *url.URL, ok bool) {
	scheme := strings.ToLower(u.Scheme)
	host := normalHost(u, scheme)
	if scheme != "http" && scheme != "https" || host == "" {
		return nil, false
	}
	address := scheme + "://" + host + normalPath(u.EscapedPath())
	if query := q.normal(u.RawQuery); query != "" {
		address += "?" + query
	}
	n, err := url.Parse(address)
	return n, err == nil
}

func normalHost(u *url.URL, scheme string) string {
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ascii, err := idna.Lookup.ToASCII(name); err == nil {
		name = ascii
	}
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	port := u.Port()
	if name == "" || port == "" || port == defaultPort(scheme) {
		return name
	}
	return name + ":" + port
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

func normalPath(escaped string) string {
	segments := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	kept := segments[:0]
	for i, segment := range segments {
		segment = withoutSession(normalEscapes(segment, "!$'()*,:@&=+;"))
		if isCookieless(segment) && len(segments) > 1 {
			continue
		}
		if segment != "." && segment != ".." {
			kept = append(kept, segment)
			continue
		}
		if segment == ".." {
			kept = kept[:max(0, len(kept)-1)]
		}
		// A dot segment at the end means the folder: "/a/." is "/a/".
		if i == len(segments)-1 {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/")
}

// withoutSession removes the session that Java servers write into the path.
func withoutSession(segment string) string {
	before, _, found := strings.Cut(strings.ToLower(segment), ";jsessionid=")
	if !found {
		return segment
	}
	return segment[:len(before)]
}

// isCookieless reports whether a segment is the session that ASP.NET writes into the path when it sets no
// cookie, such as (S(lit3py55t21z5v55vlm25s55)): letters that are each followed by a value in brackets.
func isCookieless(segment string) bool {
	inside, opened := strings.CutPrefix(segment, "(")
	inside, closed := strings.CutSuffix(inside, ")")
	if !opened || !closed || inside == "" {
		return false
	}
	for inside != "" {
		end := strings.IndexByte(inside, ')')
		if end < 3 || inside[1] != '(' || inside[0] < 'A' || inside[0] > 'Z' {
			return false
		}
		inside = inside[end+1:]
	}
	return true
}

func (q Query) normal(raw string) string {
	var pairs []string
	for pair := range strings.SplitSeq(raw, "&") {
		pair = normalEscapes(pair, "!$'()*,:@/?=+;")
		if name, value, _ := strings.Cut(pair, "="); pair != "" && !q.ignores(name, value) {
			pairs = append(pairs, pair)
		}
	}
	slices.SortStableFunc(pairs, func(a, b string) int {
		a, _, _ = strings.Cut(a, "=")
		b, _, _ = strings.Cut(b, "=")
		return strings.Compare(a, b)
	})
	return strings.Join(pairs, "&")
}

// choosesNothing reports whether a query parameter only says where a reader came from, or contains a
// session.
func choosesNothing(name, value string) bool {
	name = strings.ToLower(name)
	switch name {
	case "gclid", "dclid", "gbraid", "wbraid", "gad_source", "fbclid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
		"li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_ga", "_gl", "_hsenc", "_hsmi", "__hstc", "__hssc", "__hsfp",
		"hsctatracking", "vero_id", "vero_conv", "oly_anon_id", "oly_enc_id", "srsltid":
		return true
	}
	return strings.HasPrefix(name, "utm_") || isSession(name, value)
}

// isSession reports whether a query parameter contains a session, judging by its name.
func isSession(name, value string) bool {
	switch name = strings.ToLower(name); name {
	case "phpsessid", "jsessionid", "asp.net_sessionid":
		return true
	case "sid":
		return sessionLike(value)
	}
	return strings.HasPrefix(name, "aspsessionid")
}

// sessionLike reports whether the value of "sid" is a forum's session, 32 hexadecimal digits, and not a
// number that chooses a document.
func sessionLike(value string) bool {
	return len(value) == 32 && strings.Trim(strings.ToLower(value), "0123456789abcdef") == ""
}

const (
	unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	upperHex   = "0123456789ABCDEF"
)

// normalEscapes writes every byte in one way. Unreserved bytes are plain. Bytes in plain are plain too,
// unless decoding them would change the meaning. All others are percent-encoded in upper case.
func normalEscapes(s, plain string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c, encoded := s[i], false
		if c == '%' && i+2 < len(s) && IsHex(s[i+1]) && IsHex(s[i+2]) {
			c, encoded = unhex(s[i+1])<<4|unhex(s[i+2]), true
			i += 2
		}
		switch {
		case strings.IndexByte(unreserved, c) >= 0,
			strings.IndexByte(plain, c) >= 0 && !(encoded && separates(c)):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
	return b.String()
}

// separates reports whether the plain byte has a meaning for servers that the encoded one does not have.
func separates(c byte) bool { return c == '&' || c == '=' || c == '+' || c == ';' }

// IsHex reports whether c is a hexadecimal digit.
func IsHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
