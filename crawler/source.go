package crawler

import (
	"context"
	"iter"
	"net/url"
)

// Source is one place that pages are read from: a website, a folder, an API. What every
// source promises is in its methods' comments, and as tests in crawler/crawlertest.
type Source interface {
	// Read reads the source until nothing is left to read, gives its pages to the sink as
	// they are found, and returns what it saw.
	//
	// Every address that it discovers ends in exactly one [Outcome], and the coverage counts
	// them. It is complete only where nothing may hide behind what was not read: a failure
	// never looks like an absence. Two readings of the same give the same pages, whatever
	// the order in which they come.
	//
	// An error means that the source could not be read at all, that the sink failed, or
	// that ctx ended, which ends a reading within seconds. The coverage is valid, and
	// incomplete, all the same. A reading that was cut off is gone on with by the next one
	// of the same source.
	Read(ctx context.Context, r Reading) (Coverage, error)
}

// Reading says what is read of a source, and where it goes.
type Reading struct {
	// Sink takes the pages.
	Sink Sink
	// Only are addresses that are read, with where they lead, and nothing else. The coverage
	// is partial then, and never complete. Nil is everything.
	Only []*url.URL
	// Known yields the addresses of pages that were sent earlier. They are asked for even
	// where nothing leads to them any more. May be nil.
	Known iter.Seq[string]
	// Progress is called now and then from several goroutines, never concurrently. May be nil.
	Progress func(Progress)
}

// Sink takes pages as they are found. It is called by several goroutines at once. What it
// got counts only where the page's address has the outcome Paged when the reading is over:
// some prove to be something else, such as a login or a duplicate.
type Sink interface {
	Put(context.Context, Page) error
}

// Progress is how far a reading has come.
type Progress struct {
	Settled, Discovered, Pages int
	Failed                     int // of those that settled: what could not be read
	// Compared are the pages that were compared with the others, once all are read, for
	// what they have in common.
	Compared int
}
