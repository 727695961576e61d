package state

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// The lock is bbolt's, on the file itself, and ends with its process. A note beside the
// file says who holds it. The note serves only for messages and for copies: it never
// keeps anybody from opening the file, and failing to write it is no error.

// holder is the content of the note.
type holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

func noteOf(path string) string { return path + ".lock" }

// announce writes the note that this process holds the file at path. It returns the open
// note, or nil where it could not be written.
func announce(path string) *os.File {
	host, _ := os.Hostname()
	text, err := json.Marshal(holder{PID: os.Getpid(), Host: host, Since: time.Now().Truncate(time.Second)})
	if err != nil {
		return nil
	}
	note, err := openNote(noteOf(path))
	if err != nil {
		return nil
	}
	_, _ = note.Write(append(text, '\n'))
	return note
}

// openNote opens an empty note that only its owner may read. It reuses a note that was
// left behind, because somebody who copies the file may hold a lock on it. It replaces a
// link and a file of somebody else instead of writing to it.
func openNote(name string) (*os.File, error) {
	note, err := os.OpenFile(name, os.O_RDWR|noFollow, 0)
	if err == nil {
		info, statErr := note.Stat()
		if statErr == nil && info.Mode().IsRegular() && note.Chmod(0o600) == nil && note.Truncate(0) == nil {
			return note, nil
		}
		_ = note.Close()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		_ = os.Remove(name)
	}
	return os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
}

// withdraw removes the note.
func withdraw(path string) { _ = os.Remove(noteOf(path)) }

// InUse returns the process that has the file at path open for writing, according to its
// note. held is false where there is none. It does not wait.
func InUse(path string) (holder *LockedError, held bool) {
	holder = locked(path)
	return holder, holder.PID != 0
}

// locked returns what the note says about the process that holds the file at path.
func locked(path string) *LockedError {
	e := &LockedError{Path: path}
	f, err := os.OpenFile(noteOf(path), os.O_RDONLY|noFollow, 0)
	if err != nil {
		return e
	}
	const longest = 4096
	note, err := io.ReadAll(io.LimitReader(f, longest))
	_ = f.Close()
	if err != nil {
		return e
	}
	var h holder
	if json.Unmarshal(note, &h) != nil || h.PID <= 0 {
		return e
	}
	// The note of a process that was killed stays behind. Then somebody else holds the file,
	// such as a reader, which writes no note.
	if host, _ := os.Hostname(); host == h.Host && !alive(h.PID) {
		return e
	}
	e.PID, e.Host, e.Since = h.PID, h.Host, h.Since
	return e
}
