package reconcile

import (
	"os"
	"runtime/debug"

	"github.com/fincrawl/fincrawl/internal/budget"
)

// makeRoom makes all readers of documents share the run's memory. It raises the limit of the garbage
// collector by what they have reserved, so that it does not work harder because of them.
func (r *Runner) makeRoom() {
	r.documents.Room = &r.room
	if os.Getenv("GOMEMLIMIT") == "" {
		r.room.Taken = func(bytes int64) { debug.SetMemoryLimit(budget.Heap + bytes) }
	}
}
