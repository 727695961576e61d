package intercom

import (
	"errors"
	"sync/atomic"
)

// ErrDown is wrapped by the errors of a client that gave the API up: so many calls in
// a row failed in all their tries that the next ones would, too. Its kind is [Fatal].
var ErrDown = errors.New("gave up on Intercom, which let one call after another fail: run again when it is back")

// maxExhausted is how many calls in a row may fail in all their tries. As a call is
// tried for half a minute at least, so many that go one after another say that it is
// not this page or that one; a few that go at the same time do not.
const maxExhausted = 12

// circuit counts the calls that failed in all their tries since one was answered.
// Without it, each of ten thousand pages would be tried in vain while the API is down.
type circuit struct{ exhausted atomic.Int32 }

func (c *circuit) broken() bool { return c.exhausted.Load() >= maxExhausted }
func (c *circuit) answered()    { c.exhausted.Store(0) }

// failed counts a call and returns its error, which is the API's where it was one too many.
func (c *circuit) failed(err error) error {
	if c.exhausted.Add(1) < maxExhausted {
		return err
	}
	return errors.Join(ErrDown, err)
}
