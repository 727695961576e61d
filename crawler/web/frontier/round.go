package frontier

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Round is the queue of one round, as colly's queue.Storage. It gives out what was queued
// when the round began. Once its context is done it is empty, so that colly's workers finish
// what they have and go home. (colly's own Stop leaves them blocked for ever, and it asks its
// storage again without pause after an error.)
type Round struct {
	frontier *Frontier
	ctx      context.Context
	stop     context.CancelCauseFunc
	left     atomic.Int64 // requests of this round
}

// Round returns the queue of the next round. Stop is told of errors.
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

// Begin counts what is queued, which is all that the round will ask for.
func (r *Round) Begin() error {
	waiting, err := r.frontier.Waiting()
	r.left.Store(int64(waiting))
	return err
}

// Init does nothing: the frontier was prepared for all rounds together.
func (r *Round) Init() error { return nil }

// AddRequest queues a request for the next round.
func (r *Round) AddRequest(request []byte) error { return r.frontier.store.AddRequest(request) }

// GetRequest takes the next request.
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
