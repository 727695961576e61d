package main

import (
	"fmt"
	"io"
	"log/slog"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/fincrawl/fincrawl/crawler/web"
)

// logEvery is how often progress is logged where there is no terminal.
const logEvery = 15 * time.Second

// logProgress logs now and then.
type logProgress struct {
	log  *slog.Logger
	now  func() time.Time
	mu   sync.Mutex
	last map[string]time.Time
}

func newLogProgress(log *slog.Logger) *logProgress {
	return &logProgress{log: log, now: time.Now, last: map[string]time.Time{}}
}

func (l *logProgress) Crawl(source string, p web.Progress) {
	switch {
	case !l.due(source):
	case p.Compared > 0:
		l.log.Info("comparing", "source", source, "compared", p.Compared, "pages", p.Pages)
	default:
		l.log.Info("crawling", "source", source, "settled", p.Settled, "discovered", p.Discovered, "pages", p.Pages)
	}
}

func (l *logProgress) Apply(source string, done, total int) {
	if l.due(source) {
		l.log.Info("sending", "source", source, "done", done, "total", total)
	}
}

func (l *logProgress) Stop() {}

func (l *logProgress) due(source string) bool {
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

// statusLine keeps one line at the bottom of a terminal up to date. What is
// logged is written through it, so that the two don't mix.
type statusLine struct {
	terminal io.Writer
	width    int
	mu       sync.Mutex
	sources  map[string]string
	drawn    time.Time
	shown    bool
}

func newStatusLine(terminal io.Writer, width int) *statusLine {
	return &statusLine{terminal: terminal, width: width, sources: map[string]string{}}
}

func (s *statusLine) Crawl(source string, p web.Progress) {
	if p.Compared > 0 {
		s.set(source, fmt.Sprintf("%s: comparing %d of %d pages", source, p.Compared, p.Pages))
		return
	}
	s.set(source, fmt.Sprintf("%s: reading %d of %d, %d pages", source, p.Settled, p.Discovered, p.Pages))
}

func (s *statusLine) Apply(source string, done, total int) {
	s.set(source, fmt.Sprintf("%s: sending %d of %d", source, done, total))
}

func (s *statusLine) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	clear(s.sources)
}

// Write passes what is logged on, above the status line.
func (s *statusLine) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	n, err := s.terminal.Write(p)
	s.draw()
	return n, err
}

func (s *statusLine) set(source, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sources[source] = text
	if now := time.Now(); now.Sub(s.drawn) >= redrawEvery {
		s.drawn = now
		s.clear()
		s.draw()
	}
}

func (s *statusLine) clear() {
	if s.shown {
		_, _ = io.WriteString(s.terminal, "\r\x1b[K")
		s.shown = false
	}
}

func (s *statusLine) draw() {
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
