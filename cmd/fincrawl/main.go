// Command fincrawl keeps Intercom's Fin AI Content Library equal to a company's
// private knowledge. See README.md, or run fincrawl help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	a := newApp(os.Stdout, os.Stderr)
	if term.IsTerminal(int(os.Stdin.Fd())) {
		a.in = os.Stdin
	}
	os.Exit(a.execute(ctx, os.Args[1:]))
}
