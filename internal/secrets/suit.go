package secrets

import (
	"net/url"
	"strings"
	"unicode"
)

const (
	// MinLength is the length from which any value is searched for. A shorter value must look random.
	MinLength = 12
	// shortest is the number of bytes that are compared at once. A shorter value is never searched for.
	shortest = 8
)

// Suits reports whether a value can be searched for. A short or ordinary word would be found on pages that have nothing
// to do with the secret.
func Suits(value string) bool {
	n := len(compact(value))
	return n >= MinLength || n >= shortest && isImprobable(value)
}

// isImprobable reports whether a value looks like a password and not like a word, a name with a number, or a date.
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

// LooksLikeSession reports whether a value that a site sent, such as a cookie's or a hidden field's, identifies a
// session. Sites also keep things in cookies that pages may show: a path, a name, a language, a date.
//
// hidden means that the site keeps the value from its own scripts, as sites do with sessions.
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
		return len(value) >= 16 && strings.Trim(value, "0123456789") == "" // anything else is a date or a version
	}
	return digits || hidden || isImprobable(value)
}

// isPlace reports whether a value is a URL, a mail address, a path or the name of a time zone.
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
