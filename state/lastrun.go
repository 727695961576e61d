package state

import (
	"io"
	"os"
	"strings"
)

// Beside the file stands the ID of the last run that wrote to it. A copy of an earlier day
// that was put in its place does not have that run, and so is known for what it is. Nobody
// fails for want of the note: without it, the file counts as it is.

func lastRunOf(path string) string { return path + ".run" }

// NoteRun writes beside the state file which run is at work on it, after that was put.
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

// IsOldCopy reports whether the file is older than the last run at its path, as a backup is
// that was put back.
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
		return false, nil //nolint:nilerr // likewise
	}
	_, there, err := s.readRaw(runs(), id)
	return !there, err
}
