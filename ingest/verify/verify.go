// Package verify compares what is recorded as sent with what Intercom has. It reads Intercom's
// listing once, and looks up single pages beyond its end.
package verify

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sketch"
	"github.com/fincrawl/fincrawl/state"
)

// Values of Entry.Drift. Each is also a reason in a plan.
const (
	driftEdited  = "drift: edited in Intercom"
	DriftDeleted = "drift: deleted in Intercom"
	driftUnknown = "drift: in Intercom, but not known to the state file"
)

// Pages is the part of the API that verifying and adopting need. *intercom.Client implements it.
type Pages interface {
	ExternalPages(ctx context.Context) iter.Seq2[intercom.ExternalPage, error]
	ExternalPage(ctx context.Context, id string) (intercom.ExternalPage, error)
	FindPages(ctx context.Context, sourceID int64, externalID string) ([]intercom.ExternalPage, error)
}

// Remote is the result of one reading of the listing: the pages of each import source by external ID.
type Remote struct {
	pages map[int64]map[string]listedPage
	// nameless are pages without an external ID, which cannot be fincrawl's.
	nameless map[int64][]listedPage
	// Ended reports that Intercom listed no further although it has more. A page that is
	// missing here may exist.
	Ended bool
}

// listedPage is a page of the listing, in the form of an entry without a Hash.
type listedPage struct {
	state.Entry
	updated int64 // Unix seconds
	// twins are other pages of the import source with the same external ID, in the order of
	// preference. There should be none.
	twins []listedPage
}

// ReadRemote reads the listing of the workspace, with the pages of all import sources.
func ReadRemote(ctx context.Context, api Pages) (Remote, error) {
	r := Remote{pages: map[int64]map[string]listedPage{}, nameless: map[int64][]listedPage{}}
	for page, err := range api.ExternalPages(ctx) {
		if _, ended := errors.AsType[*intercom.ListingEnd](err); ended {
			r.Ended = true
			break
		}
		if err != nil {
			return Remote{}, fmt.Errorf("list external pages: %w", err)
		}
		if page.ExternalID == "" {
			r.nameless[page.SourceID] = append(r.nameless[page.SourceID], listedPage{Entry: adopted(page)})
			continue
		}
		r.add(page)
	}
	return r, nil
}

func (r *Remote) add(page intercom.ExternalPage) {
	if r.pages[page.SourceID] == nil {
		r.pages[page.SourceID] = map[string]listedPage{}
	}
	now := listedPage{Entry: adopted(page), updated: page.UpdatedAt}
	if known, ok := r.pages[page.SourceID][page.ExternalID]; ok {
		now = known.with(now)
	}
	r.pages[page.SourceID][page.ExternalID] = now
}

// LookUp looks up the page of an import source with an external ID, and adds it. It does so only
// where the listing ended before all pages.
func (r *Remote) LookUp(ctx context.Context, api Pages, sourceID int64, externalID string) error {
	if _, listed := r.pages[sourceID][externalID]; listed || !r.Ended {
		return nil
	}
	found, err := api.FindPages(ctx, sourceID, externalID)
	if errors.Is(err, intercom.ErrNoLookUp) {
		return nil
	}
	for _, page := range found {
		r.add(page)
	}
	return err
}

// with adds another page with the same external ID. A page that is listed twice stays one.
func (p listedPage) with(other listedPage) listedPage {
	twins := slices.Concat(p.twins, []listedPage{other})
	p.twins = nil
	if !slices.ContainsFunc(twins, func(t listedPage) bool { return t.RemoteID == p.RemoteID }) {
		twins = append(twins, p)
	}
	slices.SortFunc(twins, byAge)
	twins = slices.CompactFunc(twins, func(a, b listedPage) bool { return a.RemoteID == b.RemoteID })
	first := twins[0]
	first.twins = twins[1:]
	return first
}

// byAge sorts the page first that was updated last. Upserts reach that one, so its content is most
// likely to be right. Of pages that were updated at the same time, the older one comes first.
func byAge(a, b listedPage) int {
	return cmp.Or(cmp.Compare(b.updated, a.updated),
		cmp.Compare(len(a.RemoteID), len(b.RemoteID)), cmp.Compare(a.RemoteID, b.RemoteID))
}

// Claim reports whether a page in the import source of a source may be one that fincrawl sent, by
// its external ID and URL. All other pages are foreign.
//
// It is meant for recorded pages, and for pages after a loss of the state file. An intact state
// file knows all pages that were sent, so any other page is foreign, whatever its URL.
type Claim func(externalID, url string) bool

// Adopt returns an entry without a hash for each page of an import source that may be fincrawl's.
// Pages that the site still has are then updated where they differ. Pages that it has no more may
// be deleted once a crawl shows that they were fincrawl's: see [state.Entry.Ours]. Of pages with
// the same external ID one is adopted, and [Verify] finds the others.
func (r Remote) Adopt(sourceID int64, claim Claim) []state.Entry {
	entries := make([]state.Entry, 0, len(r.pages[sourceID]))
	for _, p := range r.pages[sourceID] {
		if mine, _ := p.divide("", claim); len(mine) > 0 {
			entries = append(entries, mine[0].Entry)
		}
	}
	slices.SortFunc(entries, byExternalID)
	return entries
}

// divide splits the pages with an external ID into fincrawl's, in the order of preference, and
// foreign ones. The recorded page is fincrawl's even where somebody edited it.
func (p listedPage) divide(recorded string, claim Claim) (mine, foreign []listedPage) {
	all := append([]listedPage{p}, p.twins...)
	for _, one := range all {
		one.twins = nil
		switch {
		case one.RemoteID == recorded && recorded != "":
			mine = slices.Insert(mine, 0, one)
		case claim(one.ExternalID, one.URL):
			mine = append(mine, one)
		default:
			foreign = append(foreign, one)
		}
	}
	return mine, foreign
}

func byExternalID(a, b state.Entry) int { return cmp.Compare(a.ExternalID, b.ExternalID) }

// Surplus is a page at Intercom with the external ID of another page of its import source. An upsert
// updates only one of them, and Fin answers from both.
type Surplus struct {
	Page state.Entry // as Intercom has it
	Kept string      // Intercom's ID of the page that is kept
}

// adopted returns the entry for a page at Intercom.
func adopted(p intercom.ExternalPage) state.Entry {
	return state.Entry{
		ExternalID: p.ExternalID,
		RemoteID:   p.ID,
		URL:        cmp.Or(p.URL, p.ExternalID),
		Title:      p.Title,
		AIAgent:    p.AIAgentAvailability,
		AICopilot:  p.AICopilotAvailability,
		Remote:     ContentOf(p),
		Sketch:     sketch.Of(p.HTML),
	}
}

// Verification is the result of comparing the entries of a source with the library.
type Verification struct {
	Pages   int `json:"pages"`   // pages of the import source in the listing
	Edited  int `json:"edited"`  // pages edited at Intercom since they were sent
	Deleted int `json:"deleted"` // pages deleted at Intercom, not by fincrawl
	Unknown int `json:"unknown"` // pages that the state file did not know, and that are adopted
	Surplus int `json:"surplus"` // pages with the external ID of another page
	// Foreign are the pages of the import source that are not fincrawl's.
	Foreign state.Foreign `json:"foreign,omitzero"`
	Error   string        `json:"error,omitempty"` // why there was no comparison
	// Corrections are the entries to record before planning, sorted by external ID.
	Corrections []state.Entry `json:"-"`
	// Twins are the surplus pages, sorted by external ID and then by Intercom's ID.
	Twins []Surplus `json:"-"`

	// Ended reports that the listing ends before all pages. The recorded pages beyond it are
	// looked up one by one, in the order of their external IDs. Looked is how many recorded pages
	// are done so far, and Of is the number of all.
	Ended  bool `json:"listing_ended,omitempty"`
	Looked int  `json:"looked_at,omitempty"`
	Of     int  `json:"looked_at_of,omitempty"`
	// After is the external ID of the last one that is done, or "" where all are.
	After string `json:"-"`
	// Unlisted is explained at [state.Verification].
	Unlisted bool `json:"unlisted,omitempty"`

	foreign map[string]bool // external IDs
}

// IsForeign reports whether the import source has a page of somebody else with an external ID, and
// none of fincrawl's.
func (v Verification) IsForeign(externalID string) bool { return v.foreign[externalID] }

// foreignNamed is how many foreign pages a Verification names.
const foreignNamed = 5

// leave records the foreign pages.
func (v *Verification) leave(pages []listedPage) {
	v.foreign = make(map[string]bool, len(pages))
	slices.SortFunc(pages, func(a, b listedPage) int {
		return cmp.Or(byExternalID(a.Entry, b.Entry), cmp.Compare(a.RemoteID, b.RemoteID))
	})
	v.Foreign.Pages = len(pages)
	for _, p := range pages {
		v.foreign[p.ExternalID] = true
		if len(v.Foreign.First) < foreignNamed {
			v.Foreign.First = append(v.Foreign.First, state.ForeignPage{ExternalID: p.ExternalID, URL: p.URL, Title: p.Title})
		}
	}
}

// Drift returns how many pages differ from what is recorded.
func (v Verification) Drift() int { return v.Edited + v.Deleted + v.Unknown + v.Surplus }

// Comparison is the input of Verify.
type Comparison struct {
	SourceID int64                         // Intercom's ID of the import source
	Recorded iter.Seq2[state.Entry, error] // the entries of the source
	Remote   Remote                        // the listing
	Claim    Claim                         // which recorded pages may be fincrawl's
	// Unrecorded reports which pages without an entry may be fincrawl's. It is Claim where the
	// state file was lost or lacks an answer of Intercom. nil means none.
	Unrecorded Claim
	Workers    int // number of requests in flight; at least 1
	// LookUps is how many pages beyond the end of the listing are looked up.
	LookUps int
	// After is [Verification.After] of the last comparison, where the look-ups continue.
	After string
}

// claimFor returns the claim for pages with the external ID of an entry. A page that Intercom never
// accepted counts as unrecorded.
func (c Comparison) claimFor(e state.Entry) Claim {
	if e.RemoteID == "" && !e.Ours() {
		return c.unrecorded()
	}
	return c.Claim
}

func (c Comparison) unrecorded() Claim {
	if c.Unrecorded == nil {
		return func(string, string) bool { return false }
	}
	return c.Unrecorded
}

// Verify compares the entries of a source with what the library has of its import source. A listing
// may shift while it is read, and then lacks pages or is out of date. So where the listing differs
// from an entry, Verify fetches the page itself by its ID. It makes Workers requests at once.
//
// Where the listing ends before all pages, Verify looks up the pages beyond, LookUps at most. The
// next comparison continues there.
//
// Of several pages with one external ID, it keeps the recorded one, or else the one that was updated
// last. Foreign pages are only counted.
func Verify(ctx context.Context, api Pages, c Comparison) (Verification, error) {
	listed := maps.Clone(c.Remote.pages[c.SourceID])
	v := Verification{Pages: len(listed), Ended: c.Remote.Ended}
	beyond := lookingUp{Comparison: c}
	foreign := slices.Clone(c.Remote.nameless[c.SourceID])
	var mu sync.Mutex
	correct := func(e state.Entry, count *int) {
		mu.Lock()
		defer mu.Unlock()
		v.Corrections = append(v.Corrections, e)
		if count != nil {
			*count++
		}
	}
	surplus := func(pages []intercom.ExternalPage) {
		mu.Lock()
		defer mu.Unlock()
		for _, p := range pages[min(1, len(pages)):] {
			v.Twins = append(v.Twins, Surplus{Page: adopted(p), Kept: pages[0].ID})
		}
	}

	pool, working := errgroup.WithContext(ctx)
	pool.SetLimit(max(1, c.Workers))
	for e, err := range c.Recorded {
		if err != nil || working.Err() != nil {
			return Verification{}, cmp.Or(pool.Wait(), err, ctx.Err())
		}
		var mine []listedPage
		if found, ok := listed[e.ExternalID]; ok {
			var theirs []listedPage
			mine, theirs = found.divide(e.RemoteID, c.claimFor(e))
			foreign = append(foreign, theirs...)
			delete(listed, e.ExternalID)
		}
		if c.Remote.Ended && e.RemoteID != "" && !beyond.due(e.ExternalID, len(mine) > 0) {
			continue
		}
		switch {
		case len(mine) == 0 && e.RemoteID == "": // it was never accepted, or is known to be deleted
		case len(mine) == 1 && (e.RemoteID == "" || e.RemoteID == mine[0].RemoteID) &&
			(e.Remote == "" || e.Remote == mine[0].Remote):
			unread := e.Hash == "" && !e.Sketch.Known() // it was adopted by an older version
			if e.Remote != mine[0].Remote || e.RemoteID != mine[0].RemoteID || unread {
				e.Remote, e.RemoteID = mine[0].Remote, mine[0].RemoteID
				if unread {
					e.Sketch = mine[0].Sketch
				}
				correct(e, nil)
			}
		default:
			pool.Go(func() error {
				all := append([]string{e.RemoteID}, ids(mine)...)
				pages, err := lookUp(working, api, c.SourceID, e.ExternalID, all)
				if err == nil && len(pages) == 0 && c.Remote.Ended {
					pages, err = find(working, api, c, e.ExternalID)
				}
				if err != nil {
					return fmt.Errorf("look at %s in Intercom: %w", e.URL, err)
				}
				surplus(pages)
				switch {
				case len(pages) == 0:
					e.RemoteID, e.Hash, e.Remote, e.Drift = "", "", "", DriftDeleted
					correct(e, &v.Deleted)
				case e.Remote != "" && ContentOf(pages[0]) != e.Remote:
					correct(Edited(e, pages[0]), &v.Edited)
				case e.RemoteID != pages[0].ID || e.Remote == "":
					e.RemoteID, e.Remote = pages[0].ID, ContentOf(pages[0])
					correct(e, nil)
				}
				return nil
			})
		}
	}
	for _, found := range listed {
		mine, theirs := found.divide("", c.unrecorded())
		foreign = append(foreign, theirs...)
		switch len(mine) {
		case 0:
			continue
		case 1:
			mine[0].Drift = driftUnknown
			correct(mine[0].Entry, &v.Unknown)
			continue
		}
		pool.Go(func() error {
			pages, err := lookUp(working, api, c.SourceID, found.ExternalID, ids(mine))
			if err != nil {
				return fmt.Errorf("look at %s in Intercom: %w", found.URL, err)
			}
			surplus(pages)
			if len(pages) > 0 {
				e := adopted(pages[0])
				e.Drift = driftUnknown
				correct(e, &v.Unknown)
			}
			return nil
		})
	}
	if err := cmp.Or(pool.Wait(), ctx.Err()); err != nil {
		return Verification{}, err
	}
	if v.Ended {
		v.Pages += beyond.used
		v.Looked, v.Of = beyond.looked, beyond.of
		if beyond.stopped {
			v.After = beyond.after
		}
	}
	v.leave(foreign)
	v.Surplus = len(v.Twins)
	slices.SortFunc(v.Corrections, byExternalID)
	slices.SortFunc(v.Twins, func(a, b Surplus) int {
		return cmp.Or(byExternalID(a.Page, b.Page), cmp.Compare(a.Page.RemoteID, b.Page.RemoteID))
	})
	return v, nil
}

// lookingUp decides which recorded pages are compared, where the listing ends before all pages. It
// sees them in the order of their external IDs.
type lookingUp struct {
	Comparison
	of, looked int    // number of recorded pages, and of those up to after
	used       int    // number of look-ups
	after      string // external ID of the last page that is done
	stopped    bool   // there are more pages than LookUps allows
}

// due reports whether a recorded page is compared now: it is listed, or it is its turn to be looked
// up.
func (l *lookingUp) due(externalID string, listed bool) bool {
	l.of++
	beyond := !listed && externalID > l.After
	if beyond && l.used >= l.LookUps {
		l.stopped = true
	}
	if !l.stopped {
		l.looked, l.after = l.looked+1, externalID
		if beyond {
			l.used++
		}
	}
	return listed || beyond && !l.stopped
}

// find looks up fincrawl's pages by external ID. It finds nothing where Intercom has no such look-up.
func find(ctx context.Context, api Pages, c Comparison, externalID string) (mine []intercom.ExternalPage, err error) {
	found, err := api.FindPages(ctx, c.SourceID, externalID)
	if errors.Is(err, intercom.ErrNoLookUp) {
		return nil, nil
	}
	for _, p := range found {
		if c.Claim(p.ExternalID, adopted(p).URL) {
			mine = append(mine, p)
		}
	}
	return mine, err
}

// ids returns Intercom's IDs of pages.
func ids(pages []listedPage) []string {
	ids := make([]string, len(pages))
	for i, p := range pages {
		ids[i] = p.RemoteID
	}
	return ids
}

// lookUp fetches pages by the IDs that a page may have. It returns those that exist and have the
// external ID, each once, in the order of ids.
func lookUp(
	ctx context.Context, api Pages, sourceID int64, externalID string, ids []string,
) (there []intercom.ExternalPage, err error) {
	for _, id := range ids {
		is := func(p intercom.ExternalPage) bool { return p.ID == id }
		if id == "" || slices.ContainsFunc(there, is) {
			continue
		}
		page, err := api.ExternalPage(ctx, id)
		switch {
		case err == nil && page.SourceID == sourceID && page.ExternalID == externalID && is(page):
			there = append(there, page)
		case err != nil && intercom.KindOf(err) != intercom.NotFound:
			return nil, err
		}
	}
	return there, nil
}

// Edited returns the entry of a page that somebody edited at Intercom. It keeps the URL, which is
// the one that the site has.
func Edited(e state.Entry, page intercom.ExternalPage) state.Entry {
	now := adopted(page)
	now.URL, now.SentAt, now.Misses, now.Refused = e.URL, e.SentAt, e.Misses, e.Refused
	now.Drift, now.Owned = driftEdited, e.Ours()
	now.Doubted, now.End, now.Replaced = e.Doubted, e.End, e.Replaced
	if e.Sketch.Known() { // edits at Intercom say nothing about the text of the site
		now.Sketch = e.Sketch
	}
	return now
}

// ContentHash returns a hash of everything that a request says about a page, without its IDs. It is
// compared with Entry.Remote.
func ContentHash(p intercom.PageRequest) string {
	h := sha256.New()
	b := bufio.NewWriter(h) // writes a string without copying it
	for _, field := range []string{p.HTML, p.Title, p.URL, p.Locale} {
		_ = binary.Write(b, binary.BigEndian, uint64(len(field)))
		_, _ = b.WriteString(field)
	}
	_ = binary.Write(b, binary.BigEndian, [2]bool{p.AIAgentAvailability, p.AICopilotAvailability})
	_ = b.Flush() // writing to a hash does not fail
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// ContentOf returns the ContentHash of a page as Intercom has it.
func ContentOf(p intercom.ExternalPage) string {
	return ContentHash(intercom.PageRequest{
		Title: p.Title, HTML: p.HTML, URL: p.URL, Locale: p.Locale,
		AIAgentAvailability: p.AIAgentAvailability, AICopilotAvailability: p.AICopilotAvailability,
	})
}

// ContentAfter returns the ContentHash of a page after Intercom answered a request. Where Intercom
// normalised the HTML, the answer counts, because otherwise every later comparison would find an
// edit. An answer without HTML is ignored.
func ContentAfter(sent intercom.PageRequest, answer intercom.ExternalPage) string {
	if answer.HTML == "" {
		return ContentHash(sent)
	}
	answer.Title = cmp.Or(answer.Title, sent.Title)
	answer.URL = cmp.Or(answer.URL, sent.URL)
	answer.Locale = cmp.Or(answer.Locale, sent.Locale)
	return ContentOf(answer)
}
