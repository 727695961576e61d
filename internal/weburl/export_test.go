package weburl

// The doors of the tests.
var (
	ResolvePlain = resolvePlain
	NewParser    = newParser
)
