// Package proof decides whether the site's answers were given to a reader who was logged in. What a private
// site says to a stranger does not count against a page that was sent. See docs/adr/0023.
package proof

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// Prover proves the answers of one crawl. On a public site nothing needs proof, and its methods do nothing.
type Prover struct {
	Private    bool // readers must log in
	Configured bool // the configuration says what only logged-in readers see
	Site       Site
	Session    Session
	Frontier   *frontier.Frontier
	Scope      *scope.Scope
	Start      *url.URL
	Known      iter.Seq[string] // URLs of the pages that were sent; nil if unknown
	// Changed reports whether a page that was sent now has another text. May be nil.
	Changed func(url string) (bool, error)
	// Unlearn makes the next crawl fetch a document that is no page.
	Unlearn func(url string) error
	Wall    func() Wall // known once the start address was read

	signs   signs
	said    said
	texts   sameTexts
	witness *witness
	decided map[string]bool // address of a decided answer → whether it was proved
	proved  []crawler.Proof
}

// Site requests pages.
type Site interface {
	// AsMember requests a page with the session.
	AsMember(ctx context.Context, u *url.URL) (Sight, error)
	// AsVisitor requests a page without credentials.
	AsVisitor(ctx context.Context, u *url.URL) (Sight, error)
	// Round does work in a new round, and then fetches what that queued.
	Round(ctx context.Context, work func() error) error
}

// Session is the session of the crawl.
type Session interface {
	// Number identifies the current session among those of the crawl.
	Number() int64
	Renewable() bool
	// Renew logs in again. at is the page that needs it.
	Renew(ctx context.Context, at *url.URL) error
	// Alone calls do while nobody else deals with the session. Its error is the context's, or do's.
	Alone(ctx context.Context, do func() error) error
}

// Wall is what visitors get at the start address.
type Wall struct {
	Closed      bool // they get no page
	Refused     bool // they get an error
	MembersOnly bool // they do not see what shows that a reader is logged in
}

// Sight is the answer at an address.
type Sight struct {
	Moved    *url.URL // where redirects led; nil if there were none, or they led to a wall
	Outcome  crawler.Outcome
	Detail   string
	Says     uint64 // hash of the text of its page: see [TextOf]
	Walled   bool   // the site wants a login before it shows the page
	LoggedIn bool   // it has what the configuration says only logged-in readers see
	Inside   bool   // it shows by itself that its reader is logged in
	Asked    Asked
	// Conclude settles the address again, by this answer.
	Conclude func(context.Context) error
}

// TextOf returns a hash of a page's text without the targets of its links.
func TextOf(text string) uint64 { return texthash.Of(markdown.WithoutTargets(text)) }

// ErrExpired is the reason if credentials cannot be renewed.
var ErrExpired = errors.New("the credentials are no longer accepted; check that they have not expired")

// SessionLostError ends a crawl whose session ended and could not be renewed. What was read before stands,
// but the crawl is incomplete.
type SessionLostError struct {
	URL string
	Why error
}

func (e *SessionLostError) Error() string {
	return fmt.Sprintf("the session ended at %s and could not be renewed: %v", e.URL, e.Why)
}

func (e *SessionLostError) Unwrap() error { return e.Why }

// Begins records that a request with a session begins now.
func (p *Prover) Begins(session int64) Asked { return p.signs.begins(session) }

// Answered records that an address was answered. loggedIn and inside are those of [Sight].
func (p *Prover) Answered(address string, a Asked, loggedIn, inside bool) {
	if p.Private {
		p.signs.note(address, a, p.isSure(a, loggedIn, inside))
	}
}

// AnsweredMember records an answer to somebody who had just logged in.
func (p *Prover) AnsweredMember(address string, a Asked) { p.signs.note(address, a, true) }

// Said records the text of a page. inside reports whether the page shows by itself that its reader is logged
// in.
func (p *Prover) Said(u *url.URL, text string, inside bool) {
	if !p.Private {
		return
	}
	p.said.note(u.String(), TextOf(text))
	if !inside {
		p.texts.note(u, text)
	}
}

// SaidEarlier records the text, or a hash of it, of a page that was read before this crawl began or was
// interrupted.
func (p *Prover) SaidEarlier(u *url.URL, text string) {
	if p.Private {
		p.texts.note(u, text)
	}
}

// Proved returns the proved answers against pages that were sent.
func (p *Prover) Proved() []crawler.Proof { return p.proved }

// decide records whether the answer of an address was proved.
func (p *Prover) decide(address string, proved bool) {
	if p.decided == nil {
		p.decided = make(map[string]bool)
	}
	p.decided[address] = proved
}
