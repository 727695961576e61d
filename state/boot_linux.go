package state

import (
	"os"
	"strings"
)

// boot returns the kernel's ID of the current boot, or "" where there is none.
func boot() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}
