// Package crawler reads one private site and yields its articles as Pages,
// together with the Coverage that says how much of the site was seen.
//
// A crawl has one way through it: an address is discovered (start, seed,
// sitemap, link, or known from earlier runs), scope decides what it is worth,
// the frontier remembers it, the transport fetches it gently, the walls are
// noticed, crawler/extract turns the document into clean HTML and Markdown,
// and the address is settled with exactly one Outcome. The Coverage is the sum
// of the outcomes: a failed one means that something may exist that was not
// seen, and then the crawl is not complete.
//
// The package knows nothing of Intercom or of what was sent before.
package crawler
