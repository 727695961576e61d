package sandbox

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// mayAsk reports whether a request names this server as one that is meant to reach it
// does: by a name of this machine, by the address that it came in at, or as configured.
// A page of the web that has its own name resolve to this machine (DNS rebinding) names
// itself, and would read the library otherwise.
func (s *Sandbox) mayAsk(r *http.Request) bool {
	came, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return true // it did not come over a network
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
