package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a value that came from the environment or a file. However it is
// printed, logged or marshalled, it reads "[secret]"; Reveal returns it.
type Secret struct{ value string }

const veil = "[secret]"

// Reveal returns the secret itself, for sending it to where it belongs.
func (s Secret) Reveal() string { return s.value }

// Format implements [fmt.Formatter]: String alone would leave verbs such as %d,
// which print a struct's fields.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, veil) }

// String implements [fmt.Stringer].
func (Secret) String() string { return veil }

// GoString implements [fmt.GoStringer].
func (Secret) GoString() string { return veil }

// MarshalText implements [encoding.TextMarshaler], and with it JSON and YAML.
func (Secret) MarshalText() ([]byte, error) { return []byte(veil), nil }

// MarshalJSON implements [json.Marshaler].
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + veil + `"`), nil }

// LogValue implements [slog.LogValuer].
func (Secret) LogValue() slog.Value { return slog.StringValue(veil) }
