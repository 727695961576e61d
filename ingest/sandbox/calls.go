package sandbox

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Call is one API call that the sandbox received.
type Call struct {
	Method string
	Path   string
	Status int
}

const keptCalls = 10_000

// record is a call with what people want to know about it.
type record struct {
	Call
	RequestID string
	At        time.Time
	Took      time.Duration // 0 until it is answered
}

// callLog keeps the last calls, and counts those that write.
type callLog struct {
	mu     sync.Mutex
	kept   []*record // a ring buffer once it is full
	next   int       // index of the oldest call of the ring buffer
	writes int
}

func (l *callLog) received(method, path, requestID string) *record {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &record{Call: Call{Method: method, Path: path}, RequestID: requestID, At: time.Now()}
	if method != http.MethodGet && method != http.MethodHead {
		l.writes++
	}
	if len(l.kept) < keptCalls {
		l.kept = append(l.kept, r)
	} else {
		l.kept[l.next] = r
		l.next = (l.next + 1) % keptCalls
	}
	return r
}

func (l *callLog) answered(r *record, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.Status = status
	r.Took = time.Since(r.At)
}

// last returns the last n calls, oldest first.
func (l *callLog) last(n int) []record {
	l.mu.Lock()
	defer l.mu.Unlock()
	n = min(n, len(l.kept))
	calls := make([]record, 0, n)
	for i := len(l.kept) - n; i < len(l.kept); i++ {
		calls = append(calls, *l.kept[(l.next+i)%len(l.kept)])
	}
	return slices.Clip(calls)
}

func (l *callLog) writeCount() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.writes
}

// statusWriter records the status that was written.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
