package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) withdraw() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "withdraw URL… | --source SOURCE",
		Short: "Take pages from AI Agent and Copilot at once, until they are restored",
		Long: `withdraw switches pages off for AI Agent and Copilot, at once and without a crawl; with
--delete it deletes them from Intercom. A page goes with all its parts; --source alone
means all pages of a source. It shows what goes and asks first; --yes answers for a script.

It notes who withdrew the pages, when, and why, before it asks Intercom for anything, so
that the next sync does what it could not. No sync brings a page back before fincrawl
restore does.

Exit codes:
  0    withdrawn
  1    failed: the next sync takes the pages out
  2    wrong usage, or an address that is no page of fincrawl's
  3    withdrawn, but some pages could not be taken out yet: the next sync does that`,
	}
	drop := cmd.Flags().Bool("delete", false, "delete the pages from Intercom, rather than switch them off")
	t := a.takeoutFlags(cmd)
	word := a.wordFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, urls []string) error {
		t.delete, t.word = *drop, word()
		return t.open(urls, func() error { return t.withdraw(cmd.Context(), urls) })
	}
	return cmd
}

func (a *app) restore() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "restore URL… | --source SOURCE",
		Short: "Bring back pages that were withdrawn",
		Long: `restore ends the withdrawal of pages, or with --source alone that of a whole source. Pages
that were switched off are switched on again at once, where they were available before;
those that were deleted are sent again by the next sync. Pages that were withdrawn by their
own addresses stay out when their source is restored. It shows what comes back and asks
first; --yes answers for a script.`,
	}
	t := a.takeoutFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, urls []string) error {
		return t.open(urls, func() error { return t.restore(cmd.Context(), urls) })
	}
	return cmd
}

// takeout withdraws or restores pages.
type takeout struct {
	app    *app
	source string // that was named; "" for none
	yes    bool
	delete bool
	word   word

	config *config.Config
	store  *state.Store
}

func (a *app) takeoutFlags(cmd *cobra.Command) *takeout {
	t := &takeout{app: a}
	cmd.Flags().StringVar(&t.source, "source", "", "all pages of this source; with URLs, the source that they belong to")
	cmd.Flags().BoolVar(&t.yes, "yes", false, "don't ask")
	return t
}

func (t *takeout) open(urls []string, do func() error) (err error) {
	if len(urls) == 0 && t.source == "" {
		return usageError{errors.New("name the pages by their URLs, or a whole source by --source")}
	}
	if t.config, err = t.app.load(); err != nil {
		return err
	}
	err = t.app.withState(t.config, func(store *state.Store) error {
		t.store = store
		return do()
	})
	if _, held := errors.AsType[*state.LockedError](err); held {
		return fmt.Errorf("%w. A sync that is stopped keeps what it has done: stop it by an interrupt (SIGINT or SIGTERM), say this again, "+
			"then sync to go on", err)
	}
	return err
}

// selection is what a person means of one source.
type selection struct {
	source string
	whole  bool
	pages  []outPage // of a whole source, those in the library
}

// outPage is a page in the library, or one that was withdrawn, with all its parts.
type outPage struct {
	id, url, title string            // title is "" where the library does not have it
	ours           bool              // else it was only found in Intercom
	withdrawn      *state.Withdrawal // by itself; nil: it is not
}

// withdraw records what is withdrawn, and then takes it out.
func (t *takeout) withdraw(ctx context.Context, urls []string) error {
	chosen, err := t.find(urls)
	if err != nil {
		return err
	}
	for _, s := range chosen {
		for _, p := range s.pages {
			if !p.ours && !s.whole {
				return usageError{fmt.Errorf("%s was found in Intercom, and nothing shows that fincrawl sent it: take it out there, "+
					"or take it over first: %s", shown(p.url), t.app.command("fincrawl adopt "+s.source))}
			}
		}
	}
	becomes := "switched off for AI Agent and Copilot"
	if t.delete {
		becomes = "deleted from Intercom"
	}
	if err := t.ask(chosen, "withdrawn, and "+becomes, "Withdraw"); err != nil {
		return err
	}
	for _, s := range chosen {
		list, err := t.withdrawals(s)
		if err == nil {
			err = t.store.PutWithdrawal(s.source, list...)
		}
		if err != nil {
			return err
		}
	}
	var done int
	var failed []ingest.Failure
	for _, s := range chosen {
		api, decisions, err := t.at(ctx, s.source)
		if err != nil {
			return fmt.Errorf("take the pages out: %w; that they are withdrawn is recorded, and the next sync takes them out", err)
		}
		n, missed, err := api.Withdraw(ctx, t.entries(s), decisions)
		done, failed = done+n, append(failed, missed...)
		if err != nil {
			return fmt.Errorf("take the pages out: %w; that they are withdrawn is recorded, and the next sync takes them out", err)
		}
	}
	fmt.Fprintf(t.app.out, "Withdrawn. %s %s just now. No sync brings back what is withdrawn before fincrawl restore does.\n",
		plural.Count(done, "page"), becomes)
	return t.tell(failed, "could not be taken out yet; the next sync does that")
}

// withdrawals are what is to be recorded. What is withdrawn already stays so in its way,
// unless it is to be deleted now.
func (t *takeout) withdrawals(s selection) (list []state.Withdrawal, err error) {
	pages := s.pages
	if s.whole {
		source := outPage{}
		for w, err := range t.store.Withdrawals(s.source) {
			if err != nil {
				return nil, err
			}
			if w.Page == "" {
				source.withdrawn = &w
			}
		}
		pages = []outPage{source}
	}
	for _, p := range pages {
		if p.withdrawn == nil || t.delete && !p.withdrawn.Delete {
			list = append(list, state.Withdrawal{Page: p.id, URL: p.url, Delete: t.delete, By: t.word.by, At: t.app.clock()().UTC(), Reason: t.word.reason})
		}
	}
	return list, nil
}

// restore ends withdrawals, and then brings the pages back.
func (t *takeout) restore(ctx context.Context, urls []string) error {
	chosen, err := t.find(urls)
	if err != nil {
		return err
	}
	for _, s := range chosen {
		if err := t.mayRestore(s); err != nil {
			return err
		}
	}
	if err := t.ask(chosen, "restored", "Restore"); err != nil {
		return err
	}
	for _, s := range chosen {
		if s.whole {
			err = errors.Join(err, t.store.EndWithdrawal(s.source, ""))
			continue
		}
		for _, p := range s.pages {
			err = errors.Join(err, t.store.EndWithdrawal(s.source, p.withdrawn.Page))
		}
	}
	if err != nil {
		return err
	}
	var done, later int
	var failed []ingest.Failure
	for _, s := range chosen {
		api, decisions, err := t.at(ctx, s.source)
		if err != nil {
			return fmt.Errorf("bring the pages back: %w; that they are restored is recorded, and the next sync brings them back", err)
		}
		n, left, missed, err := api.Restore(ctx, t.entries(s), decisions, func(id string) (string, error) { return t.store.SentMarkdown(s.source, id) })
		done, later, failed = done+n, later+left, append(failed, missed...)
		if err != nil {
			return fmt.Errorf("bring the pages back: %w; that they are restored is recorded, and the next sync brings them back", err)
		}
		for _, p := range s.pages {
			if p.title == "" {
				later++
			}
		}
	}
	fmt.Fprintf(t.app.out, "Restored. %s switched on again just now.\n", plural.Count(done, "page"))
	if later > 0 || done == 0 {
		fmt.Fprintln(t.app.out, "The next sync sends what was deleted, and what is not recorded well enough to be switched on without a look at the site.")
	}
	return t.tell(failed, "could not be switched on yet; the next sync does that")
}

// mayRestore returns an error where something of what a person means is not withdrawn by
// itself.
func (t *takeout) mayRestore(s selection) error {
	var whole bool
	for w, err := range t.store.Withdrawals(s.source) {
		if err != nil {
			return err
		}
		whole = whole || w.Page == ""
	}
	if s.whole {
		if !whole {
			return usageError{fmt.Errorf("%s is not withdrawn as a whole; fincrawl status lists what is", s.source)}
		}
		return nil
	}
	for _, p := range s.pages {
		switch {
		case whole:
			return usageError{fmt.Errorf("%s is out with its whole source, which comes back first: %s", shown(p.url), t.app.command("fincrawl restore --source "+s.source))}
		case p.withdrawn == nil:
			return usageError{fmt.Errorf("%s is not withdrawn; fincrawl status lists what is", shown(p.url))}
		}
	}
	return nil
}

// at returns how the pages of a source are taken out and brought back, and what persons
// decided about it.
func (t *takeout) at(ctx context.Context, source string) (ingest.Takeout, ingest.Decisions, error) {
	is, _, err := t.store.ImportSource(source)
	if err != nil {
		return ingest.Takeout{}, ingest.Decisions{}, err
	}
	withdrawn, err := reconcile.Collect(t.store.Withdrawals(source))
	if err != nil {
		return ingest.Takeout{}, ingest.Decisions{}, err
	}
	api, err := t.app.clientFor(ctx, t.config, t.store)
	to := ingest.Takeout{Source: source, SourceID: is.ID, Library: api,
		Ledger: t.store, Workers: t.config.Intercom.Workers}
	if i := slices.IndexFunc(t.config.Sources, func(s config.Source) bool { return s.Name == source }); i >= 0 {
		to.Locale = t.config.Sources[i].Locale
	}
	return to, ingest.Decisions{}.Withdrawn(withdrawn...), err
}

// entries are those of what a person means.
func (t *takeout) entries(s selection) iter.Seq2[state.Entry, error] {
	return func(yield func(state.Entry, error) bool) {
		for e, err := range t.store.Entries(s.source) {
			id, _, _ := crawler.CutPart(e.ExternalID, e.URL)
			if err == nil && !s.whole && !slices.ContainsFunc(s.pages, func(p outPage) bool { return p.id == id }) {
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// ask shows what a person means, and asks whether it is to be done.
func (t *takeout) ask(chosen []selection, becomes, verb string) error {
	for _, s := range chosen {
		var titles []string
		for _, p := range s.pages {
			titles = append(titles, fmt.Sprintf("%q %q", p.title, p.url)) // quoted, since they may say anything
		}
		what := plural.Count(len(titles), "page") + " of " + s.source
		if s.whole {
			what = "all of " + s.source + ", " + plural.Count(len(titles), "page")
		}
		fmt.Fprintf(t.app.out, "To be %s: %s:\n", becomes, what)
		list(t.app.out, titles, len(titles))
	}
	return t.app.confirm(verb+" this?", t.yes)
}

// tell names the pages that Intercom did not take.
func (t *takeout) tell(failed []ingest.Failure, what string) error {
	if len(failed) == 0 {
		return nil
	}
	fmt.Fprintf(t.app.out, "%s %s:\n", plural.Count(len(failed), "page"), what)
	for _, f := range failed {
		fmt.Fprintf(t.app.out, "  %s: %s\n", shown(f.URL), f.Message)
	}
	return finished{exitSomeFailed}
}

// find returns what is meant: the pages at URLs, or all of the source that was named.
func (t *takeout) find(urls []string) ([]selection, error) {
	sources, err := t.store.Sources()
	if err != nil {
		return nil, err
	}
	if t.source != "" {
		if !slices.Contains(sources, t.source) {
			return nil, usageError{fmt.Errorf("nothing is recorded of a source %q; recorded are: %s", t.source, strings.Join(sources, ", "))}
		}
		sources = []string{t.source}
	}
	if len(urls) == 0 {
		pages, err := t.pages(t.source, nil)
		return []selection{{source: t.source, whole: true, pages: pages}}, err
	}
	var chosen []selection
	owners := make([][]string, len(urls))
	near := make([]nearest, len(urls))
	for _, source := range sources {
		s := selection{source: source}
		for i, u := range urls {
			near[i].name = u
			pages, err := t.pages(source, &search{spellings: t.spellings(source, u), near: &near[i]})
			if err != nil {
				return nil, err
			}
			for _, p := range pages {
				owners[i] = append(owners[i], source)
				if !slices.ContainsFunc(s.pages, func(other outPage) bool { return other.id == p.id }) {
					s.pages = append(s.pages, p)
				}
			}
		}
		if len(s.pages) > 0 {
			chosen = append(chosen, s)
		}
	}
	for i, u := range urls {
		switch of := slices.Compact(owners[i]); {
		case len(of) > 1:
			return nil, usageError{fmt.Errorf("%s belongs to several sources (%s): choose one by --source", shown(u), strings.Join(of, ", "))}
		case len(of) == 0:
			return nil, usageError{fmt.Errorf("nothing is recorded of a page %s%s", shown(u), near[i].question())}
		}
	}
	return chosen, nil
}

// search looks for the page that a person names.
type search struct {
	spellings []string
	near      *nearest // sees the other pages
}

// spellings are the ways in which an address that a person gives may be recorded.
func (t *takeout) spellings(source, u string) []string {
	list := []string{u, strings.TrimSuffix(u, "#")}
	i := slices.IndexFunc(t.config.Sources, func(s config.Source) bool { return s.Name == source })
	address, err := url.Parse(u)
	if i < 0 || err != nil {
		return list
	}
	if s, err := reconcile.NewSource(t.config.Sources[i]); err == nil {
		if judged, err := web.Judge(s, address); err == nil {
			list = append(list, judged.URL)
		}
	}
	return list
}

// pages returns what of a source is searched for, among what is recorded and what is
// withdrawn; without a search all pages that the library has.
func (t *takeout) pages(source string, wanted *search) (list []outPage, err error) {
	found := make(map[string]int)
	see := func(externalID, u string) *outPage {
		id, address, _ := crawler.CutPart(externalID, u)
		if wanted != nil && !slices.ContainsFunc(wanted.spellings, func(s string) bool { return s == externalID || s == u || s == id || s == address }) {
			wanted.near.see(address)
			return nil
		}
		if _, ok := found[id]; !ok {
			found[id], list = len(list), append(list, outPage{id: id, url: address})
		}
		return &list[found[id]]
	}
	for e, err := range t.store.Entries(source) {
		if err != nil {
			return nil, err
		}
		if wanted == nil && (e.RemoteID == "" || !e.Ours()) {
			continue
		}
		if p := see(e.ExternalID, e.URL); p != nil {
			p.title, p.ours = cmp.Or(p.title, e.Title, e.URL), p.ours || e.RemoteID == "" || e.Ours()
		}
	}
	for w, err := range t.store.Withdrawals(source) {
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
