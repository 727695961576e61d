package render

import (
	"net/http"
	"strings"

	"github.com/chromedp/cdproto/network"
)

// isDecoration reports whether a page is complete without a resource of this type.
func isDecoration(t network.ResourceType) bool {
	return t == network.ResourceTypeImage || t == network.ResourceTypeFont || t == network.ResourceTypeMedia
}

// takesNoPart reports whether a resource has no influence on a page's text, or never ends.
func takesNoPart(t network.ResourceType) bool {
	switch t {
	case network.ResourceTypeDocument, network.ResourceTypeStylesheet, network.ResourceTypeScript,
		network.ResourceTypeXHR, network.ResourceTypeFetch, network.ResourceTypePreflight:
		return false
	}
	return true
}

// isFromElsewhere reports whether a page may need such a resource from other hosts. It does not need
// documents, which are shown in frames and are not part of its text.
func isFromElsewhere(t network.ResourceType) bool {
	return t == network.ResourceTypeStylesheet || asksForContent(t)
}

// asksForData reports whether scripts make such requests.
func asksForData(t network.ResourceType) bool {
	return t == network.ResourceTypeXHR || t == network.ResourceTypeFetch
}

// asksForContent reports whether a page's text may come from such a request.
func asksForContent(t network.ResourceType) bool {
	return t == network.ResourceTypeScript || asksForData(t)
}

// asksOnly reports whether reading a page may need a request with this method. It may need POST, which
// GraphQL and many searches use.
func asksOnly(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
		return true
	}
	return false
}

// countsVisitors reports whether a host belongs to a service that counts visitors, watches them, or chats
// with them.
func countsVisitors(host string) bool {
	for host = strings.ToLower(host); host != ""; _, host, _ = strings.Cut(host, ".") {
		switch host {
		case "amplitude.com", "analytics.google.com", "bat.bing.com", "browser-intake-datadoghq.com", "bugsnag.com",
			"clarity.ms", "cloudflareinsights.com", "connect.facebook.net", "doubleclick.net", "drift.com", "fullstory.com",
			"google-analytics.com", "googletagmanager.com", "heap.io", "heapanalytics.com", "hotjar.com", "hs-analytics.net",
			"hs-scripts.com", "intercom.io", "intercomcdn.com", "logrocket.com", "lr-ingest.io", "matomo.cloud",
			"mixpanel.com", "mouseflow.com", "mxpnl.com", "newrelic.com", "nr-data.net", "optimizely.com", "pendo.io",
			"plausible.io", "posthog.com", "segment.com", "segment.io", "sentry-cdn.com", "sentry.io", "snap.licdn.com",
			"statcounter.com", "usefathom.com", "zdassets.com":
			return true
		}
	}
	return false
}
