package retry_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fincrawl/fincrawl/internal/retry"
)

func TestAfterReadsSecondsAndDates(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"0": 0, "120": 2 * time.Minute, "1.5": 1500 * time.Millisecond,
		"Mon, 30 Nov 2026 12:01:00 GMT": time.Minute, "Mon, 30 Nov 2026 11:00:00 GMT": 0,
	} {
		if got, ok := retry.After(http.Header{"Retry-After": {value}}, now); !ok || got != want {
			t.Errorf("%q: %s, %t", value, got, ok)
		}
	}
	for _, value := range []string{"", "soon", "-1", "NaN", "Inf", "1e12"} {
		if got, ok := retry.After(http.Header{"Retry-After": {value}}, now); ok || got != 0 {
			t.Errorf("%q: %s", value, got)
		}
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		if err := retry.Sleep(ctx, time.Hour); err != nil {
			t.Error(err)
		}
		time.AfterFunc(time.Second, func() { cancel(why) })
		began := time.Now()
		if err := retry.Sleep(ctx, time.Hour); !errors.Is(err, why) || time.Since(began) != time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		if err := retry.Sleep(ctx, 0); !errors.Is(err, why) {
			t.Errorf("no time: %v", err)
		}
	})
}
