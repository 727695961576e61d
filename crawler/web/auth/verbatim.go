package auth

import (
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// Verbatim wraps the transport of a client whose jar is j. It keeps cookies as the site wrote them, as
// browsers do (RFC 6265, section 5.2). net/http drops values that contain quotes or letters outside ASCII,
// and puts quotes around those with spaces or commas.
func (j *Jar) Verbatim(base http.RoundTripper) http.RoundTripper { return &verbatim{base, j} }

type verbatim struct {
	base http.RoundTripper
	jar  *Jar
}

// RoundTrip implements [http.RoundTripper].
func (t *verbatim) RoundTrip(r *http.Request) (*http.Response, error) {
	if line, changed := cookieLine(r.Header.Values("Cookie"), t.jar.Cookies(r.URL)); changed {
		r = copyOf(r)
		r.Header.Set("Cookie", line)
	}
	res, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, line := range res.Header.Values("Set-Cookie") {
		if c := parseVerbatim(line); c != nil {
			t.jar.SetCookies(r.URL, []*http.Cookie{c})
		}
	}
	return res, nil
}

// CloseIdleConnections implements [http.Client.CloseIdleConnections] for base.
func (t *verbatim) CloseIdleConnections() { (&http.Client{Transport: t.base}).CloseIdleConnections() }

// cookieLine returns the Cookie header that sends the cookies of a jar as they are. written is what net/http
// made of them. changed is false if that is already the same.
func cookieLine(written []string, held []*http.Cookie) (line string, changed bool) {
	var pairs []string
	ofJar := make(map[string]bool)
	for _, c := range held {
		ofJar[c.Name] = true
		value := c.Value
		if c.Quoted {
			value = `"` + value + `"`
		}
		pairs = append(pairs, c.Name+"="+value)
		changed = changed || !isPlainCookie(c.Name, c.Value)
	}
	if !changed {
		return "", false
	}
	for _, header := range written {
		for pair := range strings.SplitSeq(header, ";") {
			pair = strings.TrimSpace(pair)
			if name, _, _ := strings.Cut(pair, "="); !ofJar[name] && pair != "" {
				pairs = append(pairs, pair)
			}
		}
	}
	return strings.Join(pairs, "; "), true
}

// parseVerbatim parses a Set-Cookie header that net/http rejects. It returns nil for any other, and for one
// that browsers reject too.
func parseVerbatim(line string) *http.Cookie {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, ok := strings.Cut(pair, "=")
	name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	_, standard := http.ParseSetCookie(line)
	if !ok || name == "" || standard == nil || !httpguts.ValidHeaderFieldValue(pair) {
		return nil
	}
	c, err := http.ParseSetCookie("name=value;" + attributes)
	if err != nil {
		return nil
	}
	c.Name, c.Value = name, value
	return c
}

// isPlainCookie reports whether net/http sends the cookie as it is.
func isPlainCookie(name, value string) bool {
	for i := range len(value) {
		if b := value[i]; b <= ' ' || b >= 0x7f || strings.IndexByte(`",;\`, b) >= 0 {
			return false
		}
	}
	return httpguts.ValidHeaderFieldName(name)
}

// sendsCookie reports whether a request has a cookie of this name.
func sendsCookie(r *http.Request, name string) bool {
	for _, header := range r.Header.Values("Cookie") {
		for pair := range strings.SplitSeq(header, ";") {
			if sent, _, _ := strings.Cut(strings.TrimSpace(pair), "="); sent == name {
				return true
			}
		}
	}
	return false
}
