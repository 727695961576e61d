// Package privatefile writes files that are for their owner alone, such as a plan with
// what private pages say.
package privatefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// MayWrite says why no file can be put at path, as far as that is seen beforehand; nil where
// it can.
func MayWrite(path string) error {
	if folder, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) || err == nil && !folder.IsDir() {
		return fmt.Errorf("there is no folder %s for %s: make it, or name a file in another one", filepath.Dir(path), filepath.Base(path))
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

// Write puts a file at path that only its owner may read, with what write writes. What
// was there before stays until the new file is whole. A link is not followed, since
// somebody else may have put it there.
func Write(path string, write func(io.Writer) error) (err error) {
	if err := MayWrite(path); err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // of mode 0600
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
