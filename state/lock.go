package state

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// The lock itself is bbolt's, on the file, and ends with its process. Who holds
// it is written beside the file, for the message to whoever finds it locked:
// this note alone never keeps anybody out, and nobody fails for want of it.

// holder is what the note says.
type holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

func noteOf(path string) string { return path + ".lock" }

// announce writes that this process holds the file at path, and returns the note, nil
// where it could not be written.
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

// openNote opens an empty note that only its owner may read. One that was left behind is
// taken as it is, since whoever copies the file may hold it; but a link, or what belongs to
// somebody else, is put aside, not written to.
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

// withdraw removes what announce wrote.
func withdraw(path string) { _ = os.Remove(noteOf(path)) }

// InUse says which process holds the file at path to write to it, as far as that can be found
// out without waiting for it; held is false where none does.
func InUse(path string) (holder *LockedError, held bool) {
	holder = locked(path)
	return holder, holder.PID != 0
}

// locked says who holds the file at path, as far as can be found out.
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
	// A note may outlive its writer, who was killed; the holder is then somebody
	// else, such as a reader, who leaves none.
	if host, _ := os.Hostname(); host == h.Host && !alive(h.PID) {
		return e
	}
	e.PID, e.Host, e.Since = h.PID, h.Host, h.Since
	return e
}
