package secrets

import (
	"net/url"
	"strings"
	"unicode"
)

const (
	// MinLength is how many characters a secret has at least that is looked for
	// whatever it is made of. A shorter one must be improbable as text.
	MinLength = 12
	// shortest is what is compared at once. Less than that is never looked for.
	shortest = 8
)

// Suits reports whether a value can be looked for: a short or an ordinary word would be
// found on pages that have nothing to do with it.
func Suits(value string) bool {
	n := len(compact(value))
	return n >= MinLength || n >= shortest && isImprobable(value)
}

// isImprobable tells a password from a word, a name with a number, and a date.
func isImprobable(value string) bool {
	var lower, upper, digits, others, changes int
	last := -1
	for _, r := range value {
		class := 3
		switch {
		case unicode.IsLower(r):
			class = 0
			lower = 1
		case unicode.IsUpper(r):
			class = 1
			upper = 1
		case unicode.IsDigit(r):
			class = 2
			digits = 1
		default:
			others = 1
		}
		if last >= 0 && class != last {
			changes++
		}
		last = class
	}
	return lower+upper > 0 && digits+others > 0 && lower+upper+digits+others >= 2 && changes >= 3
}

// LooksLikeSession reports whether a value that a site gave, such as a cookie's or a
// hidden field's, is one that opens something. Sites also keep in cookies what a reader
// may see on a page: an address, a name, a language, a date.
//
// hidden says that the site keeps it from its own scripts, as it does with sessions.
func LooksLikeSession(value string, hidden bool) bool {
	if decoded, err := url.QueryUnescape(value); err == nil {
		value = decoded
	}
	value = strings.Trim(value, `"`)
	letters := strings.ContainsFunc(value, unicode.IsLetter)
	digits := strings.ContainsFunc(value, unicode.IsDigit)
	switch {
	case !Suits(value), isPlace(value), strings.ContainsFunc(value, unicode.IsSpace):
		return false
	case !letters:
		return len(value) >= 16 && strings.Trim(value, "0123456789") == "" // else a date or a version
	}
	return digits || hidden || isImprobable(value)
}

// isPlace tells of addresses, of the web and of mail, paths, and the names of zones.
func isPlace(value string) bool {
	if strings.HasPrefix(value, "/") || strings.Contains(value, "://") {
		return true
	}
	name, domain, isMail := strings.Cut(value, "@")
	if isMail && name != "" && strings.Contains(domain, ".") {
		return true
	}
	area, town, isZone := strings.Cut(value, "/")
	word := func(s string) bool {
		return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' && r != '-' })
	}
	return isZone && word(area) && word(town) && len(value) < 32
}
