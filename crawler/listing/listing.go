// Package listing reads sources that list their pages by IDs of their own: an API, a folder, a repository, the
// output of a command. A kind of source implements [Lister], which says what there is. This package does what
// is the same for all of them: it extracts the text of each page, gives every page its outcome, and decides
// whether the list is whole.
//
//	Lister ─ Items ─► checked: IDs, addresses, readers ─► extracted ─► crawler.Sink
//	       └ End ───► does it add up? ──────────────────► crawler.Coverage
//
// A list is complete only if the source said so, and nothing contradicts it. Everything else is a [Fault]:
// pages that were listed are sent, and nothing is missing for not being listed. What the source says of a page
// by its ID (gone, hidden) is a fact and holds in any case.
package listing

import (
	"context"
	"fmt"
	"iter"
	"log/slog"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/availability"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// Lister says what a source has.
type Lister interface {
	// List calls give for everything that the source says, one call at a time, and returns how the list ended.
	// An error of give ends it. The error is a *[Fault] if the source is at fault, even if some items were
	// given before. A Lister asks first who it is logged in as, and lists nothing for nobody.
	List(ctx context.Context, ask Ask, give func(context.Context, Item) error) (End, error)
}

// Ask says what a Lister is asked for.
type Ask struct {
	// Known yields the pages that need no body, as long as their version is the same. It may be nil.
	Known iter.Seq2[Sent, error]
	// Cursor is where the last list ended, or "". A Lister may then list only what changed since.
	Cursor string
	// Only are the pages that are asked for, with the IDs that are known of them. A Lister may list more. Nil
	// means everything.
	Only []Sent
	// Preview reports whether nothing is kept of this list.
	Preview bool
	// Blame is told of a fault that does not end the list. The list is then not complete.
	Blame func(*Fault)
	// Note logs what a person may want to know.
	Note func(message string, args ...any)
}

// Sent is a page that was sent earlier.
type Sent struct {
	ID, URL string
	// Version is the source's version of it, or "" if the page has to be read again.
	Version string
}

// Item is one thing that a source says of one of its pages.
type Item struct {
	What Statement
	// ID identifies the page within the source, whatever its URL and title.
	ID      string
	URL     string // where people read it; of a Page only
	Title   string // may be "" if the body has one
	Version string // changes with the content; "" if the source has no versions
	Reason  string // of Gone, Hidden and Unread; for people
	Readers Readers
	Path    []string // the sections that it is in, from the top
	Labels  []string
	Locale  string // defaults to that of the source

	Format Format
	Body   []byte
	// Whole reports whether the body is a whole document with menus and footers, of which the rules of the
	// source find the article.
	Whole bool
	// Resolve returns where a link in the body leads, if it is written for the source and not for the page's URL. It
	// returns "" for other links. It may be nil.
	Resolve func(link string) string
	// Where is the place of the item for people, such as "line 7".
	Where string
}

// Statement is what an Item says of its page.
type Statement string

// The statements.
const (
	Page   Statement = "page"   // it is this
	Same   Statement = "same"   // it is as it was when its version was read
	Gone   Statement = "gone"   // it no longer exists
	Hidden Statement = "hidden" // it exists, and not for readers
	Unread Statement = "error"  // it exists and could not be read
)

// Readers says who may read a page.
type Readers string

// The readers. Whatever is none of them cannot be judged, so the page is not published.
const (
	Everyone   Readers = "everyone"   // whoever may read the help content
	Members    Readers = "members"    // everybody with an account
	Restricted Readers = "restricted" // some of them
)

// Format is how a body is written: HTML, or a kind of file.
type Format string

// HTML is a document, or a part of one. The other formats are those of package document.
const HTML Format = "html"

// End is how a list ended.
type End struct {
	// Complete reports whether the source said that this is everything.
	Complete bool
	// Changes reports whether only what changed since Ask.Cursor was listed.
	Changes bool
	// Count is the number of pages that the source says it listed, or -1 if it does not say.
	Count  int
	Cursor string // for the next list
	Reason string // why it is not complete; for people
}

// Fault means that a source could not be listed, or that its list contradicts itself.
type Fault struct {
	Outcome crawler.Outcome // defaults to crawler.BadListing
	Detail  string          // for people: what was seen where
}

// Faultf returns a fault whose detail is formatted as by [fmt.Sprintf].
func Faultf(format string, args ...any) *Fault { return &Fault{Detail: fmt.Sprintf(format, args...)} }

func (f *Fault) Error() string { return f.Detail }

// Faults counts the faults of a list. Only the first is kept, and the number of the others.
type Faults struct {
	first Fault
	count int
}

// Add adds a fault.
func (f *Faults) Add(one *Fault) {
	if f.count++; f.count == 1 {
		f.first = *one
	}
}

// First returns the first fault, with the number of the others, or nil.
func (f *Faults) First() *Fault {
	if f.count == 0 {
		return nil
	}
	first := f.first
	if f.count > 1 {
		first.Detail += fmt.Sprintf(" (and %s)", plural.Count(f.count-1, "further fault"))
	}
	return &first
}

// Source says how the pages of a source are read.
type Source struct {
	Name   string
	Locale string
	// Address names the list in reports, such as the URL that it comes from.
	Address      string
	Content      extract.Rules
	Availability availability.Policy
	// Readers are those that a page must be open to. Defaults to Everyone.
	Readers Readers
	// MaxPages is the largest number of pages of a list. 0 means no limit.
	MaxPages int
}

// Surroundings are what a reading needs from its caller. Every field but Outcomes may be zero.
type Surroundings struct {
	Outcomes frontier.Store
	// Memory remembers earlier readings. If nil, every page is read.
	Memory Memory
	// Cursor is where the last reading ended, or "".
	Cursor  string
	Preview bool
	// Documents reads files. Defaults to a reader of this reading.
	Documents *document.Reader
	// Room is the memory for reading pages. Defaults to a budget of this reading.
	Room    *budget.Memory
	Secrets *secrets.Set
	Log     *slog.Logger
	// Blamed is told of every fault, besides the coverage. It may be nil.
	Blamed func(*Fault)
}

// Memory is what is remembered of the pages that were sent.
type Memory interface {
	// Sent yields the pages that were sent.
	Sent() iter.Seq2[Sent, error]
	// Of returns the page that was sent with this ID.
	Of(id string) (Sent, bool, error)
	// Again stages a page as it was sent.
	Again(Sent) error
	// Remember keeps the version of a page, after it was given to the sink.
	Remember(Sent) error
}

// New returns a source whose pages lister lists.
func New(source Source, lister Lister, sur Surroundings) crawler.Source {
	return &place{source: source, lister: lister, surroundings: sur}
}

type place struct {
	source       Source
	lister       Lister
	surroundings Surroundings
}
