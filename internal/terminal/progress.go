package terminal

import (
	"fmt"
	"io"
	"log/slog"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
)

// logEvery is how often progress is logged where there is no terminal.
const logEvery = 15 * time.Second

// LogProgress logs now and then how far a run has come.
type LogProgress struct {
	log  *slog.Logger
	now  func() time.Time
	mu   sync.Mutex
	last map[string]time.Time
}

// NewLogProgress returns a progress that is logged.
func NewLogProgress(log *slog.Logger) *LogProgress {
	return &LogProgress{log: log, now: time.Now, last: map[string]time.Time{}}
}

// Crawl shows how many pages of a source were read.
func (l *LogProgress) Crawl(source string, p crawler.Progress) {
	switch {
	case !l.due(source):
	case p.Compared > 0:
		l.log.Info("comparing", "source", source, "compared", p.Compared, "pages", p.Pages)
	default:
		l.log.Info("crawling", "source", source, "settled", p.Settled, "discovered", p.Discovered, "pages", p.Pages)
	}
}

// Apply shows how many changes of a source were sent.
func (l *LogProgress) Apply(source string, done, total int) {
	if l.due(source) {
		l.log.Info("sending", "source", source, "done", done, "total", total)
	}
}

// Stop ends what is shown.
func (l *LogProgress) Stop() {}

func (l *LogProgress) due(source string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if last, seen := l.last[source]; seen && now.Sub(last) < logEvery {
		return false
	}
	l.last[source] = now
	return true
}

// redrawEvery is how often the status line changes.
const redrawEvery = 100 * time.Millisecond

// StatusLine keeps one line at the bottom of a terminal up to date. What is
// logged is written through it, so that the two don't mix.
type StatusLine struct {
	terminal io.Writer
	width    int
	mu       sync.Mutex
	sources  map[string]string
	drawn    time.Time
	shown    bool
}

// NewStatusLine returns a status line on the terminal that w writes to; nil where that is
// none.
func NewStatusLine(w io.Writer) *StatusLine {
	width := Width(w)
	if width == 0 {
		return nil
	}
	terminal, _ := fileOf(w)
	return &StatusLine{terminal: terminal, width: width, sources: map[string]string{}}
}

// Crawl shows how many pages of a source were read.
func (s *StatusLine) Crawl(source string, p crawler.Progress) {
	if p.Compared > 0 {
		s.set(source, fmt.Sprintf("%s: comparing %d of %d pages", source, p.Compared, p.Pages))
		return
	}
	s.set(source, fmt.Sprintf("%s: reading %d of %d, %d pages", source, p.Settled, p.Discovered, p.Pages))
}

// Apply shows how many changes of a source were sent.
func (s *StatusLine) Apply(source string, done, total int) {
	s.set(source, fmt.Sprintf("%s: sending %d of %d", source, done, total))
}

// Stop ends what is shown.
func (s *StatusLine) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	clear(s.sources)
}

// Write passes what is logged on, above the status line.
func (s *StatusLine) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	n, err := s.terminal.Write(p)
	s.draw()
	return n, err
}

func (s *StatusLine) set(source, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sources[source] = text
	if now := time.Now(); now.Sub(s.drawn) >= redrawEvery {
		s.drawn = now
		s.clear()
		s.draw()
	}
}

func (s *StatusLine) clear() {
	if s.shown {
		_, _ = io.WriteString(s.terminal, "\r\x1b[K")
		s.shown = false
	}
}

func (s *StatusLine) draw() {
	texts := make([]string, 0, len(s.sources))
	for _, t := range s.sources {
		texts = append(texts, t)
	}
	if len(texts) == 0 {
		return
	}
	sort.Strings(texts)
	line := []rune(strings.Join(texts, " · "))
	if len(line) >= s.width {
		line = append(line[:max(0, s.width-2)], '…')
	}
	_, _ = io.WriteString(s.terminal, string(line))
	s.shown = true
}
