package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"
)

func TestWhatIsNoPublicAddressIsRefused(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34": true, "1.1.1.1": true, "2606:2800:220:1::1": true, "2a00:1450:4001::8": true, "172.32.0.1": true, "100.128.0.1": true,
		"127.0.0.1": false, "127.8.9.10": false, "::1": false, // this machine
		"0.0.0.0": false, "::": false, "0.1.2.3": false,
		"10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "fd00::1": false, "fc12::1": false,
		"169.254.1.1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false,
		"169.254.169.254": false, "fd00:ec2::254": false, "100.100.100.200": false, "192.0.0.192": false, "168.63.129.16": false, // metadata
		"100.64.0.1": false, "100.127.255.255": false,
		"224.0.0.1": false, "239.255.255.250": false, "ff02::1": false, "255.255.255.255": false, "240.0.0.1": false,
		"192.0.2.1": false, "198.18.0.1": false, "198.51.100.1": false, "203.0.113.1": false, "2001:db8::1": false, "3fff::1": false,
		// IPv4 inside of IPv6
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "::ffff:1.1.1.1": true, "::127.0.0.1": false,
		"::ffff:0:127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b::101:101": true, "64:ff9b:1::a00:1": false,
		"2002:7f00:1::": false, "2002:a00:1::1": false, "2001:0:7f00:1::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %t, want %t", address, got, want)
		}
	}
}

// The address is judged once the name was resolved: localhost is a name as any other.
func TestStrangersAreNotReachedAtPrivateAddresses(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) { // as a name server that lies
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	strange := ToStrangers(base)
	t.Cleanup(func() { strange.(*http.Transport).CloseIdleConnections() })
	for _, host := range []string{"127.0.0.1", "localhost", "::ffff:127.0.0.1", "0.0.0.0", "2130706433"} {
		res, err := (&http.Client{Transport: strange}).Get("http://" + net.JoinHostPort(host, port) + "/")
		if err == nil {
			res.Body.Close()
			t.Errorf("%s was reached", host)
		}
	}
	if asked > 0 {
		t.Errorf("a service of this machine was asked %d times", asked)
	}
}

func TestStrangersAreNotAskedThroughAProxy(t *testing.T) {
	asked := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(proxy.Close)
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	base := &http.Transport{Proxy: http.ProxyURL(at)}
	t.Cleanup(base.CloseIdleConnections)
	strange := &http.Client{Transport: ToStrangers(base)}
	if res, err := strange.Get("http://files.example.com/x.js"); err == nil || !errors.As(err, new(*proxiedError)) {
		if err == nil {
			res.Body.Close()
		}
		t.Errorf("a host that only a page names was asked for through the proxy: %v", err)
	}
	res, err := (&http.Client{Transport: base}).Get("http://files.example.com/x.js")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if asked != 1 {
		t.Errorf("the proxy was asked %d times, want once: for the host of the configuration", asked)
	}
}
