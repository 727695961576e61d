package crawler

import (
	"maps"
	"sync"
)

// Outcome is how the reading of one URL ended. Every URL has exactly one.
type Outcome string

// The outcomes. [Meanings] says what each means for the crawl and for a page that was sent.
const (
	Paged       Outcome = "page"         // became a page
	NotModified Outcome = "not-modified" // unchanged since an earlier crawl; counts as read
	Listing     Outcome = "listing"      // read for its links only: include does not match it
	Redirected  Outcome = "redirected"   // leads to another URL in scope, which has an outcome of its own
	Canonical   Outcome = "canonical"    // names another URL in scope as its canonical one
	OtherLocale Outcome = "other-locale" // names another URL in scope as its version in the source's language
	Duplicate   Outcome = "duplicate"    // another URL gave the same page or the same identity
	View        Outcome = "view"         // another view of a page, or a form to change it: see docs/adr/0048
	Trap        Outcome = "trap"         // one of many URLs that give nothing new: see docs/adr/0013
	NoIndex     Outcome = "noindex"      // asks not to be indexed (robots meta, X-Robots-Tag)
	NotHTML     Outcome = "not-html"     // an image, an archive or another file that is not read
	Empty       Outcome = "empty"        // HTML in which no content was found
	Gone        Outcome = "gone"         // 404 or 410
	Encrypted   Outcome = "encrypted"    // a document that needs a password
	Scanned     Outcome = "scanned"      // a document that shows pictures of text and has no text
	BrokenFile  Outcome = "broken-file"  // a damaged document, or one not of its declared type or in an unknown encoding
	TooLarge    Outcome = "too-large"    // over max_body, or headers or a document beyond their limits
	TooCostly   Outcome = "too-costly"   // takes more work or memory than a page may: see docs/adr/0040

	// Only for a page that was sent.
	MoveUnverified Outcome = "unverified-move" // leads to a URL that is not shown to be the page's new one
	Missing        Outcome = "missing"         // says with status 200 that the page does not exist
	Restricted     Outcome = "restricted"      // 403, although the session is alive
	Unproved       Outcome = "unproved"        // an answer that visitors without a session may get too

	// What a source that lists its pages by IDs says of them: see package listing.
	Deleted    Outcome = "deleted"      // the source says that the page is gone
	Hidden     Outcome = "hidden"       // the source says that readers may not have it: a draft, archived, restricted
	Unlisted   Outcome = "unlisted"     // no longer in the source's list, which was complete
	Unserved   Outcome = "source-error" // the source says that it could not read the page
	BadListing Outcome = "bad-listing"  // a list without its end, or one that contradicts itself

	OutOfScope    Outcome = "out-of-scope"   // another host, or outside the path prefix or follow
	Excluded      Outcome = "excluded"       // matches exclude
	Unsafe        Outcome = "unsafe-link"    // would log out or change something
	OwnSecret     Outcome = "own-secret"     // its URL contains a secret of the source, such as its session
	RobotsDenied  Outcome = "robots-denied"  // robots.txt disallows it
	RedirectedOut Outcome = "redirected-out" // leads to a URL that is not fetched

	Forbidden    Outcome = "forbidden"     // 401 or 403
	Rejected     Outcome = "client-error"  // any other 4xx status
	RateLimited  Outcome = "rate-limited"  // 429, even after retries
	ServerError  Outcome = "server-error"  // 5xx, even after retries
	Timeout      Outcome = "timeout"       // no complete answer in time
	Unreachable  Outcome = "unreachable"   // no such host, no connection, or a broken one
	TLSFailed    Outcome = "tls-error"     // the certificate or the handshake was not accepted
	CutOff       Outcome = "cut-off"       // a document without its end and much of its text
	BadEncoding  Outcome = "bad-encoding"  // a body that cannot be decompressed
	BadSitemap   Outcome = "bad-sitemap"   // a sitemap that cannot be read to its end
	BadRobots    Outcome = "bad-robots"    // a robots.txt beyond its limits
	LoginWall    Outcome = "login-wall"    // a login form where a page was expected
	RedirectLoop Outcome = "redirect-loop" // redirects that never end
	TooDeep      Outcome = "too-deep"      // beyond max_depth
	OverLimit    Outcome = "over-limit"    // beyond max_pages
	Unrendered   Outcome = "render-failed" // needs a browser, which could not render it
	Interrupted  Outcome = "interrupted"   // the run ended first
)

// Ground is the reason for which a page that was sent may leave the library, given the outcome of its URL.
type Ground string

// The grounds.
const (
	// GroundNever means that the page may still exist.
	GroundNever Ground = "never"
	// GroundFact means that the source named the page by its ID as one that is gone or hidden. It counts at
	// once, whatever else could not be read.
	GroundFact Ground = "fact"
	// GroundProved means that the site itself said that the page is gone. It counts at once.
	GroundProved Ground = "proved"
	// GroundAbsence means that no page of its own is left there. It counts after several complete crawls.
	GroundAbsence Ground = "absence"
	// GroundRule means that the settings leave the page out. It counts like an absence.
	GroundRule Ground = "rule"
	// GroundHint means that something says the page is unwanted or missing, which may be a mistake of the
	// site. A person confirms it.
	GroundHint Ground = "hint"
)

// Meaning is what an outcome means for the crawl, and for a page that was sent.
type Meaning struct {
	// Failed reports whether an existing page may hide behind the outcome. One such URL makes the crawl
	// incomplete.
	Failed bool
	// Spares reports whether a page sent earlier is kept as it is, because it was there and could not be
	// read.
	Spares bool
	// Leaves is the ground on which a page sent earlier may leave.
	Leaves Ground
	// Answer reports whether the outcome depends on who asks. Of a private source it then counts only if the
	// session was alive. See docs/adr/0023.
	Answer bool
}

// Meaning returns what the outcome means. An unknown outcome is a hint.
func (o Outcome) Meaning() Meaning {
	if m, ok := meanings()[o]; ok {
		return m
	}
	return Meaning{Leaves: GroundHint}
}

// Meanings returns what every outcome means.
func Meanings() map[Outcome]Meaning { return maps.Clone(meanings()) }

// meanings is the only place that decides on what ground a page may leave.
var meanings = sync.OnceValue(func() map[Outcome]Meaning {
	failed := Meaning{Failed: true, Spares: true, Leaves: GroundNever}
	spares := Meaning{Spares: true, Leaves: GroundNever}
	return map[Outcome]Meaning{
		Paged:       {Leaves: GroundAbsence}, // the page has another identity
		NotModified: {Leaves: GroundAbsence}, // the page has another identity
		Redirected:  {Leaves: GroundAbsence, Answer: true},
		Canonical:   {Leaves: GroundAbsence, Answer: true},
		Duplicate:   {Leaves: GroundAbsence},

		Missing: {Leaves: GroundAbsence, Answer: true},

		Gone: {Leaves: GroundProved, Answer: true},

		Deleted:    {Leaves: GroundFact},
		Hidden:     {Leaves: GroundFact},
		Unlisted:   {Leaves: GroundAbsence},
		Unserved:   spares,
		BadListing: failed,

		Listing:    {Leaves: GroundRule},
		OutOfScope: {Leaves: GroundRule},
		Excluded:   {Leaves: GroundRule},

		View:           {Leaves: GroundHint},
		NoIndex:        {Leaves: GroundHint, Answer: true},
		OtherLocale:    {Leaves: GroundHint, Answer: true},
		NotHTML:        {Leaves: GroundHint, Answer: true},
		MoveUnverified: {Leaves: GroundHint, Answer: true},
		RedirectedOut:  {Leaves: GroundHint, Answer: true},
		Restricted:     {Leaves: GroundHint},
		Unproved:       {Leaves: GroundHint},
		RobotsDenied:   {Leaves: GroundHint},

		Trap:       spares,
		OwnSecret:  spares,
		Unsafe:     spares,
		Empty:      {Spares: true, Leaves: GroundNever, Answer: true},
		Encrypted:  spares,
		Scanned:    spares,
		BrokenFile: spares,
		TooLarge:   spares,
		TooCostly:  spares,

		Forbidden:    {Failed: true, Spares: true, Leaves: GroundNever, Answer: true},
		Rejected:     {Failed: true, Spares: true, Leaves: GroundNever, Answer: true},
		RateLimited:  failed,
		ServerError:  failed,
		Timeout:      failed,
		Unreachable:  failed,
		TLSFailed:    failed,
		CutOff:       failed,
		BadEncoding:  failed,
		BadSitemap:   spares,
		BadRobots:    failed,
		LoginWall:    failed,
		RedirectLoop: {Failed: true, Spares: true, Leaves: GroundNever, Answer: true},
		TooDeep:      failed,
		OverLimit:    failed,
		Unrendered:   failed,
		Interrupted:  failed,
	}
})

// Failed reports whether an existing page may hide behind the outcome. One such URL makes the crawl
// incomplete.
func (o Outcome) Failed() bool { return o.Meaning().Failed }

// Spares reports whether a page sent earlier is kept as it is if its own URL has this outcome, because it
// was there and could not be read.
func (o Outcome) Spares() bool { return o.Meaning().Spares }

// IsFile reports whether a document could not be read because of what it is, or a page because it is too
// large or too costly. That is no failure: nothing hides behind it but the page itself, which is spared, and
// such a file may stay there for years.
func (o Outcome) IsFile() bool {
	return o == Encrypted || o == Scanned || o == BrokenFile || o == TooLarge || o == TooCostly
}

// Unread reports whether the content behind the outcome is unknown: it is a failure, or the page or document
// could not be read.
func (o Outcome) Unread() bool { return o.Failed() || o.IsFile() || o == Unserved }

// MayPass reports whether the same request may be answered otherwise another time.
func (o Outcome) MayPass() bool {
	switch o {
	case RateLimited, ServerError, Timeout, Unreachable, TooLarge, Unserved, BadListing:
		return true
	}
	return false
}

// Unasked reports whether the outcome is that of an address that was never requested.
func (o Outcome) Unasked() bool {
	switch o {
	case OutOfScope, Excluded, Unsafe, RobotsDenied, TooDeep, OverLimit, Trap:
		return true
	}
	return false
}
