package fetch

import (
	"net/http"

	"github.com/fincrawl/fincrawl/internal/weburl"
)

// readLocation writes the address that an answer leads to as net/http reads it: it follows
// RFC 3986, and browsers the URL Standard. What is no address to these either stays as it is.
func readLocation(res *http.Response) {
	given := res.Header.Get("Location")
	if given == "" || res.Request == nil {
		return
	}
	if to, err := weburl.ResolveHeader(res.Request.URL, given); err == nil {
		res.Header.Set("Location", to.String())
	}
}
