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
// they share, such as the program itself, counts once: as much as one of them has of it.
func residentMemory(leader int) int64 {
	own, shared := int64(0), int64(0)
	for _, p := range group(leader) {
		own += p.own
		shared = max(shared, p.shared)
	}
	return own + shared
}

// process is one of a group, with what it has in memory, in bytes: by itself, and what others may have as well.
type process struct {
	id          int
	own, shared int64
}

// group are the processes that a leader leads.
func group(leader int) (found []process) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The name, in brackets, may have spaces and brackets in it. See proc(5).
		fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
		const group = 2
		if len(fields) <= group || string(fields[group]) != strconv.Itoa(leader) {
			continue
		}
		folder := filepath.Dir(file)
		statm, err := os.ReadFile(filepath.Join(folder, "statm"))
		fields = bytes.Fields(statm)
		const resident, shared = 1, 2
		if err != nil || len(fields) <= shared {
			continue
		}
		var p process
		p.id, _ = strconv.Atoi(filepath.Base(folder))
		all, _ := strconv.ParseInt(string(fields[resident]), 10, 64)
		p.shared, _ = strconv.ParseInt(string(fields[shared]), 10, 64)
		p.own, p.shared = (all-p.shared)*int64(os.Getpagesize()), p.shared*int64(os.Getpagesize())
		found = append(found, p)
	}
	return found
}

// endLargestPage ends the process of the page that has the most in memory, and reports whether there is one. Another
// process of the browser's that has more is not ended by this.
func endLargestPage(leader int) bool {
	var largest process
	for _, p := range group(leader) {
		if p.own+p.shared > largest.own+largest.shared {
			largest = p
		}
	}
	command, err := os.ReadFile("/proc/" + strconv.Itoa(largest.id) + "/cmdline")
	if largest.id == 0 || err != nil || !bytes.Contains(command, []byte("--type=renderer")) {
		return false
	}
	return syscall.Kill(largest.id, syscall.SIGKILL) == nil
}
