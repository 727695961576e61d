package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a value from the environment or from a file. It prints, logs and marshals as "[secret]". Only
// Reveal returns the value.
type Secret struct{ value string }

const veil = "[secret]"

// Reveal returns the secret, for sending it where it belongs.
func (s Secret) Reveal() string { return s.value }

// Format implements [fmt.Formatter]. String alone is not enough, because verbs such as %d print the fields
// of a struct.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, veil) }

// String implements [fmt.Stringer].
func (Secret) String() string { return veil }

// GoString implements [fmt.GoStringer].
func (Secret) GoString() string { return veil }

// MarshalText implements [encoding.TextMarshaler], which JSON and YAML use.
func (Secret) MarshalText() ([]byte, error) { return []byte(veil), nil }

// MarshalJSON implements [json.Marshaler].
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + veil + `"`), nil }

// LogValue implements [slog.LogValuer].
func (Secret) LogValue() slog.Value { return slog.StringValue(veil) }
