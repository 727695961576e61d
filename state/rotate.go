package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// rotated matches what BackupInto adds to the name of the state file.
var rotated = regexp.MustCompile(`^-\d{8}T\d{6}Z\.db$`)

// BackupInto makes a backup of the state file at path, as [Backup] does, in a folder, which it makes
// where it is missing. The name of the backup has the time. The newest backups stay, keep of them;
// older ones are removed once the new one is there. Other files in the folder stay as they are.
func BackupInto(path, folder string, keep int, at time.Time) (written string, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("back up the state file: %w", err)
	}
	stem := strings.TrimSuffix(filepath.Base(path), ".db")
	written = filepath.Join(folder, stem+at.UTC().Format("-20060102T150405Z")+".db")
	if err := Backup(path, written); err != nil {
		return "", err
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		return written, fmt.Errorf("remove older backups: %w", err)
	}
	files = slices.DeleteFunc(files, func(f fs.DirEntry) bool {
		rest, ours := strings.CutPrefix(f.Name(), stem)
		return !ours || !rotated.MatchString(rest) || !f.Type().IsRegular()
	})
	var errs []error
	for _, old := range files[:max(0, len(files)-keep)] { // sorted by name, and so by time
		errs = append(errs, os.Remove(filepath.Join(folder, old.Name())))
	}
	return written, errors.Join(errs...)
}
