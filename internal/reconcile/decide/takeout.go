package decide

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/nearest"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/reconcile/kinds"
	"github.com/fincrawl/fincrawl/state"
)

// Takeouts withdraws pages from the library and restores them.
type Takeouts struct {
	Config *config.Config
	Store  *state.Store
	API    API
}

// Selection is a person's selection of pages of one source.
type Selection struct {
	Source string
	Whole  bool   // the whole source
	Pages  []Page // of a whole source, the pages in the library
}

// Page is a page with all its parts that is in the library or was withdrawn.
type Page struct {
	Named     // the title is "" where the library does not have the page
	id        string
	ours      bool              // false for a page that was only found at Intercom
	withdrawn *state.Withdrawal // its own withdrawal; nil for none
}

// Result says what was done with pages at once.
type Result struct {
	Done   int
	Later  int              // number of restored pages that the next run sends
	Failed []ingest.Failure // pages that Intercom did not accept yet
}

// MayWithdraw returns an error where a selected page is not fincrawl's.
func (t Takeouts) MayWithdraw(chosen []Selection) error {
	for _, s := range chosen {
		for _, p := range s.Pages {
			if !p.ours && !s.Whole {
				return reconcile.Mistaken("%s was found in Intercom, and nothing shows that fincrawl sent it: take it out there, "+
					"or take it over first: `fincrawl adopt %s`", Shown(p.URL), report.Quoted(s.Source))
			}
		}
	}
	return nil
}

// Withdraw records withdrawals and then carries them out: the pages are switched off for AI Agent
// and Copilot, or deleted.
func (t Takeouts) Withdraw(ctx context.Context, chosen []Selection, deletes bool, word Word) (Result, error) {
	var r Result
	for _, s := range chosen {
		list, err := t.withdrawals(s, deletes, word)
		if err == nil {
			err = t.Store.PutWithdrawal(s.Source, list...)
		}
		if err != nil {
			return r, err
		}
	}
	for _, s := range chosen {
		api, decisions, err := t.at(ctx, s.Source)
		if err == nil {
			var done int
			var failed []ingest.Failure
			done, failed, err = api.Withdraw(ctx, t.entries(s), decisions)
			r.Done, r.Failed = r.Done+done, append(r.Failed, failed...)
		}
		if err != nil {
			return r, fmt.Errorf("take the pages out: %w; "+
				"that they are withdrawn is recorded, and the next sync takes them out", err)
		}
	}
	return r, nil
}

// withdrawals returns the withdrawals to record. A page that is withdrawn already stays as it is,
// unless it has to be deleted now.
func (t Takeouts) withdrawals(s Selection, deletes bool, word Word) (list []state.Withdrawal, err error) {
	pages := s.Pages
	if s.Whole {
		source := Page{}
		for w, err := range t.Store.Withdrawals(s.Source) {
			if err != nil {
				return nil, err
			}
			if w.Page == "" {
				source.withdrawn = &w
			}
		}
		pages = []Page{source}
	}
	for _, p := range pages {
		if p.withdrawn == nil || deletes && !p.withdrawn.Delete {
			list = append(list, state.Withdrawal{
				Page: p.id, URL: p.URL, Delete: deletes, By: word.By, At: word.At, Reason: word.Reason,
			})
		}
	}
	return list, nil
}

// MayRestore returns an error where a selected page has no withdrawal of its own.
func (t Takeouts) MayRestore(chosen []Selection) error {
	for _, s := range chosen {
		if err := t.mayRestore(s); err != nil {
			return err
		}
	}
	return nil
}

func (t Takeouts) mayRestore(s Selection) error {
	var whole bool
	for w, err := range t.Store.Withdrawals(s.Source) {
		if err != nil {
			return err
		}
		whole = whole || w.Page == ""
	}
	if s.Whole {
		if !whole {
			return reconcile.Mistaken("%s is not withdrawn as a whole; `fincrawl status` lists what is", s.Source)
		}
		return nil
	}
	for _, p := range s.Pages {
		switch {
		case whole:
			return reconcile.Mistaken("%s is out with its whole source, which comes back first: `fincrawl restore --source %s`",
				Shown(p.URL), report.Quoted(s.Source))
		case p.withdrawn == nil:
			return reconcile.Mistaken("%s is not withdrawn; `fincrawl status` lists what is", Shown(p.URL))
		}
	}
	return nil
}

// Restore ends withdrawals and then brings the pages back.
func (t Takeouts) Restore(ctx context.Context, chosen []Selection) (r Result, err error) {
	for _, s := range chosen {
		if s.Whole {
			err = errors.Join(err, t.Store.EndWithdrawal(s.Source, ""))
			continue
		}
		for _, p := range s.Pages {
			err = errors.Join(err, t.Store.EndWithdrawal(s.Source, p.withdrawn.Page))
		}
	}
	if err != nil {
		return r, err
	}
	for _, s := range chosen {
		api, decisions, err := t.at(ctx, s.Source)
		if err == nil {
			var done, later int
			var failed []ingest.Failure
			text := func(id string) (string, error) { return t.Store.SentMarkdown(s.Source, id) }
			done, later, failed, err = api.Restore(ctx, t.entries(s), decisions, text)
			r.Done, r.Later, r.Failed = r.Done+done, r.Later+later, append(r.Failed, failed...)
		}
		if err != nil {
			return r, fmt.Errorf("bring the pages back: %w; "+
				"that they are restored is recorded, and the next sync brings them back", err)
		}
		for _, p := range s.Pages {
			if p.Title == "" {
				r.Later++
			}
		}
	}
	return r, nil
}

// at returns what is needed to withdraw and restore pages of a source, and its withdrawals.
func (t Takeouts) at(ctx context.Context, source string) (ingest.Takeout, ingest.Decisions, error) {
	is, _, err := t.Store.ImportSource(source)
	if err != nil {
		return ingest.Takeout{}, ingest.Decisions{}, err
	}
	withdrawn, err := reconcile.Collect(t.Store.Withdrawals(source))
	if err != nil {
		return ingest.Takeout{}, ingest.Decisions{}, err
	}
	api, err := t.API(ctx)
	to := ingest.Takeout{
		Source: source, SourceID: is.ID, Library: api, Ledger: t.Store, Workers: t.Config.Intercom.Workers,
	}
	if s := t.configured(source); s != nil {
		to.Locale = s.Locale
	}
	return to, ingest.Decisions{}.Withdrawn(withdrawn...), err
}

// configured returns a source of sources.yaml, or nil.
func (t Takeouts) configured(source string) *config.Source {
	i := slices.IndexFunc(t.Config.Sources, func(s config.Source) bool { return s.Name == source })
	if i < 0 {
		return nil
	}
	return &t.Config.Sources[i]
}

// entries yields the entries of the selected pages.
func (t Takeouts) entries(s Selection) iter.Seq2[state.Entry, error] {
	return func(yield func(state.Entry, error) bool) {
		for e, err := range t.Store.Entries(s.Source) {
			id, _, _ := crawler.CutPart(e.ExternalID, e.URL)
			if err == nil && !s.Whole && !slices.ContainsFunc(s.Pages, func(p Page) bool { return p.id == id }) {
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// Find returns the selection of pages by their URLs, in any source or in the named one. Without URLs
// it selects the whole source.
func (t Takeouts) Find(named string, urls []string) ([]Selection, error) {
	sources, err := t.Store.Sources()
	if err != nil {
		return nil, err
	}
	if named != "" {
		if named, err = recorded(t.Config, t.Store, named); err != nil {
			return nil, err
		}
		sources = []string{named}
	}
	if len(urls) == 0 {
		pages, err := t.pages(named, nil)
		return []Selection{{Source: named, Whole: true, Pages: pages}}, err
	}
	var chosen []Selection
	owners := make([][]string, len(urls))
	near := make([]nearest.Addresses, len(urls))
	for _, source := range sources {
		s := Selection{Source: source}
		for i, u := range urls {
			near[i].Name = u
			pages, err := t.pages(source, &search{spellings: t.spellings(source, u), near: &near[i]})
			if err != nil {
				return nil, err
			}
			for _, p := range pages {
				owners[i] = append(owners[i], source)
				if !slices.ContainsFunc(s.Pages, func(other Page) bool { return other.id == p.id }) {
					s.Pages = append(s.Pages, p)
				}
			}
		}
		if len(s.Pages) > 0 {
			chosen = append(chosen, s)
		}
	}
	for i, u := range urls {
		switch of := slices.Compact(owners[i]); {
		case len(of) > 1:
			return nil, reconcile.Mistaken("%s belongs to several sources (%s): choose one by --source",
				Shown(u), strings.Join(of, ", "))
		case len(of) == 0:
			return nil, reconcile.Mistaken("nothing is recorded of a page %s%s", Shown(u), near[i].Question())
		}
	}
	return chosen, nil
}

// search is the search for a page that a person names.
type search struct {
	spellings []string           // the forms in which its URL may be recorded
	near      *nearest.Addresses // collects the other pages for a suggestion
}

// spellings returns the forms in which a URL that a person gives may be recorded.
func (t Takeouts) spellings(source, u string) []string {
	list := []string{u, strings.TrimSuffix(u, "#")}
	configured := t.configured(source)
	address, err := url.Parse(u)
	if configured == nil || err != nil {
		return list
	}
	if judged, err := kinds.Judge(*configured, address); err == nil {
		list = append(list, judged.URL)
	}
	return list
}

// pages returns the recorded and withdrawn pages of a source that match a search. Without a search
// it returns all pages in the library.
func (t Takeouts) pages(source string, wanted *search) (list []Page, err error) {
	found := make(map[string]int)
	see := func(externalID, u string) *Page {
		id, address, _ := crawler.CutPart(externalID, u)
		matches := func(s string) bool { return s == externalID || s == u || s == id || s == address }
		if wanted != nil && !slices.ContainsFunc(wanted.spellings, matches) {
			wanted.near.See(address)
			return nil
		}
		if _, ok := found[id]; !ok {
			found[id], list = len(list), append(list, Page{id: id, Named: Named{URL: address}})
		}
		return &list[found[id]]
	}
	for e, err := range t.Store.Entries(source) {
		if err != nil {
			return nil, err
		}
		if wanted == nil && (e.RemoteID == "" || !e.Ours()) {
			continue
		}
		if p := see(e.ExternalID, e.URL); p != nil {
			p.Title, p.ours = cmp.Or(p.Title, e.Title, e.URL), p.ours || e.RemoteID == "" || e.Ours()
		}
	}
	for w, err := range t.Store.Withdrawals(source) {
		if err != nil {
			return nil, err
		}
		if wanted == nil || w.Page == "" {
			continue
		}
		if p := see(w.Page, w.URL); p != nil {
			p.ours, p.withdrawn = true, &w
		}
	}
	return list, nil
}
