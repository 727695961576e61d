package crawler

import (
	"maps"
	"sync"
)

// Outcome is how the crawl of one discovered URL ended. Every URL ends in
// exactly one.
type Outcome string

// The outcomes. What each means is in [Meanings].
const (
	Paged       Outcome = "page"         // became a page
	NotModified Outcome = "not-modified" // is as it was in an earlier crawl, and counts as read with all that it had
	Listing     Outcome = "listing"      // read for its links only: include doesn't match it
	Redirected  Outcome = "redirected"   // leads to another URL in scope, which has an outcome of its own
	Canonical   Outcome = "canonical"    // names another URL in scope as its canonical one
	OtherLocale Outcome = "other-locale" // names another URL in scope as its version in the source's language
	Duplicate   Outcome = "duplicate"    // another URL gave the same page, or one with the same identity
	View        Outcome = "view"         // shows another page in another way, or asks to change it: see docs/adr/0048
	Trap        Outcome = "trap"         // one of very many that give nothing new: see docs/adr/0013
	NoIndex     Outcome = "noindex"      // asks not to be indexed (robots meta, X-Robots-Tag)
	NotHTML     Outcome = "not-html"     // an image, an archive, …: nothing to read
	Empty       Outcome = "empty"        // HTML in which no content was found
	Gone        Outcome = "gone"         // 404 or 410
	Encrypted   Outcome = "encrypted"    // a document that needs a password
	Scanned     Outcome = "scanned"      // a document that shows pictures of text, and has none
	BrokenFile  Outcome = "broken-file"  // a document that is not whole, or not what it says it is, or a page in an unknown encoding
	TooLarge    Outcome = "too-large"    // body over max_body, headers or a document beyond their limits
	TooCostly   Outcome = "too-costly"   // a page or document that takes more work or memory than one may: see docs/adr/0040

	// Only of a page that was sent.
	MoveUnverified Outcome = "unverified-move" // leads to another URL, which nothing shows to be the page's new one
	Missing        Outcome = "missing"         // says with status 200 that there is no such page
	Restricted     Outcome = "restricted"      // 403, though the session is alive
	Unproved       Outcome = "unproved"        // an answer that a visitor without a session might get too

	OutOfScope    Outcome = "out-of-scope"   // another host, or outside the path prefix or follow
	Excluded      Outcome = "excluded"       // matches exclude
	Unsafe        Outcome = "unsafe-link"    // would log out or change something
	OwnSecret     Outcome = "own-secret"     // its address has a secret of our own in it, such as the session
	RobotsDenied  Outcome = "robots-denied"  // robots.txt disallows it
	RedirectedOut Outcome = "redirected-out" // leads to a URL that is not fetched

	Forbidden    Outcome = "forbidden"     // 401 or 403
	Rejected     Outcome = "client-error"  // any other 4xx
	RateLimited  Outcome = "rate-limited"  // 429, also after retries
	ServerError  Outcome = "server-error"  // 5xx, also after retries
	Timeout      Outcome = "timeout"       // no complete answer in time
	Unreachable  Outcome = "unreachable"   // no connection, no such host, connection broken
	TLSFailed    Outcome = "tls-error"     // the certificate or the handshake was not accepted
	CutOff       Outcome = "cut-off"       // a document whose end is missing, and much of its text
	BadEncoding  Outcome = "bad-encoding"  // body that cannot be decompressed
	BadSitemap   Outcome = "bad-sitemap"   // a sitemap that cannot be read to its end
	BadRobots    Outcome = "bad-robots"    // a robots.txt beyond its limits
	LoginWall    Outcome = "login-wall"    // a login form where a page was expected
	RedirectLoop Outcome = "redirect-loop" // redirects without an end
	TooDeep      Outcome = "too-deep"      // beyond max_depth
	OverLimit    Outcome = "over-limit"    // beyond max_pages
	Unrendered   Outcome = "render-failed" // wants a browser, and none could show it
	Interrupted  Outcome = "interrupted"   // the run ended first
)

// Ground is why a page that was sent may leave the library when its own URL ends in
// an outcome.
type Ground string

// The grounds.
const (
	// GroundNever: the page may well be there.
	GroundNever Ground = "never"
	// GroundProved: the site said itself that the page is gone. It counts at once.
	GroundProved Ground = "proved"
	// GroundAbsence: nothing is left there that would be a page of its own. It counts once
	// several complete crawls have seen it.
	GroundAbsence Ground = "absence"
	// GroundRule: the settings leave the page out. It counts as an absence does.
	GroundRule Ground = "rule"
	// GroundHint: something says that the page is not wanted, or not there, which may as well
	// be a mistake of the site's. A person confirms it.
	GroundHint Ground = "hint"
)

// Meaning is what an outcome means for the crawl, and for a page that was sent.
type Meaning struct {
	// Failed: an existing page may hide behind the outcome. One such URL makes the
	// crawl incomplete.
	Failed bool
	// Spares: a page sent earlier is kept as it is, since it was there but could not be
	// read.
	Spares bool
	// Leaves is the ground on which a page sent earlier may leave.
	Leaves Ground
	// Answer: it is what the site answered to the one who asked, so that of a private
	// source it counts only from inside. See docs/adr/0023.
	Answer bool
}

// Meaning returns what the outcome means. An outcome that is not known is a hint.
func (o Outcome) Meaning() Meaning {
	if m, ok := meanings()[o]; ok {
		return m
	}
	return Meaning{Leaves: GroundHint}
}

// Meanings returns what every outcome means.
func Meanings() map[Outcome]Meaning { return maps.Clone(meanings()) }

// meanings is the one place that says on what ground a page may leave.
var meanings = sync.OnceValue(func() map[Outcome]Meaning {
	failed := Meaning{Failed: true, Spares: true, Leaves: GroundNever}
	spares := Meaning{Spares: true, Leaves: GroundNever}
	return map[Outcome]Meaning{
		Paged:       {Leaves: GroundAbsence}, // under another identity
		NotModified: {Leaves: GroundAbsence}, // likewise
		Redirected:  {Leaves: GroundAbsence, Answer: true},
		Canonical:   {Leaves: GroundAbsence, Answer: true},
		Duplicate:   {Leaves: GroundAbsence},

		Missing: {Leaves: GroundAbsence, Answer: true},

		Gone: {Leaves: GroundProved, Answer: true},

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

// Failed reports whether an existing page may hide behind the outcome. One such URL
// makes the crawl incomplete.
func (o Outcome) Failed() bool { return o.Meaning().Failed }

// Spares reports whether a page sent earlier is kept as it is because its own
// URL ended in this outcome: it was there, but could not be read.
func (o Outcome) Spares() bool { return o.Meaning().Spares }

// IsFile reports whether the outcome is that of a document which could not be read. It
// is no failure: such a file may lie there for years, and nothing hides behind it but
// the page that it was, which is spared. Nor is a page that is too large, or costs too
// much to read, one.
func (o Outcome) IsFile() bool {
	return o == Encrypted || o == Scanned || o == BrokenFile || o == TooLarge || o == TooCostly
}

// Unread reports whether nothing is known of what the answer says: the outcome is a
// failure, or that of a page or document which could not be read.
func (o Outcome) Unread() bool { return o.Failed() || o.IsFile() }

// MayPass reports whether an outcome says nothing of what a visitor gets another time.
func (o Outcome) MayPass() bool {
	switch o {
	case RateLimited, ServerError, Timeout, Unreachable, TooLarge:
		return true
	}
	return false
}

// Unasked reports whether an outcome is that of an address that was never asked for.
func (o Outcome) Unasked() bool {
	switch o {
	case OutOfScope, Excluded, Unsafe, RobotsDenied, TooDeep, OverLimit, Trap:
		return true
	}
	return false
}
