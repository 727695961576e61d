// Package privatefile writes files that only their owner may read, such as a plan with the text of
// private pages.
package privatefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// MayWrite returns an error where no file can be written at path, as far as that can be known before.
func MayWrite(path string) error {
	folder, err := os.Stat(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !folder.IsDir() {
		return fmt.Errorf("there is no folder %s for %s: make it, or name a file in another one",
			filepath.Dir(path), filepath.Base(path))
	}
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a link, which is not followed: name a file, or remove the link", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no ordinary file: name one, or one that is not there yet", path)
	}
	return nil
}

// Write creates a file at path that only its owner may read. Its content is what write writes. An old
// file stays until the new one is complete. A link is not followed, because somebody else may have put
// it there.
func Write(path string, write func(io.Writer) error) (err error) {
	if err := MayWrite(path); err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // has the mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(next.Name()))
		}
	}()
	if err := errors.Join(write(next), next.Sync(), next.Close()); err != nil {
		return err
	}
	return os.Rename(next.Name(), path)
}
