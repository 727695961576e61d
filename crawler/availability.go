package crawler

import "net/url"

// AvailabilityPolicy decides the availability of each page: the defaults, then
// the first rule that matches.
type AvailabilityPolicy struct {
	Default Availability
	Rules   []AvailabilityRule
}

// AvailabilityRule changes what it names for the pages it matches.
type AvailabilityRule struct {
	Match     Pattern
	AIAgent   *bool // nil: as the default
	AICopilot *bool
}

// For returns the availability of the page at a normalised URL.
func (p AvailabilityPolicy) For(u *url.URL) Availability {
	a := p.Default
	for _, rule := range p.Rules {
		if !rule.Match.Match(u) {
			continue
		}
		if rule.AIAgent != nil {
			a.AIAgent = *rule.AIAgent
		}
		if rule.AICopilot != nil {
			a.AICopilot = *rule.AICopilot
		}
		break
	}
	return a
}
