package crawler

// Coverage is what a crawl saw of a source.
type Coverage struct {
	// Complete is true where every URL that was discovered could be judged, so
	// that the absence of a page means something.
	Complete bool `json:"complete"`
	// Partial is true where single pages were asked for, and nothing else: see
	// [Reading]. What was not discovered was not looked for then.
	Partial bool `json:"partial,omitempty"`
	// Discovered counts distinct URLs; it is the sum of Outcomes.
	Discovered int             `json:"discovered"`
	Outcomes   map[Outcome]int `json:"outcomes"`
	// Ended says why the crawl ended before it was through, as where its session
	// could not be renewed; "" where it did not.
	Ended string `json:"ended,omitempty"`
	// Gaps say why the crawl is not complete: sorted by URL, the first MaxGaps of
	// them. GapsInAll counts them all.
	Gaps      []Gap `json:"gaps,omitempty"`
	GapsInAll int   `json:"gaps_in_all,omitempty"`
	// HashRoutes counts the links of the start page that lead to places behind a #, as those of
	// programs that run in the browser do.
	HashRoutes int `json:"hash_routes,omitempty"`
	// BadSitemaps could not be read to their end. What they list is not known, and no page leaves for
	// it, since those that were sent are asked for: sorted by URL, the first MaxGaps of them.
	BadSitemaps []Gap `json:"bad_sitemaps,omitempty"`
	// MayAct are addresses that were not asked for, since that may do something, although they may
	// as well be articles: sorted by URL, the first MaxGaps of them. MayActInAll counts them all.
	MayAct      []Gap `json:"may_act,omitempty"`
	MayActInAll int   `json:"may_act_in_all,omitempty"`
	// Proved are the answers against pages that were sent, of a private source, which were
	// proved to be given to one who was logged in: sorted by URL, the first MaxGaps of
	// them. ProvedInAll counts them all. See docs/adr/0023.
	Proved      []Proof `json:"proved,omitempty"`
	ProvedInAll int     `json:"proved_in_all,omitempty"`
}

// SawAll reports whether all could be judged that was looked for.
func (c Coverage) SawAll() bool {
	return c.Complete || c.Partial && c.Ended == "" && c.GapsInAll == 0
}

// MaxGaps bounds Coverage.Gaps.
const MaxGaps = 20

// Gap is one thing that a crawl could not see.
type Gap struct {
	URL     string  `json:"url"`
	Outcome Outcome `json:"outcome"`
	Detail  string  `json:"detail,omitempty"` // such as "HTTP 503 after 4 tries"
}

// Proof is an answer against a page that was sent, which was given to a session that is
// proved alive.
type Proof struct {
	URL     string  `json:"url"`
	Outcome Outcome `json:"outcome"`
}
