package serve

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"
)

// queue has the runs that wait for their turn. There is one run of whole sources at a time, and beside
// it one of single pages, and never two of the same source.
type queue struct {
	now  func() time.Time
	wake chan struct{} // has room for one

	mu      sync.Mutex
	waiting map[string]*wanted // by source
	busy    map[string]bool    // sources that a run or a decision works on
	running map[bool]bool      // whether a run of whole sources (true) or of pages (false) goes on
}

// wanted is what is to be done for a source.
type wanted struct {
	whole bool
	pages map[string]*url.URL
	ready time.Time // when the pages may begin
}

// job is a run that may begin.
type job struct {
	sources []string
	only    map[string][]*url.URL // nil for whole sources
}

const (
	// gather is how long the first of a burst of hooks waits for the others.
	gather = time.Second
	// mostPages is how many pages of a source may wait.
	mostPages = 200
)

var errFull = errors.New("as many pages of this source wait as may")

func newQueue(now func() time.Time) *queue {
	return &queue{
		now: now, wake: make(chan struct{}, 1),
		waiting: map[string]*wanted{}, busy: map[string]bool{}, running: map[bool]bool{},
	}
}

func (q *queue) of(source string) *wanted {
	if q.waiting[source] == nil {
		q.waiting[source] = &wanted{pages: map[string]*url.URL{}}
	}
	return q.waiting[source]
}

// addWhole asks for one run of sources. already says of which none begins at once, and why.
func (q *queue) addWhole(sources ...string) (already map[string]string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	already = make(map[string]string)
	for _, source := range sources {
		w := q.of(source)
		switch {
		case w.whole:
			already[source] = "the run before still waits for its turn"
		case q.busy[source]:
			already[source] = "the run before goes on"
		}
		w.whole = true
	}
	q.stir()
	return already
}

// addPages asks for a run of single pages. It takes all of them or none.
func (q *queue) addPages(source string, pages []*url.URL) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	w := q.of(source)
	next := maps.Clone(w.pages)
	for _, page := range pages {
		next[page.String()] = page
	}
	if len(next) > mostPages {
		return errFull
	}
	if len(w.pages) == 0 {
		w.ready = q.now().Add(gather)
	}
	w.pages = next
	q.stir()
	return nil
}

func (q *queue) stir() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns a run that may begin. wait is how long it takes until one may, where none may now and
// nothing else happens.
func (q *queue) take() (j job, wait time.Duration, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	wait = longestWait
	for _, whole := range []bool{false, true} {
		if q.running[whole] {
			continue
		}
		j = job{}
		for _, source := range slices.Sorted(maps.Keys(q.waiting)) {
			w := q.waiting[source]
			switch {
			case q.busy[source]:
			case whole && w.whole:
				w.whole = false
				j.sources = append(j.sources, source)
			case !whole && len(w.pages) > 0 && w.ready.After(now):
				wait = min(wait, w.ready.Sub(now))
			case !whole && len(w.pages) > 0:
				if j.only == nil {
					j.only = map[string][]*url.URL{}
				}
				for _, address := range slices.Sorted(maps.Keys(w.pages)) {
					j.only[source] = append(j.only[source], w.pages[address])
				}
				w.pages = map[string]*url.URL{}
				j.sources = append(j.sources, source)
			}
		}
		if len(j.sources) > 0 {
			q.running[whole] = true
			for _, source := range j.sources {
				q.busy[source] = true
			}
			return j, 0, true
		}
	}
	return job{}, wait, false
}

// done says that a run has ended.
func (q *queue) done(j job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running[j.only == nil] = false
	for _, source := range j.sources {
		delete(q.busy, source)
	}
	q.stir()
}

// hold keeps runs of sources from beginning until release is called. busy is a source that a run works on.
func (q *queue) hold(sources []string) (release func(), busy string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, source := range sources {
		if q.busy[source] {
			return nil, source
		}
	}
	for _, source := range sources {
		q.busy[source] = true
	}
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		for _, source := range sources {
			delete(q.busy, source)
		}
		q.stir()
	}, ""
}

// standing says in a word what a source does: "running", "waiting" or "".
func (q *queue) standing(source string) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch w := q.waiting[source]; {
	case q.busy[source]:
		return "running"
	case w != nil && (w.whole || len(w.pages) > 0):
		return "waiting"
	default:
		return ""
	}
}

// dispatch does the runs whose turn it is, until ctx ends and all of them have.
func (s *Server) dispatch(ctx context.Context) { s.queue.dispatch(ctx, s.run) }

func (q *queue) dispatch(ctx context.Context, run func(context.Context, job)) {
	var runs sync.WaitGroup
	defer runs.Wait()
	for ctx.Err() == nil {
		j, wait, ok := q.take()
		if ok {
			runs.Go(func() {
				defer q.done(j)
				run(ctx, j)
			})
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-q.wake:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}
