package auth

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// Jar is a cookie jar (RFC 6265) that knows what it holds, which that of
// net/http does not tell: until when a session lasts, and what of it to keep.
type Jar struct {
	jar *cookiejar.Jar

	mu       sync.Mutex
	held     map[cookieKey]heldCookie
	seen     func(value string, httpOnly bool) // told of each cookie that is set; nil: nobody is
	restored bool                              // holds a session of an earlier run that nobody has tried yet
}

// cookieKey is what makes two cookies the same (RFC 6265, section 5.3, step 11),
// with the host that set it instead of an absent domain.
type cookieKey struct{ domain, path, name string }

// heldCookie is a cookie and the address that set it.
type heldCookie struct {
	From     string    `json:"from"`
	Name     string    `json:"name"`
	Value    string    `json:"value"`
	Quoted   bool      `json:"quoted,omitempty"`
	Domain   string    `json:"domain,omitempty"`
	Path     string    `json:"path,omitempty"`
	Expires  time.Time `json:"expires,omitzero"` // zero: when the session ends
	Secure   bool      `json:"secure,omitempty"`
	HTTPOnly bool      `json:"http_only,omitempty"` // not for scripts to read
}

// NewJar returns an empty jar.
func NewJar() (*Jar, error) {
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, fmt.Errorf("make a cookie jar: %w", err)
	}
	return &Jar{jar: jar, held: make(map[cookieKey]heldCookie)}, nil
}

// SetCookies implements [http.CookieJar].
func (j *Jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.jar.SetCookies(u, cookies)
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range cookies {
		h := heldCookie{
			From: (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(),
			Name: c.Name, Value: c.Value, Quoted: c.Quoted, Domain: c.Domain, Path: c.Path, Expires: c.Expires, Secure: c.Secure, HTTPOnly: c.HttpOnly,
		}
		if c.MaxAge > 0 {
			h.Expires = time.Now().Add(time.Duration(c.MaxAge) * time.Second)
		}
		key := cookieKey{c.Domain, c.Path, c.Name}
		if c.Domain == "" {
			key.domain = u.Hostname()
		}
		if c.MaxAge < 0 || !h.Expires.IsZero() && !h.Expires.After(time.Now()) {
			delete(j.held, key)
			continue
		}
		j.held[key] = h
		if j.seen != nil {
			j.seen(c.Value, c.HttpOnly)
		}
	}
}

// watch has a function told of each cookie that is set from now on.
func (j *Jar) watch(seen func(value string, httpOnly bool)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.seen = seen
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

// until returns when a cookie that is sent to u expires; the zero time where it
// lasts as long as the session, or is not known.
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

// of returns the cookies that were set by these origins and have not expired.
func (j *Jar) of(origins []origin) []heldCookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	var kept []heldCookie
	for _, h := range j.held {
		u, err := url.Parse(h.From)
		if err != nil || !h.Expires.IsZero() && !h.Expires.After(time.Now()) {
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

// takeRestored reports, once, that the jar holds a session of an earlier run.
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
