// Package htmlreport writes what a run did, or would do, as one self-contained HTML file. The owner of the pages looks
// through the changes in a browser and decides about those that are held. The page saves the decisions as a plan, which
// `fincrawl approve --file` and `fincrawl sync --plan` read.
//
// The file contains texts of private pages. Secrets that screening found are masked everywhere in it. Nothing that a
// page says is ever markup: the data are one block of JSON, which the page's script shows as text.
package htmlreport

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/check/screen"
	"github.com/fincrawl/fincrawl/internal/privatefile"
	"github.com/fincrawl/fincrawl/internal/secrets"
	"github.com/fincrawl/fincrawl/state"
)

// maxTexts limits how many bytes of text the whole file shows.
const maxTexts = 24 << 20

// maxHeldTexts limits how many bytes of the texts of held pages are kept in memory.
const maxHeldTexts = 32 << 20

// Report collects what the file will show. It is safe for concurrent use. All methods of a nil Report do nothing.
type Report struct {
	path string
	own  *secrets.Set
	past bool // the run ended earlier, so that not all texts are known any more

	served bool

	mu       sync.Mutex
	held     map[address]screen.Shown // the texts of held pages, which are stored nowhere else
	sources  map[string]*beside
	found    secrets.Set // what screening found
	room     int         // how many bytes of text may still be added
	heldRoom int
}

type address struct{ source, url string }

// beside is what is shown of a source in addition to its report.
type beside struct {
	texts    map[change]*texts
	audience []int64
	pages    []Page
	left     []Left
	leftMore int                  // how many are not in the list
	settled  *ingest.SourceChange // the import source after pages were sent to it; nil if the report's is right
}

// change identifies a change among the changes of its source.
type change struct {
	externalID string
	remoteID   string // set only for a surplus page
}

func keyOf(c ingest.Change) change {
	if c.Surplus {
		return change{c.ExternalID, c.RemoteID}
	}
	return change{externalID: c.ExternalID}
}

// texts is what is shown of the texts of a page.
type texts struct {
	Diff     []step           `json:"diff,omitempty"`
	Note     string           `json:"note,omitempty"` // which text is not shown, and why
	Passages []screen.Passage `json:"passages,omitempty"`
	mask     []screen.Masking
}

// Open returns a report that will be written to the file at path, or nil if path is "".
func Open(path string, own *secrets.Set) (*Report, error) {
	if path == "" {
		return nil, nil
	}
	if err := privatefile.MayWrite(path); err != nil {
		return nil, err
	}
	return newReport(path, own), nil
}

// Past returns a report on a run that ended earlier. Only texts that Intercom still has are known.
func Past(path string, own *secrets.Set) (*Report, error) {
	r, err := Open(path, own)
	if r != nil {
		r.past = true
	}
	return r, err
}

// ForServer makes the page send decisions to the server that shows it, instead of saving them as a file.
func (r *Report) ForServer() *Report {
	if r != nil {
		r.served = true
	}
	return r
}

func newReport(path string, own *secrets.Set) *Report {
	return &Report{
		path: path, own: own,
		held: make(map[address]screen.Shown), sources: make(map[string]*beside),
		room: maxTexts, heldRoom: maxHeldTexts,
	}
}

// Hold keeps the masked text of a page that is held, since it is stored nowhere else.
func (r *Report) Hold(source string, p crawler.Page, s *screen.Screener) {
	if r == nil {
		return
	}
	shown := s.Show(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.heldRoom -= len(shown.Markdown); r.heldRoom < 0 {
		shown.Markdown = ""
	}
	r.held[address{source, p.URL}] = shown
}

// Seen is what a run found out about a source.
type Seen struct {
	Plan ingest.Plan
	// Screener masks the texts. If it is nil, no text is shown.
	Screener *screen.Screener
	// Texts returns the text of a changed page as it was sent and as it was read.
	Texts    func(c ingest.Change) (before, after state.Body, err error)
	Audience []int64
	Pages    []Page // the pages of the library; nil to derive them from the plan
	Left     []Left // the URLs that did not become a page
	LeftMore int
}

// Page is a page of the library, and who answers from it.
type Page struct {
	ExternalID, Title, URL string
	AIAgent, Copilot       bool
	Ours                   bool // it is there already, and fincrawl sent it, so that it can be withdrawn
}

// Left is a URL that is not a page of the library.
type Left struct {
	URL, Outcome, Detail string
	Failed               bool // it could not be read, so that there may be a page
}

// MaxLeft is the largest number of such URLs that a report lists for a source.
const MaxLeft = 2000

// Leave records how the reading of a URL ended, unless it became a page.
func (s *Seen) Leave(url string, o crawler.Outcome, detail string) {
	switch {
	case o == crawler.Paged, o == crawler.NotModified, o == crawler.Listing:
	case len(s.Left) >= MaxLeft:
		s.LeftMore++
	default:
		s.Left = append(s.Left, Left{url, string(o), detail, o.Failed() || o == ""})
	}
}

// Add adds what a run found out about a source. It must be called before anything is sent, because sending replaces the
// texts of the last run.
func (r *Report) Add(seen Seen) error {
	if r == nil {
		return nil
	}
	b := &beside{
		texts: make(map[change]*texts), audience: seen.Audience,
		pages: seen.Pages, left: seen.Left, leftMore: seen.LeftMore,
	}
	if b.pages == nil {
		b.pages = pagesOf(seen.Plan)
	}
	for _, held := range []bool{true, false} { // held changes first: there may not be room for all texts
		for _, c := range seen.Plan.Changes {
			if c.Action == ingest.Unchanged && len(c.Findings) == 0 || (c.Action == ingest.Held) != held {
				continue
			}
			t, err := r.textsOf(seen, c)
			if err != nil {
				return fmt.Errorf("read the texts of %s: %w", c.ExternalID, err)
			}
			b.texts[keyOf(c)] = t
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sources[seen.Plan.Source] = b
	return nil
}

// pagesOf returns the pages of the library after a plan has been carried out.
func pagesOf(plan ingest.Plan) []Page {
	pages := []Page{}
	for _, c := range plan.Changes {
		v := c.After
		switch {
		case c.Surplus, c.Action == ingest.Delete:
			continue
		case c.Action == ingest.Held && c.Wants == ingest.Create:
			continue
		case c.Action == ingest.Held, v == nil:
			v = c.Before
		}
		if v != nil {
			pages = append(pages, Page{c.ExternalID, v.Title, v.URL, v.AIAgent, v.AICopilot, c.RemoteID != "" && !c.Unproved && !c.Foreign})
		}
	}
	return pages
}

// textsOf compares the text of a page as it was sent with the text as it was read.
func (r *Report) textsOf(seen Seen, c ingest.Change) (*texts, error) {
	t := &texts{}
	if seen.Screener == nil {
		t.Note = "The source is no longer in sources.yaml, and nothing says what of its texts may be shown."
		return t, nil
	}
	before, after, err := seen.Texts(c)
	if err != nil {
		return t, err
	}
	var old, new screen.Shown
	if c.Before != nil {
		page := crawler.Page{URL: c.Before.URL, Title: c.Before.Title, Markdown: before.Markdown, HTML: htmlOf(before)}
		old = seen.Screener.Show(page)
	}
	if c.After != nil {
		new = seen.Screener.Show(crawler.Page{
			ExternalID: c.ExternalID, URL: c.After.URL, Title: c.After.Title, Markdown: after.Markdown, HTML: htmlOf(after),
		})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if held, ok := r.heldText(seen.Plan.Source, c); ok && after.Markdown == "" {
		new = held
	}
	t.mask, t.Passages = []screen.Masking{old.Secrets, new.Secrets}, new.Passages
	for _, m := range t.mask {
		r.found.Add(m.All()...)
	}
	// A secret that was found in one text must not be shown in the other either.
	was, is := new.Secrets.Mask(old.Markdown), old.Secrets.Mask(new.Markdown)
	both := was != "" && is != ""
	switch {
	case c.Action != ingest.Unchanged && (both || is != "" && c.Before == nil || was != "" && c.After == nil):
		t.Diff = difference(was, is)
	case is != "":
		t.Diff = bounded([]step{{stays, is}})
	case was != "":
		t.Diff = bounded([]step{{stays, was}})
	}
	t.Note = r.missing(c, old, new)
	if r.room -= sizeOf(t.Diff); r.room < 0 {
		t.Diff, t.Note = nil, "The texts of this run are more than one file shows, and those of this page are left out."
	}
	return t, nil
}

// heldText returns the text of a held page that [Report.Hold] has kept.
func (r *Report) heldText(source string, c ingest.Change) (screen.Shown, bool) {
	if c.After == nil {
		return screen.Shown{}, false
	}
	shown, ok := r.held[address{source, c.After.URL}]
	return shown, ok
}

// missing says which texts of a page are not shown, and why.
func (r *Report) missing(c ingest.Change, old, new screen.Shown) string {
	var notes []string
	if c.Before != nil && c.Before != c.After && old.Markdown == "" {
		switch {
		case old.Withheld:
			notes = append(notes, withheld)
		case r.past && c.Action != ingest.Held && c.Action != ingest.Delete:
			notes = append(notes, "What Intercom had before this run is not kept; what it was sent since is shown.")
		default:
			notes = append(notes, "What Intercom has is not recorded as text; it can be read there.")
		}
	}
	if c.After != nil && c.Action != ingest.Unchanged && new.Markdown == "" {
		switch {
		case new.Withheld:
			notes = append(notes, withheld)
		case c.Action == ingest.Held || r.past:
			notes = append(notes, "What the site has is not kept of this page; `fincrawl preview --report` reads it again.")
		default:
			notes = append(notes, "What the site has was read by an earlier run, and is not kept.")
		}
	}
	return strings.Join(slices.Compact(notes), " ")
}

const withheld = "A text is not shown, since a secret in it cannot be masked for sure: open the page itself."

// htmlOf returns the HTML of a text. For a text that was sent it is not stored, so it is made from the Markdown.
func htmlOf(b state.Body) string { return cmp.Or(b.HTML, markdownAsHTML(b.Markdown)) }

func sizeOf(steps []step) (n int) {
	for _, s := range steps {
		if whole, ok := s[1].(string); ok {
			n += len(whole)
		}
		for _, piece := range piecesOf(s) {
			n += len(piece)
		}
	}
	return n
}
