package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// Wish is what the user says about the source to add. An empty field is found out from the site or asked for.
type Wish struct {
	URL, Name, LibraryURL, Login, UserEnv, PasswordEnv, BaseURL string
}

// Setup adds sources to a file.
type Setup struct {
	Path      string // of sources.yaml
	Out       io.Writer
	Ask       func(question string) (string, error) // nil if nobody can answer
	LookupEnv func(string) (string, bool)
	Client    *http.Client // for looking at the site as a visitor
	// Try crawls a few pages of a source.
	Try func(ctx context.Context, s config.Source) (Trial, error)
}

// Trial is the result of a crawl of a few pages.
type Trial struct {
	Seen     []string // the steps of the login, and what the start page contains
	Pages    []crawler.Page
	Coverage crawler.Coverage
}

// Mistake is an error that the user can correct by saying something else.
type Mistake struct{ err error }

func (m Mistake) Error() string { return m.err.Error() }

// Unwrap returns the underlying error.
func (m Mistake) Unwrap() error { return m.err }

func mistake(format string, args ...any) error { return Mistake{fmt.Errorf(format, args...)} }

// Add looks at the site, tries what it found out, shows it, and adds the source to the file.
func (s Setup) Add(ctx context.Context, w Wish) error {
	there, err := s.existing()
	if err != nil {
		return err
	}
	draft, err := s.draft(ctx, w, there)
	if err != nil {
		return err
	}
	tried, err := s.try(ctx, draft)
	if err != nil {
		return err
	}
	fresh, err := draft.Write(s.Path)
	if err != nil {
		return err
	}
	example, err := draft.WriteExample(s.Path)
	if err != nil {
		return fmt.Errorf("write %s: %w", example, err)
	}
	if fresh {
		fmt.Fprintf(s.Out, "\nWrote %s and %s.\n", s.Path, example)
	} else {
		fmt.Fprintf(s.Out, "\nAdded %s to %s, and its variables to %s.\n", draft.Name, s.Path, example)
	}
	s.next(draft, tried)
	return nil
}

// existing reads the file if there is one already; it returns nil if there is none.
func (s Setup) existing() (*config.Config, error) {
	c, err := config.LoadToLook(s.Path, s.LookupEnv)
	if mistakes := (*config.Mistakes)(nil); errors.As(err, &mistakes) {
		return nil, mistake("%s is there, and has mistakes; mend them first:\n%w", s.Path, err)
	}
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // there is no file, or Write will say why it cannot be written
	}
	return c, nil
}

// draft finds out what to write, and prints what it found.
func (s Setup) draft(ctx context.Context, w Wish, there *config.Config) (d Draft, err error) {
	if w.URL == "" {
		w.URL, err = s.ask("The address where the site begins, such as https://help.example.com/: ",
			"name the site: fincrawl init https://help.example.com/")
		if err != nil {
			return d, err
		}
	}
	start, err := url.Parse(w.URL)
	if err == nil && start.Scheme == "" {
		start, err = url.Parse("https://" + w.URL)
	}
	if err != nil || start.Host == "" || start.Scheme != "http" && start.Scheme != "https" {
		return d, mistake("%q is no web address: write it as https://help.example.com/", w.URL)
	}
	if start.Path == "" {
		start.Path = "/"
	}
	d = Draft{Name: cmp.Or(w.Name, nameOf(start)), LibraryURL: w.LibraryURL, BaseURL: strings.TrimSuffix(w.BaseURL, "/")}
	if there != nil {
		d.BaseURL = there.Intercom.BaseURL // not written again; it decides which library URLs are valid
		if same, ok := there.Source(start.String()); ok {
			return d, mistake("%s has this site already, as %s", s.Path, same.Name)
		}
		if _, ok := there.Source(d.Name); ok {
			return d, mistake("%s has a source %q already: give this one another name by --name", s.Path, d.Name)
		}
	}
	variable := strings.ToUpper(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, d.Name))
	if variable[0] >= '0' && variable[0] <= '9' {
		variable = "SITE_" + variable
	}
	d.UserEnv, d.PasswordEnv = cmp.Or(w.UserEnv, variable+"_USER"), cmp.Or(w.PasswordEnv, variable+"_PASSWORD")
	fmt.Fprintf(s.Out, "Looking at %s\n", start)
	if d.Site, err = Look(ctx, s.Client, start, w.Login); err != nil {
		return d, err
	}
	s.describe(d.Site)
	if why := config.NotPublic(start.Hostname()); why != "" && d.LibraryURL == "" && d.BaseURL == "" {
		question := fmt.Sprintf("Intercom names libraries by public addresses, and %s. "+
			"An address under a domain of yours, where nothing needs to answer: ", why)
		d.LibraryURL, err = s.ask(question, "Intercom names libraries by public addresses, and "+why+
			": give one under a domain of yours by --library-url; nothing needs to answer there")
	}
	return d, err
}

// describe prints what a visitor sees.
func (s Setup) describe(site Site) {
	say := func(format string, args ...any) { fmt.Fprintf(s.Out, "  · "+format+"\n", args...) }
	switch l := site.Login; l.Kind {
	case Public:
		say("everybody may read the start page (where its articles want a login, name its page by --login)")
	case Form:
		say("a login by a form, at %s", l.URL)
	case Basic, Digest, Bearer:
		say("a login by HTTP: %s", l.Kind)
	case Elsewhere:
		say("a login at another site, %s, without a form that can be read: "+
			"sources.yaml takes the cookies of a browser that is logged in", hostOf(l.URL))
	case Refused:
		say("it refuses visitors and names no way in: " +
			"sources.yaml takes the cookies of a browser that is logged in; docs/sources.md has other ways")
	}
	if site.Platform != "" {
		say("pages of a platform that is known: %s", site.Platform)
	}
	if site.Language != "" {
		say("language: %s", site.Language)
	}
	if site.Sitemaps > 0 {
		say("%s with %s of the site", plural.Count(site.Sitemaps, "sitemap"), plural.Count(site.Listed, "URL"))
	} else {
		say("no sitemap that a visitor may read: pages are found by links")
	}
	if site.Scripts {
		say("the start page has no text before its scripts have run: " +
			"pages are rendered, by Chromium or Chrome (render: auto)")
	}
}

// try crawls a few pages with the draft if the environment variables of its login are set. It reports whether the crawl
// worked.
func (s Setup) try(ctx context.Context, d Draft) (bool, error) {
	if unset := s.unset(d); len(unset) > 0 {
		fmt.Fprintf(s.Out, "\nThe login was not tried, since %s is not set.\n", unset[0])
		return false, nil
	}
	if kind := d.Site.Login.Kind; kind == Elsewhere || kind == Refused {
		return false, nil
	}
	source, err := d.source(s.LookupEnv)
	if err != nil {
		return false, err
	}
	fmt.Fprintln(s.Out, "\nReading a few pages, as a crawl would")
	trial, err := s.Try(ctx, source)
	for _, line := range trial.Seen {
		fmt.Fprintf(s.Out, "  · %s\n", line)
	}
	if err != nil {
		fmt.Fprintf(s.Out, "  ✗ %v\n", err)
		return false, ctx.Err()
	}
	found := plural.Count(trial.Coverage.Discovered, "URL")
	if !trial.Coverage.Complete {
		found += " at least"
	}
	fmt.Fprintf(s.Out, "  · %s found so far\n", found)
	if len(trial.Pages) == 0 {
		fmt.Fprintln(s.Out, "  ✗ none of the first pages has a text: see content and render in docs/sources.md")
		return false, nil
	}
	fmt.Fprintln(s.Out, "\nSome pages, as they would be sent:")
	for _, p := range trial.Pages {
		fmt.Fprintf(s.Out, "\n  %s\n  %s\n", p.Title, p.URL)
		for _, line := range firstLines(p.Markdown) {
			fmt.Fprintf(s.Out, "    %s\n", line)
		}
	}
	return true, nil
}

const (
	shownLines  = 4
	shownColumn = 100
)

// firstLines returns the first lines of a text that are not empty.
func firstLines(text string) (list []string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if len(list) == shownLines {
			return append(list, "…")
		}
		if r := []rune(line); len(r) > shownColumn {
			line = string(r[:shownColumn]) + "…"
		}
		list = append(list, line)
	}
	return list
}

// next prints what to do next.
func (s Setup) next(d Draft, tried bool) {
	if kind := d.Site.Login.Kind; kind == Elsewhere || kind == Refused {
		fmt.Fprintf(s.Out, "Save the cookies of a browser that is logged in as cookies.txt beside %s "+
			"(an extension such as \"Get cookies.txt\" does), then: `fincrawl check --online`\n", s.Path)
		return
	}
	step := "fincrawl preview"
	if !tried {
		step = "fincrawl check --online"
	}
	var unset []string
	if _, ok := s.LookupEnv("INTERCOM_ACCESS_TOKEN"); !ok {
		unset = append(unset, "INTERCOM_ACCESS_TOKEN")
	}
	if unset = append(unset, s.unset(d)...); len(unset) > 0 {
		fmt.Fprintf(s.Out, "Set %s, then: `%s`\n", strings.Join(unset, ", "), step)
		return
	}
	fmt.Fprintf(s.Out, "Next: `%s`\n", step)
}

// unset returns the environment variables of the draft that have no value.
func (s Setup) unset(d Draft) (names []string) {
	for _, v := range d.Variables() {
		if value, ok := s.LookupEnv(v[0]); !ok || value == "" {
			names = append(names, v[0])
		}
	}
	return names
}

func (s Setup) ask(question, otherwise string) (string, error) {
	if s.Ask == nil {
		return "", mistake("%s", otherwise)
	}
	answer, err := s.Ask(question)
	if err == nil && answer == "" {
		err = mistake("%s", otherwise)
	}
	return answer, err
}

// nameOf derives the name of a source from its URL.
func nameOf(u *url.URL) string {
	labels := strings.Split(u.Hostname(), ".")
	if len(labels) > 2 && labels[0] == "www" {
		labels = labels[1:]
	}
	if config.NotPublic(u.Hostname()) != "" && strings.Trim(u.Hostname(), "0123456789.:[]") == "" {
		return "site"
	}
	return labels[0]
}
