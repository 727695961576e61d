// Package decide carries out what people decide outside a run: to approve or reject held changes,
// to withdraw and restore pages, to adopt pages, to forget a source, and to send refused pages
// again.
//
// It asks no questions. Where something is to be confirmed, a function returns a description for
// the person, and a method of the description carries it out.
package decide

import (
	"cmp"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/nearest"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

// Word says who decides, why and when.
type Word struct {
	By, Reason string
	At         time.Time
}

// Named returns the word with who as the person, unless it names one.
func (w Word) Named(who string) Word {
	w.By = cmp.Or(w.By, who)
	return w
}

// User returns the name of the user who runs this program.
func User(lookup func(string) (string, bool)) string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	if name, ok := lookup("USER"); ok && name != "" {
		return name
	}
	return "unknown"
}

// Named is a page as it is shown to people.
type Named struct{ Title, URL string }

// String quotes title and URL, because the site controls both.
func (n Named) String() string { return fmt.Sprintf("%q %q", n.Title, n.URL) }

// Shown returns a URL in one line, because the site controls it.
func Shown(url string) string { return strings.Trim(fmt.Sprintf("%q", url), `"`) }

// Decided is the result of a choice for one source.
type Decided struct {
	Source string
	Picked []state.Concern // changes that were decided on
	Left   []state.Concern // changes that were chosen, but have to be decided one by one or cannot be released
}

// CheckChoice returns an error for a choice that chooses nothing or cannot be decided on.
func CheckChoice(ch ingest.Choice) error {
	if len(ch.URLs) == 0 && ch.Guard == "" && !ch.All {
		return reconcile.Mistaken("name the pages by their URLs, or choose by --guard or --all; " +
			"`fincrawl status` lists what is held")
	}
	if ch.Guard == "" {
		return nil
	}
	i := slices.IndexFunc(ingest.Guards(), func(g ingest.GuardInfo) bool { return g.Name == ch.Guard })
	switch {
	case i < 0:
		var names []string
		for _, g := range ingest.Guards() {
			names = append(names, string(g.Name))
		}
		hint := nearest.Hint(string(ch.Guard), names, "`fincrawl guards` lists them")
		return reconcile.Mistaken("there is no guard %q: %s", ch.Guard, hint)
	case ingest.Guards()[i].Release == ingest.ByURL:
		return reconcile.Mistaken("what %s holds is to be looked at page by page: "+
			"name the URLs, which `fincrawl status` lists", ch.Guard)
	case ingest.Guards()[i].Release == ingest.Never:
		return reconcile.Mistaken("no decision lets go of what %s holds; the report of a run says what does", ch.Guard)
	}
	return nil
}

// Choose records a verdict on the held changes that a choice covers.
func Choose(
	store *state.Store, sources []string, choice ingest.Choice, verdict state.Verdict, word Word,
) ([]Decided, error) {
	var all []Decided
	held := make(map[string][]state.Concern)
	unknown := make(map[string]int)
	for _, source := range sources {
		list, err := reconcile.Collect(store.Concerns(source))
		if err != nil {
			return nil, err
		}
		d := Decided{Source: source}
		var missing []string
		d.Picked, d.Left, missing = choice.Pick(list)
		for _, u := range missing {
			unknown[u]++
		}
		all, held[source] = append(all, d), list
	}
	for _, u := range choice.URLs {
		if unknown[u] == len(sources) {
			return nil, reconcile.Mistaken("nothing is held of %s; `fincrawl status` lists what is", u)
		}
	}
	for _, d := range all {
		var decisions []state.Decision
		for _, c := range d.Picked {
			decisions = append(decisions, ingest.Word(c, verdict, word.By, word.Reason, word.At))
		}
		if err := record(store, d.Source, decisions, held[d.Source], verdict); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Agreed is what a saved plan says about one source.
type Agreed struct {
	Source    string
	Decisions []state.Decision
	Withdrawn []state.Withdrawal
	stale     []state.Decision // on changes that are not the same any more
}

// Agree records the decisions in a saved plan: approvals, rejections and withdrawals. The next run
// takes out the pages that are withdrawn.
func Agree(store *state.Store, sources []string, plan ingest.Approval, word Word) (all []Agreed, err error) {
	for _, source := range sources {
		of, ok := plan.Source(source)
		if !ok {
			continue
		}
		a, err := agreed(store, of, word)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	for i, a := range all {
		if err := store.PutWithdrawal(a.Source, a.Withdrawn...); err != nil {
			return nil, err
		}
		for _, verdict := range []state.Verdict{state.Approve, state.Reject} {
			held, err := reconcile.Collect(store.Concerns(a.Source))
			if err != nil {
				return nil, err
			}
			for _, d := range a.Decisions {
				if slices.ContainsFunc(held, func(c state.Concern) bool {
					return c.Kind == state.ConcernHeld && c.ID == d.ExternalID && c.RemoteID == d.RemoteID && c.Change != d.Change
				}) && d.Verdict == verdict {
					all[i].stale = append(all[i].stale, d)
				}
			}
			said := slices.DeleteFunc(slices.Clone(a.Decisions), func(d state.Decision) bool { return d.Verdict != verdict })
			if err := record(store, a.Source, said, held, verdict); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// agreed reads what a saved plan says about one source.
func agreed(store *state.Store, of ingest.ApprovedSource, word Word) (a Agreed, err error) {
	a.Source = of.Name
	if a.Decisions, err = of.Decisions(word.By, word.At); err != nil {
		return a, reconcile.Mistaken("%w", err)
	}
	out, err := reconcile.Collect(store.Withdrawals(of.Name))
	if err != nil {
		return a, err
	}
	if a.Withdrawn, err = of.Withdrawals(ingest.Decisions{}.Withdrawn(out...), word.By, word.At); err != nil {
		return a, reconcile.Mistaken("%w", err)
	}
	if word.Reason != "" {
		for i := range a.Decisions {
			a.Decisions[i].Reason = word.Reason
		}
		for i := range a.Withdrawn {
			a.Withdrawn[i].Reason = word.Reason
		}
	}
	return a, nil
}

// record records decisions. An approved concern is reported again if the approval comes too late. A
// rejected concern is removed.
func record(
	store *state.Store, source string, decisions []state.Decision, held []state.Concern, verdict state.Verdict,
) error {
	if len(decisions) == 0 {
		return nil
	}
	if err := store.PutDecision(source, decisions...); err != nil {
		return err
	}
	about := func(c state.Concern) bool {
		return c.Kind == state.ConcernHeld && slices.ContainsFunc(decisions, func(d state.Decision) bool {
			return d.ExternalID == c.ID && d.RemoteID == c.RemoteID && d.Change == c.Change
		})
	}
	if verdict == state.Reject {
		held = slices.DeleteFunc(held, about)
	}
	for i, c := range held {
		if about(c) {
			held[i].Said = time.Time{}
		}
	}
	return store.SetConcerns(source, held)
}
