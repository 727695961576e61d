package draft

import "fmt"

// Problem means that a file could not be read.
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

// The kinds of problems.
const (
	Encrypted ProblemKind = "encrypted"  // needs a password
	Scanned   ProblemKind = "scanned"    // shows pictures of text and has no text
	Broken    ProblemKind = "broken"     // is damaged or not of its declared type
	TooLarge  ProblemKind = "too large"  // exceeds the limits of its reader
	TooCostly ProblemKind = "too costly" // takes more work than a file may
)
