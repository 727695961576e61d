package crawler

import (
	"net/http"
	"time"
)

// pace makes each request in its turn: see [throttle]. An answer is complete when it
// returns (see [whole]), so that a turn lasts until then.
type pace struct {
	base     http.RoundTripper
	throttle *throttle
}

func (t *pace) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.throttle.enter(r.Context()); err != nil {
		return nil, err
	}
	defer t.throttle.leave()
	asked := time.Now()
	res, err := t.base.RoundTrip(r)
	if err == nil {
		t.throttle.learn(asked, res)
	}
	return res, err
}
