// Package weburl parses URLs as browsers do: by the URL Standard (https://url.spec.whatwg.org) and not by RFC 3986, which
// [net/url] follows. In it, a backslash is a slash, "http:/a" is a path, tabs and line breaks are ignored, and a percent
// sign that encodes nothing stands for itself.
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

// Resolve resolves a reference on the page at base.
func Resolve(base *url.URL, ref string) (*url.URL, error) { return ResolveIn(base, ref, nil) }

// ResolveIn is [Resolve] for a page in a character encoding; nil stands for UTF-8. Browsers write the query of a URL in
// the page's encoding, and everything else in UTF-8.
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
		u.Path = "" // keep it as it was written; both mean the same
	}
	return u, nil
}

// namesNoPath reports whether a reference has a host but no path.
func namesNoPath(ref string) bool {
	_, host, ok := strings.Cut(ref, "//")
	if end := strings.IndexAny(host, "?#"); end >= 0 {
		host = host[:end]
	}
	return ok && !strings.ContainsAny(host, `/\`)
}

// ResolveHeader is [Resolve] for a reference in an HTTP header, whose bytes need not be UTF-8.
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

var parser = sync.OnceValue(func() whatwg.Parser {
	return whatwg.NewParser(whatwg.WithPercentEncodeSinglePercentSign())
})

// resolvePlain resolves a reference that both standards read alike, as they do nearly all, much faster than the full
// parser. It returns nil for the others.
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

// isPlain reports whether both standards read a byte of a path, a query or a fragment alike. A colon is not plain: it may
// end a scheme.
func isPlain(b byte) bool {
	switch b {
	case '-', '_', '~', '/', '.', '?', '=', '&', '#', '+', ',', ';':
		return true
	}
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
}

// isPlainHost reports whether a host is a name in lower case. A host whose last label begins with a digit may be an IP
// address, which has many spellings.
func isPlainHost(host string) bool {
	for i := range len(host) {
		if b := host[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '.' && b != '-' {
			return false
		}
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	isName := last != "" && last[0] >= 'a'
	return isName && host[0] != '.' && !strings.Contains(host, "xn--") && !strings.Contains(host, "..")
}

// inEncoding encodes the non-ASCII characters of a reference's query. A character that the encoding lacks becomes a
// numeric character reference, as in a form.
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

// isOpaque reports whether a reference has a scheme other than http and https. What follows it is no query of a site.
func isOpaque(ref string) bool {
	scheme, _, ok := strings.Cut(ref, ":")
	scheme = strings.ToLower(strings.TrimSpace(scheme))
	return ok && !strings.ContainsAny(scheme, "/?#") && scheme != "http" && scheme != "https"
}
