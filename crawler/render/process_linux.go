package render

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// leadGroup has the browser lead a group of its own, which can be ended as a whole
// and which an interrupt from the terminal passes by, and end with this program
// however that ends.
func leadGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

func killGroup(leader int) { _ = syscall.Kill(-leader, syscall.SIGKILL) }

// residentMemory is what the processes of a group have in memory, in bytes. What
// they share counts for each.
func residentMemory(leader int) int64 {
	pages := int64(0)
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The name, in brackets, may have spaces and brackets in it. See proc(5).
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		const group, resident = 2, 21
		if len(fields) <= resident || string(fields[group]) != strconv.Itoa(leader) {
			continue
		}
		n, _ := strconv.ParseInt(string(fields[resident]), 10, 64)
		pages += n
	}
	return pages * int64(os.Getpagesize())
}
