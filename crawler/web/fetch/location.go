package fetch

import (
	"net/http"

	"github.com/fincrawl/fincrawl/internal/weburl"
)

// readLocation rewrites the Location header for net/http. It resolves the address by the URL Standard, as
// browsers do, while net/http follows RFC 3986. What is no address by either stays as it is.
func readLocation(res *http.Response) {
	given := res.Header.Get("Location")
	if given == "" || res.Request == nil {
		return
	}
	if to, err := weburl.ResolveHeader(res.Request.URL, given); err == nil {
		res.Header.Set("Location", to.String())
	}
}
