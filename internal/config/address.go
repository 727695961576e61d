package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// parseAddress parses an absolute http or https URL. Its errors complete a sentence that begins with
// the key, and quote nothing: "must be …".
func parseAddress(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || strings.TrimSpace(text) != text {
		return nil, errors.New("is not a web address; check it for spaces, brackets, the port and % signs")
	}
	port, portErr := strconv.Atoi(u.Port())
	switch {
	case u.User != nil:
		return nil, errors.New("has a user name or password in it; leave them out and use auth.basic, with references")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("must be a whole web address, beginning with https:// or http://")
	case u.Hostname() == "":
		return nil, errors.New("names no host; write it as https://help.example.com/")
	case u.Port() != "" && (portErr != nil || port < 1 || port > 65535):
		return nil, errors.New("has a port outside 1 to 65535")
	case strings.Contains(text, "#"):
		return nil, errors.New("has a # in it; leave it and what follows out, since no server ever sees that")
	}
	return u, nil
}

// loopback reports whether a URL is on this machine.
func loopback(u *url.URL) bool {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// NotPublic says why host cannot be the host of an import source, or returns "" where it can.
func NotPublic(host string) string { return publicName(host) }

// publicName says why host cannot be the host of an import source, or returns "" where it can. Intercom
// accepts public domain names only.
func publicName(host string) (why string) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if _, err := netip.ParseAddr(host); err == nil || numeric(host) {
		return "this is an IP address"
	}
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	} else {
		return "this is no valid one"
	}
	if strings.HasPrefix(host, ".") || strings.Contains(host, "..") {
		return "this is no valid one"
	}
	if !strings.Contains(host, ".") {
		return "this is a name without a dot"
	}
	tld := host[strings.LastIndex(host, "."):]
	suffix, icann := publicsuffix.PublicSuffix(host)
	switch {
	case tld == ".arpa", tld == ".onion", !icann && !strings.Contains(suffix, "."):
		return "there is no " + tld + " on the public internet"
	case icann && suffix == host:
		return "this one is a registry's, under which names are given away"
	}
	return ""
}

// numeric reports whether host ends in a number. Browsers take such a host for an IPv4 address, even
// "10.1" or "0x7f.1" (WHATWG URL, "ends in a number").
func numeric(host string) bool {
	last := host[strings.LastIndex(host, ".")+1:]
	_, err := strconv.ParseUint(last, 0, 64)
	return err == nil
}

// sameAddress returns a form that is equal for two URLs of one library: in lower case, without the
// scheme's default port and without trailing slashes.
func sameAddress(u *url.URL) string {
	path := strings.ToLower(strings.TrimRight(u.EscapedPath(), "/"))
	query := ""
	if u.RawQuery != "" {
		query = "?" + strings.ToLower(u.RawQuery)
	}
	return u.Scheme + "://" + origin(u) + path + query
}

// origin returns host and port in a form that is equal for the same server.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), port)
}
