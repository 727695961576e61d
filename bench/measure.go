package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cost is what running a program took.
type cost struct {
	Wall   time.Duration
	CPU    time.Duration // user and system
	Memory int64         // peak of resident memory, in bytes
	Own    int64         // the part of it that is not a mapped file, such as the state file
}

// measured runs a program to its end. exits are exit codes other than 0 that mean success.
func measured(ctx context.Context, cmd *exec.Cmd, exits ...int) (cost, error) {
	var said bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &said
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &said
	}
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return cost{}, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	ended := make(chan struct{})
	var c cost
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		c.Memory, c.Own = watch(ctx, cmd.Process, ended)
	}()
	err := cmd.Wait()
	wall := time.Since(started)
	close(ended)
	<-watched
	var status *exec.ExitError
	if errors.As(err, &status) && slices.Contains(exits, status.ExitCode()) {
		err = nil
	}
	if err != nil {
		return cost{}, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), errors.Join(err, ctx.Err()), tail(said.Bytes()))
	}
	c.Wall, c.CPU = wall, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()
	return c, nil
}

// watch reads the peak of a process's memory until it has ended. The kernel's ru_maxrss cannot be used: it includes the
// memory of the parent process at the time of the fork.
func watch(ctx context.Context, p *os.Process, ended <-chan struct{}) (resident, own int64) {
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid))
		resident = max(resident, field(status, "VmHWM:"))
		own = max(own, field(status, "RssAnon:"))
		select {
		case <-ticks.C:
		case <-ended:
			return resident, own
		case <-ctx.Done():
			_ = p.Signal(syscall.SIGTERM)
			<-ended
			return resident, own
		}
	}
}

// field returns a value of /proc/PID/status that is given in kB, in bytes.
func field(status []byte, name string) int64 {
	_, rest, found := bytes.Cut(status, []byte(name))
	if !found {
		return 0
	}
	number, _, _ := strings.Cut(strings.TrimSpace(string(rest[:min(len(rest), 32)])), " ")
	kB, _ := strconv.ParseInt(number, 10, 64)
	return kB << 10
}

func tail(said []byte) []byte { return said[max(0, len(said)-2000):] }

func median[T int | int64 | float64 | time.Duration](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}
