package state

import (
	"encoding/binary"
	"errors"
	"time"
)

// Entries, visits and staged pages are read by the hundred thousand, and JSON would
// take most of that time. Their values are fields in a fixed order without names:
// numbers are varints, and strings follow their length. A new field is added at the
// end. It reads as zero from a record that was written without it.

var errFields = errors.New("a record's fields do not fit it")

type fields []byte

func (f *fields) text(s string) {
	f.number(int64(len(s)))
	*f = append(*f, s...)
}

func (f *fields) number(n int64) { *f = binary.AppendVarint(*f, n) }

func (f *fields) flag(b bool) {
	var n int64
	if b {
		n = 1
	}
	f.number(n)
}

// time keeps the nanosecond but not the zone.
func (f *fields) time(t time.Time) {
	var n int64
	if !t.IsZero() {
		n = t.UnixNano()
	}
	f.number(n)
}

// reader reads the fields in the order in which they were written. Its texts share the
// memory of one string.
type reader struct {
	value []byte
	whole string
	err   error
}

func read(value []byte) *reader { return &reader{value: value, whole: string(value)} }

func (r *reader) number() int64 {
	if len(r.value) == 0 {
		return 0
	}
	n, size := binary.Varint(r.value)
	if size <= 0 {
		r.value, r.err = nil, errFields
		return 0
	}
	r.value = r.value[size:]
	return n
}

func (r *reader) text() string {
	n := r.number()
	if n < 0 || n > int64(len(r.value)) {
		r.value, r.err = nil, errFields
		return ""
	}
	at := len(r.whole) - len(r.value)
	r.value = r.value[n:]
	return r.whole[at : at+int(n)]
}

func (r *reader) flag() bool { return r.number() != 0 }

func (r *reader) time() time.Time {
	if n := r.number(); n != 0 {
		return time.Unix(0, n).UTC()
	}
	return time.Time{}
}
