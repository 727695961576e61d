package weburl

// The doors of the tests.
var (
	ResolvePlain = resolvePlain
	Parser       = parser
)
