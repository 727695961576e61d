// Package proof tells whether answers were given to a reader who was logged in. What a private
// site says to a stranger counts against no page that was sent. See docs/adr/0023.
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

// Prover proves the answers of one crawl. On a public site there is nothing to prove, and its
// methods do nothing.
type Prover struct {
	Private    bool // readers have to log in
	Configured bool // there is something configured that shows that a reader is logged in
	Site       Site
	Session    Session
	Frontier   *frontier.Frontier
	Scope      *scope.Scope
	Start      *url.URL
	Known      iter.Seq[string]               // the URLs of the pages that were sent; nil: unknown
	Changed    func(url string) (bool, error) // reports whether a page that was sent says something else now; may be nil
	Unlearn    func(url string) error         // makes the next crawl fetch a document that turned out to be no page
	Wall       func() Wall                    // known once the start address was read

	signs   signs
	said    said
	texts   sameTexts
	witness *witness
	decided map[string]bool // addresses whose answers are decided on: whether they were proved
	proved  []crawler.Proof
}

// Site is asked for pages.
type Site interface {
	// AsMember asks for a page with the session.
	AsMember(ctx context.Context, u *url.URL) (Sight, error)
	// AsVisitor asks for a page without credentials.
	AsVisitor(ctx context.Context, u *url.URL) (Sight, error)
	// Round does some work, and reads what that has led to.
	Round(ctx context.Context, work func() error) error
}

// Session is that of the crawl.
type Session interface {
	// Number tells the sessions of a crawl from each other.
	Number() int64
	Renewable() bool
	// Renew logs in again. The page at a URL is why.
	Renew(ctx context.Context, at *url.URL) error
	// Alone waits until nobody else deals with the session, and does something then. Its error
	// is the context's, or that of what was done.
	Alone(ctx context.Context, do func() error) error
}

// Wall is what visitors get at the start address.
type Wall struct {
	Closed      bool // no page
	Refused     bool // nothing but a refusal
	MembersOnly bool // not what shows that a reader is logged in
}

// Sight is what an address was seen to answer.
type Sight struct {
	Moved    *url.URL // where redirects led; nil where they did not, or to a wall
	Outcome  crawler.Outcome
	Detail   string
	Says     uint64 // the [TextOf] of its page
	Walled   bool   // only a reader who is logged in gets the page, and this one was not
	LoggedIn bool   // it has what is configured to show that a reader is logged in
	Inside   bool   // it shows by itself that its reader is logged in
	Asked    Asked
	// Conclude decides anew on the address, by what was seen.
	Conclude func(context.Context) error
}

// TextOf stands for what a page says, without the targets of its links.
func TextOf(text string) uint64 { return texthash.Of(markdown.WithoutTargets(text)) }

// ErrExpired is why credentials that cannot be had anew end a crawl.
var ErrExpired = errors.New("the credentials are no longer accepted; check that they have not expired")

// SessionLostError ends a crawl whose session ended and could not be renewed. What was seen
// until then stands; the source is incomplete.
type SessionLostError struct {
	URL string
	Why error
}

func (e *SessionLostError) Error() string {
	return fmt.Sprintf("the session ended at %s and could not be renewed: %v", e.URL, e.Why)
}

func (e *SessionLostError) Unwrap() error { return e.Why }

// Begins returns what a request of a session is remembered by that begins now.
func (p *Prover) Begins(session int64) Asked { return p.signs.begins(session) }

// Answered notes that an address was answered. loggedIn and inside are as in [Sight].
func (p *Prover) Answered(address string, a Asked, loggedIn, inside bool) {
	if p.Private {
		p.signs.note(address, a, p.isSure(a, loggedIn, inside))
	}
}

// AnsweredMember notes that an address was answered to somebody who had just logged in.
func (p *Prover) AnsweredMember(address string, a Asked) { p.signs.note(address, a, true) }

// Said notes the text of a page. inside: it shows by itself that its reader is logged in.
func (p *Prover) Said(u *url.URL, text string, inside bool) {
	if !p.Private {
		return
	}
	p.said.note(u.String(), TextOf(text))
	if !inside {
		p.texts.note(u, text)
	}
}

// SaidEarlier notes what stands for the text of a page that was read before this crawl began,
// or was interrupted.
func (p *Prover) SaidEarlier(u *url.URL, text string) {
	if p.Private {
		p.texts.note(u, text)
	}
}

// Proved returns the answers that count against pages that were sent.
func (p *Prover) Proved() []crawler.Proof { return p.proved }

// decide notes whether the answer of an address was proved.
func (p *Prover) decide(address string, proved bool) {
	if p.decided == nil {
		p.decided = make(map[string]bool)
	}
	p.decided[address] = proved
}
