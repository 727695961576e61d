package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	bolterrors "go.etcd.io/bbolt/errors"
)

// What the file systems of shared volumes say where a disk's would not.
func TestAVolumeThatCannotKeepAStateFileIsSaid(t *testing.T) {
	for err, want := range map[error]string{
		syscall.ENOLCK:     "has no locks",
		syscall.EOPNOTSUPP: "has no locks",
		syscall.ENOSYS:     "has no locks",
		syscall.ENODEV:     "name a file on another one",
		syscall.ESTALE:     "open state file: ",
		syscall.EIO:        "open state file: ",
		&fs.PathError{Op: "open", Path: "x", Err: syscall.EROFS}:   "let this user write",
		&fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}:  "let this user write",
		&fs.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}:  "make its folder",
		&fs.PathError{Op: "write", Path: "x", Err: syscall.EDQUOT}: "open state file: ",
	} {
		got := openError("/mnt/fincrawl.db", err)
		if got == nil || !strings.Contains(got.Error(), want) || !errors.Is(got, err) || errors.Is(got, ErrCorrupt) {
			t.Errorf("%v: %v", err, got)
		}
	}
}

// On a shared volume the holder may be another machine, whose processes cannot be asked.
func TestAHolderOnAnotherMachineIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fincrawl.db")
	note := fmt.Sprintf(`{"pid":%d,"host":"node-7","since":"2026-11-22T08:00:01Z"}`, os.Getpid())
	if err := os.WriteFile(noteOf(path), []byte(note), 0o600); err != nil {
		t.Fatal(err)
	}
	err := openError(path, bolterrors.ErrTimeout)
	for _, part := range []string{fmt.Sprintf("process %d on node-7 since 2026", os.Getpid()), "if that machine is gone"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}
