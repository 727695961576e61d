package auth

import (
	"fmt"
	"strings"
)

// LoginError means that a login did not work. It says what was seen, and holds no secrets.
type LoginError struct {
	Step    string // what was being done
	URL     string // final URL, after redirects
	Status  int    // 0 if there was no answer
	Title   string // the answer's <title>
	Message string // its first error text, as a person would read it
	Hint    string // what to do
	Err     error  // underlying error; may be nil
	// Scripted: the page has no such form in its HTML, or nothing takes that form where the HTML sends it, so scripts may
	// have to make or send it.
	Scripted bool
	// NoForm reports whether the login page was shown without a login form. Sites show that to somebody who
	// is logged in.
	NoForm bool
}

// Error says on one line what was being done, what the site answered and what to do.
func (e *LoginError) Error() string {
	var b strings.Builder
	b.WriteString("log in: " + e.Step + ": ")
	if e.Status != 0 {
		fmt.Fprintf(&b, "%s answered %d", e.URL, e.Status)
	} else {
		b.WriteString(e.URL)
	}
	if e.Title != "" {
		fmt.Fprintf(&b, " “%s”", e.Title)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ", saying “%s”", e.Message)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.Hint != "" {
		b.WriteString("; " + e.Hint)
	}
	return b.String()
}

// Unwrap returns the underlying error.
func (e *LoginError) Unwrap() error { return e.Err }
