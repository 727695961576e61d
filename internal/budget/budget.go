// Package budget limits what reading one file from a site may cost. All limits of time and memory
// are here, because they have to add up: the whole program has to stay within [Resident].
//
// Time is counted as work, so that the same file has the same outcome on a fast machine and on a
// slow one. Code that loops over the content of a page counts its work on a [Meter]. For what cannot be
// counted there is a limit by the clock. A reading also ends when its context does:
//
//	Run(ctx, work, func(ctx context.Context) error { … From(ctx).Spend(n) … })
//
// Memory is reserved before it is used, over all files that are being read at once: see [Memory].
package budget

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The limits of memory. What is read at once, including the sandbox of a PDF, and what the program
// needs besides add up to Resident at most.
const (
	// Resident is the memory of the whole program, in bytes.
	Resident = 400 << 20
	// Reading is the memory of all files that are being read at once.
	Reading = 208 << 20
	// Sandbox is the memory of the sandbox that a PDF is read in, including the file. It is a part
	// of Reading.
	Sandbox = 80 << 20
	// Sheets is the memory of the letters of a PDF outside its sandbox.
	Sheets = 60 << 20
	// Heap is the size from which the garbage collector runs more often, so that garbage does not add
	// to what is needed. A large file needs more, and then costs time.
	Heap = 100 << 20
)

// The limits of time.
const (
	// Page is the work that one page may take. A unit is roughly what it takes to look at an element or
	// at 16 bytes of text: 50 to 100 nanoseconds.
	Page = 40_000_000
	// Longest is how long reading a file may take, whatever its work. A slow machine reaches the limit
	// of work long before.
	Longest = 90 * time.Second
	// LongestFile is the same for a document, since the work of PDFium is not counted.
	LongestFile = 45 * time.Second
	// grace is how long Run waits for a reading to end after its context has.
	grace = 3 * time.Second
)

// BytesPerStep is how many bytes of text count as one step of work for code that goes through them once.
const BytesPerStep = 8

// The limits of the size of a page.
const (
	// Elements is how many elements a page may have, as written and as parsed. The index of a large
	// manual has half as many.
	Elements = 100_000
	// Written is how many bytes of HTML an article may have.
	Written = 16 << 20
	// Parts is how many parts a page may be split into.
	Parts = 2000
	// Cells is how many cells a table may have, including those that it leaves out.
	Cells = 100_000
)

// Exceeded is the error for a file that costs more than its budget.
type Exceeded struct{ Detail string } // for people

func (e *Exceeded) Error() string { return "costs too much to read: " + e.Detail }

// Meter counts the work that is spent on one file. A nil Meter counts nothing. A Meter is used by one
// goroutine only.
type Meter struct {
	ctx    context.Context
	limit  int64
	spent  int64
	looked int64 // value of spent when ctx was last checked
	made   int   // number of elements that were made
}

// betweenLooks is how much work is spent between two checks of the context.
const betweenLooks = 20_000

// NewMeter returns a meter that allows limit work until ctx ends.
func NewMeter(ctx context.Context, limit int64) *Meter { return &Meter{ctx: ctx, limit: limit} }

// Spent returns the work that was spent.
func (m *Meter) Spent() int64 {
	if m == nil {
		return 0
	}
	return m.spent
}

// Spend counts work. Where the limit is exceeded or the context has ended, it panics with an error
// that [Run] or a deferred [Catch] returns.
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

// Make counts elements that are made from a file. It panics like [Meter.Spend] where a file has too
// many.
func (m *Meter) Make(elements int) {
	if m == nil {
		return
	}
	m.Spend(perElement * elements)
	if m.made += elements; m.made > Elements {
		Refuse("more than %d elements", Elements)
	}
}

// perElement is the work of making an element and of all that is done with it later.
const perElement = 20

// Refuse ends the reading of a file that is going to cost too much.
func Refuse(format string, args ...any) { panic(unwinding{&Exceeded{fmt.Sprintf(format, args...)}}) }

// unwinding is the value that a meter panics with.
type unwinding struct{ err error }

// Catch is deferred. It sets err where a meter ended the function. Other panics continue.
func Catch(err *error) {
	switch p := recover().(type) {
	case nil:
	case unwinding:
		*err = p.err
	default:
		panic(p)
	}
}

// Allow returns a context in which all calls of [Run] together may spend the given work.
func Allow(ctx context.Context, work int64) context.Context { return With(ctx, NewMeter(ctx, work)) }

type meterKey struct{}

// With returns a context with a meter, for calls that have no other way to pass it.
func With(ctx context.Context, m *Meter) context.Context {
	return context.WithValue(ctx, meterKey{}, m)
}

// From returns the meter of a context, or nil.
func From(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}

var errSlow = errors.New("took too long")

// Run calls read to read one file, in a context with a meter of the given work. Where ctx has a meter
// already, its work is spent, so that everything that is done to a page has one budget. The error is an
// *[Exceeded] where the work or the time is used up, and the cause of ctx where that ended.
//
// Run returns soon after ctx ends even if read does not. Then read continues in the background. So read
// must change nothing but its own results, and the caller must not use them after an error.
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
		broken any // the value of a panic in read
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
	left := false // read continues in the background
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
