package frontier

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Round is the queue of one round, for colly (queue.Storage). It returns only what was queued when the round
// began. It is empty once its context is done, so that colly's workers finish what they have and return.
// (colly's own Stop blocks them for ever, and after an error colly asks its storage again without a pause.)
type Round struct {
	frontier *Frontier
	ctx      context.Context
	stop     context.CancelCauseFunc
	left     atomic.Int64 // requests of this round
}

// Round returns the queue of the next round. stop is called with errors.
func (f *Frontier) Round(ctx context.Context, stop context.CancelCauseFunc) *Round {
	return &Round{frontier: f, ctx: ctx, stop: stop}
}

// Waiting returns how many requests are queued.
func (f *Frontier) Waiting() (int, error) {
	size, err := f.store.QueueSize()
	if err != nil {
		return 0, fmt.Errorf("measure the queue: %w", err)
	}
	return size, nil
}

// Begin counts what is queued, which is everything that the round will request.
func (r *Round) Begin() error {
	waiting, err := r.frontier.Waiting()
	r.left.Store(int64(waiting))
	return err
}

// Init does nothing, since Frontier.Prepare prepares all rounds.
func (r *Round) Init() error { return nil }

// AddRequest queues a request for the next round.
func (r *Round) AddRequest(request []byte) error { return r.frontier.store.AddRequest(request) }

// GetRequest removes and returns the next request.
func (r *Round) GetRequest() ([]byte, error) {
	r.left.Add(-1)
	request, err := r.frontier.store.GetRequest()
	if err != nil {
		r.stop(fmt.Errorf("take from the queue: %w", err))
	}
	return request, err
}

// QueueSize returns how many requests of the round are left.
func (r *Round) QueueSize() (int, error) {
	if r.ctx.Err() != nil || r.left.Load() <= 0 {
		return 0, nil
	}
	waiting, err := r.frontier.Waiting()
	if err != nil {
		r.stop(err)
		return 0, nil
	}
	return min(waiting, int(r.left.Load())), nil
}
