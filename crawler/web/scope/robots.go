package scope

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// maxRobots is how many bytes of a robots.txt are read. RFC 9309, section 2.5, requires at least that
	// many.
	maxRobots = 500 << 10
	// maxWildcards is how many rules with a wildcard may apply to one crawler. Each is compared with each
	// address, at a cost that grows with both.
	maxWildcards = 5000
	// maxCrawlDelay is the longest Crawl-delay that is obeyed.
	maxCrawlDelay = 30 * time.Second
)

// Robots are the rules of one robots.txt (RFC 9309) for one crawler. The zero value allows everything.
type Robots struct {
	rules      []robotsRule
	Sitemaps   []string      // for all crawlers, as written
	Delay      time.Duration // Crawl-delay, or 0
	Unreadable bool          // it exists but cannot be read, so everything is forbidden (RFC 9309, section 2.3.1.4)
}

type robotsRule struct {
	pattern string // a path, with * for any text and $ for the end
	allow   bool
	parts   []string // the parts between *
}

// ParseRobots reads the rules of all groups that name agent, or else of those for everyone. It skips lines
// that it does not understand, as the RFC requires. It returns an error if there are more rules than are
// obeyed.
func ParseRobots(body []byte, agent string) (Robots, error) {
	agent = ProductToken(agent)
	var named, everyone Robots
	var isNamed bool      // some group names agent
	var current []*Robots // the rules that this group's lines belong to
	var naming bool       // the last line was a User-agent
	var sitemaps []string
	body = body[:min(len(body), maxRobots)]
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))))
	lines.Buffer(nil, maxRobots+1)
	lines.Split(scanAnyLine)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		switch key {
		case "user-agent":
			if !naming {
				current = nil
			}
			switch name := ProductToken(value); {
			case value == "*":
				current = append(current, &everyone)
			case name != "" && name == agent:
				isNamed = true
				current = append(current, &named)
			}
		case "allow", "disallow":
			for _, group := range current {
				group.add(value, key == "allow")
			}
		case "crawl-delay":
			for _, group := range current {
				if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
					group.Delay = time.Duration(min(seconds, maxCrawlDelay.Seconds()) * float64(time.Second))
				}
			}
		case "sitemap":
			sitemaps = append(sitemaps, value)
			continue // it belongs to no group and ends none
		}
		naming = key == "user-agent"
	}
	r := everyone
	if isNamed {
		r = named
	}
	r.Sitemaps = sitemaps
	wildcards := 0
	for _, rule := range r.rules {
		if len(rule.parts) > 1 {
			wildcards++
		}
	}
	if wildcards > maxWildcards {
		return Robots{Unreadable: true}, fmt.Errorf("has %d rules with wildcards, more than %d", wildcards, maxWildcards)
	}
	slices.SortStableFunc(r.rules, func(a, b robotsRule) int { // so that the first match decides
		switch by := cmp.Compare(len(b.pattern), len(a.pattern)); {
		case by != 0 || a.allow == b.allow:
			return by
		case a.allow:
			return -1
		}
		return 1
	})
	return r, nil
}

// ProductToken returns the name of a crawler: "fincrawl" for "fincrawl/1.0 (+…)".
func ProductToken(userAgent string) string {
	end := strings.IndexFunc(userAgent, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_')
	})
	if end >= 0 {
		userAgent = userAgent[:end]
	}
	return strings.ToLower(userAgent)
}

// scanAnyLine splits at \n, \r\n and \r.
func scanAnyLine(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

func (r *Robots) add(path string, allow bool) {
	if path == "" {
		return // "Disallow:" disallows nothing
	}
	if path[0] != '/' && path[0] != '*' {
		path = "/" + path
	}
	path, toTheEnd := strings.CutSuffix(path, "$")
	parts := strings.Split(path, "*")
	inQuery := false
	for i, part := range parts {
		parts[i], inQuery = literal(part, inQuery)
	}
	pattern := strings.Join(parts, "*")
	if toTheEnd {
		pattern += "$"
	}
	r.rules = append(r.rules, robotsRule{pattern, allow, parts})
}

// literal writes a part of a path and query in one way, so that escapes without a meaning do not matter (RFC
// 9309, section 2.2.2). It escapes * and $, since a rule must escape them to mean them literally (section
// 2.2.3). An escaped slash or question mark stays different from a plain one, except within the query.
// inQuery reports whether the part begins there.
func literal(part string, inQuery bool) (written string, endsInQuery bool) {
	path, query, found := strings.Cut(part, "?")
	if inQuery {
		return normalEscapes(part, "!'(),:@/?&=+;"), true
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = normalEscapes(segment, "!'(),:@&=+;")
	}
	written = strings.Join(segments, "/")
	if found {
		written += "?" + normalEscapes(query, "!'(),:@/?&=+;")
	}
	return written, found
}

// Allows reports whether a normalised URL may be fetched.
func (r *Robots) Allows(u *url.URL) bool {
	allowed, _ := r.Decide(u)
	return allowed
}

// Decide also returns the rule that decided, or "". The longest rule that matches decides, and Allow if two
// are equally long (RFC 9309, section 2.2.2).
func (r *Robots) Decide(u *url.URL) (allowed bool, by string) {
	if r.Unreadable {
		return false, "it cannot be read, so the site counts as closed"
	}
	path, _ := literal(u.RequestURI(), false)
	for _, rule := range r.rules {
		if rule.matches(path) {
			return rule.allow, rule.String()
		}
	}
	return true, ""
}

func (r robotsRule) String() string {
	if r.allow {
		return "Allow: " + r.pattern
	}
	return "Disallow: " + r.pattern
}

func (r robotsRule) matches(path string) bool {
	toTheEnd, parts := strings.HasSuffix(r.pattern, "$"), r.parts
	path, ok := strings.CutPrefix(path, parts[0])
	if !ok {
		return false
	}
	if len(parts) == 1 {
		return !toTheEnd || path == ""
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		_, path, ok = strings.Cut(path, part)
		if !ok {
			return false
		}
	}
	if toTheEnd {
		return strings.HasSuffix(path, last)
	}
	return strings.Contains(path, last)
}
