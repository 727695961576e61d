package scope

import (
	"net/url"
	"strings"
)

// Query says which query parameters choose a document. The others are dropped from every address. A name may
// contain * for any text, and its case does not matter. The zero value drops only parameters that track
// readers or contain a session.
type Query struct {
	Keep []string // all others are dropped; if empty, only those that choose nothing are
	Drop []string // dropped even if Keep names them
}

// ignores reports whether a parameter, percent-encoded, is dropped.
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

// matchesName reports whether name matches glob, where * is any text. Patterns of paths do not suit, because
// brackets have a meaning in them, and names such as "filter[]" contain them.
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
