package ingest

// Policy holds dangerous changes back. A delete needs four yeses: complete
// coverage, ours, confirmed, and under the ceiling.
type Policy struct {
	ConfirmRuns int     // complete crawls in a row that must miss a page; a 404 or 410 of its own URL is enough at once
	MaxCount    int     // deletes of one run, at most
	MaxShare    float64 // of the pages recorded, rounded up, so that one page may always go
	MaxHTML     int     // bytes of HTML that Intercom takes
}

// Apply returns the plan with what the policy forbids turned into held changes.
// Over a ceiling, all deletes are held, not only those too many.
func (p Policy) Apply(plan Plan) Plan { panic("not yet") }
