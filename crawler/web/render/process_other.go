//go:build !linux

package render

import "os/exec"

// On other systems the browser is ended by asking it to, and its memory is not limited.

func leadGroup(*exec.Cmd) {}

func killGroup(int) {}

func residentMemory(int) int64 { return 0 }

func endLargestPage(int) bool { return false }
