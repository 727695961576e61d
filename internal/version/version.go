// Package version returns the release of fincrawl.
package version

import "runtime/debug"

// release is set when a release is built:
// -ldflags "-X github.com/fincrawl/fincrawl/internal/version.release=v1.2.3".
//
//nolint:gochecknoglobals // the linker can only set a variable
var release string

// Build returns the release, or else the version that the Go tool has recorded.
func Build() string {
	if release != "" {
		return release
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
