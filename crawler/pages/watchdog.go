package pages

import (
	"context"
	"io"
	"time"

	"github.com/fincrawl/fincrawl/crawler/listing"
)

// watchdog ends a list in which nothing comes for too long.
type watchdog struct {
	idle time.Duration // 0 for no limit
	stop context.CancelCauseFunc
}

// over watches a reader until done is called.
func (w watchdog) over(from io.Reader) (watched io.Reader, done func()) {
	if w.idle <= 0 {
		return from, func() {}
	}
	timer := time.AfterFunc(w.idle, func() {
		w.stop(listing.Faultf("nothing came for %s (idle)", w.idle))
	})
	return fed{from, timer, w.idle}, func() { timer.Stop() }
}

// fed tells the watchdog of each byte.
type fed struct {
	io.Reader
	timer *time.Timer
	idle  time.Duration
}

func (f fed) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if n > 0 {
		f.timer.Reset(f.idle)
	}
	return n, err
}
