// Command fincrawl keeps Intercom's Fin AI Content Library equal to a company's
// private knowledge. See README.md, or run fincrawl help.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"golang.org/x/term"
)

// memoryLimit is what the collector of garbage keeps the program within, at the cost
// of its time, where GOMEMLIMIT says nothing else. What a large plan needs leaves room.
const memoryLimit = 110 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	a := newApp(os.Stdout, os.Stderr)
	if term.IsTerminal(int(os.Stdin.Fd())) {
		a.in = os.Stdin
	}
	os.Exit(a.execute(ctx, os.Args[1:]))
}
