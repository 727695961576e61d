//go:build unix

package state

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// The note stands beside the state file, where others may have put something else.
func TestTheNoteOfTheHolderFollowsNoLinkAndIsPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	for name, put := range map[string]func(note string) error{
		"nothing":        func(string) error { return nil },
		"a link":         func(note string) error { return os.Symlink(target, note) },
		"a broken link":  func(note string) error { return os.Symlink(target+"-missing", note) },
		"a pipe":         func(note string) error { return syscall.Mkfifo(note, 0o666) },
		"a wide file":    func(note string) error { return os.WriteFile(note, []byte("before"), 0o666) }, //nolint:gosec // the point
		"a note of ours": func(note string) error { return os.WriteFile(note, []byte("before"), 0o600) },
	} {
		path := filepath.Join(dir, name+".db")
		if err := os.WriteFile(target, []byte("somebody's"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := put(noteOf(path)); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path, Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		info, err := os.Lstat(noteOf(path))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !info.Mode().IsRegular() || info.Mode().Perm() != 0o600 || info.Size() == 0 {
			t.Errorf("%s: the note is %v with %d bytes", name, info.Mode(), info.Size())
		}
		if text, _ := os.ReadFile(target); string(text) != "somebody's" {
			t.Errorf("%s: what the link leads to has %q", name, text)
		}
		if _, err := os.Lstat(target + "-missing"); err == nil {
			t.Errorf("%s: what the link leads to was made", name)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
