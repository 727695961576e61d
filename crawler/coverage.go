package crawler

// Coverage is what one reading saw of a source.
type Coverage struct {
	// Complete reports whether every URL that was discovered could be judged. Only then does the absence of
	// a page mean something.
	Complete bool `json:"complete"`
	// Partial reports whether only single pages were read: see [Reading]. What was not discovered was then
	// not looked for.
	Partial bool `json:"partial,omitempty"`
	// Changes reports whether the source listed only what changed since the last reading. Such a reading is
	// partial, and as good as a whole one.
	Changes bool `json:"changes,omitempty"`
	// Discovered counts distinct URLs. It is the sum of Outcomes.
	Discovered int             `json:"discovered"`
	Outcomes   map[Outcome]int `json:"outcomes"`
	// Ended says why the crawl ended early, for instance because its session could not be renewed. It is ""
	// if it did not.
	Ended string `json:"ended,omitempty"`
	// Gaps are the reasons why the crawl is not complete: the first MaxGaps, sorted by URL. GapsInAll counts
	// all of them.
	Gaps      []Gap `json:"gaps,omitempty"`
	GapsInAll int   `json:"gaps_in_all,omitempty"`
	// HashRoutes counts the links of the start page that lead behind a #, as in applications that run in the
	// browser.
	HashRoutes int `json:"hash_routes,omitempty"`
	// Program reports whether the start page leads nowhere while its scripts are a hundred times its text.
	Program bool `json:"program,omitempty"`
	// BadSitemaps are the sitemaps that could not be read to their end: the first MaxGaps, sorted by URL.
	// Nobody knows what else they list. No page leaves for that, since every page that was sent is
	// requested.
	BadSitemaps []Gap `json:"bad_sitemaps,omitempty"`
	// MayAct are addresses that were not requested because that may change something, although they may be
	// articles: the first MaxGaps, sorted by URL. MayActInAll counts all of them.
	MayAct      []Gap `json:"may_act,omitempty"`
	MayActInAll int   `json:"may_act_in_all,omitempty"`
	// Proved are the answers of a private source against pages that were sent, with proof that the session
	// was alive: the first MaxGaps, sorted by URL. ProvedInAll counts all of them. See docs/adr/0023.
	Proved      []Proof `json:"proved,omitempty"`
	ProvedInAll int     `json:"proved_in_all,omitempty"`
	// Cursor is where a source that lists changes goes on the next time. It is not kept before everything
	// that was read is acknowledged.
	Cursor string `json:"-"`
}

// SawAll reports whether everything that was looked for could be judged.
func (c Coverage) SawAll() bool {
	return c.Complete || c.Partial && c.Ended == "" && c.GapsInAll == 0
}

// MaxGaps is how many items Gaps and the similar lists of a Coverage have at most.
const MaxGaps = 20

// Gap is one thing that a crawl could not see.
type Gap struct {
	URL     string  `json:"url"`
	Outcome Outcome `json:"outcome"`
	Detail  string  `json:"detail,omitempty"` // such as "HTTP 503 after 4 tries"
}

// Proof is an answer against a page that was sent, by a session that is proved to have been alive.
type Proof struct {
	URL     string  `json:"url"`
	Outcome Outcome `json:"outcome"`
}
