//go:build unix

package state

import (
	"errors"
	"syscall"
)

// alive reports whether a process of this machine still runs.
func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
