package state

import (
	"os"
	"strings"
)

// boot names the time since the machine was started; "" where that is not known.
func boot() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}
