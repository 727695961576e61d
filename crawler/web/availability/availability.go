// Package availability decides which of Intercom's AI products may answer from a page.
package availability

import (
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// Policy decides the availability of each page: the defaults, changed by the first rule that
// matches.
type Policy struct {
	Default crawler.Availability
	Rules   []Rule
}

// Rule changes the availability of the pages that meet all of its conditions. Every page meets a
// zero condition.
type Rule struct {
	Match      urlpattern.Pattern // of the URL
	Selector   string             // CSS selector of an element of the document, such as a label
	Meta       string             // name of a meta tag, or "name=value"
	Breadcrumb string             // text of one breadcrumb, in any case
	AIAgent    *bool              // nil keeps the default
	AICopilot  *bool
}

// Of returns the availability of the page at a normalised URL, and a description of the rule that decided.
// If doc is nil, no rule matches that looks at the document. Of must be called before doc is extracted,
// which may remove what a rule looks for.
func (p Policy) Of(u *url.URL, doc *extract.Document) (a crawler.Availability, rule string) {
	a = p.Default
	for _, rule := range p.Rules {
		if !rule.holds(u, doc) {
			continue
		}
		if rule.AIAgent != nil {
			a.AIAgent = *rule.AIAgent
		}
		if rule.AICopilot != nil {
			a.AICopilot = *rule.AICopilot
		}
		return a, rule.String()
	}
	return a, "default"
}

// holds reports whether a page meets all conditions of r.
func (r Rule) holds(u *url.URL, doc *extract.Document) bool {
	if r.Match.String() != "" && !r.Match.Match(u) {
		return false
	}
	if doc == nil {
		return r.Selector == "" && r.Meta == "" && r.Breadcrumb == ""
	}
	name, value, _ := strings.Cut(r.Meta, "=")
	return (r.Selector == "" || doc.Has(r.Selector)) &&
		(r.Meta == "" || doc.HasMeta(strings.TrimSpace(name), strings.TrimSpace(value))) &&
		(r.Breadcrumb == "" || doc.HasCrumb(r.Breadcrumb))
}

// String describes the pages that r is for.
func (r Rule) String() string {
	var conditions []string
	for _, c := range []struct{ key, value string }{
		{"", r.Match.String()}, {"selector ", r.Selector}, {"meta ", r.Meta}, {"breadcrumb ", r.Breadcrumb},
	} {
		if c.value != "" {
			conditions = append(conditions, c.key+c.value)
		}
	}
	return strings.Join(conditions, ", ")
}
