//go:build !linux

package state

// boot names the time since the machine was started; "" where that is not known.
func boot() string { return "" }
