// Package preset knows the platforms that help centers and wikis run on: by what
// each gives itself away, and where its pages have their title and their text.
//
// A preset is data: a file of a few lines for each platform, in platforms. One of
// sources.yaml stands beside them, or in the place of the one that has its name.
//
//	page ─ evidence ─ preset ─ title, body, what is taken out of it
//
// Taking one platform for another would lose text, and taking none costs little,
// since the automatic choice follows. So evidence is only what no other platform
// has: the generator that the page names, or an element that only its templates make.
package preset

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/internal/nearest"
	"go.yaml.in/yaml/v4"
)

// Preset says how the pages of one platform are read. All selectors are of CSS.
type Preset struct {
	Name     string `yaml:"name" json:"name"`
	Platform string `yaml:"platform" json:"platform,omitempty"` // its name, for people

	// Generator are words of which one stands in the page's generator tag, in any
	// case; Marks are selectors of what only this platform's pages have. One is
	// enough. A preset with neither applies where a source names it.
	Generator []string `yaml:"generator" json:"generator,omitempty"`
	Marks     []string `yaml:"marks" json:"marks,omitempty"`

	// Title and Body are in order of preference: the first one counts that has text.
	// All that it matches is the body, in the order of the page.
	Title []string `yaml:"title" json:"title,omitempty"`
	Body  []string `yaml:"body" json:"body"`

	Remove []string `yaml:"remove" json:"remove,omitempty"` // taken out of the body

	// Views are selectors of which a page that is no article has one: it asks what to do with
	// an article, lists its versions, or leads to articles.
	Views []string `yaml:"views" json:"views,omitempty"`

	// Traps are patterns of addresses, as exclude in sources.yaml has them, under which
	// there are only such pages, and very many of them. Links to them are not followed.
	Traps []string `yaml:"traps" json:"traps,omitempty"`

	// Static says that the platform writes files, which a server only hands out: no address of
	// its sites does anything.
	Static bool `yaml:"static" json:"static,omitempty"`

	// Noscript says that the text may stand in what the page has for browsers
	// without scripts; it is looked for there where it is nowhere else.
	Noscript bool `yaml:"noscript" json:"noscript,omitempty"`

	// NeedsBrowser tells people that the text is there only when scripts have run:
	// see render in sources.yaml.
	NeedsBrowser bool `yaml:"needs_browser" json:"needs_browser,omitempty"`
}

//go:embed platforms/*.yaml
var platforms embed.FS

// Embedded returns the presets that come with the program, by name.
func Embedded() []Preset { return slices.Clone(embedded().presets) }

// embedded is the set of what comes with the program; it is read once.
var embedded = sync.OnceValue(func() *Set {
	set := new(Set)
	entries, err := platforms.ReadDir("platforms")
	if err != nil {
		panic(err) // it was compiled in
	}
	for _, e := range entries {
		p, err := parse(path.Join("platforms", e.Name()))
		if err != nil {
			panic(err) // a test reads them all
		}
		set.presets = append(set.presets, p)
	}
	slices.SortFunc(set.presets, func(a, b Preset) int { return strings.Compare(a.Name, b.Name) })
	return set
})

func parse(file string) (p Preset, err error) {
	text, err := platforms.ReadFile(file)
	if err != nil {
		return p, err
	}
	decoder, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithKnownFields())
	if err != nil {
		return p, err
	}
	if err := decoder.Load(&p); err != nil {
		return p, fmt.Errorf("read the preset %s: %w", file, err)
	}
	return p, nil
}

// Set is the presets that pages are compared with. Its methods may be called at
// the same time.
type Set struct {
	presets []Preset
	own     int  // how many of them, at the beginning, go before the rest
	named   bool // the one there is applies to all pages

	once       sync.Once // what follows is made when it is first needed
	generators []generator
	marks      finder
	readers    []*reader
}

// NewSet returns a set of the embedded presets and of own ones, which go first
// where a page has evidence for both, and replace the embedded ones of their names.
func NewSet(own []Preset) *Set {
	if len(own) == 0 {
		return embedded()
	}
	set := &Set{presets: slices.Clone(own), own: len(own)}
	for _, p := range embedded().presets {
		if !slices.ContainsFunc(own, func(o Preset) bool { return o.Name == p.Name }) {
			set.presets = append(set.presets, p)
		}
	}
	return set
}

// None returns a set that recognises nothing.
func None() *Set { return new(Set) }

// Names returns the names of the presets, sorted.
func (s *Set) Names() []string {
	var names []string
	for _, p := range s.presets {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}

// Only returns a set of the one preset of this name, which it takes every page to
// be of.
func (s *Set) Only(name string) (*Set, error) {
	i := slices.IndexFunc(s.presets, func(p Preset) bool { return p.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("no preset %q: %s", name, nearest.Hint(name, s.Names(), "there are "+strings.Join(s.Names(), ", ")))
	}
	return &Set{presets: s.presets[i : i+1], named: true}, nil
}

// Fingerprint stands for all that the set says: two sets that read pages alike have
// the same. It is "" for none.
func (s *Set) Fingerprint() string {
	if len(s.presets) == 0 {
		return ""
	}
	text, err := json.Marshal(s.presets)
	if err != nil {
		panic(err) // texts and lists of texts
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:6])
}
