package render

import (
	"net/http"
	"strings"

	"github.com/chromedp/cdproto/network"
)

// isDecoration tells of what no page lacks, wherever it comes from.
func isDecoration(t network.ResourceType) bool {
	return t == network.ResourceTypeImage || t == network.ResourceTypeFont || t == network.ResourceTypeMedia
}

// takesNoPart tells of what is none of a page's text, or never ends.
func takesNoPart(t network.ResourceType) bool {
	switch t {
	case network.ResourceTypeDocument, network.ResourceTypeStylesheet, network.ResourceTypeScript, network.ResourceTypeXHR, network.ResourceTypeFetch,
		network.ResourceTypePreflight:
		return false
	}
	return true
}

// isFromElsewhere tells of what a page may need of other hosts. Documents, which
// stand in frames, are none of its text.
func isFromElsewhere(t network.ResourceType) bool {
	return t == network.ResourceTypeStylesheet || asksForContent(t)
}

// asksForData tells of what scripts ask for.
func asksForData(t network.ResourceType) bool {
	return t == network.ResourceTypeXHR || t == network.ResourceTypeFetch
}

// asksForContent tells of what a page's text may come from.
func asksForContent(t network.ResourceType) bool {
	return t == network.ResourceTypeScript || asksForData(t)
}

// asksOnly reports whether a method is one that reading a page may need. POST is,
// since GraphQL and many a search ask by it.
func asksOnly(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
		return true
	}
	return false
}

// countsVisitors reports whether a host is, or is below, that of a service which
// counts or watches visitors, or talks to them.
func countsVisitors(host string) bool {
	for host = strings.ToLower(host); host != ""; _, host, _ = strings.Cut(host, ".") {
		switch host {
		case "amplitude.com", "analytics.google.com", "bat.bing.com", "browser-intake-datadoghq.com", "bugsnag.com", "clarity.ms",
			"cloudflareinsights.com", "connect.facebook.net", "doubleclick.net", "drift.com", "fullstory.com", "google-analytics.com",
			"googletagmanager.com", "heap.io", "heapanalytics.com", "hotjar.com", "hs-analytics.net", "hs-scripts.com", "intercom.io",
			"intercomcdn.com", "logrocket.com", "lr-ingest.io", "matomo.cloud", "mixpanel.com", "mouseflow.com", "mxpnl.com", "newrelic.com",
			"nr-data.net", "optimizely.com", "pendo.io", "plausible.io", "posthog.com", "segment.com", "segment.io", "sentry-cdn.com",
			"sentry.io", "snap.licdn.com", "statcounter.com", "usefathom.com", "zdassets.com":
			return true
		}
	}
	return false
}
