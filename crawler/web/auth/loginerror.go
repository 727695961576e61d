package auth

import (
	"fmt"
	"strings"
)

// LoginError is a login that did not work, with what was seen. It holds no secrets.
type LoginError struct {
	Step    string // what was being done
	URL     string // final URL, after redirects
	Status  int    // 0 where there was no answer
	Title   string // the answer's <title>
	Message string // its first error text, as a person would read it
	Hint    string // how to mend it
	Err     error  // underlying error; may be nil
	// Scripted: the page has no such form in its HTML, or nothing takes that form where the HTML sends it, so scripts may
	// have to make or send it.
	Scripted bool
	// NoForm: the login page was shown, and asks for no login. Whoever is logged in may get that.
	NoForm bool
}

// Error says on one line what was being done, what the site answered and how to mend it.
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
