// Package kubernetes stands for client-go's; see package rest.
package kubernetes
