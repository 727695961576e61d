package intercom

import (
	"errors"
	"sync/atomic"
)

// ErrDown is wrapped by the errors of a client that gave up, because so many calls in a row
// failed in all their tries. Its kind is [Fatal].
var ErrDown = errors.New("gave up on Intercom, which let one call after another fail: run again when it is back")

// maxExhausted is how many calls in a row may fail in all their tries. A call is tried for
// half a minute at least. So a few failures at the same time do not reach this number, and
// failures one after the other do not depend on a single page.
const maxExhausted = 12

// circuit counts the calls that failed in all their tries since the last answer. Without it,
// each of ten thousand pages would be tried in vain while the API is down.
type circuit struct{ exhausted atomic.Int32 }

func (c *circuit) broken() bool { return c.exhausted.Load() >= maxExhausted }
func (c *circuit) answered()    { c.exhausted.Store(0) }

// failed counts a call and returns its error. Once too many calls failed, the error wraps ErrDown.
func (c *circuit) failed(err error) error {
	if c.exhausted.Add(1) < maxExhausted {
		return err
	}
	return errors.Join(ErrDown, err)
}
