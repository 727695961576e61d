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

// Memory is what all files together may take that are being read at the same time, of one
// crawl or of several. As long as a page is being read, its tree takes many times the
// room of the page; what arrives meanwhile waits as it came. No more files are read at
// once than there are processors. The zero value has all memory free.
type Memory struct {
	// Taken is told how many bytes are reserved when that has changed by much, so that the
	// collector of garbage can be told of it; nil for nobody.
	Taken func(bytes int64)

	opening sync.Once
	bytes   *semaphore.Weighted
	seats   *semaphore.Weighted

	mu    sync.Mutex
	taken int64
	told  int64
}

// much is by how many bytes Memory.Taken is told in steps.
const much = 16 << 20

// take notes what is reserved, and what is given back as a negative number.
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
	m.take(bytes)
	return func() {
		m.take(-bytes)
		m.bytes.Release(bytes)
		m.seats.Release(1)
	}, nil
}

// ForTree is what reading a tree may take beside the tree: that as it is sent, and both
// ways of writing it.
func ForTree(root *html.Node) int64 {
	var nodes, text int64
	for n := range root.Descendants() {
		nodes++
		text += int64(len(n.Data))
	}
	return nodes*perTag + text*perByte
}

// ForText is what splitting and screening a page may take beside its HTML and Markdown.
func ForText(html, markdown string) int64 {
	return int64(strings.Count(html, "<"))*perTag/2 + int64(len(html)+len(markdown))*perByte/2
}

// What reading a page takes, in bytes of memory: as measured, with what is thrown away
// meanwhile.
const perTag, perByte = 1500, 16

// ForHTML is what reading a page may take beside the page: its tree as it came, its tree
// as it is sent, and both ways of writing that.
func ForHTML(page []byte) int64 {
	return int64(bytes.Count(page, []byte{'<'}))*perTag + int64(len(page))*perByte
}
