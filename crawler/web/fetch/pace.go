package fetch

import (
	"net/http"
	"time"
)

// Pace makes each request wait for its turn: see [Throttle]. The turn lasts until the whole body was read,
// since [Buffered] reads it before it returns.
type Pace struct {
	Base     http.RoundTripper
	Throttle *Throttle
}

// RoundTrip implements [http.RoundTripper].
func (t *Pace) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.Throttle.enter(r.Context()); err != nil {
		return nil, err
	}
	defer t.Throttle.leave()
	asked := time.Now()
	res, err := t.Base.RoundTrip(r)
	if err == nil {
		t.Throttle.learn(asked, res)
	}
	return res, err
}
