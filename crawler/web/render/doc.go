// Package render shows pages as a reader sees them whose text is made by scripts.
//
// A [Browser] is a Chromium, started when the first page needs it or found at an
// address. It has no network of its own: every request that a page makes is handed
// to the [Site], which makes those for the source's own origin with the source's
// session, pace and limits, and those for other hosts as a stranger would. So
// credentials never enter the browser on the way to a site, let alone leave it for
// another one; a page's first request costs nothing, because the browser is given
// the answer that is there already; and what takes no part in the text (images,
// fonts, media, the counting of visitors) is not asked for at all. See
// docs/adr/0011.
//
// [Browser.Render] waits until a page has come to rest and returns its document,
// however scripts got there. [Browser.LogIn] fills in a login form that only
// scripts can make. Pages are not trusted: each has a tab of its own, that goes
// with it, and a time after which it is ended; dialogs are dismissed, windows and
// downloads refused. A browser that breaks is started again, and one that has
// grown is replaced.
//
// The package imports nothing of ours.
package render
