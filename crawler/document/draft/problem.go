package draft

import "fmt"

// Problem is a file that could not be read.
type Problem struct {
	Kind   ProblemKind
	Detail string // for people
}

// Problemf returns a problem whose detail is formatted as by [fmt.Sprintf].
func Problemf(kind ProblemKind, format string, args ...any) *Problem {
	return &Problem{Kind: kind, Detail: fmt.Sprintf(format, args...)}
}

func (p *Problem) Error() string { return string(p.Kind) + ": " + p.Detail }

// ProblemKind says what is wrong with a file.
type ProblemKind string

// What may be wrong.
const (
	Encrypted ProblemKind = "encrypted"  // needs a password
	Scanned   ProblemKind = "scanned"    // shows pictures of text, and has none
	Broken    ProblemKind = "broken"     // is not what it says it is, or not whole
	TooLarge  ProblemKind = "too large"  // goes beyond the limits of its reader
	TooCostly ProblemKind = "too costly" // takes more work than one file may
)
