// Package lint finds pages that are hard to answer from: a model repeats what they say, and cannot say
// what they do not.
//
//	page ─ Add ─┬─ its own issues
//	            └─ a signature of its text ── Issues ── pages that say nearly the same
//
// It does not keep texts. A page takes its URL, its title and a few bytes, so that many thousands fit.
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

// Config has the limits from which something is an issue. A limit of zero is no limit.
type Config struct {
	ThinWords int           // a page with fewer words is thin
	LongWords int           // a page with more words is long
	StaleAge  time.Duration // a page whose last change is older is stale
	Now       time.Time
}

// Kind is a kind of issue.
type Kind string

// The kinds.
const (
	NoTitle       Kind = "no-title"
	SharedTitle   Kind = "shared-title" // other pages have its title
	Thin          Kind = "thin"
	Long          Kind = "long"
	ImagesOnly    Kind = "images-only"    // images have the content, and no text describes them
	Stale         Kind = "stale"          // it says itself that it is old
	ContactEnding Kind = "contact-ending" // it ends by sending the reader to support, which Fin would repeat
	BrokenLink    Kind = "broken-link"
	Duplicate     Kind = "duplicate"     // another page says nearly the same
	Contradiction Kind = "contradiction" // another page says the same with another number
)

// Issue is an issue of one page.
type Issue struct {
	Kind   Kind   `json:"kind"`
	URL    string `json:"url"`
	Title  string `json:"title,omitempty"`
	Other  string `json:"other,omitempty"` // another URL that it is about: of the twin, or the target of a link
	Detail string `json:"detail"`
	Fix    string `json:"fix"`
}

// Linter lints the pages of one source. It is safe for use by several goroutines.
type Linter struct {
	config Config

	mu     sync.Mutex
	pages  []signed
	issues []Issue
	anew   map[string]place // by URL: everything about the page before this place is outdated
}

// place is the number of pages and issues at some moment.
type place struct{ pages, issues int }

// signed is a page with the signature of its text.
type signed struct {
	id, url, title string
	signature      uint64
	brief          bool // it says too little to be compared
}

// New returns a linter without pages.
func New(c Config) *Linter { return &Linter{config: c} }

// Add lints a page.
func (l *Linter) Add(p crawler.Page) {
	seen := look(p)
	issues := l.judge(p, seen)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.issues = append(l.issues, issues...)
	l.pages = append(l.pages, signed{
		id: p.ExternalID, url: p.URL, title: p.Title, signature: seen.signature, brief: seen.words < minWords,
	})
}

// AddSent lints a page that was not read because it has not changed, by the Markdown that was sent.
func (l *Linter) AddSent(p crawler.Page) {
	p.HTML = linesOf(p.Markdown)
	l.Add(p)
}

// Again lints a page that has changed since it was added.
func (l *Linter) Again(p crawler.Page) {
	l.mu.Lock()
	if l.anew == nil {
		l.anew = make(map[string]place)
	}
	l.anew[p.URL] = place{len(l.pages), len(l.issues)}
	l.mu.Unlock()
	l.Add(p)
}

// settle removes what is outdated.
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

// Link is a link on a page of the site.
type Link struct {
	From, To string
	Outcome  crawler.Outcome
	Detail   string
}

// Issues returns all issues, sorted by kind and URL. links are the links that were followed. text returns
// the Markdown of a page by its external ID, or "" where it is not known. The error comes from links or
// from text.
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
	issues = append(append(issues, twins...), l.sharedTitles()...)
	slices.SortFunc(issues, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(rank()[a.Kind], rank()[b.Kind]), strings.Compare(a.URL, b.URL),
			strings.Compare(a.Other, b.Other), strings.Compare(a.Detail, b.Detail))
	})
	return slices.Compact(issues), nil
}

// rank sorts the kinds. Those that make answers wrong come first.
var rank = sync.OnceValue(func() map[Kind]int {
	return map[Kind]int{
		Contradiction: 1, Stale: 2, Duplicate: 3, NoTitle: 4, SharedTitle: 5, Thin: 6, ImagesOnly: 7, ContactEnding: 8, BrokenLink: 9, Long: 10,
	}
})

func broken(o crawler.Outcome) bool {
	switch o {
	case crawler.Gone, crawler.Rejected, crawler.ServerError, crawler.RedirectLoop, crawler.Unreachable, crawler.TLSFailed:
		return true
	}
	return false
}
