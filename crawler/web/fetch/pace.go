package fetch

import (
	"net/http"
	"time"
)

// Pace makes each request in its turn: see [Throttle]. An answer is complete when it
// returns (see [Whole]), so that a turn lasts until then.
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
