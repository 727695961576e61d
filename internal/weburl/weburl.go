// Package weburl reads the addresses that sites write, as browsers do: by the URL Standard
// (https://url.spec.whatwg.org), and not by RFC 3986, which [net/url] follows. A backslash is
// a slash, "http:/a" is a path, tabs and line breaks are nothing, and a percent sign that
// encodes nothing stands for itself.
package weburl

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	whatwg "github.com/nlnwa/whatwg-url/url"
	"golang.org/x/text/encoding"
)

// Resolve returns where a reference leads that stands on the page at base.
func Resolve(base *url.URL, ref string) (*url.URL, error) { return ResolveIn(base, ref, nil) }

// ResolveIn is [Resolve] for a page in a character encoding; nil for UTF-8. Browsers write the
// query of an address in it, and all else in UTF-8.
func ResolveIn(base *url.URL, ref string, in encoding.Encoding) (*url.URL, error) {
	if u := resolvePlain(base, ref); u != nil {
		return u, nil
	}
	parsed, err := parser().ParseRef(base.String(), inEncoding(ref, in))
	if err != nil {
		return nil, fmt.Errorf("read the address %q: %w", ref, err)
	}
	u, err := url.Parse(parsed.Href(false))
	if err != nil {
		return nil, fmt.Errorf("read the address %q: %w", ref, err)
	}
	if u.Path == "/" && namesNoPath(ref) {
		u.Path = "" // as it was written, which is the same
	}
	return u, nil
}

// namesNoPath reports whether a reference is a host alone.
func namesNoPath(ref string) bool {
	_, host, ok := strings.Cut(ref, "//")
	if end := strings.IndexAny(host, "?#"); end >= 0 {
		host = host[:end]
	}
	return ok && !strings.ContainsAny(host, `/\`)
}

// ResolveHeader is [Resolve] for a reference in a header, whose bytes need not be UTF-8.
func ResolveHeader(base *url.URL, ref string) (*url.URL, error) {
	var ascii strings.Builder
	for i := range len(ref) {
		if ref[i] < utf8.RuneSelf {
			ascii.WriteByte(ref[i])
		} else {
			fmt.Fprintf(&ascii, "%%%02X", ref[i])
		}
	}
	return Resolve(base, ascii.String())
}

var parser = sync.OnceValue(func() whatwg.Parser { return whatwg.NewParser(whatwg.WithPercentEncodeSinglePercentSign()) })

// resolvePlain resolves a reference of which both standards say the same, as nearly all are,
// at a small part of the cost; nil for the others.
func resolvePlain(base *url.URL, ref string) *url.URL {
	rest, absolute := strings.CutPrefix(ref, "https://")
	if !absolute {
		rest, absolute = strings.CutPrefix(ref, "http://")
	}
	if !absolute && base.Scheme != "http" && base.Scheme != "https" || rest == "" || base.Opaque != "" {
		return nil
	}
	host := 0
	if absolute {
		if host = strings.IndexAny(rest, "/?#"); host < 0 {
			host = len(rest)
		}
		if !isPlainHost(rest[:host]) {
			return nil
		}
	}
	if strings.Contains(rest, "//") || strings.HasSuffix(rest, "#") || strings.Count(rest, "#") > 1 {
		return nil // here they differ
	}
	for i := host; i < len(rest); i++ {
		if !isPlain(rest[i]) {
			return nil
		}
	}
	u, err := url.Parse(ref)
	if err != nil {
		return nil
	}
	return base.ResolveReference(u)
}

// isPlain reports whether both standards read a byte of a path, a query or a fragment alike. A colon may end a scheme.
func isPlain(b byte) bool {
	switch b {
	case '-', '_', '~', '/', '.', '?', '=', '&', '#', '+', ',', ';':
		return true
	}
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
}

// isPlainHost reports whether a host is a name in small letters. One whose last label is
// a number is an IP address, in one of many spellings.
func isPlainHost(host string) bool {
	for i := range len(host) {
		if b := host[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '.' && b != '-' {
			return false
		}
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last != "" && last[0] >= 'a' && !strings.Contains(host, "xn--") && !strings.Contains(host, "..") && host[0] != '.'
}

// inEncoding writes the letters of a reference's query, which are none of ASCII, in an
// encoding. Those that it lacks become what a form would send for them.
func inEncoding(ref string, in encoding.Encoding) string {
	start := strings.IndexByte(ref, '?')
	if start < 0 || in == nil || isASCII(ref[start:]) || isOpaque(ref) {
		return ref
	}
	end := len(ref)
	if fragment := strings.IndexByte(ref, '#'); fragment >= 0 && fragment < start {
		return ref
	} else if fragment > 0 {
		end = fragment
	}
	return ref[:start] + encoded(ref[start:end], in) + ref[end:]
}

func encoded(query string, enc encoding.Encoding) string {
	var out strings.Builder
	for _, r := range query {
		if r < utf8.RuneSelf {
			out.WriteRune(r)
			continue
		}
		bytes, err := enc.NewEncoder().String(string(r))
		if err != nil {
			out.WriteString("%26%23" + strconv.Itoa(int(r)) + "%3B")
			continue
		}
		for i := range len(bytes) {
			fmt.Fprintf(&out, "%%%02X", bytes[i])
		}
	}
	return out.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isOpaque reports whether a reference has a scheme of its own that is none of the web's: what
// follows it is no query of a site.
func isOpaque(ref string) bool {
	scheme, _, ok := strings.Cut(ref, ":")
	scheme = strings.ToLower(strings.TrimSpace(scheme))
	return ok && !strings.ContainsAny(scheme, "/?#") && scheme != "http" && scheme != "https"
}
