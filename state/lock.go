package state

import (
	"encoding/json"
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
	note, err := os.OpenFile(noteOf(path), os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return nil
	}
	_, _ = note.Write(append(text, '\n'))
	return note
}

// withdraw removes what announce wrote.
func withdraw(path string) { _ = os.Remove(noteOf(path)) }

// locked says who holds the file at path, as far as can be found out.
func locked(path string) *LockedError {
	e := &LockedError{Path: path}
	note, err := os.ReadFile(noteOf(path))
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
