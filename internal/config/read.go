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

// readFile reads up to limit+1 bytes of a file, so that the caller sees whether there are more than limit.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // cannot lose data, since the file was only read
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("it is a directory; name a file in it")}
	}
	return io.ReadAll(io.LimitReader(f, limit+1))
}
