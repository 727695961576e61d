// Package urlpattern has the patterns of sources.yaml that match URLs.
package urlpattern

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Pattern is a rule on the path of a URL: a doublestar glob such as "/articles/**",
// or a regular expression after "re:".
//
// A glob has to match the whole path, or, where the URL has a query, the whole of
// "path?query", in which * reaches across everything in the query: "/doku.php?do=*"
// (the ? of a glob stands for any one character, hence also for itself). A regular
// expression is looked for anywhere in "path?query": `re:[?&](do|rev)=`. Both see
// the path with its percent-encoding decoded, and the query normalised.
type Pattern struct {
	text   string
	regexp *regexp.Regexp // nil for a glob
}

// Parse reads a pattern as sources.yaml has it.
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
		return Pattern{}, fmt.Errorf(`glob %q can never match: a path starts with "/"; write "/%s", or "**/%s" for any folder`, text, text, text)
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
	// To a glob, a slash ends what * matches; in a query it must not.
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
