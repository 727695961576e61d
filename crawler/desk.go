package crawler

import (
	"runtime"
	"sync"
)

// Desk is where pages are read, of one crawl or of several at the same time. It has as
// many seats as there are processors: reading waits for nothing but one, and as long as
// it goes on the tree of a page takes ten times the room of the page. What arrives
// meanwhile, over however many connections, waits as it came. The zero value is a desk
// with all seats free.
type Desk struct {
	opening sync.Once
	seats   chan struct{}
}

// sit takes a seat once there is one, until stand is called.
func (d *Desk) sit() (stand func()) {
	d.opening.Do(func() { d.seats = make(chan struct{}, runtime.GOMAXPROCS(0)) })
	d.seats <- struct{}{}
	return func() { <-d.seats }
}
