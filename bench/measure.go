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

// cost is what a program took.
type cost struct {
	Wall   time.Duration
	CPU    time.Duration // user and system
	Memory int64         // bytes resident at most
	Own    int64         // of these, bytes that are no file's: the state file is mapped, and counts above
}

// measured runs a program to its end. exits are the exit codes that are in order.
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

// watch reads how much memory a process has until it ended. The kernel's own
// account (ru_maxrss) is of no use: what a process inherits from the one that
// started it counts there.
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

// field is a number of kB in /proc/PID/status, as bytes.
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
