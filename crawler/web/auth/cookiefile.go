package auth

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fileCookie is one line of a cookies.txt.
type fileCookie struct {
	domain     string // without a leading dot, in lower case
	subdomains bool   // subdomains of domain get it too
	path       string
	secure     bool
	httpOnly   bool
	expires    time.Time // zero for a session cookie
	name       string
	value      string
	fixed      bool // sent as it is, and not by the jar, which would change it
}

// parseCookieFile reads a cookies.txt in Netscape's format, as curl and browsers' exporters write it: seven
// fields with tabs between them. Its errors name the line and quote nothing.
func parseCookieFile(text string) ([]fileCookie, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if start := strings.TrimSpace(text); strings.HasPrefix(start, "[") || strings.HasPrefix(start, "{") {
		return nil, errors.New("cookie_file: this is JSON; have the cookies exported in Netscape's format (cookies.txt)")
	}
	var cookies []fileCookie
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		line, httpOnly := strings.CutPrefix(line, "#HttpOnly_")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		c, err := parseFileCookie(line)
		if err != nil {
			return nil, fmt.Errorf("cookie_file: line %d: %w", number, err)
		}
		c.httpOnly = httpOnly
		cookies = append(cookies, c)
	}
	if len(cookies) == 0 {
		return nil, errors.New("cookie_file: there is no cookie in it")
	}
	return cookies, nil
}

func parseFileCookie(line string) (c fileCookie, err error) {
	fields := strings.Split(line, "\t")
	if len(fields) == 1 {
		fields = strings.Fields(line) // copied from where tabs became blanks
	}
	if len(fields) == 6 {
		fields = append(fields, "") // an empty value whose tab was trimmed
	}
	if len(fields) != 7 {
		return c, fmt.Errorf("it has %d fields, not the 7 of a cookies.txt with tabs between them", len(fields))
	}
	if c.subdomains, err = parseFlag(fields[1]); err != nil {
		return c, fmt.Errorf("the second field: %w", err)
	}
	if c.secure, err = parseFlag(fields[3]); err != nil {
		return c, fmt.Errorf("the fourth field: %w", err)
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(fields[4]), 64)
	if err != nil || math.IsNaN(seconds) || math.Abs(seconds) > 1e13 {
		return c, errors.New("the fifth field is when the cookie expires, in seconds since 1970, or 0")
	}
	if seconds > 1e11 { // some exporters write milliseconds
		seconds /= 1000
	}
	if seconds > 0 {
		c.expires = time.Unix(int64(seconds), 0)
	}
	c.domain = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(fields[0]), "."))
	c.path, c.name, c.value = fields[2], fields[5], fields[6]
	if c.domain == "" || c.name == "" {
		return c, errors.New("a cookie needs a domain and a name")
	}
	return c, nil
}

func parseFlag(text string) (bool, error) {
	switch strings.ToUpper(strings.TrimSpace(text)) {
	case "TRUE":
		return true, nil
	case "FALSE":
		return false, nil
	}
	return false, errors.New("must be TRUE or FALSE")
}

// goesTo reports whether the cookie is sent to a host.
func (c fileCookie) goesTo(host string) bool {
	if c.domain == host {
		return true
	}
	return c.subdomains && net.ParseIP(host) == nil && strings.HasSuffix(host, "."+c.domain)
}

func (c fileCookie) expired(now time.Time) bool { return !c.expires.IsZero() && !c.expires.After(now) }

// forJar returns the cookie as a site on host would set it.
func (c fileCookie) forJar(host string) *http.Cookie {
	set := &http.Cookie{
		Name: c.name, Value: c.value, Path: c.path, Expires: c.expires, Secure: c.secure, HttpOnly: c.httpOnly,
	}
	if c.subdomains && net.ParseIP(host) == nil {
		set.Domain = c.domain
	}
	if n := len(c.value); n > 1 && c.value[0] == '"' && c.value[n-1] == '"' {
		set.Value, set.Quoted = c.value[1:n-1], true
	}
	return set
}

const stepCookies = "use the cookies of cookie_file"

// loadCookies puts the cookies of the file that belong to the source or its login page into the jar. A
// cookie that is already in the jar is newer and stays. It returns their names, and an error if none is of
// use.
func (s *Session) loadCookies(jar http.CookieJar) (seen []string, err error) {
	now := time.Now()
	var used, expired []string
	for _, at := range s.origins() {
		for _, c := range s.cookieFile {
			if !c.goesTo(at.host) {
				continue
			}
			if c.expired(now) {
				expired = append(expired, fmt.Sprintf("%s (since %s)", c.name, date(c.expires)))
				continue
			}
			used = append(used, c.describe())
			from := &url.URL{Scheme: "https", Host: at.host, Path: c.path}
			if !c.fixed && !slices.ContainsFunc(jar.Cookies(from), func(have *http.Cookie) bool { return have.Name == c.name }) {
				jar.SetCookies(from, []*http.Cookie{c.forJar(at.host)})
			}
		}
	}
	if len(used) > 0 {
		seen = append(seen, "cookie_file: "+strings.Join(inOrder(used), ", "))
	}
	if len(expired) > 0 {
		seen = append(seen, "cookie_file, expired: "+strings.Join(inOrder(expired), ", "))
	}
	if len(used) > 0 || s.form != nil {
		return seen, nil
	}
	refused := &LoginError{Step: stepCookies, URL: s.secrets.url(s.start),
		Hint: "log in with a browser and export the cookies again"}
	if len(expired) > 0 {
		refused.Err = fmt.Errorf("all of them have expired: %s", strings.Join(inOrder(expired), ", "))
	} else {
		refused.Err = fmt.Errorf("none of them is for %s", s.own.host)
	}
	return seen, refused
}

func (c fileCookie) describe() string {
	if c.expires.IsZero() {
		return c.name
	}
	return fmt.Sprintf("%s (%s)", c.name, until(c.expires))
}

// origins returns where a login may take place: at the source, its login page and its single sign-on.
func (s *Session) origins() []origin {
	all := []origin{s.own}
	if s.form == nil {
		return all
	}
	for _, at := range append([]origin{s.form.own}, s.form.signOn...) {
		if !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all
}

func inOrder(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
