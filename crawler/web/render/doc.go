// Package render renders pages whose text is made by scripts.
//
// A [Browser] is a Chromium that is started when the first page needs it, or one that runs at an address. It
// has no network of its own. Every request of a page goes to the [Site], which makes those to the source's
// own origin with the source's session, pace and limits, and those to other hosts as a stranger would. So
// credentials do not enter the browser, and cannot leave it for another site. The first request of a page
// costs nothing, because the browser gets the answer that is already there. What has no part in the text
// (images, fonts, media, counters of visitors) is not requested at all. See docs/adr/0011.
//
// [Browser.Render] waits until a page has come to rest and returns its document, however scripts made it.
// [Browser.LogIn] fills in a login form that only scripts can make. Pages are not trusted: each has a tab of
// its own and a time limit, dialogs are dismissed, and windows and downloads are refused. A browser that
// crashes is started again, and one that has grown too large is replaced.
//
// The package imports nothing of the web crawler.
package render
