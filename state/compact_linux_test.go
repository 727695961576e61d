package state_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// waitForHandle returns when this process has the file at path open twice.
func waitForHandle(t *testing.T, path string) {
	t.Helper()
	for {
		handles := 0
		all, err := filepath.Glob("/proc/self/fd/*")
		check(t, err)
		for _, fd := range all {
			if at, err := os.Readlink(fd); err == nil && at == path {
				handles++
			}
		}
		if handles > 1 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}
