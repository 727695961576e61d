package budget

import (
	"bytes"
	"context"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/sync/semaphore"
)

// Memory is the memory of all files that are being read at the same time, in one crawl or in several.
// The tree of a page takes many times as much memory as its text, so a file that arrives meanwhile waits
// unread. No more files are read at once than there are processors. The zero value has all memory
// free.
type Memory struct {
	// Taken is called with the number of reserved bytes when that has changed much, to tell the garbage
	// collector. It may be nil.
	Taken func(bytes int64)

	opening sync.Once
	bytes   *semaphore.Weighted
	seats   *semaphore.Weighted

	mu    sync.Mutex
	taken int64
	told  int64
}

// much is the step in which Memory.Taken is called.
const much = 16 << 20

// take counts bytes that are reserved, or released if negative.
func (m *Memory) take(bytes int64) {
	if m.Taken == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.taken += bytes
	if steps := m.taken / much * much; steps != m.told {
		m.told = steps
		m.Taken(steps)
	}
}

// Reserve waits until the given number of bytes is free, or ctx ends. release frees them again. A
// request for more than there is waits until it is alone.
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
	m.take(bytes)
	return func() {
		m.take(-bytes)
		m.bytes.Release(bytes)
		m.seats.Release(1)
	}, nil
}

// ForTree returns the memory that reading a tree may take besides the tree: for the clean tree, and for
// its HTML and Markdown.
func ForTree(root *html.Node) int64 {
	var nodes, text int64
	for n := range root.Descendants() {
		nodes++
		text += int64(len(n.Data))
	}
	return nodes*perTag + text*perByte
}

// ForText returns the memory that splitting and screening a page may take besides its HTML and Markdown.
func ForText(html, markdown string) int64 {
	return int64(strings.Count(html, "<"))*perTag/2 + int64(len(html)+len(markdown))*perByte/2
}

// Bytes of memory that reading a page takes per tag and per byte, as measured, including garbage.
const perTag, perByte = 1500, 16

// ForHTML returns the memory that reading a page may take besides the page: for its tree, the clean tree,
// and its HTML and Markdown.
func ForHTML(page []byte) int64 {
	return int64(bytes.Count(page, []byte{'<'}))*perTag + int64(len(page))*perByte
}
