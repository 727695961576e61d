package auth

import (
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// The limits of one site in a [Jar], as browsers have them (RFC 6265, section 6.1).
const (
	maxCookies = 180  // of one site
	maxCookie  = 4096 // bytes of a name and its value, and of the other attributes
)

// Jar is a cookie jar (RFC 6265) that also knows its cookies, unlike that of net/http: when a session ends,
// and which cookies to keep. A site that has as many cookies as it may have gets no more, because those that
// it has may be its session.
type Jar struct {
	// Full is called once for each site whose cookies are refused. May be nil.
	Full func(site string)

	jar *cookiejar.Jar

	mu       sync.Mutex
	held     map[cookieKey]heldCookie
	ofSite   map[string]int            // site → number of its cookies
	full     map[string]bool           // sites that Full was called for
	seen     func(was, is *heldCookie) // called for each change of a cookie, with nil if it was or is absent; may be nil
	restored bool                      // it holds a session of an earlier run that was not tried yet
}

// cookieKey identifies a cookie (RFC 6265, section 5.3, step 11). An absent domain is replaced by the host
// that set the cookie.
type cookieKey struct{ domain, path, name string }

// heldCookie is a cookie with the address that set it.
type heldCookie struct {
	From     string    `json:"from"`
	Name     string    `json:"name"`
	Value    string    `json:"value"`
	Quoted   bool      `json:"quoted,omitempty"`
	Domain   string    `json:"domain,omitempty"`
	Path     string    `json:"path,omitempty"`
	Expires  time.Time `json:"expires,omitzero"` // zero: it ends with the session
	Secure   bool      `json:"secure,omitempty"`
	HTTPOnly bool      `json:"http_only,omitempty"` // scripts may not read it
}

// NewJar returns an empty jar.
func NewJar() (*Jar, error) {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, fmt.Errorf("make a cookie jar: %w", err)
	}
	return &Jar{
		jar: jar, held: make(map[cookieKey]heldCookie), ofSite: make(map[string]int), full: make(map[string]bool),
	}, nil
}

// SetCookies implements [http.CookieJar].
func (j *Jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range cookies {
		if j.set(u, c) {
			j.jar.SetCookies(u, []*http.Cookie{c})
		}
	}
}

// set records a cookie that u set, and reports whether there is room for it. mu is held.
func (j *Jar) set(u *url.URL, c *http.Cookie) bool {
	h := heldCookie{
		From: (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(),
		Name: c.Name, Value: c.Value, Quoted: c.Quoted, Domain: c.Domain, Path: c.Path, Expires: c.Expires,
		Secure: c.Secure, HTTPOnly: c.HttpOnly,
	}
	if c.MaxAge > 0 {
		h.Expires = time.Now().Add(time.Duration(c.MaxAge) * time.Second)
	}
	key, site := keyOf(u, c), siteOf(u)
	was, known := j.held[key]
	if c.MaxAge < 0 || h.isOver() {
		if known {
			j.drop(key, was)
		}
		return true
	}
	if !known && j.ofSite[site] >= maxCookies {
		j.dropOver()
	}
	tooLong := len(c.Name)+len(c.Value) > maxCookie || len(c.Domain)+len(c.Path) > maxCookie
	if !known && j.ofSite[site] >= maxCookies || tooLong {
		if j.Full != nil && !j.full[site] {
			j.Full(site)
		}
		j.full[site] = true
		return false
	}
	j.held[key] = h
	if !known {
		j.ofSite[site]++
	}
	if j.seen != nil && (!known || was.Value != h.Value || was.HTTPOnly != h.HTTPOnly) {
		if known {
			j.seen(&was, &h)
		} else {
			j.seen(nil, &h)
		}
	}
	return true
}

// drop forgets a cookie. mu is held.
func (j *Jar) drop(key cookieKey, h heldCookie) {
	delete(j.held, key)
	if u, err := url.Parse(h.From); err == nil {
		j.ofSite[siteOf(u)]--
	}
	if j.seen != nil {
		j.seen(&h, nil)
	}
}

// dropOver forgets the cookies that have expired. mu is held.
func (j *Jar) dropOver() {
	for key, h := range j.held {
		if h.isOver() {
			j.drop(key, h)
		}
	}
}

func (h heldCookie) isOver() bool { return !h.Expires.IsZero() && !h.Expires.After(time.Now()) }

// keyOf returns the key of a cookie. A cookie without a path belongs to the folder of u (RFC 6265, section
// 5.1.4).
func keyOf(u *url.URL, c *http.Cookie) cookieKey {
	key := cookieKey{strings.ToLower(strings.TrimPrefix(c.Domain, ".")), c.Path, c.Name}
	if key.domain == "" {
		key.domain = u.Hostname()
	}
	if !strings.HasPrefix(key.path, "/") {
		key.path = path.Dir("/" + strings.TrimPrefix(u.Path, "/") + "x")
	}
	return key
}

// siteOf returns the registrable domain of u, whose hosts share one limit.
func siteOf(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil && net.ParseIP(host) == nil {
		return site
	}
	return host
}

// watch calls seen for each cookie that is held now, and for each change from now on.
func (j *Jar) watch(seen func(was, is *heldCookie)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seen = seen
	for _, h := range j.held {
		seen(nil, &h)
	}
}

// Cookies implements [http.CookieJar].
func (j *Jar) Cookies(u *url.URL) []*http.Cookie { return j.jar.Cookies(u) }

// Readable returns the cookies for u that scripts may read.
func (j *Jar) Readable(u *url.URL) (cookies []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	hidden := make(map[string]bool)
	for _, h := range j.held {
		hidden[h.Name] = hidden[h.Name] || h.HTTPOnly
	}
	for _, c := range j.jar.Cookies(u) {
		if !hidden[c.Name] {
			cookies = append(cookies, c)
		}
	}
	return cookies
}

// until returns when a cookie that is sent to u expires. It returns the zero time if the cookie ends with
// the session or is unknown.
func (j *Jar) until(u *url.URL, name string) (expires time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, h := range j.held {
		if h.Name == name && (h.Domain != "" || h.host() == u.Hostname()) && h.Expires.After(expires) {
			expires = h.Expires
		}
	}
	return expires
}

// of returns the unexpired cookies that these origins set.
func (j *Jar) of(origins []origin) []heldCookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	var kept []heldCookie
	for _, h := range j.held {
		u, err := url.Parse(h.From)
		if err != nil || h.isOver() {
			continue
		}
		if at, ok := originOf(u); ok && slices.Contains(origins, at) {
			kept = append(kept, h)
		}
	}
	return kept
}

// restore puts the cookies of an earlier run into the jar.
func (j *Jar) restore(cookies []heldCookie) {
	for _, h := range cookies {
		from, err := url.Parse(h.From)
		if err != nil {
			continue
		}
		j.SetCookies(from, []*http.Cookie{{Name: h.Name, Value: h.Value, Quoted: h.Quoted, Domain: h.Domain, Path: h.Path,
			Expires: h.Expires, Secure: h.Secure, HttpOnly: h.HTTPOnly}})
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.restored = len(cookies) > 0
}

// takeRestored reports whether the jar holds a session of an earlier run that was not tried yet. It does so
// only once.
func (j *Jar) takeRestored() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	restored := j.restored
	j.restored = false
	return restored
}

func (h heldCookie) host() string {
	u, err := url.Parse(h.From)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
