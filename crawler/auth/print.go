package auth

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
)

// String names the way in and what it holds, without any value.
func (c Config) String() string {
	switch {
	case len(c.waysIn()) > 1:
		return "several ways in: " + strings.Join(c.waysIn(), ", ")
	case c.Basic != nil:
		return c.Basic.String()
	case c.Bearer != "":
		return "bearer (hidden)"
	case len(c.Headers) > 0:
		return "headers " + names(c.Headers) + " (hidden)"
	case len(c.Cookies) > 0:
		return "cookies " + names(c.Cookies) + " (hidden)"
	case c.Form != nil:
		return c.Form.String()
	default:
		return "none"
	}
}

// String says that it is basic authentication, and no more.
func (b Basic) String() string { return "basic (hidden)" }

// String names the form's page and its fields, without what is filled in.
func (f Form) String() string {
	return "form " + displayRaw(f.URL) + " with " + names(f.Fields) + " (hidden)"
}

// String says whose session it is and how it gets in, without any secret.
func (s *Session) String() string {
	if s == nil {
		return "none"
	}
	return s.own.String() + ", " + s.config.String()
}

// The fmt package reaches around String for verbs such as %d and %#v, so each
// type that holds a secret decides for every verb.

// Format prints what String says, for every verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// Format prints what String says, for every verb.
func (b Basic) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, b.String()) }

// Format prints what String says, for every verb.
func (f Form) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, f.String()) }

// Format prints what String says, for every verb.
func (s *Session) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// GoString is String.
func (c Config) GoString() string { return c.String() }

// GoString is String.
func (b Basic) GoString() string { return b.String() }

// GoString is String.
func (f Form) GoString() string { return f.String() }

// GoString is String.
func (s *Session) GoString() string { return s.String() }

// LogValue logs what String says.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// LogValue logs what String says.
func (b Basic) LogValue() slog.Value { return slog.StringValue(b.String()) }

// LogValue logs what String says.
func (f Form) LogValue() slog.Value { return slog.StringValue(f.String()) }

// LogValue logs what String says.
func (s *Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String, so that encoders (JSON logs among them) hide the secrets too.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// MarshalText is String, so that encoders (JSON logs among them) hide the secrets too.
func (b Basic) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// MarshalText is String, so that encoders (JSON logs among them) hide the secrets too.
func (f Form) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// waysIn names the fields of c that are set.
func (c Config) waysIn() []string {
	var ways []string
	for _, way := range []struct {
		name string
		set  bool
	}{
		{"basic", c.Basic != nil},
		{"bearer", c.Bearer != ""},
		{"headers", len(c.Headers) > 0},
		{"cookies", len(c.Cookies) > 0},
		{"form", c.Form != nil},
	} {
		if way.set {
			ways = append(ways, way.name)
		}
	}
	return ways
}

// secrets lists every value of c that must not be shown.
func (c Config) secrets() []string {
	values := []string{c.Bearer}
	values = slices.AppendSeq(values, maps.Values(c.Headers))
	values = slices.AppendSeq(values, maps.Values(c.Cookies))
	if c.Basic != nil {
		values = append(values, c.Basic.Username, c.Basic.Password)
	}
	if c.Form != nil {
		values = slices.AppendSeq(values, maps.Values(c.Form.Fields))
	}
	return values
}

// names lists the keys of m in order.
func names(m map[string]string) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
