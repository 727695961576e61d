package cleanhtml

import (
	"net/url"
	"strings"
)

// EscapeStrayPercents escapes the percent signs of a reference that begin no escape.
func EscapeStrayPercents(ref string) string {
	if !strings.Contains(ref, "%") {
		return ref
	}
	var out strings.Builder
	out.Grow(len(ref) + 8)
	for i := range len(ref) {
		out.WriteByte(ref[i])
		if ref[i] == '%' && !(i+2 < len(ref) && isHex(ref[i+1]) && isHex(ref[i+2])) {
			out.WriteString("25")
		}
	}
	return out.String()
}

// IsPlainAddress tells of the addresses, most of all, that need no parsing: of http or
// https, with a host in small letters, which may have a port, and a path, which may have a
// fragment, of characters that nobody escapes.
func IsPlainAddress(address string) bool {
	rest, ok := strings.CutPrefix(address, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(address, "http://"); !ok {
			return false
		}
	}
	host, path, ok := strings.Cut(rest, "/")
	if !ok || !isPlainHost(host) {
		return false
	}
	marks := 0
	for i := range len(path) {
		switch b := path[i]; {
		case b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z':
		case b == '-' || b == '.' || b == '/' || b == '_' || b == '~' || b == '+' || b == ':' || b == '@' || b == ',' || b == '=' || b == '$':
		case b == '#' && i < len(path)-1:
			marks++
		default:
			return false
		}
	}
	return marks <= 1
}

func isPlainHost(host string) bool {
	name, port, hasPort := strings.Cut(host, ":")
	for i := range len(name) {
		if b := name[i]; !(b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '.') {
			return false
		}
	}
	return name != "" && (!hasPort || port != "" && strings.Trim(port, "0123456789") == "")
}

// permittedAddress returns an absolute address that a reader may follow as [net/url]
// writes it.
func permittedAddress(address string) (string, bool) {
	if IsPlainAddress(address) {
		return address, true
	}
	address = strings.TrimSpace(address)
	u, err := url.Parse(address)
	if err != nil || strings.ContainsAny(address, " \t\n") {
		return "", false
	}
	return u.String(), u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "mailto"
}

func isHex(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F'
}
