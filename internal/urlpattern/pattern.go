// Package urlpattern implements the patterns of sources.yaml that match URLs.
package urlpattern

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Pattern is a rule on the path of a URL: a doublestar glob such as "/articles/**", or a regular expression after "re:".
//
// A glob must match the whole path. If the URL has a query, it may also match the whole of "path?query"; there, * also
// matches slashes: "/doku.php?do=*". (The ? of a glob matches any one character, and so it matches a question mark.)
// A regular expression may match anywhere in "path?query": `re:[?&](do|rev)=`. For both, the percent-encoding of the
// path is decoded and the query is normalised.
type Pattern struct {
	text   string
	regexp *regexp.Regexp // nil for a glob
}

// Parse parses a pattern of sources.yaml.
func Parse(text string) (Pattern, error) {
	if expression, ok := strings.CutPrefix(text, "re:"); ok {
		r, err := regexp.Compile(expression)
		if err != nil {
			return Pattern{}, fmt.Errorf("read regular expression %q: %w", expression, err)
		}
		return Pattern{text: text, regexp: r}, nil
	}
	switch {
	case text == "":
		return Pattern{}, errors.New(`pattern is empty; "/**" matches every path`)
	case !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "**") && !strings.HasPrefix(text, "{"):
		const hint = `glob %q can never match: a path starts with "/"; write "/%s", or "**/%s" for any folder`
		return Pattern{}, fmt.Errorf(hint, text, text, text)
	case !doublestar.ValidatePattern(text):
		return Pattern{}, fmt.Errorf("glob %q is malformed: check its brackets and braces", text)
	}
	return Pattern{text: text}, nil
}

// String returns the pattern as it was written.
func (p Pattern) String() string { return p.text }

// Match reports whether the pattern matches a normalised URL.
func (p Pattern) Match(u *url.URL) bool {
	if p.regexp != nil {
		if u.RawQuery == "" {
			return p.regexp.MatchString(u.Path)
		}
		return p.regexp.MatchString(u.Path + "?" + u.RawQuery)
	}
	if doublestar.MatchUnvalidated(p.text, u.Path) {
		return true
	}
	// In a glob, * does not match a slash. In a query it should.
	return u.RawQuery != "" &&
		doublestar.MatchUnvalidated(p.text, u.Path+"?"+strings.ReplaceAll(u.RawQuery, "/", "%2F"))
}

// Any reports whether one of the patterns matches u.
func Any(patterns []Pattern, u *url.URL) bool {
	for _, p := range patterns {
		if p.Match(u) {
			return true
		}
	}
	return false
}
