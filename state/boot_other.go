//go:build !linux

package state

// boot returns the kernel's ID of the current boot. Here it is not known, which is "".
func boot() string { return "" }
