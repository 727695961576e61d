package render

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// leadGroup makes the browser the leader of its own process group. The group can be ended as a whole, and
// does not get an interrupt from the terminal. The browser also ends when this program ends for any reason.
func leadGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

func killGroup(leader int) { _ = syscall.Kill(-leader, syscall.SIGKILL) }

// residentMemory returns the resident memory of the processes of a group, in bytes. Memory that they share,
// such as the program itself, counts once: as much as any one of them shares.
func residentMemory(leader int) int64 {
	own, shared := int64(0), int64(0)
	for _, p := range group(leader) {
		own += p.own
		shared = max(shared, p.shared)
	}
	return own + shared
}

// process is a process of a group, with its own and its shared resident memory in bytes.
type process struct {
	id          int
	own, shared int64
}

// group returns the processes of the group with this leader.
func group(leader int) (found []process) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The name, in brackets, may contain spaces and brackets. See proc(5).
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

// endLargestPage ends the process of the page with the most memory. It reports false, and ends nothing, if
// the largest process is not that of a page.
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
