package setup

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/fincrawl/fincrawl/internal/config"
)

// Draft is a source as it is about to be written to sources.yaml.
type Draft struct {
	Name, LibraryURL     string // LibraryURL is "" if the library has the site's URL
	Site                 Site
	UserEnv, PasswordEnv string // the names of the environment variables with the user name and the password
	BaseURL              string // of Intercom's API, for a new file; "" for the usual one
}

// plainText matches what YAML reads as a string without quotes, also within braces.
var plainText = regexp.MustCompile(`^[A-Za-z0-9/][A-Za-z0-9/._~%-]*(:[A-Za-z0-9/._~%-]+)*$`)

func quoted(text string) string {
	if plainText.MatchString(text) {
		return text
	}
	b, _ := json.Marshal(text) // marshalling a string never fails
	return string(b)
}

func reference(variable string) string { return `"${` + variable + `}"` }

// Lines returns the source as an entry of the list in sources.yaml.
func (d Draft) Lines() []string {
	list := []string{
		"- name: " + quoted(d.Name),
		"  url: " + quoted(d.Site.URL.String()) + "      # the crawl begins here and stays below",
	}
	add := func(format string, args ...any) { list = append(list, "  "+fmt.Sprintf(format, args...)) }
	if d.LibraryURL != "" {
		add("library_url: %s      # what the library is called at Intercom; nothing needs to answer there",
			quoted(d.LibraryURL))
	}
	if language := d.Site.Language; language != "" && language != "en" {
		add("locale: %s", quoted(language))
	}
	user, password := reference(d.UserEnv), reference(d.PasswordEnv)
	switch l := d.Site.Login; l.Kind {
	case Basic, Digest:
		add("auth:")
		add("  %s: {username: %s, password: %s}", l.Kind, user, password)
	case Bearer:
		add("auth:")
		add("  bearer: %s", password)
	case Form:
		add("auth:")
		add("  form:")
		add("    url: %s", quoted(l.URL))
		fields := fmt.Sprintf("%s: %s", quoted(l.Password), password)
		if l.User != "" {
			fields = fmt.Sprintf("%s: %s, ", quoted(l.User), user) + fields
		}
		add("    fields: {%s}", fields)
		add(`    # logged_in: "a.logout"    # a CSS selector of what only a page after the login has`)
		if host := hostOf(l.URL); host != hostOf(d.Site.URL.String()) {
			add("    sign_on: [%s]    # the login is on another site", quoted(host))
		}
	case Elsewhere, Refused:
		add("auth:")
		add("  cookie_file: cookies.txt    # of a browser that is logged in; see docs/sources.md for other ways in")
	}
	if d.Site.Scripts {
		add("render: auto    # pages without a text until their scripts have run; wants Chromium or Chrome")
	}
	if d.Site.Platform != "" {
		add("# These are pages of %s, which are recognised: content needs nothing.", d.Site.Platform)
	}
	add(`# include: ["/articles/**"]    # what becomes a page; everything by default`)
	add(`# exclude: ["/search/**"]      # what is never fetched`)
	return list
}

// File returns a whole sources.yaml with this source only.
func (d Draft) File() string {
	var b strings.Builder
	b.WriteString("# yaml-language-server: $schema=" + config.SchemaURL + "\n")
	b.WriteString("# What fincrawl reads, and where it goes. docs/sources.md explains every key; `fincrawl check` says what is\n")
	b.WriteString("# wrong. No secret stands in this file: ${NAME} takes the value of an environment variable.\n\n")
	b.WriteString("version: 1\nintercom:\n  token: ${INTERCOM_ACCESS_TOKEN}    # Developer Hub → your app → Authentication\n")
	if d.BaseURL != "" {
		b.WriteString("  base_url: " + quoted(d.BaseURL) + "    # instead of the region's\n")
	} else {
		b.WriteString("  region: us    # where the workspace is hosted: us, eu or au\n")
	}
	b.WriteString("state: fincrawl.db    # what was sent; keep it between runs\n\nsources:\n")
	for _, line := range d.Lines() {
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}

// Variables returns the environment variables that the source needs, each with a description.
func (d Draft) Variables() [][2]string {
	var list [][2]string
	switch l := d.Site.Login; {
	case l.Kind == Bearer:
	case l.Kind == Basic, l.Kind == Digest, l.Kind == Form && l.User != "":
		list = append(list, [2]string{d.UserEnv, "the user of " + d.Name})
	}
	switch d.Site.Login.Kind {
	case Basic, Digest, Form:
		list = append(list, [2]string{d.PasswordEnv, "the password of " + d.Name})
	case Bearer:
		list = append(list, [2]string{d.PasswordEnv, "the token of " + d.Name})
	}
	return list
}

// source returns the draft as a source that can be crawled.
func (d Draft) source(lookup func(string) (string, bool)) (config.Source, error) {
	folder, err := os.MkdirTemp("", "fincrawl-init-*")
	if err != nil {
		return config.Source{}, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "sources.yaml")
	if err := os.WriteFile(path, []byte(d.File()), 0o600); err != nil {
		return config.Source{}, err
	}
	c, err := config.LoadToLook(path, lookup)
	if err != nil {
		return config.Source{}, err
	}
	return c.Sources[0], nil
}
