package terminal

import (
	"io"
	"log/slog"

	"github.com/fincrawl/fincrawl/internal/secrets"
)

// NewLogger returns a logger that writes records of at least the given level to w, as JSON or text, with our own secrets
// masked.
func NewLogger(w io.Writer, asJSON bool, level slog.Level, own *secrets.Set) *slog.Logger {
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: withoutSecrets(own)}
	if asJSON {
		return slog.New(slog.NewJSONHandler(JSONText.Of(w), o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// withoutSecrets returns a ReplaceAttr function that masks secrets.
func withoutSecrets(own *secrets.Set) func([]string, slog.Attr) slog.Attr {
	return func(_ []string, a slog.Attr) slog.Attr {
		switch a.Value.Kind() {
		case slog.KindString:
			a.Value = slog.StringValue(own.Mask(a.Value.String()))
		case slog.KindAny:
			if text := a.Value.String(); own.In(text) {
				a.Value = slog.StringValue(own.Mask(text))
			}
		}
		return a
	}
}
