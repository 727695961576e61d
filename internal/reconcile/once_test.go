package reconcile

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestOnceIsDoneOnceAndKeepsNobodyWaitingWhoGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		read := once(func(context.Context) (int, error) {
			calls++
			time.Sleep(time.Minute)
			return 42, nil
		})
		first := make(chan int)
		go func() {
			n, _ := read(t.Context())
			first <- n
		}()
		synctest.Wait()

		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		if _, err := read(impatient); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("after %s: %v", time.Since(begun), err)
		}
		second, err := read(t.Context())
		if n := <-first; n != 42 || second != 42 || err != nil || calls != 1 {
			t.Errorf("%d and %d, %v, by %d calls", n, second, err, calls)
		}
	})
}
