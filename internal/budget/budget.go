// Package budget bounds what reading one file of a stranger's may cost. All limits on
// time and memory stand here, because they have to add up: the whole program is to stay
// within [Resident].
//
// Time is counted as work, so that the same file has the same outcome on a fast machine
// and on a slow one. Code that loops over what a page says tells its [Meter]; the clock
// is a backstop for what cannot be counted, and a run that is told to stop stops any
// reading:
//
//	Run(ctx, work, func(m *Meter) error { … m.Spend(n) … })
//
// Memory is reserved before it is taken, over all files that are being read at once: see
// [Memory].
package budget

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The limits of memory, which add up to Resident at most: what is read at once, the
// sandbox of a PDF included, and what the program needs besides.
const (
	// Resident is what the whole program may have in memory, in bytes.
	Resident = 400 << 20
	// Reading is what all files together may take that are being read at once.
	Reading = 208 << 20
	// Sandbox is what the sandbox may take that a PDF is read in, the file included. It is
	// a part of Reading.
	Sandbox = 80 << 20
	// Sheets is what the letters of a PDF may take outside of its sandbox.
	Sheets = 60 << 20
	// Heap is from where on the collector of garbage hurries, so that what has been thrown
	// away does not add to what is needed. A large file takes more, and then costs time.
	Heap = 100 << 20
)

// The limits of time.
const (
	// Page is the work that one page may take. A unit is about what it takes to look at
	// one element, or at 16 bytes of text: some 50 to 100 nanoseconds.
	Page = 40_000_000
	// Longest is how long reading a file may take, however little it counts. A slow
	// machine reaches the limit of work long before.
	Longest = 90 * time.Second
	// LongestFile is the same for a file that is no web page: what PDFium does is not counted.
	LongestFile = 45 * time.Second
	// grace is how long a reading that is told to stop is waited for.
	grace = 3 * time.Second
)

// BytesPerStep is how many bytes of text are counted as one step of work by whoever goes
// through them once.
const BytesPerStep = 8

// The limits of the size of a page.
const (
	// Elements is how many elements a page may have, as it is written and as it is parsed. The
	// index of a large manual has half of them.
	Elements = 100_000
	// Written is how many bytes of HTML an article may become.
	Written = 16 << 20
	// Parts is how many parts a long page may be cut into.
	Parts = 2000
	// Cells is how many cells a table may have, those that it leaves out included.
	Cells = 100_000
)

// Exceeded is the error of a file that costs more than its budget.
type Exceeded struct{ Detail string } // for people

func (e *Exceeded) Error() string { return "costs too much to read: " + e.Detail }

// Meter counts the work that is spent on one file. A nil Meter counts nothing. A Meter
// is used by one goroutine.
type Meter struct {
	ctx    context.Context
	limit  int64
	spent  int64
	looked int64 // how much was spent when ctx was looked at last
	made   int   // elements of the tree that a file becomes
}

// betweenLooks is how much is spent before the context is looked at again.
const betweenLooks = 20_000

// NewMeter returns a meter that has limit to spend before ctx ends.
func NewMeter(ctx context.Context, limit int64) *Meter { return &Meter{ctx: ctx, limit: limit} }

// Spent returns the work that was counted.
func (m *Meter) Spent() int64 {
	if m == nil {
		return 0
	}
	return m.spent
}

// Spend counts work. It does not return where the budget is spent or the context has
// ended, but unwinds to [Run], or to the function that called [Catch].
func (m *Meter) Spend(work int) {
	if m == nil {
		return
	}
	m.spent += int64(work)
	if m.spent > m.limit {
		panic(unwinding{&Exceeded{fmt.Sprintf("more than %d steps", m.limit)}})
	}
	if m.spent-m.looked >= betweenLooks {
		m.looked = m.spent
		if m.ctx.Err() != nil {
			panic(unwinding{context.Cause(m.ctx)})
		}
	}
}

// Make counts elements that are made of a file, and ends as [Meter.Spend] does where they
// are more than a page may have.
func (m *Meter) Make(elements int) {
	if m == nil {
		return
	}
	m.Spend(perElement * elements)
	if m.made += elements; m.made > Elements {
		Refuse("more than %d elements", Elements)
	}
}

// perElement is the work of making an element, and of all that is done with it later.
const perElement = 20

// Refuse ends the reading of a file for what can be seen beforehand to cost too much.
func Refuse(format string, args ...any) { panic(unwinding{&Exceeded{fmt.Sprintf(format, args...)}}) }

// unwinding is what a meter panics with.
type unwinding struct{ err error }

// Catch is deferred. It sets err to the reason for which a meter ended the function; other
// panics go on.
func Catch(err *error) {
	switch p := recover().(type) {
	case nil:
	case unwinding:
		*err = p.err
	default:
		panic(p)
	}
}

// Allow returns a context in which all calls of [Run] together may spend work.
func Allow(ctx context.Context, work int64) context.Context { return With(ctx, NewMeter(ctx, work)) }

type meterKey struct{}

// With returns a context that carries a meter through calls which have no other way.
func With(ctx context.Context, m *Meter) context.Context {
	return context.WithValue(ctx, meterKey{}, m)
}

// From returns the meter that a context carries; nil for none.
func From(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}

var errSlow = errors.New("took too long")

// Run reads one file by calling read, with a context that carries a meter of so much
// work. Where ctx carries a meter already, that one's work is spent: all that is done to a
// page has one budget. The error is an *[Exceeded] where the budget is spent, or the time
// is over, and the cause of ctx where that ended.
//
// Run returns soon after ctx ends even where read does not: then read goes on in the
// background, and whatever it still finds out is of no use. So read must not change
// anything but its own results, and those must not be looked at after an error.
func Run(ctx context.Context, work int64, read func(context.Context) error) error {
	return run(ctx, work, Longest, grace, read)
}

func run(ctx context.Context, work int64, longest, grace time.Duration, read func(context.Context) error) error {
	limited, cancel := context.WithTimeoutCause(ctx, longest, errSlow)
	defer cancel()
	whole := From(ctx)
	meter := NewMeter(limited, work)
	if whole != nil {
		meter.spent, meter.limit = whole.spent, whole.limit
	}
	type result struct {
		err    error
		broken any // what read panicked with
	}
	ended := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			r.broken = recover()
			ended <- r
		}()
		defer Catch(&r.err)
		r.err = read(With(limited, meter))
	}()
	var r result
	left := false // behind
	select {
	case r = <-ended:
	case <-limited.Done():
		late := time.NewTimer(grace)
		defer late.Stop()
		select {
		case r = <-ended:
		case <-late.C:
			r.err, left = context.Cause(limited), true
		}
	}
	if whole != nil && !left {
		whole.spent = meter.spent
	}
	switch {
	case r.broken != nil:
		panic(r.broken)
	case ctx.Err() != nil && r.err != nil:
		return context.Cause(ctx)
	case errors.Is(r.err, errSlow):
		return &Exceeded{fmt.Sprintf("more than %s", longest)}
	}
	return r.err
}
