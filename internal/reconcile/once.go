package reconcile

import (
	"context"
	"sync"
)

// once returns a function that calls do the first time. Other callers wait for the result of that call,
// until their own context ends.
func once[T any](do func(context.Context) (T, error)) func(context.Context) (T, error) {
	var (
		begin sync.Once
		done  = make(chan struct{})
		value T
		err   error
	)
	return func(ctx context.Context) (T, error) {
		first := false
		begin.Do(func() { first = true })
		if first {
			value, err = do(ctx)
			close(done)
		}
		select {
		case <-done:
			return value, err
		case <-ctx.Done():
			var none T
			return none, context.Cause(ctx)
		}
	}
}
