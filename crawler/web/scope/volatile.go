package scope

import (
	"cmp"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
)

// Volatile is a part of addresses that is another one with each visit, as a session is: a
// parameter, or a segment of the path.
type Volatile struct {
	Name   string // of the parameter; "" for a segment
	At     int    // which segment, from 0
	Length int    // of the segment
}

// String names the part for people.
func (v Volatile) String() string {
	if v.Name != "" {
		return "the parameter " + v.Name
	}
	return fmt.Sprintf("part %d of the path", v.At+1)
}

// Compare orders parts.
func (v Volatile) Compare(w Volatile) int {
	return cmp.Or(cmp.Compare(v.Name, w.Name), cmp.Compare(v.At, w.At), cmp.Compare(v.Length, w.Length))
}

// PartsOf yields the parts of an address that may be volatile, each with its value: all
// parameters, and those segments that look like a session.
func PartsOf(u *url.URL) iter.Seq2[Volatile, string] {
	return func(yield func(Volatile, string) bool) {
		for pair := range strings.SplitSeq(u.RawQuery, "&") {
			if name, value, ok := strings.Cut(pair, "="); ok && value != "" && !yield(Volatile{Name: name}, value) {
				return
			}
		}
		for i, segment := range segmentsOf(u) {
			if IsToken(segment) && !yield(Volatile{At: i, Length: len(segment)}, segment) {
				return
			}
		}
	}
}

// In returns the value that an address has of a part.
func (v Volatile) In(u *url.URL) (value string, ok bool) {
	for part, value := range PartsOf(u) {
		if part == v {
			return value, true
		}
	}
	return "", false
}

// Without returns an address without its volatile parts.
func Without(u *url.URL, parts []Volatile) *url.URL {
	if len(parts) == 0 {
		return u
	}
	segments := segmentsOf(u)
	kept := make([]string, 0, len(segments))
	for i, segment := range segments {
		if !IsToken(segment) || !slices.Contains(parts, Volatile{At: i, Length: len(segment)}) {
			kept = append(kept, segment)
		}
	}
	var pairs []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if name, _, _ := strings.Cut(pair, "="); pair != "" && !slices.Contains(parts, Volatile{Name: name}) {
			pairs = append(pairs, pair)
		}
	}
	bare, ok := Rewrite(u, "/"+strings.Join(kept, "/"), strings.Join(pairs, "&"))
	if !ok {
		return u
	}
	return bare
}

// Rewrite returns an address with another path and query, both percent-encoded; ok is false where the path is not.
func Rewrite(u *url.URL, path, query string) (other *url.URL, ok bool) {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return nil, false
	}
	rewritten := *u
	rewritten.Path, rewritten.RawPath, rewritten.RawQuery = plain, path, query
	return &rewritten, true
}

// WithoutSession returns an address of the site without the session in it, and otherwise as it
// is written.
func (s *Scope) WithoutSession(u *url.URL) *url.URL {
	if u.Host != s.Site.Host || !carriesSession(u) && len(s.Volatile) == 0 {
		return u
	}
	var kept []string
	for i, segment := range segmentsOf(u) {
		if plain := withoutSession(segment); !isCookieless(plain) || i == 0 && plain == strings.TrimPrefix(u.EscapedPath(), "/") {
			kept = append(kept, plain)
		}
	}
	var pairs []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if name, value, _ := strings.Cut(pair, "="); pair != "" && !isSession(name, value) {
			pairs = append(pairs, pair)
		}
	}
	bare, ok := Rewrite(u, "/"+strings.Join(kept, "/"), strings.Join(pairs, "&"))
	if !ok {
		return u
	}
	bare.ForceQuery = bare.ForceQuery && len(pairs) > 0
	return Without(bare, s.Volatile)
}

// carriesSession reports whether an address has a session in it by a name or a form that is known.
func carriesSession(u *url.URL) bool {
	for segment := range strings.SplitSeq(u.EscapedPath(), "/") {
		if isCookieless(segment) || withoutSession(segment) != segment {
			return true
		}
	}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if name, value, _ := strings.Cut(pair, "="); isSession(name, value) {
			return true
		}
	}
	return false
}

func segmentsOf(u *url.URL) []string {
	return strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
}

// shortestToken is how many letters and digits a session has at least.
const shortestToken = 12

// IsToken reports whether a part of an address is a row of letters and digits that nobody would
// write by hand.
func IsToken(part string) bool {
	digits, letters := 0, 0
	for _, r := range part {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			letters++
		default:
			return false
		}
	}
	return digits+letters >= shortestToken && digits > 1
}
