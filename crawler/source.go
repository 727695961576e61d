package crawler

import (
	"context"
	"iter"
	"net/url"
)

// Source is one place that pages are read from: a website, a folder, an API. Package crawlertest tests what
// every source promises.
type Source interface {
	// Read reads the source until nothing is left, gives its pages to the sink as it finds them, and returns
	// what it saw.
	//
	// Every address that it discovers ends in exactly one [Outcome], and the coverage counts them. The
	// coverage is complete only if no page may hide behind what was not read: a failure never looks like an
	// absence. Two readings of the same content give the same pages, in any order.
	//
	// An error means that the source could not be read at all, that the sink failed, or that ctx ended,
	// which ends a reading within seconds. The coverage is then valid but incomplete. The next reading of
	// the source continues one that was cut off.
	Read(ctx context.Context, r Reading) (Coverage, error)
}

// Reading says what to read of a source, and where the pages go.
type Reading struct {
	// Sink takes the pages.
	Sink Sink
	// Only are the addresses to read, with where they lead. The coverage is then partial and never complete.
	// Defaults to everything.
	Only []*url.URL
	// Known yields the addresses of pages that were sent earlier. They are requested even if nothing leads
	// to them any more. May be nil.
	Known iter.Seq[string]
	// Progress is called now and then from several goroutines, never concurrently. May be nil.
	Progress func(Progress)
}

// Sink takes pages as they are found. Several goroutines call it at once. A page counts only if its address
// has the outcome Paged when the reading ends, since some turn out to be a login or a duplicate.
type Sink interface {
	Put(context.Context, Page) error
}

// Progress is how far a reading has come.
type Progress struct {
	Settled, Discovered, Pages int
	Failed                     int // of Settled: could not be read
	// Compared counts the pages that were compared with the others for what they have in common, after all
	// were read.
	Compared int
}
