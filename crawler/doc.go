// Package crawler defines what is read from a source: a [Page], the [Outcome] of every address or document,
// and the [Coverage], which says how much of the source was seen. Each kind of source is a package below it
// that implements [Source]. So far there is one: crawler/web, which crawls websites.
//
// A failed outcome means that something may exist which was not seen. The coverage is then not complete, and
// the absence of a page means nothing.
//
// The package knows nothing of Intercom, nor of what was sent before.
package crawler
