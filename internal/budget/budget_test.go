package budget

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestTheSameWorkEndsAtTheSameStep(t *testing.T) {
	for range 3 {
		var meter *Meter
		steps := 0
		err := Run(t.Context(), 1000, func(ctx context.Context) error {
			for meter = From(ctx); ; steps++ {
				meter.Spend(3)
			}
		})
		var exceeded *Exceeded
		if !errors.As(err, &exceeded) || steps != 333 || meter.Spent() != 1002 {
			t.Errorf("ended with %v after %d steps and %d spent", err, steps, meter.Spent())
		}
	}
}

func TestCountedWorkEndsWithItsContext(t *testing.T) {
	over := errors.New("the run is over")
	ctx, cancel := context.WithCancelCause(t.Context())
	started := make(chan struct{})
	go func() {
		<-started
		cancel(over)
	}()
	err := Run(ctx, 1<<62, func(ctx context.Context) error {
		close(started)
		for meter := From(ctx); ; {
			meter.Spend(1)
		}
	})
	if !errors.Is(err, over) {
		t.Errorf("got %v, want the cause of the context", err)
	}
}

// What cannot be counted is left behind, when the run is told to stop and when the clock says so.
func TestWhatDoesNotEndIsLeftBehind(t *testing.T) {
	hung := make(chan struct{})
	defer close(hung)
	hang := func(context.Context) error { <-hung; return nil }
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, Page, time.Hour, time.Nanosecond, hang); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that the run was told to stop", err)
	}
	var exceeded *Exceeded
	if err := run(t.Context(), Page, time.Nanosecond, time.Nanosecond, hang); !errors.As(err, &exceeded) {
		t.Errorf("got %v, want that it took too long", err)
	}
}

func TestOtherPanicsGoOn(t *testing.T) {
	defer func() {
		if recover() != "a mistake" {
			t.Error("the panic was lost")
		}
	}()
	_ = Run(t.Context(), Page, func(context.Context) error { panic("a mistake") })
}

func TestMemoryIsBoundedOverAll(t *testing.T) {
	var memory Memory
	var taken, most atomic.Int64
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			bytes := int64(Reading/3 + i)
			release, err := memory.Reserve(t.Context(), bytes)
			if err != nil {
				t.Error(err)
				return
			}
			now := taken.Add(bytes)
			for before := most.Load(); now > before && !most.CompareAndSwap(before, now); before = most.Load() {
			}
			taken.Add(-bytes)
			release()
		})
	}
	all.Wait()
	if most.Load() > Reading {
		t.Errorf("%d bytes at once, of %d", most.Load(), int64(Reading))
	}
	release, err := memory.Reserve(t.Context(), 100*Reading) // waits until it is alone, and no longer
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := memory.Reserve(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that the context has ended", err)
	}
	release()
}
