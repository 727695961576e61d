package crawler

import (
	"net/url"
	"strings"
)

// AsFragment escapes an anchor as the fragment of a URL.
func AsFragment(anchor string) string { return (&url.URL{Fragment: anchor}).EscapedFragment() }

// PartID returns the external ID or URL of a part: that of its page, with the part's anchor. The page itself
// has the anchor "".
func PartID(id, anchor string) string {
	if anchor == "" {
		return id
	}
	return id + "#" + anchor
}

// CutPart splits the external ID and the URL of a page or part into those of the page and the part's anchor,
// which is "" for a page. URLs of pages have no fragment.
func CutPart(externalID, pageURL string) (id, address, anchor string) {
	address, anchor, _ = strings.Cut(pageURL, "#")
	id, isPart := strings.CutSuffix(externalID, "#"+anchor)
	if anchor == "" || !isPart {
		return externalID, pageURL, ""
	}
	return id, address, anchor
}

// Address returns the URL to request for a page, which is the same for all of its parts.
func Address(pageURL string) string {
	address, _, _ := strings.Cut(pageURL, "#")
	return address
}
