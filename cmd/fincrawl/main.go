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

	"github.com/fincrawl/fincrawl/internal/budget"
)

// What the collector of garbage is told where GOMEMLIMIT and GOGC say nothing else: to
// keep the program within a limit that leaves a large plan room, at the cost of its
// time, and below that not to hurry: a crawl needs little at once, and throws it away
// with each page, so that hurry would cost much and save what a larger crawl takes anyway.
const garbageShare = 400 // percent of what is needed

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(budget.Heap)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbageShare)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	a := newApp(os.Stdout, os.Stderr)
	if term.IsTerminal(int(os.Stdin.Fd())) {
		a.in = os.Stdin
	}
	os.Exit(a.execute(ctx, os.Args[1:]))
}
