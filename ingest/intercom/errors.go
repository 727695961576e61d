package intercom

// Error is an answer of the API, or of something in front of it, that is not a
// success.
type Error struct {
	Method, Path string
	Status       int
	Code         string // of the first error of the answer; "" where the answer was no error list
	Message      string
	Field        string // the field that was wrong, where the API named it
	RequestID    string
}

func (e *Error) Error() string { panic("not yet") }

// Kind says what follows from an error.
type Kind int

// The kinds of errors.
const (
	Transient Kind = iota // was retried, and may work in a later run
	Refused               // this request will never be accepted as it is (400, 413, 422, …)
	NotFound              // 404
	Fatal                 // no request will be accepted: token, plan, version
)

// KindOf says what follows from an error of a Client.
func KindOf(err error) Kind { panic("not yet") }
