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
	// provesSomething is the length from which on a value is none that stands in an address by chance.
	provesSomething = 8
	// isNoWord is the length from which on that holds for letters alone.
	isNoWord = 12
	// maxUnescapes is how often an address may be escaped upon escaping.
	maxUnescapes = 4
)

// newSecrets are the values of the session as an address might carry them.
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

// formsOf are a value as it is and in the usual encodings, forwards and backwards, as [squeezed] leaves them; none
// where the value is too short to tell.
func formsOf(value string) (forms []string) {
	if len(value) < provesSomething || len(value) < isNoWord && isWord(value) {
		return nil
	}
	for _, text := range []string{value, backwards(value)} {
		encoded := []string{text, hex.EncodeToString([]byte(text))}
		// What stands before a value shifts how base64 and base32 write it. What the edges share with it is left out.
		for shift := range 3 {
			padded := strings.Repeat("\x00", shift) + text
			encoded = append(encoded, whole(base64.RawStdEncoding.EncodeToString([]byte(padded)), len(padded), shift, 3, 4))
		}
		for shift := range 5 {
			padded := strings.Repeat("\x00", shift) + text
			encoded = append(encoded, whole(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(padded)), len(padded), shift, 5, 8))
		}
		for _, form := range encoded {
			forms = append(forms, squeezed(form), backwards(squeezed(form)))
		}
	}
	return slices.DeleteFunc(forms, func(form string) bool { return len(form) < provesSomething })
}

// whole is what of an encoding is written by the value alone: groups of n bytes become m letters.
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
	return !strings.ContainsFunc(value, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_') })
}

// carriesAny reports whether an address has one of the forms in it.
func carriesAny(u *url.URL, forms []string) bool {
	if len(forms) == 0 {
		return false
	}
	text := squeezed(decoded(u.String()))
	return slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(text, form) })
}

// squeezed is a text without what it may be cut up by, such as the dots of a host name, and in lower case.
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

// decoded undoes the escapes of an address, however often it was escaped, and is in lower case.
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
