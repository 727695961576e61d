package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	fileVersion = 1
	saveEvery   = 2 * time.Second // shortest time between two saves
)

// snapshot is the content of the file.
type snapshot struct {
	Version        int       `json:"version"`
	LastSource     int64     `json:"last_source"`
	LastPage       int64     `json:"last_page"`
	DeletedSources int       `json:"deleted_sources"`
	Sources        []*source `json:"sources"`
	Pages          []*page   `json:"pages"` // oldest first
}

// read fills an empty library from a file. It does nothing where the file does not exist.
func (l *library) read(file string) error {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read library: %w", err)
	}
	var s snapshot
	if err := json.Unmarshal(content, &s); err != nil {
		return fmt.Errorf("read library %s: %w; move it away to begin with an empty one", file, err)
	}
	if s.Version != fileVersion {
		return fmt.Errorf("read library %s: it has version %d, this program knows %d", file, s.Version, fileVersion)
	}
	l.lastSource, l.lastPage, l.deletedSources = s.LastSource, s.LastPage, s.DeletedSources
	for _, source := range s.Sources {
		l.enterSource(*source)
	}
	for _, page := range s.Pages {
		if l.externals[page.SourceID] == nil {
			return fmt.Errorf("read library %s: page %s has no source; move it away to begin with an empty one", file, page.ID)
		}
		l.enterPage(*page)
	}
	return nil
}

// snapshot copies only pointers, because items of the library are replaced and never changed.
func (l *library) snapshot() (s snapshot, changes int) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return snapshot{
		Version: fileVersion, LastSource: l.lastSource, LastPage: l.lastPage,
		DeletedSources: l.deletedSources, Sources: l.sources.all(), Pages: l.pages.all(),
	}, l.changes
}

// saver writes a library to its file while it changes, and once more when it is stopped.
type saver struct {
	library *library
	file    string
	saved   int // value of library.changes at the last save
	quit    chan struct{}
	done    chan struct{}
}

func startSaving(l *library, file string) *saver {
	s := &saver{library: l, file: file, quit: make(chan struct{}), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *saver) run() {
	defer close(s.done)
	pause := saveEvery
	for {
		select {
		case <-s.quit:
			return
		case <-time.After(pause):
		}
		begun := time.Now()
		_ = s.save() // stop returns an error that lasts
		pause = max(saveEvery, 10*time.Since(begun))
	}
}

func (s *saver) stop() error {
	close(s.quit)
	<-s.done
	return s.save()
}

// save writes a new file beside the old one and then renames it, so that the file is always whole.
func (s *saver) save() error {
	snapshot, changes := s.library.snapshot()
	if _, err := os.Stat(s.file); err == nil && changes == s.saved {
		return nil
	}
	next, err := os.CreateTemp(filepath.Dir(s.file), filepath.Base(s.file)+".*")
	if err != nil {
		return fmt.Errorf("save library: %w", err)
	}
	defer func() { _ = os.Remove(next.Name()) }() // does nothing once it is renamed
	err = json.NewEncoder(next).Encode(snapshot)
	err = errors.Join(err, next.Sync(), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), s.file)
	}
	if err != nil {
		return fmt.Errorf("save library: %w", err)
	}
	s.saved = changes
	return nil
}
