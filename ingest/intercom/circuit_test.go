package intercom_test

import (
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fincrawl/fincrawl/ingest/intercom"
)

// While the API is down, ten thousand pages are not tried six times each.
func TestAnAPIThatIsDownIsGivenUp(t *testing.T) {
	var requests atomic.Int32
	inBubble(t, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}, func(t *testing.T, c *intercom.Client) {
		for n := range 1000 {
			_, err := c.UpsertPage(t.Context(), request)
			if down := n >= 11; errors.Is(err, intercom.ErrDown) != down || (intercom.KindOf(err) == intercom.Fatal) != down {
				t.Fatalf("call %d: %v", n, err)
			}
			if n == 11 && !strings.Contains(err.Error(), "503") {
				t.Errorf("what was seen is not in the error: %v", err)
			}
		}
		if n := requests.Load(); n != 12*6 {
			t.Errorf("%d requests, want %d", n, 12*6)
		}
	})
}

// A page that makes the server fail, among others that don't, is no outage.
func TestAnAPIThatAnswersNowAndThenIsNotGivenUp(t *testing.T) {
	for name, status := range map[string]int{"done": 200, "refused": 422} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int32
			inBubble(t, func(w http.ResponseWriter, _ *http.Request) {
				if calls.Add(1)%61 == 0 {
					answer(w, status, page)
					return
				}
				w.WriteHeader(http.StatusInternalServerError)
			}, func(t *testing.T, c *intercom.Client) {
				for range 100 {
					if _, err := c.UpsertPage(t.Context(), request); errors.Is(err, intercom.ErrDown) {
						t.Fatal(err)
					}
				}
			})
		})
	}
}
