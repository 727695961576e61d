package sandbox

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// mayAsk reports whether the Host of a request is a name of this machine, the address that the
// request came in at, or a configured name. This protects the library from web pages whose own
// name resolves to this machine (DNS rebinding).
func (s *Sandbox) mayAsk(r *http.Request) bool {
	came, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return true // the request did not come over a network
	}
	name := r.Host
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	name = strings.ToLower(strings.TrimSuffix(strings.Trim(name, "[]"), "."))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || slices.Contains(s.config.Hosts, name) {
		return true
	}
	named, err := netip.ParseAddr(name)
	if err != nil {
		return false
	}
	at, err := netip.ParseAddrPort(came.String())
	return named.Unmap().IsLoopback() || err == nil && named.Unmap() == at.Addr().Unmap().WithZone("")
}
