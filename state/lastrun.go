package state

import (
	"io"
	"os"
	"strings"
)

// A note beside the file holds the ID of the last run that wrote to it. A backup that was
// put in the file's place does not have that run, and is recognised by that. Without the
// note the file is taken as it is.

func lastRunOf(path string) string { return path + ".run" }

// NoteRun writes the ID of the current run beside the state file. The run is recorded in the file by then.
func (s *Store) NoteRun(id string) {
	if s.readOnly || s.temporary {
		return
	}
	note, err := openNote(lastRunOf(s.path))
	if err != nil {
		return
	}
	_, _ = note.WriteString(id + "\n")
	_ = note.Close()
}

// IsOldCopy reports whether the file lacks the last run at its path, as a restored backup does.
func (s *Store) IsOldCopy() (bool, error) {
	f, err := os.OpenFile(lastRunOf(s.path), os.O_RDONLY|noFollow, 0)
	if err != nil {
		return false, nil //nolint:nilerr // without a note nothing is known
	}
	const longest = 256
	note, err := io.ReadAll(io.LimitReader(f, longest))
	_ = f.Close()
	id := strings.TrimSpace(string(note))
	if err != nil || id == "" {
		return false, nil //nolint:nilerr // an unreadable note is no note
	}
	_, there, err := s.readRaw(runs(), id)
	return !there, err
}
