package main

import (
	"os"
	"runtime/debug"
	"slices"

	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/config"
)

// makeRoom lets the collector of garbage know of the sandbox where a source reads PDFs.
func makeRoom(sources []config.Source) {
	readsPDF := func(s config.Source) bool { return slices.Contains(s.Documents, string(document.PDF)) }
	if os.Getenv("GOMEMLIMIT") == "" && slices.ContainsFunc(sources, readsPDF) {
		debug.SetMemoryLimit(budget.HeapWithSandbox)
	}
}
