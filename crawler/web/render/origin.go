package render

import (
	"net/url"
	"strings"
)

// origin is the origin of a URL. The zero value is that of anything but a web address.
type origin struct{ scheme, host, port string }

func originOf(u *url.URL) origin {
	o := origin{strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()}
	switch {
	case o.scheme == "http" && o.port == "":
		o.port = "80"
	case o.scheme == "https" && o.port == "":
		o.port = "443"
	case o.scheme != "http" && o.scheme != "https":
		return origin{}
	}
	return o
}

// bare returns an address without its fragment.
func bare(u *url.URL) *url.URL {
	copied := *u
	copied.Fragment, copied.RawFragment = "", ""
	return &copied
}
