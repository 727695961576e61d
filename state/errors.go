package state

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"
)

// Errors of a Store, for use with errors.Is.
var (
	ErrNewerSchema = errors.New("state file was written by a newer fincrawl")
	ErrCorrupt     = errors.New("state file is damaged")
	ErrReadOnly    = errors.New("state file is open for reading only")
	ErrClosed      = errors.New("state file is closed")
)

// LockedError reports a state file that another process holds.
type LockedError struct {
	Path  string
	PID   int       // 0 where it is not known
	Host  string    // host name of that process
	Since time.Time // when it opened the file; zero where that is not known
}

func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("state file %s is held by another process, which left no word of itself; "+
			"wait for it to end, or stop it", e.Path)
	}
	text := fmt.Sprintf("state file %s is held by process %d on %s since %s; wait for it to end, or stop it",
		e.Path, e.PID, e.Host, e.Since.Local().Format(time.DateTime))
	if host, err := os.Hostname(); err == nil && host != e.Host {
		text += "; if that machine is gone, the volume lets go of its lock by itself after a while"
	}
	return text
}

// damaged returns an error that wraps ErrCorrupt and says how to get a sound file.
func damaged(path string, why any) error {
	return fmt.Errorf("%w: %s: %v; restore a backup of it, or delete it and run again: "+
		"fincrawl then rebuilds it from Intercom's own listing", ErrCorrupt, path, why)
}

// notOurs returns an error that wraps ErrCorrupt, for a file that was never a state file.
func notOurs(path, what string) error {
	return fmt.Errorf("%w: %s is %s, not a state file of fincrawl; name another one as state in sources.yaml",
		ErrCorrupt, path, what)
}

// guard runs f, which reads or writes the file. Damage makes bbolt panic, or makes it
// touch memory outside the map; guard returns both as an error. stumbled is then true.
func guard(path string, f func() error) (stumbled bool, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			stumbled, err = true, damaged(path, p)
		}
	}()
	return false, f()
}
