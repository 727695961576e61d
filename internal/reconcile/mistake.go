package reconcile

import "fmt"

// Mistake is an error in what a person asked for, as opposed to a failure to do it.
type Mistake struct{ err error }

// Mistaken returns a [Mistake], formatted as by [fmt.Errorf].
func Mistaken(format string, args ...any) error { return Mistake{fmt.Errorf(format, args...)} }

func (m Mistake) Error() string { return m.err.Error() }

// Unwrap returns the error itself.
func (m Mistake) Unwrap() error { return m.err }
