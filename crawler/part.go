package crawler

import (
	"net/url"
	"strings"
)

// AsFragment writes an anchor as it stands in a URL.
func AsFragment(anchor string) string { return (&url.URL{Fragment: anchor}).EscapedFragment() }

// PartID returns what a part of a page is known by: the external ID or URL of the page
// with the anchor of the part, which is "" for the page itself.
func PartID(id, anchor string) string {
	if anchor == "" {
		return id
	}
	return id + "#" + anchor
}

// CutPart takes apart what a page is known by: the external ID and the address of the
// page that it is a part of, and the anchor of the part; "" for one that is a page
// itself. Addresses of pages have no fragments.
func CutPart(externalID, pageURL string) (id, address, anchor string) {
	address, anchor, _ = strings.Cut(pageURL, "#")
	id, isPart := strings.CutSuffix(externalID, "#"+anchor)
	if anchor == "" || !isPart {
		return externalID, pageURL, ""
	}
	return id, address, anchor
}

// Address returns the address to ask for of a page with a URL, which all of its parts
// have in common.
func Address(pageURL string) string {
	address, _, _ := strings.Cut(pageURL, "#")
	return address
}
