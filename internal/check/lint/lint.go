// Package lint finds pages that are poor to answer from: a model repeats what
// they say, and can't say what they don't.
//
//	page ─ Add ─┬─ what is wrong with it alone
//	            └─ a signature of its text ── Issues ── pages that say nearly the same
//
// Texts are not kept: a page costs its address, its title and 8 bytes, so that
// many thousands fit.
package lint

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
)

// Config says from where on something is worth a word. The zero value of a limit
// turns it off.
type Config struct {
	ThinWords int           // a page with fewer words is thin
	LongWords int           // a page with more is long
	StaleAge  time.Duration // a page last changed longer ago is stale
	Now       time.Time
}

// Kind is what is wrong with a page.
type Kind string

// The kinds.
const (
	NoTitle       Kind = "no-title"
	Thin          Kind = "thin"
	Long          Kind = "long"
	ImagesOnly    Kind = "images-only"    // images carry the content, and have no text in their place
	Stale         Kind = "stale"          // says itself that it is old
	ContactEnding Kind = "contact-ending" // ends by sending the reader to the support, which Fin would repeat
	BrokenLink    Kind = "broken-link"
	Duplicate     Kind = "duplicate"     // another page says nearly the same
	Contradiction Kind = "contradiction" // another page says the same with another number
)

// Issue is something wrong with one page.
type Issue struct {
	Kind   Kind   `json:"kind"`
	URL    string `json:"url"`
	Title  string `json:"title,omitempty"`
	Other  string `json:"other,omitempty"` // URL that it is about too: of the twin, or what a link leads to
	Detail string `json:"detail"`
	Fix    string `json:"fix"`
}

// Linter looks at the pages of one source. It is safe for use by several
// goroutines.
type Linter struct {
	config Config

	mu     sync.Mutex
	pages  []signed
	issues []Issue
	anew   map[string]place // by URL: what came before it no longer counts
}

// place is how many pages and issues there were at a moment.
type place struct{ pages, issues int }

// signed is a page with the signature of its text.
type signed struct {
	id, url, title string
	signature      uint64
}

// New returns a linter that has seen nothing yet.
func New(c Config) *Linter { return &Linter{config: c} }

// Add looks at a page.
func (l *Linter) Add(p crawler.Page) {
	seen := look(p)
	issues := l.judge(p, seen)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.issues = append(l.issues, issues...)
	if seen.words >= minWords {
		l.pages = append(l.pages, signed{id: p.ExternalID, url: p.URL, title: p.Title, signature: seen.signature})
	}
}

// Again looks at a page that is no longer as it was when it was added.
func (l *Linter) Again(p crawler.Page) {
	l.mu.Lock()
	if l.anew == nil {
		l.anew = make(map[string]place)
	}
	l.anew[p.URL] = place{len(l.pages), len(l.issues)}
	l.mu.Unlock()
	l.Add(p)
}

// settle drops what no longer counts.
func (l *Linter) settle() {
	var pages []signed
	for i, p := range l.pages {
		if i >= l.anew[p.url].pages {
			pages = append(pages, p)
		}
	}
	var issues []Issue
	for i, issue := range l.issues {
		if i >= l.anew[issue.URL].issues {
			issues = append(issues, issue)
		}
	}
	l.pages, l.issues, l.anew = pages, issues, nil
}

// Link is one that was found on a page of the site.
type Link struct {
	From, To string
	Outcome  crawler.Outcome
	Detail   string
}

// Issues returns everything that is wrong, sorted by kind and address. links are
// those that were followed; text gives the Markdown of a page by its external ID,
// "" where it is not known. The error is of links or of text.
func (l *Linter) Issues(links iter.Seq2[Link, error], text func(externalID string) (string, error)) ([]Issue, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settle()
	issues := slices.Clone(l.issues)
	for link, err := range links {
		if err != nil {
			return nil, fmt.Errorf("read the links: %w", err)
		}
		if link.From != "" && broken(link.Outcome) {
			issues = append(issues, Issue{Kind: BrokenLink, URL: link.From, Other: link.To,
				Detail: strings.TrimSpace(fmt.Sprintf("a link leads to %s (%s %s)", link.To, link.Outcome, link.Detail)),
				Fix:    "Mend the link or take it out: Fin passes links on."})
		}
	}
	twins, err := l.twins(text)
	if err != nil {
		return nil, err
	}
	issues = append(issues, twins...)
	slices.SortFunc(issues, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(rank()[a.Kind], rank()[b.Kind]), strings.Compare(a.URL, b.URL), strings.Compare(a.Other, b.Other), strings.Compare(a.Detail, b.Detail))
	})
	return slices.Compact(issues), nil
}

// rank puts first what makes answers wrong.
var rank = sync.OnceValue(func() map[Kind]int {
	return map[Kind]int{
		Contradiction: 1, Stale: 2, Duplicate: 3, NoTitle: 4, Thin: 5, ImagesOnly: 6, ContactEnding: 7, BrokenLink: 8, Long: 9,
	}
})

func broken(o crawler.Outcome) bool {
	switch o {
	case crawler.Gone, crawler.Rejected, crawler.ServerError, crawler.RedirectLoop, crawler.Unreachable, crawler.TLSFailed:
		return true
	}
	return false
}
