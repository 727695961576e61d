package scope

import (
	"cmp"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
)

// Volatile is a part of addresses that changes with each visit, as a session does: a parameter, or a segment
// of the path.
type Volatile struct {
	Name   string // of the parameter; "" for a segment
	At     int    // index of the segment, from 0
	Length int    // of the segment
}

// String describes the part for people.
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

// PartsOf yields the parts of an address that may be volatile, each with its value: all parameters, and
// segments that look like a session.
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

// In returns the value of the part in an address.
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

// Rewrite returns an address with another path and query, both percent-encoded. ok is false if the path is
// not valid.
func Rewrite(u *url.URL, path, query string) (other *url.URL, ok bool) {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return nil, false
	}
	rewritten := *u
	rewritten.Path, rewritten.RawPath, rewritten.RawQuery = plain, path, query
	return &rewritten, true
}

// WithoutSession removes the session from an address of the site, and leaves it otherwise as it is written.
func (s *Scope) WithoutSession(u *url.URL) *url.URL {
	if u.Host != s.Site.Host || !carriesSession(u) && len(s.Volatile) == 0 {
		return u
	}
	var kept []string
	for i, segment := range segmentsOf(u) {
		plain := withoutSession(segment)
		isWhole := i == 0 && plain == strings.TrimPrefix(u.EscapedPath(), "/")
		if !isCookieless(plain) || isWhole {
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

// carriesSession reports whether an address contains a session of a known name or form.
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

// shortestToken is the shortest session, in letters and digits.
const shortestToken = 12

// IsToken reports whether a part of an address is a run of letters and digits that nobody would write by
// hand.
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
