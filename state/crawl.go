package state

import (
	"iter"
)

// Crawl is the crawl of one source in progress: its frontier and its staged
// pages. Its methods Init, AddRequest, GetRequest and QueueSize are colly's
// queue.Storage. All its writes are grouped.
type Crawl struct{}

// BeginCrawl starts an empty crawl of a source, dropping what an earlier one left.
func (s *Store) BeginCrawl(source string) (*Crawl, error) { panic("not yet") }

// EndCrawl drops the crawl of a source: frontier, staged pages and bodies.
func (s *Store) EndCrawl(source string) error { panic("not yet") }

// Discover, Settle, Outcome: see crawler.Frontier, whose contract they keep.
func (c *Crawl) Discover(from string, depth int, urls []string) (fresh []string, err error) {
	panic("not yet")
}
func (c *Crawl) Settle(url, outcome, detail string) error { panic("not yet") }
func (c *Crawl) Outcome(url string) (outcome, detail string, known bool, err error) {
	panic("not yet")
}

// Visit is a discovered URL.
type Visit struct {
	URL     string `json:"-"`
	From    string `json:"from,omitempty"`
	Depth   int    `json:"depth,omitempty"`
	Outcome string `json:"outcome,omitempty"` // "" until it is settled
	Detail  string `json:"detail,omitempty"`
}

// Visits yields every discovered URL, sorted.
func (c *Crawl) Visits() iter.Seq2[Visit, error] { panic("not yet") }

func (c *Crawl) Init() error                     { panic("not yet") }
func (c *Crawl) AddRequest(request []byte) error { panic("not yet") }
func (c *Crawl) GetRequest() ([]byte, error)     { panic("not yet") }
func (c *Crawl) QueueSize() (int, error)         { panic("not yet") }

// Staged is a page of this crawl, without its text.
type Staged struct {
	ExternalID string `json:"-"`
	URL        string `json:"url"`
	Title      string `json:"title"`
	Locale     string `json:"locale"`
	Hash       string `json:"hash"`
	AIAgent    bool   `json:"ai_agent"`
	AICopilot  bool   `json:"ai_copilot"`
	Size       int    `json:"size"` // bytes of HTML
}

// Body is the text of a page.
type Body struct{ HTML, Markdown string }

// Stage keeps a page of this crawl, and its text where body is not nil, zstd
// compressed. A page whose external ID is staged already replaces it.
func (c *Crawl) Stage(p Staged, body *Body) error { panic("not yet") }

// Staged yields the pages of this crawl, sorted by external ID.
func (c *Crawl) Staged() iter.Seq2[Staged, error] { panic("not yet") }

// Body returns the staged text of a page; ok is false where none was staged.
func (c *Crawl) Body(externalID string) (b Body, ok bool, err error) { panic("not yet") }
