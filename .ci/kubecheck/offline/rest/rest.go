// Package rest stands for client-go's. The chart is rendered without a cluster, and Helm's engine wants a client for one
// in its function lookup only; the real module would take minutes to compile.
package rest

// Config says where a cluster is; there is none.
type Config struct{}
