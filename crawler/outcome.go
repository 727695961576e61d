package crawler

// Outcome is how the crawl of one discovered URL ended. Every URL ends in
// exactly one.
type Outcome string

// The outcomes. Those of the last group are failures: see [Outcome.Failed].
const (
	Paged       Outcome = "page"         // became a page
	NotModified Outcome = "not-modified" // is as it was in an earlier crawl, and counts as read with all that it had
	Listing     Outcome = "listing"      // read for its links only: include doesn't match it
	Redirected  Outcome = "redirected"   // leads to another URL in scope, which has an outcome of its own
	Canonical   Outcome = "canonical"    // names another URL in scope as its canonical one
	OtherLocale Outcome = "other-locale" // names another URL in scope as its version in the source's language
	Duplicate   Outcome = "duplicate"    // another URL gave the same page, or one with the same identity
	Trap        Outcome = "trap"         // one of very many that give nothing new: see docs/adr/0013
	NoIndex     Outcome = "noindex"      // asks not to be indexed (robots meta, X-Robots-Tag)
	NotHTML     Outcome = "not-html"     // an image, an archive, …: nothing to read
	Empty       Outcome = "empty"        // HTML in which no content was found
	Gone        Outcome = "gone"         // 404 or 410
	Encrypted   Outcome = "encrypted"    // a document that needs a password
	Scanned     Outcome = "scanned"      // a document that shows pictures of text, and has none
	BrokenFile  Outcome = "broken-file"  // a document that is not whole, or not what it says it is

	OutOfScope    Outcome = "out-of-scope"   // another host, or outside the path prefix or follow
	Excluded      Outcome = "excluded"       // matches exclude
	Unsafe        Outcome = "unsafe-link"    // would log out or change something
	RobotsDenied  Outcome = "robots-denied"  // robots.txt disallows it
	RedirectedOut Outcome = "redirected-out" // leads to a URL that is not fetched

	Forbidden    Outcome = "forbidden"     // 401 or 403
	Rejected     Outcome = "client-error"  // any other 4xx
	RateLimited  Outcome = "rate-limited"  // 429, also after retries
	ServerError  Outcome = "server-error"  // 5xx, also after retries
	Timeout      Outcome = "timeout"       // no complete answer in time
	Unreachable  Outcome = "unreachable"   // no connection, no such host, connection broken
	TLSFailed    Outcome = "tls-error"     // the certificate or the handshake was not accepted
	TooLarge     Outcome = "too-large"     // body over max_body
	BadEncoding  Outcome = "bad-encoding"  // body that cannot be decompressed
	BadSitemap   Outcome = "bad-sitemap"   // a sitemap that cannot be read to its end
	LoginWall    Outcome = "login-wall"    // a login form where a page was expected
	RedirectLoop Outcome = "redirect-loop" // redirects without an end
	TooDeep      Outcome = "too-deep"      // beyond max_depth
	OverLimit    Outcome = "over-limit"    // beyond max_pages
	Unrendered   Outcome = "render-failed" // wants a browser, and none could show it
	Interrupted  Outcome = "interrupted"   // the run ended first
)

// Failed reports whether an existing page may hide behind the outcome. One
// such URL makes the crawl incomplete, and nothing is deleted.
func (o Outcome) Failed() bool {
	switch o {
	case Forbidden, Rejected, RateLimited, ServerError, Timeout, Unreachable, TLSFailed, TooLarge, BadEncoding,
		BadSitemap, LoginWall, RedirectLoop, TooDeep, OverLimit, Unrendered, Interrupted:
		return true
	}
	return false
}

// Spares reports whether a page sent earlier is kept as it is because its own
// URL ended in this outcome: it was there, but could not be read.
func (o Outcome) Spares() bool { return o.Failed() || o == Empty || o == Trap || o.isFile() }

// isFile reports whether the outcome is that of a document which could not be read. It
// is no failure: such a file may lie there for years, and nothing hides behind it but
// the page that it was, which is spared.
func (o Outcome) isFile() bool { return o == Encrypted || o == Scanned || o == BrokenFile }
