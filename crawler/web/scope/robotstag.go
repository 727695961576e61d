package scope

import (
	"net/http"
	"strings"
)

// RobotsTag reads X-Robots-Tag headers. Directives are for everyone or, after the name of a crawler and a
// colon, for that crawler.
func RobotsTag(h http.Header, userAgent string) (noIndex, noFollow bool) {
	for _, line := range h.Values("X-Robots-Tag") {
		if name, directives, ok := strings.Cut(line, ":"); ok && !strings.ContainsAny(name, ", ") {
			switch {
			case strings.EqualFold(name, ProductToken(userAgent)):
				line = directives
			case !strings.EqualFold(name, "unavailable_after") && !strings.HasPrefix(name, "max-"):
				continue
			}
		}
		for directive := range strings.SplitSeq(strings.ToLower(line), ",") {
			switch strings.TrimSpace(directive) {
			case "noindex":
				noIndex = true
			case "nofollow":
				noFollow = true
			case "none":
				noIndex, noFollow = true, true
			}
		}
	}
	return noIndex, noFollow
}
