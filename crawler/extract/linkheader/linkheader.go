// Package linkheader reads Link headers (RFC 8288).
package linkheader

import (
	"strings"

	"golang.org/x/net/html"
)

// Link is one link of a header: a target with parameters such as rel.
type Link struct {
	Target string
	Params []html.Attribute // names in lower case; the first of a name counts
}

// Parse reads `<target>; name=value; name="value", <target>; …`. What makes
// no sense ends its header.
func Parse(headers []string) (links []Link) {
	for _, rest := range headers {
		for {
			rest = strings.TrimLeft(rest, " \t,")
			target, after, ok := strings.Cut(strings.TrimPrefix(rest, "<"), ">")
			if !ok || !strings.HasPrefix(rest, "<") {
				break
			}
			link := Link{Target: target}
			for rest = strings.TrimLeft(after, " \t"); strings.HasPrefix(rest, ";"); rest = strings.TrimLeft(rest, " \t") {
				var param html.Attribute
				param, rest = cutParameter(rest[1:])
				if param.Key != "" && !has(link.Params, param.Key) {
					link.Params = append(link.Params, param)
				}
			}
			links = append(links, link)
		}
	}
	return links
}

// cutParameter reads a parameter, whose value may be quoted or missing, from the
// beginning of s.
func cutParameter(s string) (param html.Attribute, rest string) {
	end := strings.IndexAny(s, "=;,")
	if end < 0 {
		end = len(s)
	}
	param.Key = strings.ToLower(strings.TrimSpace(s[:end]))
	rest = s[end:]
	if !strings.HasPrefix(rest, "=") {
		return param, rest
	}
	rest = strings.TrimLeft(rest[1:], " \t")
	if !strings.HasPrefix(rest, `"`) {
		if end = strings.IndexAny(rest, ";,"); end < 0 {
			end = len(rest)
		}
		param.Val = strings.TrimSpace(rest[:end])
		return param, rest[end:]
	}
	var value strings.Builder
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == '"':
			param.Val = value.String()
			return param, rest[i+1:]
		case rest[i] == '\\' && i+1 < len(rest):
			i++
		}
		value.WriteByte(rest[i])
	}
	return html.Attribute{}, "" // never closed
}

func has(attrs []html.Attribute, key string) bool {
	for _, a := range attrs {
		if a.Key == key {
			return true
		}
	}
	return false
}
