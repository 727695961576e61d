package crawler

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

func TestADeskSeatsAsManyAsThereAreProcessors(t *testing.T) {
	var desk Desk
	var sitting, most atomic.Int64
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			defer desk.sit()()
			now := sitting.Add(1)
			for before := most.Load(); now > before && !most.CompareAndSwap(before, now); before = most.Load() {
			}
			runtime.Gosched()
			sitting.Add(-1)
		})
	}
	all.Wait()
	if seats := int64(runtime.GOMAXPROCS(0)); most.Load() > seats {
		t.Errorf("%d sat at once, on %d seats", most.Load(), seats)
	}
}
