package render

import (
	"net/http"
	"strings"

	"github.com/chromedp/cdproto/network"
)

// blockedTypes take no part in a page's text, or never end.
var blockedTypes = map[network.ResourceType]bool{
	network.ResourceTypeImage: true, network.ResourceTypeFont: true, network.ResourceTypeMedia: true, network.ResourceTypeTextTrack: true,
	network.ResourceTypePing: true, network.ResourceTypeCSPViolationReport: true, network.ResourceTypeManifest: true,
	network.ResourceTypePrefetch: true, network.ResourceTypeEventSource: true, network.ResourceTypeWebSocket: true,
	network.ResourceTypeSignedExchange: true, network.ResourceTypeFedCM: true, network.ResourceTypeOther: true,
}

// fromElsewhere are what a page may need of other hosts. Documents, which stand in
// frames, are none of its text.
var fromElsewhere = map[network.ResourceType]bool{
	network.ResourceTypeScript: true, network.ResourceTypeStylesheet: true, network.ResourceTypeXHR: true, network.ResourceTypeFetch: true,
}

// asksForContent tells of what a page's text may come from.
func asksForContent(t network.ResourceType) bool {
	return t == network.ResourceTypeScript || t == network.ResourceTypeXHR || t == network.ResourceTypeFetch
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

// counters are the hosts, with all below them, of services that count or watch
// visitors, or talk to them.
var counters = map[string]bool{
	"amplitude.com": true, "analytics.google.com": true, "bat.bing.com": true, "browser-intake-datadoghq.com": true,
	"bugsnag.com": true, "clarity.ms": true, "cloudflareinsights.com": true, "connect.facebook.net": true, "doubleclick.net": true,
	"drift.com": true, "fullstory.com": true, "google-analytics.com": true, "googletagmanager.com": true, "heap.io": true,
	"heapanalytics.com": true, "hotjar.com": true, "hs-analytics.net": true, "hs-scripts.com": true, "intercom.io": true,
	"intercomcdn.com": true, "logrocket.com": true, "lr-ingest.io": true, "matomo.cloud": true, "mixpanel.com": true,
	"mouseflow.com": true, "mxpnl.com": true, "newrelic.com": true, "nr-data.net": true, "optimizely.com": true, "pendo.io": true,
	"plausible.io": true, "posthog.com": true, "segment.com": true, "segment.io": true, "sentry-cdn.com": true, "sentry.io": true,
	"snap.licdn.com": true, "statcounter.com": true, "usefathom.com": true, "zdassets.com": true,
}

func countsVisitors(host string) bool {
	for host = strings.ToLower(host); host != ""; _, host, _ = strings.Cut(host, ".") {
		if counters[host] {
			return true
		}
	}
	return false
}
