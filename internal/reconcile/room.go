package reconcile

import (
	"os"
	"runtime/debug"

	"github.com/fincrawl/fincrawl/internal/budget"
)

// makeRoom lets the readers of files share the run's memory, and the collector of garbage
// know how much of that they have taken: what is needed at once is not to be hurried for.
func (r *Runner) makeRoom() {
	r.documents.Room = &r.room
	if os.Getenv("GOMEMLIMIT") == "" {
		r.room.Taken = func(bytes int64) { debug.SetMemoryLimit(budget.Heap + bytes) }
	}
}
