package intercom

import (
	"maps"
	"net/http"
	"sync"
	"time"
)

// Usage is what a client asked of the API so far.
type Usage struct {
	Answers  map[int]int   // requests by the status of their answers; 0 counts those that got none
	Retries  int           // requests that repeat another one
	Waited   time.Duration // for the rate limit, all requests together
	Limited  bool          // the API says what its rate limit is, as the next two have it
	Limit    int           // calls of all apps in a window
	LeftOver int           // of them, as of the last answer
}

// usage counts. The zero value has counted nothing.
type usage struct {
	mu      sync.Mutex
	answers map[int]int
	retries int
	waited  time.Duration
}

func (u *usage) waitedFor(d time.Duration) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.waited += d
}

// ended counts a request, with its answer or without one.
func (u *usage) ended(resp *http.Response) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.answers == nil {
		u.answers = map[int]int{}
	}
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	u.answers[status]++
}

func (u *usage) repeated() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.retries++
}

// Usage returns what the client asked of the API so far.
func (c *Client) Usage() Usage {
	c.usage.mu.Lock()
	u := Usage{Answers: maps.Clone(c.usage.answers), Retries: c.usage.retries, Waited: c.usage.waited}
	c.usage.mu.Unlock()
	u.Limit, u.LeftOver, u.Limited = c.budget.standing()
	return u
}

// standing is what the last window's answers say of the rate limit.
func (b *budget) standing() (limit, remaining int, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.window.limit, b.window.remaining, b.window.reset != 0
}
