package scope

import (
	"net/url"
	"strings"
)

// Query says which query parameters choose a document; the others are dropped from
// every address. Each is a name in which * stands for anything, whatever the case.
// The zero value drops what only tracks readers or carries a session.
type Query struct {
	Keep []string // all others are dropped; none: only those that choose nothing are
	Drop []string // dropped too, even where Keep names them
}

// ignores reports whether a parameter, percent-encoded, chooses no document.
func (q Query) ignores(name, value string) bool {
	plain, err := url.QueryUnescape(name)
	if err != nil {
		plain = name
	}
	switch {
	case namedBy(q.Drop, plain):
		return true
	case len(q.Keep) > 0:
		return !namedBy(q.Keep, plain)
	}
	return choosesNothing(name, value)
}

func namedBy(globs []string, name string) bool {
	for _, glob := range globs {
		if matchesName(strings.ToLower(glob), strings.ToLower(name)) {
			return true
		}
	}
	return false
}

// matchesName reports whether name is what glob says, * standing for anything. (In
// globs of paths, the brackets of names such as "filter[]" have a meaning.)
func matchesName(glob, name string) bool {
	start, rest, ok := strings.Cut(glob, "*")
	if !ok {
		return glob == name
	}
	name, ok = strings.CutPrefix(name, start)
	if !ok {
		return false
	}
	for {
		part, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(name, part)
		}
		at := strings.Index(name, part)
		if at < 0 {
			return false
		}
		name, rest = name[at+len(part):], after
	}
}
