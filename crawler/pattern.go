package crawler

// Pattern is a rule on the path of a URL (with "?query" where it has one and the
// pattern names one): a doublestar glob such as "/articles/**", or a regular
// expression after "re:".
type Pattern struct{}

// ParsePattern reads a pattern as sources.yaml has it.
func ParsePattern(text string) (Pattern, error) { panic("not yet") }
