// Package crawler has the words for what is read from a source: a [Page], the [Outcome] of
// every address or document that was looked at, and the [Coverage] that says how much of the
// source was seen. A kind of source is a package below it that has a [Source]. There is one so
// far: crawler/web, which crawls websites.
//
// A failed outcome means that something may exist which was not seen. Then the coverage is
// not complete, and the absence of a page means nothing.
//
// The package knows nothing of Intercom or of what was sent before.
package crawler
