package git

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Tree is the files of a commit. Several goroutines may use it at once.
type Tree struct {
	repository Repository
	dir        string // the bare repository
	files      map[string]blob
	folders    map[string][]fs.DirEntry

	mu     sync.Mutex // held while one blob is read
	reader *exec.Cmd  // git cat-file
	ask    io.WriteCloser
	answer *bufio.Reader
}

// blob is a file of the commit, as its own entry and information.
type blob struct {
	name string
	hash string
	size int64
	link bool
}

// Name implements [fs.DirEntry] and [fs.FileInfo], like the next methods.
func (b blob) Name() string               { return b.name }
func (blob) IsDir() bool                  { return false }
func (b blob) Type() fs.FileMode          { return b.Mode().Type() }
func (b blob) Info() (fs.FileInfo, error) { return b, nil }
func (b blob) Size() int64                { return b.size }
func (blob) ModTime() time.Time           { return time.Time{} }
func (blob) Sys() any                     { return nil }

// Mode implements [fs.FileInfo].
func (b blob) Mode() fs.FileMode {
	if b.link {
		return fs.ModeSymlink | 0o777
	}
	return 0o644
}

// subfolder is a folder of the commit, by its name.
type subfolder string

// Name implements [fs.DirEntry] and [fs.FileInfo], like the next methods.
func (s subfolder) Name() string               { return string(s) }
func (subfolder) IsDir() bool                  { return true }
func (subfolder) Type() fs.FileMode            { return fs.ModeDir }
func (s subfolder) Info() (fs.FileInfo, error) { return s, nil }
func (subfolder) Size() int64                  { return 0 }
func (subfolder) Mode() fs.FileMode            { return fs.ModeDir | 0o755 }
func (subfolder) ModTime() time.Time           { return time.Time{} }
func (subfolder) Sys() any                     { return nil }

// ReadDir implements [fs.ReadDirFS].
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, ok := t.folders[name]
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// Stat implements [fs.StatFS]. It follows links within the commit.
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	if _, ok := t.folders[name]; ok {
		return subfolder(path.Base(name)), nil
	}
	b, err := t.find(name)
	return b, err
}

// Version returns what changes with the content of a file, or "".
func (t *Tree) Version(name string) string {
	b, err := t.find(name)
	if err != nil {
		return ""
	}
	return b.hash
}

const (
	maxLinks  = 5    // links that lead to links
	maxTarget = 4096 // bytes of a link
)

// find returns a file, at the end of links.
func (t *Tree) find(name string) (blob, error) {
	for range maxLinks {
		b, ok := t.files[name]
		if !ok {
			break
		}
		if !b.link {
			return b, nil
		}
		if b.size > maxTarget {
			break
		}
		target, err := t.content(b)
		if err != nil {
			return blob{}, err
		}
		if path.IsAbs(string(target)) {
			break
		}
		name = path.Join(path.Dir(name), string(target))
	}
	return blob{}, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// pointer is how a file begins that Git LFS keeps elsewhere.
const pointer = "version https://git-lfs.github.com/spec/"

// Open implements [fs.FS].
func (t *Tree) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if _, ok := t.folders[name]; ok {
		entries, err := t.ReadDir(name)
		return &folder{subfolder: subfolder(path.Base(name)), entries: entries}, err
	}
	b, err := t.find(name)
	if err != nil {
		return nil, err
	}
	body, err := t.content(b)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	if bytes.HasPrefix(body, []byte(pointer)) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("%w: Git LFS keeps its content elsewhere", fs.ErrPermission)}
	}
	return &file{bytes.NewReader(body), b}, nil
}

// folder is an open folder.
type folder struct {
	subfolder
	entries []fs.DirEntry // not yet read
}

// Stat implements [fs.File], like the next methods.
func (f *folder) Stat() (fs.FileInfo, error) { return f.subfolder, nil }
func (f *folder) Close() error               { return nil }
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.Name(), Err: errors.New("is a folder")}
}

// ReadDir implements [fs.ReadDirFile].
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(f.entries)
	} else if len(f.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.entries))
	entries := f.entries[:n]
	f.entries = f.entries[n:]
	return entries, nil
}

// file is an open file.
type file struct {
	*bytes.Reader
	info blob
}

// Stat implements [fs.File].
func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }

// Close implements [fs.File].
func (*file) Close() error { return nil }

// startReading starts the process that reads blobs.
func (t *Tree) startReading(ctx context.Context) (err error) {
	cmd := t.command(ctx, "cat-file", "--batch")
	if t.ask, err = cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("git cat-file: %w", err)
	}
	t.reader, t.answer = cmd, bufio.NewReader(out)
	return nil
}

// content reads a blob.
func (t *Tree) content(b blob) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := fmt.Fprintln(t.ask, b.hash); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	header, err := t.answer.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	if want := fmt.Sprintf("%s blob %d\n", b.hash, b.size); header != want {
		return nil, fmt.Errorf("git cat-file: %q in place of %q", strings.TrimSpace(header), strings.TrimSpace(want))
	}
	body := make([]byte, b.size+1) // with the end of the line
	if _, err := io.ReadFull(t.answer, body); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return body[:b.size], nil
}

// Close ends the process and removes what was fetched.
func (t *Tree) Close() error {
	var err error
	if t.reader != nil {
		err = t.ask.Close()
		_ = t.reader.Wait() // what it read is read
		t.reader = nil
	}
	return errors.Join(err, os.RemoveAll(t.dir))
}
