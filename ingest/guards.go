package ingest

// GuardInfo describes a guard for people.
type GuardInfo struct {
	Name    Guard
	Holds   string  // what it holds, and when
	Key     string  // its key in sources.yaml; "" where it has none
	Default string  // value of that key
	Release Release // how a person can release what it holds
}

// Release is a way to release what a guard holds.
type Release string

// The ways to release a change.
const (
	ByGuard Release = "guard" // by URL, or together with everything else that the guard holds
	ByURL   Release = "url"   // only by URL, because each page may be a different danger
	Never   Release = "never" // only by removing the cause
)

// Guards describes every guard, in the order in which reports name them. [Policy] implements
// all but three: the planner implements refused and withdrawn, and the crawler implements
// wall, since a page that shows a login counts as a page that could not be read.
func Guards() []GuardInfo {
	return []GuardInfo{
		{GuardCoverage, "deletes, unless the crawl saw everything", "", "on", ByURL},
		{GuardZeroPages, "deletes, where the crawl found no page at all", "", "on", ByURL},
		{GuardWall, "pages that show a login instead of their text, which count as not seen", "auth.form.logged_in", "found out", Never},
		{GuardOwnership, "deletes of pages that are not surely ours", "", "on", ByURL},
		{GuardForeign, "creates over a page of somebody else that has the same external ID, until fincrawl adopt takes it over", "", "on", Never},
		{GuardHint, "deletes that only a hint speaks for, such as noindex, 403, or a redirect to a general page", "", "on", ByGuard},
		{GuardConfirmation, "deletes, until so many complete crawls in a row missed the page", "deletes.confirm_runs", "2", ByGuard},
		{GuardWhole, "what takes text away while the page that is to have it is held back", "", "on", Never},
		{GuardApproval, "with sync --plan: whatever the approved plan does not have", "", "off", ByURL},
		{GuardCount, "all deletes, where they are more than this", "deletes.max_count", "10", ByGuard},
		{GuardShare, "all deletes, where they are a larger share of the source's pages", "deletes.max_share", "0.1", ByGuard},
		{GuardSameText, "updates of pages that had other texts, where more pages than this would say one and the same; from two pages on, until the next run finds them so again", "updates.max_same_text", "5", ByGuard},
		{GuardShrunk, "updates that lose more of their text than this; that of one page alone, until the next run finds it so again", "updates.max_shrink", "0.5", ByGuard},
		{GuardOwnSecret, "pages that show a password, token or session of fincrawl's own", "", "on", Never},
		{GuardSecret, "pages with credentials", "screen.credentials", "hold", ByURL},
		{GuardInjection, "pages with text that gives orders to a model", "screen.injections", "hold", ByURL},
		{GuardRedaction, "documents with text under a box, in the colour of its ground, or otherwise out of sight", "screen.redactions", "hold", ByURL},
		{GuardPersonal, "pages with personal data", "screen.personal", "off", ByGuard},
		{GuardMarker, "pages that are marked as internal", "screen.markers", "none", ByGuard},
		{GuardRule, "pages that a rule of the source's own speaks against", "screen.rules", "none", ByGuard},
		{GuardSize, "pages with more HTML than this", "intercom.max_html", "1MB", Never},
		{GuardWithdrawn, "pages that a person took out, until fincrawl restore brings them back", "", "on", Never},
		{GuardRefused, "a page that Intercom refused, until it changes or fincrawl retry lets it go", "", "on", Never},
	}
}
