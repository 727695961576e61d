// Package docs holds what the program shows of its documentation.
package docs

import _ "embed" // for the file below

// Sources explains every key of sources.yaml.
//
//go:embed sources.md
var Sources string
