// Package verify compares what is recorded as sent with what Intercom has: by one reading of
// its listing, and by single look-ups beyond the end of that.
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

// What Entry.Drift says of a page that is not as it was sent. Each is a reason of its
// own in a plan.
const (
	driftEdited  = "drift: edited in Intercom"
	DriftDeleted = "drift: deleted in Intercom"
	driftUnknown = "drift: in Intercom, but not known to the state file"
)

// Pages is the part of the API that verifying and adopting need; *intercom.Client has it.
type Pages interface {
	ExternalPages(ctx context.Context) iter.Seq2[intercom.ExternalPage, error]
	ExternalPage(ctx context.Context, id string) (intercom.ExternalPage, error)
	FindPages(ctx context.Context, sourceID int64, externalID string) ([]intercom.ExternalPage, error)
}

// Remote is what one reading of the listing says that the library has: for each
// import source the pages by external ID.
type Remote struct {
	pages map[int64]map[string]listedPage
	// nameless are those without an external ID, which are nobody's of ours.
	nameless map[int64][]listedPage
	// Ended: Intercom listed no further, though there is more. What is missing may be there.
	Ended bool
}

// listedPage is a page of the listing, as an entry without a Hash.
type listedPage struct {
	state.Entry
	updated int64 // Unix seconds
	// twins are other pages of the import source with the same external ID, which none
	// should have: those that would rather be kept come first.
	twins []listedPage
}

// ReadRemote reads the listing of the workspace, for all import sources at once.
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

// LookUp adds the page of an import source that has an external ID, where the listing ended
// before it, and Intercom looks pages up.
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

// with takes in another page of the listing that has the external ID. One that is
// listed twice stays one.
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

// byAge puts the page first that was updated last: the one that upserts reach, and so
// the one whose content is most likely to be right. Of several it is the one made first.
func byAge(a, b listedPage) int {
	return cmp.Or(cmp.Compare(b.updated, a.updated), cmp.Compare(len(a.RemoteID), len(b.RemoteID)), cmp.Compare(a.RemoteID, b.RemoteID))
}

// Claim reports whether a page in the import source of a source may be one that fincrawl
// sent there, by its external ID and URL. All others are foreign.
//
// It is for what is recorded, and where the state file was lost. A state file that is whole
// has all that was sent: what it lacks is foreign, whatever it looks like.
type Claim func(externalID, url string) bool

// Adopt returns an entry for each page of an import source that may be fincrawl's, without
// a hash, so that what the site still has is updated where it differs. What it lost can go
// once a crawl has shown that it was fincrawl's: see [state.Entry.Ours]. Of pages with the
// same external ID, one is adopted: [Verify] finds the others.
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

// divide tells which of the pages with an external ID are fincrawl's, those first that
// would rather be kept, and which are foreign. The recorded one is fincrawl's whatever
// somebody made of it.
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

// Surplus is a page in Intercom that has the external ID of another one of the same
// import source. An upsert keeps only one of them up to date, and Fin answers from both.
type Surplus struct {
	Page state.Entry // as it is there
	Kept string      // Intercom's ID of the other
}

// adopted is what a page in Intercom says of itself.
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

// Verification is what came of comparing the entries of a source with the library.
type Verification struct {
	Pages   int `json:"pages"`   // of the import source, in the listing
	Edited  int `json:"edited"`  // in Intercom, since they were sent
	Deleted int `json:"deleted"` // in Intercom, and not by fincrawl
	Unknown int `json:"unknown"` // to the state file, and adopted
	Surplus int `json:"surplus"` // pages with the external ID of another one
	// Foreign are the pages of the import source that are not fincrawl's.
	Foreign state.Foreign `json:"foreign,omitzero"`
	Error   string        `json:"error,omitempty"` // why there was no comparison
	// Corrections are the entries to record before planning, sorted by external ID.
	Corrections []state.Entry `json:"-"`
	// Twins are the surplus pages, sorted by external ID and by Intercom's.
	Twins []Surplus `json:"-"`

	// Ended: the listing ends before all pages. Those beyond it are looked at one by one, in
	// the order of their external IDs: Looked of Of recorded ones so far.
	Ended  bool `json:"listing_ended,omitempty"`
	Looked int  `json:"looked_at,omitempty"`
	Of     int  `json:"looked_at_of,omitempty"`
	// After is the last one that was looked at; "" where none is left.
	After string `json:"-"`
	// Unlisted: see [state.Verification].
	Unlisted bool `json:"unlisted,omitempty"`

	foreign map[string]bool // external IDs
}

// IsForeign reports whether the import source has a page of somebody else with an external
// ID, and none of fincrawl's.
func (v Verification) IsForeign(externalID string) bool { return v.foreign[externalID] }

// foreignNamed is how many foreign pages are named.
const foreignNamed = 5

// leave notes the foreign pages.
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

// Drift returns how many pages were not as they were recorded.
func (v Verification) Drift() int { return v.Edited + v.Deleted + v.Unknown + v.Surplus }

// Comparison is what Verify is given.
type Comparison struct {
	SourceID int64                         // import source
	Recorded iter.Seq2[state.Entry, error] // entries of the source
	Remote   Remote                        // the listing
	Claim    Claim                         // which pages may be fincrawl's, by what they look like
	// Unrecorded says which of the pages that are not recorded may be fincrawl's all the same:
	// those that Claim has, as far as the state file was lost, or does not know an answer.
	// nil: none.
	Unrecorded Claim
	Workers    int // requests in flight; at least one
	// LookUps is how many pages beyond the end of the listing are looked at, one by one.
	LookUps int
	// After is where the last comparison came to with that; "" begins anew.
	After string
}

// claimFor is the claim on pages with the external ID of an entry. One that was never
// accepted is as good as none.
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

// Verify compares the entries of a source with what the library has of its import
// source. A listing may shift while it is read, so that it lacks pages or is out of
// date: what it says of a page that doesn't fit its entry counts only once the page
// itself, asked for by its ID, says the same. Workers are asked at once.
//
// Where the listing ends before all pages, what it lacks is looked at one by one, as far as
// LookUps goes: the next comparison goes on from there.
//
// Of several pages with one external ID, the recorded one is kept, or else the one that
// was updated last. Pages that are not fincrawl's are counted, and that is all.
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
		case len(mine) == 0 && e.RemoteID == "": // never accepted, or known to be deleted
		case len(mine) == 1 && (e.RemoteID == "" || e.RemoteID == mine[0].RemoteID) && (e.Remote == "" || e.Remote == mine[0].Remote):
			unread := e.Hash == "" && !e.Sketch.Known() // adopted by an older version
			if e.Remote != mine[0].Remote || e.RemoteID != mine[0].RemoteID || unread {
				e.Remote, e.RemoteID = mine[0].Remote, mine[0].RemoteID
				if unread {
					e.Sketch = mine[0].Sketch
				}
				correct(e, nil)
			}
		default:
			pool.Go(func() error {
				pages, err := lookUp(working, api, c.SourceID, e.ExternalID, append([]string{e.RemoteID}, ids(mine)...))
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

// lookingUp goes through the recorded pages, in the order of their external IDs, where the
// listing ends before them all.
type lookingUp struct {
	Comparison
	of, looked int    // recorded pages, and those of them up to after
	used       int    // look-ups
	after      string // the last one that is done with
	stopped    bool   // there are more
}

// due reports whether a recorded page is to be compared now: it is listed, or its turn has
// come to be looked at by itself.
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

// find looks pages up by their external ID, where Intercom does that.
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

// ids are Intercom's IDs of pages.
func ids(pages []listedPage) []string {
	ids := make([]string, len(pages))
	for i, p := range pages {
		ids[i] = p.RemoteID
	}
	return ids
}

// lookUp asks for a page by the IDs that it may have, and returns what is there, each
// once, in their order.
func lookUp(ctx context.Context, api Pages, sourceID int64, externalID string, ids []string) (there []intercom.ExternalPage, err error) {
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

// Edited is the entry of a page that somebody changed in Intercom. Its URL stays, being
// the one to look for on the site.
func Edited(e state.Entry, page intercom.ExternalPage) state.Entry {
	now := adopted(page)
	now.URL, now.SentAt, now.Misses, now.Refused, now.Drift, now.Owned = e.URL, e.SentAt, e.Misses, e.Refused, driftEdited, e.Ours()
	now.Doubted, now.End, now.Replaced = e.Doubted, e.End, e.Replaced
	if e.Sketch.Known() { // what people took out or put in there is no measure of the site
		now.Sketch = e.Sketch
	}
	return now
}

// ContentHash is a hash of all that a request says of a page, but for whose it is.
// It is what a page in Intercom is compared by: see Entry.Remote.
func ContentHash(p intercom.PageRequest) string {
	h := sha256.New()
	b := bufio.NewWriter(h) // which takes a text without a copy of it
	for _, field := range []string{p.HTML, p.Title, p.URL, p.Locale} {
		_ = binary.Write(b, binary.BigEndian, uint64(len(field)))
		_, _ = b.WriteString(field)
	}
	_ = binary.Write(b, binary.BigEndian, [2]bool{p.AIAgentAvailability, p.AICopilotAvailability})
	_ = b.Flush() // a hash takes everything
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// ContentOf is the ContentHash of a page as Intercom has it.
func ContentOf(p intercom.ExternalPage) string {
	return ContentHash(intercom.PageRequest{
		Title: p.Title, HTML: p.HTML, URL: p.URL, Locale: p.Locale,
		AIAgentAvailability: p.AIAgentAvailability, AICopilotAvailability: p.AICopilotAvailability,
	})
}

// ContentAfter is what Intercom has of a page after it answered a request. Where it
// changed what it was sent, in its own way of writing HTML, the answer counts, lest
// every later comparison take that for an edit. An answer without the page's HTML
// says nothing of it.
func ContentAfter(sent intercom.PageRequest, answer intercom.ExternalPage) string {
	if answer.HTML == "" {
		return ContentHash(sent)
	}
	answer.Title = cmp.Or(answer.Title, sent.Title)
	answer.URL = cmp.Or(answer.URL, sent.URL)
	answer.Locale = cmp.Or(answer.Locale, sent.Locale)
	return ContentOf(answer)
}
