//go:build unix

package state

import (
	"errors"
	"syscall"
)

// alive reports whether the process is still running on this machine.
func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
