// Package scheme stands for client-go's; see package rest.
package scheme

import "k8s.io/apimachinery/pkg/runtime"

// Scheme knows no kinds but those that Helm adds.
var Scheme = runtime.NewScheme()
