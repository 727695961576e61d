package budget

import (
	"bytes"
	"context"
	"runtime"
	"sync"

	"golang.org/x/sync/semaphore"
)

// Memory is what all files together may take that are being read at the same time, of one
// crawl or of several. As long as a page is being read, its tree takes many times the
// room of the page; what arrives meanwhile waits as it came. No more files are read at
// once than there are processors. The zero value has all memory free.
type Memory struct {
	opening sync.Once
	bytes   *semaphore.Weighted
	seats   *semaphore.Weighted
}

// Reserve waits until so many bytes are free, or ctx ends; release gives them back. What
// asks for more than there is waits until it is alone.
func (m *Memory) Reserve(ctx context.Context, bytes int64) (release func(), err error) {
	m.opening.Do(func() {
		m.bytes = semaphore.NewWeighted(Reading)
		m.seats = semaphore.NewWeighted(int64(max(runtime.GOMAXPROCS(0), 1)))
	})
	bytes = min(max(bytes, 0), Reading)
	if err := m.seats.Acquire(ctx, 1); err != nil {
		return nil, context.Cause(ctx)
	}
	if err := m.bytes.Acquire(ctx, bytes); err != nil {
		m.seats.Release(1)
		return nil, context.Cause(ctx)
	}
	return func() {
		m.bytes.Release(bytes)
		m.seats.Release(1)
	}, nil
}

// ForHTML is what reading a page may take beside the page: its tree as it came, its tree
// as it is sent, and both ways of writing that.
func ForHTML(page []byte) int64 {
	const perTag, perByte = 400, 6
	return int64(bytes.Count(page, []byte{'<'}))*perTag + int64(len(page))*perByte
}
