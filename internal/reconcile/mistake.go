package reconcile

import "fmt"

// Mistake is an error in what was asked for, rather than a failure to do it.
type Mistake struct{ err error }

// Mistaken returns a [Mistake], formatted as by [fmt.Errorf].
func Mistaken(format string, args ...any) error { return Mistake{fmt.Errorf(format, args...)} }

func (m Mistake) Error() string { return m.err.Error() }

// Unwrap returns what is wrong with what was asked for.
func (m Mistake) Unwrap() error { return m.err }
