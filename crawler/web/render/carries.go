package render

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

const (
	// provesSomething is the length from which a value does not occur in an address by chance.
	provesSomething = 8
	// isNoWord is that length for values of letters only.
	isNoWord = 12
	// maxUnescapes is how often an address may be escaped repeatedly.
	maxUnescapes = 4
)

// newSecrets returns the values of the session in all forms in which an address may contain them.
func newSecrets(t *tab) (forms []string) {
	var values []string
	if t.site.Secrets != nil {
		values = t.site.Secrets()
	}
	for o := range t.own {
		at := &url.URL{Scheme: o.scheme, Host: o.host, Path: "/"}
		for _, c := range t.site.Readable(at) {
			values = append(values, c.Value)
		}
		if t.site.Inside != nil && t.site.Inside.Jar != nil {
			for _, c := range t.site.Inside.Jar.Cookies(at) {
				values = append(values, c.Value)
			}
		}
	}
	values = append(values, t.storage.values()...)
	for _, value := range values {
		forms = append(forms, formsOf(value)...)
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

// formsOf returns a value as it is and in the usual encodings, forwards and backwards, each as [squeezed]
// leaves it. It returns nothing for a value that is too short to be recognised.
func formsOf(value string) (forms []string) {
	if len(value) < provesSomething || len(value) < isNoWord && isWord(value) {
		return nil
	}
	for _, text := range []string{value, backwards(value)} {
		encoded := []string{text, hex.EncodeToString([]byte(text))}
		// In base64 and base32 a value looks different depending on what precedes it. Each shift leaves out
		// the letters at the edges, which depend on the neighbours.
		for shift := range 3 {
			padded := strings.Repeat("\x00", shift) + text
			form := base64.RawStdEncoding.EncodeToString([]byte(padded))
			encoded = append(encoded, whole(form, len(padded), shift, 3, 4))
		}
		withoutPadding := base32.StdEncoding.WithPadding(base32.NoPadding)
		for shift := range 5 {
			padded := strings.Repeat("\x00", shift) + text
			form := withoutPadding.EncodeToString([]byte(padded))
			encoded = append(encoded, whole(form, len(padded), shift, 5, 8))
		}
		for _, form := range encoded {
			forms = append(forms, squeezed(form), backwards(squeezed(form)))
		}
	}
	return slices.DeleteFunc(forms, func(form string) bool { return len(form) < provesSomething })
}

// whole returns the letters of an encoding that depend on the value alone. Groups of n bytes become m
// letters.
func whole(encoded string, bytes, shift, n, m int) string {
	start, end := 0, bytes/n*m
	if shift > 0 {
		start = m
	}
	if start >= end {
		return ""
	}
	return encoded[start:end]
}

// isWord reports whether a value may be an ordinary word.
func isWord(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_')
	})
}

// carriesAny reports whether an address contains one of the forms.
func carriesAny(u *url.URL, forms []string) bool {
	if len(forms) == 0 {
		return false
	}
	text := squeezed(decoded(u.String()))
	return slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(text, form) })
}

// squeezed returns a text in lower case without characters that may split it, such as the dots of a host
// name.
func squeezed(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > 127:
			return r
		}
		return -1
	}, text)
}

// decoded returns an address in lower case, unescaped as often as it was escaped.
func decoded(address string) string {
	for range maxUnescapes {
		plain, err := url.PathUnescape(address)
		if err != nil || plain == address {
			break
		}
		address = plain
	}
	return strings.ToLower(address)
}

func backwards(text string) string {
	runes := []rune(text)
	slices.Reverse(runes)
	return string(runes)
}
