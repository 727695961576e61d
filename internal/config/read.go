package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

const (
	maxFile   = 1 << 20 // bytes of sources.yaml
	maxSecret = 1 << 16 // bytes of a file that holds a secret
)

// readFile reads a file up to limit bytes and one more, by which the caller
// sees that there is more.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("it is a directory; name a file in it")}
	}
	return io.ReadAll(io.LimitReader(f, limit+1))
}
