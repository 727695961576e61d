package crawler

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
