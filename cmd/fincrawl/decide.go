package main

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) approve() *cobra.Command {
	return a.deciding(state.Approve, &cobra.Command{
		Use:   "approve [SOURCE…] URL… | --guard GUARD | --all | --file PLAN",
		Short: "Let the next sync make changes that a guard holds",
		Long: `approve agrees to changes that the last run held, by the URLs of their pages, by the
guard that holds them (see fincrawl guards), or all of them. It asks nobody: it notes
who agreed, when, and to which change, and the next sync makes the change if it is
still that one. A page that became another since is held again.

--guard and --all leave out what has to be looked at page by page, such as pages with
a credential: name those by their URLs. With --file it takes a plan that preview --out
saved, and agrees to the changes in it that somebody set to "approved": true.`,
	})
}

func (a *app) reject() *cobra.Command {
	return a.deciding(state.Reject, &cobra.Command{
		Use:   "reject [SOURCE…] URL… | --guard GUARD | --all",
		Short: "Keep what was sent, and hear no more of a change that a guard holds",
		Long: `reject says no to changes that the last run held: what Intercom has stays as it is,
without further word, until the page on the site changes again. A credential that is
in the library already is told of all the same.`,
	})
}

// deciding completes a command by which a person decides about changes that are held.
func (a *app) deciding(verdict state.Verdict, cmd *cobra.Command) *cobra.Command {
	guard := cmd.Flags().String("guard", "", "all changes that this guard holds")
	all := cmd.Flags().Bool("all", false, "all changes that are held")
	word := a.wordFlags(cmd)
	var file string
	if verdict == state.Approve {
		cmd.Flags().StringVar(&file, "file", "", "the changes that are set to be approved in this plan, which preview --out saved")
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		c, err := a.loadWithoutSecrets()
		if err != nil {
			return err
		}
		sources, urls := sourcesAmong(c, args)
		if given := plural.Count(len(urls), "URL"); len(urls) > 0 && (*guard != "" || *all || file != "") || *all && (*guard != "" || file != "") || *guard != "" && file != "" {
			return usageError{fmt.Errorf("choose the changes in one way: by %s, --guard, --all or --file", given)}
		}
		choice := ingest.Choice{URLs: urls, Guard: ingest.Guard(*guard), All: *all, Keeps: verdict == state.Reject}
		if file == "" {
			if err := checkChoice(choice); err != nil {
				return err
			}
		}
		return a.withState(c, func(store *state.Store) error {
			d := decider{app: a, store: store, verdict: verdict, word: word(), at: a.clock()()}
			if file != "" {
				return d.file(file, sources)
			}
			return d.choose(sources, choice)
		})
	}
	return cmd
}

// word is who decides, and why.
type word struct{ by, reason string }

// wordFlags are those by which a person says who decides, and why.
func (a *app) wordFlags(cmd *cobra.Command) func() word {
	by := cmd.Flags().String("by", "", "who decides; by default the user of this machine")
	reason := cmd.Flags().String("reason", "", "why, to be kept with the decision")
	return func() word {
		w := word{*by, *reason}
		if w.by == "" {
			w.by = userName(a.lookupEnv)
		}
		return w
	}
}

func userName(lookup func(string) (string, bool)) string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	if name, ok := lookup("USER"); ok && name != "" {
		return name
	}
	return "unknown"
}

// sourcesAmong tells the names of sources among arguments from what names pages. Without any,
// all sources are meant.
func sourcesAmong(c *config.Config, args []string) (sources []string, urls []string) {
	for _, arg := range args {
		if slices.ContainsFunc(c.Sources, func(s config.Source) bool { return s.Name == arg }) {
			sources = append(sources, arg)
		} else {
			urls = append(urls, arg)
		}
	}
	if len(sources) == 0 {
		for _, s := range c.Sources {
			sources = append(sources, s.Name)
		}
	}
	return sources, urls
}

func checkChoice(ch ingest.Choice) error {
	if len(ch.URLs) == 0 && ch.Guard == "" && !ch.All {
		return usageError{errors.New("name the pages by their URLs, or choose by --guard or --all; fincrawl status lists what is held")}
	}
	if ch.Guard == "" {
		return nil
	}
	i := slices.IndexFunc(ingest.Guards(), func(g ingest.GuardInfo) bool { return g.Name == ch.Guard })
	switch {
	case i < 0:
		return usageError{fmt.Errorf("there is no guard %q; fincrawl guards lists them", ch.Guard)}
	case ingest.Guards()[i].Release == ingest.ByURL:
		return usageError{fmt.Errorf("what %s holds is to be looked at page by page: name the URLs, which fincrawl status lists", ch.Guard)}
	case ingest.Guards()[i].Release == ingest.Never:
		return usageError{fmt.Errorf("no decision lets go of what %s holds; the report of a run says what does", ch.Guard)}
	}
	return nil
}

// withState opens the state file to be written to, for a command that asks nobody.
func (a *app) withState(c *config.Config, do func(*state.Store) error) (err error) {
	store, err := state.Open(c.State, state.Options{Wait: lockWait, Commit: a.commit})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(store)
}

func (a *app) clock() func() time.Time {
	if a.now != nil {
		return a.now
	}
	return time.Now
}

// loadWithoutSecrets reads sources.yaml for a command that asks nobody.
func (a *app) loadWithoutSecrets() (*config.Config, error) {
	c, err := config.LoadWithoutSecrets(a.configPath, a.lookupEnv)
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// decider records a person's decisions.
type decider struct {
	app     *app
	store   *state.Store
	verdict state.Verdict
	word    word
	at      time.Time
}

// choose decides about what a choice means of what the last runs held.
func (d decider) choose(sources []string, choice ingest.Choice) error {
	type found struct {
		source       string
		held         []state.Concern
		picked, left []state.Concern
	}
	var all []found
	unknown := map[string]int{}
	for _, source := range sources {
		held, err := reconcile.Collect(d.store.Concerns(source))
		if err != nil {
			return err
		}
		f := found{source: source, held: held}
		var missing []string
		f.picked, f.left, missing = choice.Pick(held)
		for _, u := range missing {
			unknown[u]++
		}
		all = append(all, f)
	}
	for _, u := range choice.URLs {
		if unknown[u] == len(sources) {
			return usageError{fmt.Errorf("nothing is held of %s; fincrawl status lists what is", u)}
		}
	}
	var decided, left int
	for _, f := range all {
		var words []state.Decision
		for _, c := range f.picked {
			words = append(words, ingest.Word(c, d.verdict, d.word.by, d.word.reason, d.at.UTC()))
			fmt.Fprintf(d.app.out, "%s: %s: %s of %s, held by %s\n", f.source, past[d.verdict], named(c.Wants), shown(c.URL), strings.Join(c.Guards, ", "))
		}
		if err := d.record(f.source, words, f.held); err != nil {
			return err
		}
		decided += len(words)
		for _, c := range f.left {
			left++
			if ingest.Releasing(c.Guards) == ingest.Never {
				fmt.Fprintf(d.app.out, "%s: left out: %s is held by %s, which no approval lets go of\n", f.source, shown(c.URL), strings.Join(c.Guards, ", "))
				continue
			}
			fmt.Fprintf(d.app.out, "%s: left out: %s is held by %s; look at it, then: %s\n", f.source, shown(c.URL), strings.Join(c.Guards, ", "),
				d.app.command(report.DecideCommand(string(d.verdict), f.source, c.URL)))
		}
	}
	switch {
	case decided > 0 && d.verdict == state.Approve:
		fmt.Fprintf(d.app.out, "The next sync makes %s, if it is still the same.\n", plural.Count(decided, "change"))
	case decided > 0:
		fmt.Fprintf(d.app.out, "%s what Intercom has until it changes on the site.\n", keeps(decided))
	case left > 0:
		return usageError{errors.New("nothing was decided")}
	default:
		fmt.Fprintln(d.app.out, "Nothing of that is held.")
	}
	return nil
}

var past = map[state.Verdict]string{state.Approve: "approved", state.Reject: "rejected"}

func named(wants string) string {
	switch ingest.Action(wants) {
	case ingest.Create:
		return "creation"
	case ingest.Delete:
		return "deletion"
	case ingest.Unchanged:
		return "keeping"
	}
	return "update"
}

func keeps(n int) string {
	if n == 1 {
		return "1 page keeps"
	}
	return fmt.Sprintf("%d pages keep", n)
}

// shown is an address that may say anything, on one line.
func shown(url string) string { return strings.Trim(fmt.Sprintf("%q", url), `"`) }

// record keeps decisions with what they are about: an approval that comes too late is to
// be told of again, and what was rejected waits no more.
func (d decider) record(source string, words []state.Decision, held []state.Concern) error {
	if len(words) == 0 {
		return nil
	}
	if err := d.store.PutDecision(source, words...); err != nil {
		return err
	}
	about := func(c state.Concern) bool {
		return c.Kind == state.ConcernHeld && slices.ContainsFunc(words, func(w state.Decision) bool {
			return w.ExternalID == c.ID && w.RemoteID == c.RemoteID
		})
	}
	if d.verdict == state.Reject {
		held = slices.DeleteFunc(held, about)
	}
	for i, c := range held {
		if about(c) {
			held[i].Said = time.Time{}
		}
	}
	return d.store.SetConcerns(source, held)
}

// file takes the approvals of a saved plan.
func (d decider) file(path string, sources []string) error {
	f, err := os.Open(path)
	if err != nil {
		return usageError{fmt.Errorf("read the plan: %w", err)}
	}
	defer func() { _ = f.Close() }() // read only
	plan, err := ingest.ReadApproval(f)
	if err != nil {
		return usageError{fmt.Errorf("read the plan %s: %w", path, err)}
	}
	decided := 0
	for _, source := range sources {
		of, ok := plan.Source(source)
		if !ok {
			continue
		}
		words, err := of.Decisions(d.word.by, d.at.UTC())
		if err != nil {
			return usageError{err}
		}
		for i := range words {
			if d.word.reason != "" {
				words[i].Reason = d.word.reason
			}
			fmt.Fprintf(d.app.out, "%s: approved: %s, held by %s\n", source, shown(words[i].URL), strings.Join(words[i].Guards, ", "))
		}
		held, err := reconcile.Collect(d.store.Concerns(source))
		if err != nil {
			return err
		}
		if err := d.record(source, words, held); err != nil {
			return err
		}
		decided += len(words)
	}
	if decided == 0 {
		fmt.Fprintf(d.app.out, "Nothing in %s is set to \"approved\": true.\n", path)
		return nil
	}
	fmt.Fprintf(d.app.out, "The next sync makes %s, if it is still the same.\n", plural.Count(decided, "change"))
	return nil
}
