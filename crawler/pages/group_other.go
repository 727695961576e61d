//go:build !unix

package pages

import "os/exec"

// inGroup does nothing, since there are no process groups.
func inGroup(*exec.Cmd) {}

// endGroup kills a command.
func endGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = cmd.Process.Kill()
	}
}
