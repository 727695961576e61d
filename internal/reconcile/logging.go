package reconcile

import (
	"log/slog"

	"github.com/fincrawl/fincrawl/internal/secrets"
)

// WithoutSecrets takes secrets out of whatever is logged.
func WithoutSecrets(own *secrets.Set) func([]string, slog.Attr) slog.Attr {
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
