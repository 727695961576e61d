package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"syscall"
	"time"
)

// privateAddressError means that no connection was made, because the address is not on the public internet.
type privateAddressError struct{ address string }

func (e *privateAddressError) Error() string {
	return e.address + " is no public address, and only what sources.yaml names may have such a one"
}

// proxiedError means that a request was not made because it would go through a proxy. The proxy resolves
// names itself, so nobody could check the address.
type proxiedError struct{ host string }

func (e *proxiedError) Error() string {
	return "only hosts that sources.yaml names are asked for through the proxy, and " + e.host + " is none"
}

// ToStrangers returns a transport for hosts that a page names and the configuration does not. It connects to
// public addresses only. It checks the resolved address of the very connection that is made, so that no
// answer of a name server gets around the check. If base is not a *[http.Transport], it makes connections in
// its own way and is returned as it is.
func ToStrangers(base http.RoundTripper) http.RoundTripper {
	configured, ok := base.(*http.Transport)
	if !ok {
		return base
	}
	t := configured.Clone()
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second, ControlContext: publicOnly}
	t.DialContext, t.DialTLSContext = dialer.DialContext, nil
	t.Dial, t.DialTLS = nil, nil //nolint:staticcheck // they would be used if base has them
	if proxy := configured.Proxy; proxy != nil {
		t.Proxy = func(r *http.Request) (*url.URL, error) {
			through, err := proxy(r)
			if err == nil && through != nil {
				err = &proxiedError{r.URL.Hostname()}
			}
			return nil, err
		}
	}
	return t
}

// publicOnly is the ControlContext of a dialer to strangers.
func publicOnly(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read the address of a connection: %w", err)
	}
	if !isPublic(at.Addr()) || isOurs(at.Addr()) {
		return &privateAddressError{at.Addr().String()}
	}
	return nil
}

// isPublic reports whether an address is on the public internet. Addresses of this machine, of private
// networks, of a provider's services for its machines and unassigned ones are not. An IPv6 address that
// contains an IPv4 address is judged by that one, or refused if only a gateway knows it.
func isPublic(a netip.Addr) bool {
	a = a.Unmap()
	if a.Zone() != "" {
		return false
	}
	if a.Is6() && translated().Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if a.Is6() && !globalIPv6().Contains(a) {
		return false
	}
	for _, reserved := range reservedNetworks() {
		if reserved.Contains(a) {
			return false
		}
	}
	return a.IsGlobalUnicast() && !a.IsPrivate()
}

// isOurs reports whether this machine has the address, public or not.
func isOurs(a netip.Addr) bool {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, own := range all {
		if network, ok := own.(*net.IPNet); ok {
			if at, ok := netip.AddrFromSlice(network.IP); ok && at.Unmap() == a.Unmap() {
				return true
			}
		}
	}
	return false
}

// translated is the prefix with which NAT64 gateways translate IPv4 addresses (RFC 6052).
var translated = sync.OnceValue(func() netip.Prefix { return netip.MustParsePrefix("64:ff9b::/96") })

// globalIPv6 is the part of IPv6 that was ever assigned to the public internet.
var globalIPv6 = sync.OnceValue(func() netip.Prefix { return netip.MustParsePrefix("2000::/3") })

// reservedNetworks are the other special-purpose networks in IANA's registries.
var reservedNetworks = sync.OnceValue(func() (list []netip.Prefix) {
	for _, network := range []string{
		"0.0.0.0/8",        // this network
		"100.64.0.0/10",    // shared by the customers of a provider (CGNAT)
		"168.63.129.16/32", // Azure's service for its machines
		"192.0.0.0/24",     // protocols, and Oracle's service for its machines
		"192.0.2.0/24",     // examples
		"192.88.99.0/24",   // relays of 6to4
		"198.18.0.0/15",    // measurements
		"198.51.100.0/24",  // examples
		"203.0.113.0/24",   // examples
		"240.0.0.0/4",      // reserved, and the broadcast
		"2001::/23",        // protocols, Teredo among them
		"2001:db8::/32",    // examples
		"2002::/16",        // 6to4: IPv4 inside
		"3fff::/20",        // examples
	} {
		list = append(list, netip.MustParsePrefix(network))
	}
	return list
})
