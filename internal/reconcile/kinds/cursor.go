package kinds

import "github.com/fincrawl/fincrawl/ingest"

// CursorAfter returns the cursor that the next reading of a source begins with. It moves only if nothing of what was
// read is left to do, since a list of changes names each of them once. last is the one of this reading, or "" if that
// was not to be used any more.
func CursorAfter(last string, plan ingest.Plan, result ingest.Result) string {
	if plan.Coverage.SawAll() && len(result.Failed) == 0 && plan.HeldBack() == 0 && plan.Resting() == 0 {
		return plan.Coverage.Cursor
	}
	return last
}
