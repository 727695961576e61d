package state

import (
	"errors"
	"fmt"
	"os"
)

// Contents describes what a state file holds.
type Contents struct {
	Bytes   int64            `json:"bytes"` // size of the file
	Sources []SourceContents `json:"sources"`
	Runs    int              `json:"runs"`
}

// SourceContents describes what a state file holds of a source.
type SourceContents struct {
	Name    string `json:"name"`
	Entries int    `json:"entries"`
}

// Check reads every record of the state file at path and returns what it holds. The error
// wraps ErrCorrupt where the file is damaged, and then says how to recover.
func Check(path string) (c Contents, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return c, fmt.Errorf("check the state file: %w", err)
	}
	c.Bytes = info.Size()
	s, err := OpenToLook(path)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	names, err := s.Sources()
	if err != nil {
		return c, err
	}
	for _, name := range names {
		entries := 0
		for e, err := range s.exportedSource(name) {
			if err != nil {
				return c, err
			}
			if e.Kind == kindEntry {
				entries++
			}
		}
		c.Sources = append(c.Sources, SourceContents{name, entries})
	}
	runs, err := s.Runs()
	c.Runs = len(runs)
	return c, err
}

// OpenToLook opens the state file at path for reading. Where another process holds it, it
// opens a copy.
func OpenToLook(path string) (*Store, error) {
	s, err := Open(path, Options{ReadOnly: true})
	if _, held := errors.AsType[*LockedError](err); held {
		return OpenSnapshot(path)
	}
	return s, err
}
