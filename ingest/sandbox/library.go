package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fincrawl/fincrawl/ingest/intercom"
)

// page is an external page, with two flags of the API that fincrawl does not use. A page in the
// library is never changed but replaced.
type page struct {
	intercom.ExternalPage
	SalesAgent bool `json:"ai_sales_agent_availability"`
	Fin        bool `json:"fin_availability"` // deprecated: reports whether any other flag is set
}

type source = intercom.ImportSource

// library holds the content of a workspace. Its methods lock it.
type library struct {
	mu       sync.RWMutex
	sources  roster[source]
	pages    roster[page]
	sourceAt map[int64]int  // places in sources by ID
	pageAt   map[string]int // places in pages by ID
	// externals are the places in pages by import source and external ID, the newest last. There
	// is more than one only where a fault created twins.
	externals map[int64]map[string][]int

	lastSource     int64
	lastPage       int64
	deletedSources int
	changes        int // number of changes, to see whether the file is up to date
}

func newLibrary() *library {
	return &library{
		sourceAt: map[int64]int{}, pageAt: map[string]int{}, externals: map[int64]map[string][]int{},
		lastSource: 32, // keeps the IDs of sources and pages apart, so that a mix-up shows
	}
}

func (l *library) createSource(s source) source {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changes++
	l.lastSource++
	s.Type, s.ID = "content_import_source", l.lastSource
	s.CreatedAt = time.Now().Unix()
	s.UpdatedAt, s.LastSyncedAt = s.CreatedAt, s.CreatedAt
	s.AudienceIDs = append([]int64{}, s.AudienceIDs...)
	l.enterSource(s)
	return s
}

func (l *library) enterSource(s source) {
	l.sourceAt[s.ID] = l.sources.add(&s)
	l.externals[s.ID] = map[string][]int{}
}

func (l *library) source(id int64) (source, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.sourceLocked(id)
}

func (l *library) sourceLocked(id int64) (source, bool) {
	place, ok := l.sourceAt[id]
	if !ok {
		return source{}, false
	}
	return *l.sources.at(place), true
}

// updateSource changes an import source by edit, unless edit returns an error.
func (l *library) updateSource(id int64, edit func(*source) *apiError) (source, *apiError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.sourceLocked(id)
	if !ok {
		return s, notFound("Content Import Source")
	}
	if err := edit(&s); err != nil {
		return s, err
	}
	l.changes++
	s.UpdatedAt = time.Now().Unix()
	l.sources.put(l.sourceAt[id], &s)
	return s, nil
}

// deleteSource deletes an import source and its pages.
func (l *library) deleteSource(id int64) *apiError {
	l.mu.Lock()
	defer l.mu.Unlock()
	place, ok := l.sourceAt[id]
	if !ok {
		return notFound("Content Import Source")
	}
	l.changes++
	for _, twins := range l.externals[id] {
		for _, at := range twins {
			delete(l.pageAt, l.pages.at(at).ID)
			l.pages.remove(at)
		}
	}
	delete(l.externals, id)
	delete(l.sourceAt, id)
	l.sources.remove(place)
	l.deletedSources++
	return nil
}

// listSources returns count import sources from the n-th on. ever is the number of import sources
// that ever existed, because the API counts deleted ones too.
func (l *library) listSources(n, count int) (sources []*source, ever int) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.sources.slice(n, count, false), l.sources.alive + l.deletedSources
}

func (l *library) allSources() []source {
	l.mu.RLock()
	defer l.mu.RUnlock()
	sources := make([]source, 0, l.sources.alive)
	for _, s := range l.sources.all() {
		sources = append(sources, *s)
	}
	return sources
}

func (l *library) countPages(sourceID int64) int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	n := 0
	for _, twins := range l.externals[sourceID] {
		n += len(twins)
	}
	return n
}

// upsertPage creates a page, or edits the page with the same import source and external ID. edit
// gets an empty page, or the page as it is.
func (l *library) upsertPage(sourceID int64, externalID string, edit func(*page)) (page, *apiError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.sourceLocked(sourceID)
	if !ok {
		return page{}, notFound("Content Import Source").at("source_id")
	}
	if s.SyncBehavior != "api" {
		return page{}, unprocessable("data_invalid", "source_id", "the content import source is not synced by the API")
	}
	if twins := l.externals[sourceID][externalID]; len(twins) > 0 {
		return l.replacePage(twins[len(twins)-1], edit), nil
	}
	return l.createPage(sourceID, externalID, edit), nil
}

func (l *library) createPage(sourceID int64, externalID string, edit func(*page)) page {
	l.changes++
	l.lastPage++
	p := page{ExternalPage: intercom.ExternalPage{
		Type: "external_page", ID: strconv.FormatInt(l.lastPage, 10), SourceID: sourceID, ExternalID: externalID,
		CreatedAt: time.Now().Unix(),
	}}
	edit(&p)
	p.touch(p.CreatedAt)
	l.enterPage(p)
	return p
}

// twin creates a second page with the import source and external ID of an existing one, as two
// concurrent requests may do.
func (l *library) twin(sourceID int64, externalID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, place := range l.externals[sourceID][externalID] {
		first := *l.pages.at(place)
		l.createPage(sourceID, externalID, func(p *page) {
			id := p.ID
			*p = first
			p.ID = id
		})
		return
	}
}

func (l *library) enterPage(p page) {
	place := l.pages.add(&p)
	l.pageAt[p.ID] = place
	l.externals[p.SourceID][p.ExternalID] = append(l.externals[p.SourceID][p.ExternalID], place)
}

func (l *library) replacePage(place int, edit func(*page)) page {
	l.changes++
	p := *l.pages.at(place)
	edit(&p)
	p.touch(time.Now().Unix())
	l.pages.put(place, &p)
	return p
}

func (p *page) touch(now int64) {
	p.UpdatedAt, p.LastIngestedAt = now, now
	p.Fin = p.AIAgentAvailability || p.AICopilotAvailability || p.SalesAgent
}

// updatePage edits a page by its ID. It may change the external ID.
func (l *library) updatePage(id string, sourceID int64, externalID string, edit func(*page)) (page, *apiError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	place, ok := l.pageAt[id]
	if !ok {
		return page{}, notFound("External Page")
	}
	old := l.pages.at(place)
	if externalID == "" {
		externalID = old.ExternalID
	}
	if sourceID != old.SourceID {
		return page{}, unprocessable("data_invalid", "source_id", "a page stays with its content import source")
	}
	if externalID != old.ExternalID {
		externals := l.externals[sourceID]
		if len(externals[externalID]) > 0 {
			return page{}, fail(http.StatusConflict, "conflict",
				"another page of the source has this external_id").at("external_id")
		}
		l.leaveTwins(old, place)
		externals[externalID] = []int{place}
	}
	return l.replacePage(place, func(p *page) {
		p.ExternalID = externalID
		edit(p)
	}), nil
}

func (l *library) deletePage(id string) (page, *apiError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	place, ok := l.pageAt[id]
	if !ok {
		return page{}, notFound("External Page")
	}
	l.changes++
	p := *l.pages.at(place)
	l.pages.remove(place)
	delete(l.pageAt, id)
	l.leaveTwins(&p, place)
	p.HTML = ""
	return p, nil
}

// leaveTwins removes a page from the places of its external ID.
func (l *library) leaveTwins(p *page, place int) {
	externals := l.externals[p.SourceID]
	twins := slices.DeleteFunc(externals[p.ExternalID], func(at int) bool { return at == place })
	if len(twins) == 0 {
		delete(externals, p.ExternalID)
	} else {
		externals[p.ExternalID] = twins
	}
}

func (l *library) page(id string) (page, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	place, ok := l.pageAt[id]
	if !ok {
		return page{}, false
	}
	return *l.pages.at(place), true
}

// listPages returns count pages from the n-th on, the newest first, and the number of all pages.
func (l *library) listPages(n, count int) (pages []*page, alive int) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.pages.slice(n, count, true), l.pages.alive
}

// find returns the pages of an import source with an external ID, the oldest first.
func (l *library) find(sourceID int64, externalID string) []*page {
	l.mu.RLock()
	defer l.mu.RUnlock()
	pages := make([]*page, 0, 1)
	for _, place := range l.externals[sourceID][externalID] {
		pages = append(pages, l.pages.at(place))
	}
	return pages
}

// pagesOf returns the pages of an import source, sorted by external ID. Twins are sorted from the
// oldest on.
func (l *library) pagesOf(sourceID int64) []*page {
	l.mu.RLock()
	defer l.mu.RUnlock()
	pages := make([]*page, 0, len(l.externals[sourceID]))
	for twins := range maps.Values(l.externals[sourceID]) {
		for _, place := range twins {
			pages = append(pages, l.pages.at(place))
		}
	}
	slices.SortStableFunc(pages, func(a, b *page) int { return strings.Compare(a.ExternalID, b.ExternalID) })
	return pages
}
