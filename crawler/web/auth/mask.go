package auth

import (
	"cmp"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// hidden replaces what is masked.
const hidden = "•••"

// mask hides a session's secrets in text from elsewhere. A page may echo what was typed into it, and a URL
// or an error may quote it.
type mask struct {
	mu    sync.RWMutex
	forms []string
	re    *regexp.Regexp // nil: nothing to hide
}

// newMask masks secrets as they are, and as they look in a URL or in HTML. A secret of less than four
// characters is masked only as a whole word. Otherwise it would tear words apart.
func newMask(secrets []string) *mask {
	m := &mask{}
	m.add(secrets...)
	return m
}

// add masks further secrets from now on.
func (m *mask) add(secrets ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range secrets {
		if s = strings.TrimSpace(s); s != "" {
			m.forms = append(m.forms, s, collapse(s), url.QueryEscape(s), url.PathEscape(s), html.EscapeString(s))
		}
	}
	if len(m.forms) == 0 {
		return
	}
	// The longest comes first, since a secret may begin with another.
	slices.SortFunc(m.forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	m.forms = slices.Compact(m.forms)
	patterns := make([]string, len(m.forms))
	for i, f := range m.forms {
		// A password in another charset may contain an invalid byte, which is no regular expression. A
		// decoded page shows it as U+FFFD too.
		patterns[i] = regexp.QuoteMeta(strings.ToValidUTF8(f, "\uFFFD"))
		if utf8.RuneCountInString(f) < 4 {
			patterns[i] = `\b` + patterns[i] + `\b`
		}
	}
	m.re = regexp.MustCompile(`(?i)` + strings.Join(patterns, "|"))
}

// text returns s with the secrets masked.
func (m *mask) text(s string) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.re == nil {
		return s
	}
	return m.re.ReplaceAllLiteralString(s, hidden)
}

// url returns u for people, without user information, session IDs, tickets and secrets. The origin stays as
// it is: a host is no secret, but may contain a user's name.
func (m *mask) url(u *url.URL) string {
	shown := display(u)
	origin := len(u.Scheme) + len("://") + len(u.Host)
	if u.Host == "" || origin > len(shown) {
		return m.text(shown)
	}
	return shown[:origin] + m.text(shown[origin:])
}

// error returns err with the secrets masked in its text. errors.Is and errors.As still find its causes.
func (m *mask) error(err error) error {
	if err == nil {
		return nil
	}
	return &maskedError{m.text(err.Error()), err}
}

type maskedError struct {
	text  string
	cause error
}

func (e *maskedError) Error() string { return e.text }
func (e *maskedError) Unwrap() error { return e.cause }

// passing matches the names of query parameters whose values are credentials for a while.
var passing = regexp.MustCompile(
	`(?i)token|ticket|code|sess|sid|secret|passw|pwd|key|sign|auth|csrf|nonce|state|saml|assertion`)

// display returns u for people, without user information and without values that look like credentials.
func display(u *url.URL) string {
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	if i := strings.Index(strings.ToLower(shown.Path), ";jsessionid="); i >= 0 {
		shown.Path, shown.RawPath = shown.Path[:i], ""
	}
	if u.RawQuery == "" {
		return shown.String()
	}
	params := strings.Split(u.RawQuery, "&")
	for i, p := range params {
		if name, value, _ := strings.Cut(p, "="); value != "" && (len(value) > 40 || passing.MatchString(name)) {
			params[i] = name + "=" + hidden
		}
	}
	return shown.String() + "?" + strings.Join(params, "&")
}

// displayRaw is display for a text that may be no URL.
func displayRaw(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(not a URL)"
	}
	return display(u)
}

// collapse replaces every run of white space by one blank.
func collapse(s string) string { return strings.Join(strings.Fields(s), " ") }

// shorten shortens s to at most n characters.
func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimSpace(string(r[:n-1])) + "…"
}
