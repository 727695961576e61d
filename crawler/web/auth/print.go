package auth

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
)

// String lists the ways to log in with the names of what they hold, without any value.
func (c Config) String() string {
	var parts []string
	for _, name := range c.waysIn() {
		switch name {
		case "headers":
			name += " " + names(c.Headers)
		case "cookies":
			name += " " + names(c.Cookies)
		case "oauth2":
			parts = append(parts, c.OAuth2.String())
			continue
		case "form":
			parts = append(parts, c.Form.String())
			continue
		}
		parts = append(parts, name+" (hidden)")
	}
	if c.KeepSession != "" {
		parts = append(parts, "keep_session (hidden)")
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// String returns the kind of credentials only.
func (b Basic) String() string { return "basic (hidden)" }

// String returns the form's page and the names of its fields, without their values.
func (f Form) String() string {
	var filled []string
	for _, step := range f.steps() {
		if len(step.Fields) > 0 {
			filled = append(filled, names(step.Fields))
		}
	}
	return "form " + displayRaw(f.URL) + " with " + strings.Join(filled, ", then ") + " (hidden)"
}

// String returns the names of the step's fields, without their values.
func (s Step) String() string { return "step with " + names(s.Fields) + " (hidden)" }

// String returns where the token comes from.
func (o OAuth2) String() string { return "oauth2 " + displayRaw(o.TokenURL) + " (hidden)" }

// String returns the kind of credentials only.
func (Certificate) String() string { return "client_certificate (hidden)" }

// String returns the source's origin and the ways to log in, without any secret.
func (s *Session) String() string {
	if s == nil {
		return "none"
	}
	return s.own.String() + ", " + s.config.String()
}

// For verbs such as %d and %#v, fmt does not call String. So each type that holds a secret implements
// fmt.Formatter.

// Format prints String for every verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// Format prints String for every verb.
func (b Basic) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, b.String()) }

// Format prints String for every verb.
func (f Form) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, f.String()) }

// Format prints String for every verb.
func (s *Session) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue logs String.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// LogValue logs String.
func (b Basic) LogValue() slog.Value { return slog.StringValue(b.String()) }

// LogValue logs String.
func (f Form) LogValue() slog.Value { return slog.StringValue(f.String()) }

// LogValue logs String.
func (s *Session) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns String, so that encoders such as JSON logs hide the secrets too.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// MarshalText returns String, so that encoders such as JSON logs hide the secrets too.
func (b Basic) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// MarshalText returns String, so that encoders such as JSON logs hide the secrets too.
func (f Form) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Format prints String for every verb.
func (s Step) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue logs String.
func (s Step) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns String, so that encoders such as JSON logs hide the secrets too.
func (s Step) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Format prints String for every verb.
func (o OAuth2) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, o.String()) }

// LogValue logs String.
func (o OAuth2) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText returns String, so that encoders such as JSON logs hide the secrets too.
func (o OAuth2) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Format prints String for every verb.
func (c Certificate) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue logs String.
func (c Certificate) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText returns String, so that encoders such as JSON logs hide the secrets too.
func (c Certificate) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// secrets returns every value of c that must not be shown.
func (c Config) secrets() []string {
	values := []string{c.Bearer, c.KeepSession}
	values = slices.AppendSeq(values, maps.Values(c.Headers))
	values = slices.AppendSeq(values, maps.Values(c.Cookies))
	for _, b := range []*Basic{c.Basic, c.Digest} {
		if b != nil {
			values = append(values, b.Username, b.Password)
		}
	}
	if c.OAuth2 != nil {
		values = append(values, c.OAuth2.ClientSecret)
	}
	if c.Form != nil {
		for _, step := range c.Form.steps() {
			values = slices.AppendSeq(values, maps.Values(step.Fields))
		}
	}
	return values
}

// names returns the sorted keys of m.
func names(m map[string]string) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}
