// Package version says which release of fincrawl this is.
package version

import "runtime/debug"

// release is set when a release is built:
// -ldflags "-X github.com/fincrawl/fincrawl/internal/version.release=v1.2.3".
//
//nolint:gochecknoglobals // the linker sets no other kind of name
var release string

// Build returns the release, else what the Go tool recorded of the checkout.
func Build() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
