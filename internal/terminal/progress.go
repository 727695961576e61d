package terminal

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// logEvery is how often progress is logged where there is no terminal.
const logEvery = 15 * time.Second

// Quiet shows no progress.
type Quiet struct{}

// Expect does nothing.
func (Quiet) Expect(string, int) {}

// Crawl does nothing.
func (Quiet) Crawl(string, crawler.Progress) {}

// Apply does nothing.
func (Quiet) Apply(string, int, int) {}

// End does nothing.
func (Quiet) End(string, bool) {}

// Stop does nothing.
func (Quiet) Stop() {}

// LogProgress logs every few seconds how far a run has come.
type LogProgress struct {
	log    *slog.Logger
	mu     sync.Mutex
	phases map[string]*phase
	now    func() time.Time
}

// NewLogProgress returns a LogProgress that logs to log.
func NewLogProgress(log *slog.Logger) *LogProgress {
	return &LogProgress{log: log, now: time.Now, phases: map[string]*phase{}}
}

// Expect sets how many URLs a source had in the last run.
func (l *LogProgress) Expect(source string, urls int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	of(l.phases, source).expected = urls
}

// Crawl logs how many pages of a source have been read.
func (l *LogProgress) Crawl(source string, p crawler.Progress) {
	l.due(source, func(f *phase, now time.Time) { f.crawl(p, now) }, func(f *phase, now time.Time) {
		if f.name == comparing {
			l.log.Info("comparing", "source", source, "compared", p.Compared, "pages", p.Pages)
			return
		}
		attributes := []any{"source", source, "settled", p.Settled, "discovered", p.Discovered, "pages", p.Pages, "failed", p.Failed}
		l.log.Info("crawling", append(attributes, f.pace(now)...)...)
	})
}

// Apply logs how many changes of a source have been sent.
func (l *LogProgress) Apply(source string, done, total int) {
	note := func(f *phase, now time.Time) { f.enter(sending, done, total, now) }
	l.due(source, note, func(f *phase, now time.Time) {
		l.log.Info("sending", append([]any{"source", source, "done", done, "total", total}, f.pace(now)...)...)
	})
}

// End does nothing: the report says that a source is done.
func (l *LogProgress) End(string, bool) {}

// Stop does nothing.
func (l *LogProgress) Stop() {}

// due updates the phase of a source with note, and calls show if nothing was logged for logEvery.
func (l *LogProgress) due(source string, note, show func(*phase, time.Time)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, f := l.now(), of(l.phases, source)
	note(f, now)
	if f.shown.IsZero() || now.Sub(f.shown) >= logEvery {
		f.shown = now
		show(f, now)
	}
}

// The phases of a source.
const (
	waiting   = "waiting"
	reading   = "reading"
	comparing = "comparing"
	sending   = "sending"
	ended     = "done"
	broken    = "failed"
)

// phase is what a source is doing, and how far it is.
type phase struct {
	name          string
	done, total   int
	first         int       // done when the phase began
	began         time.Time // when the first progress of the phase was reported
	pages, failed int       // of a crawl
	expected      int       // URLs, from the last run; 0 if unknown
	shown         time.Time
}

func of(phases map[string]*phase, source string) *phase {
	if phases[source] == nil {
		phases[source] = &phase{name: waiting}
	}
	return phases[source]
}

func (f *phase) crawl(p crawler.Progress, now time.Time) {
	f.pages, f.failed = p.Pages, p.Failed
	if p.Compared > 0 {
		f.enter(comparing, p.Compared, p.Pages, now)
		return
	}
	f.enter(reading, p.Settled, max(p.Discovered, f.expected), now)
}

func (f *phase) enter(name string, done, total int, now time.Time) {
	if f.name != name {
		f.name, f.began, f.first = name, now, done
	}
	f.done, f.total = done, total
}

// paceAfter is how long a phase must have lasted before its rate is shown.
const paceAfter = 3 * time.Second

// rate returns how many are done per second, or 0 if that is not known yet.
func (f *phase) rate(now time.Time) float64 {
	if took := now.Sub(f.began); took >= paceAfter {
		return float64(f.done-f.first) / took.Seconds()
	}
	return 0
}

// left returns how long the rest of the phase will take, or 0 if that is not known. For a crawl it is only known if the
// last run found URLs.
func (f *phase) left(now time.Time) time.Duration {
	rate := f.rate(now)
	if rate <= 0 || f.total <= f.done || f.name == reading && f.expected == 0 {
		return 0
	}
	return time.Duration(float64(f.total-f.done)/rate) * time.Second
}

// pace returns the log attributes for rate and left.
func (f *phase) pace(now time.Time) (attributes []any) {
	if rate := f.rate(now); rate > 0 {
		attributes = append(attributes, "per_second", fmt.Sprintf("%.1f", rate))
	}
	if left := f.left(now); left > 0 {
		attributes = append(attributes, "left", left.String())
	}
	return attributes
}

// text returns how far the phase has come.
func (f *phase) text(now time.Time) string {
	parts := []string{f.name}
	switch f.name {
	case waiting, ended, broken:
		return f.name
	default:
		parts[0] = fmt.Sprintf("%s %d of %d", f.name, f.done, f.total)
	}
	if f.name == reading {
		parts = append(parts, plural.Count(f.pages, "page"))
		if f.failed > 0 {
			parts = append(parts, fmt.Sprintf("%d failed", f.failed))
		}
	}
	if rate := f.rate(now); rate > 0 {
		parts = append(parts, fmt.Sprintf("%.1f/s", rate))
	}
	if left := f.left(now); left > 0 {
		parts = append(parts, left.String()+" left")
	}
	return strings.Join(parts, " · ")
}

// redrawEvery is the shortest time between two updates of the lines.
const redrawEvery = 100 * time.Millisecond

// StatusLines shows a line for each source at the bottom of a terminal. Log output must be written through it, so that
// the two do not mix.
type StatusLines struct {
	terminal io.Writer
	size     func() (width, height int) // of the terminal; it may change at any time
	now      func() time.Time
	mu       sync.Mutex
	names    []string // of the sources, in the order in which they began
	phases   map[string]*phase
	drawn    time.Time
	rows     []int // the widths of the lines that are on the screen
}

// NewStatusLines returns status lines for the terminal that w writes to, or nil if w is not a terminal.
func NewStatusLines(w io.Writer) *StatusLines {
	if Width(w) == 0 {
		return nil
	}
	f, _ := fileOf(w)
	return newStatusLines(f, func() (int, int) { return sizeOf(f) }, time.Now)
}

func newStatusLines(terminal io.Writer, size func() (int, int), now func() time.Time) *StatusLines {
	return &StatusLines{terminal: terminal, size: size, now: now, phases: map[string]*phase{}}
}

func sizeOf(f *os.File) (width, height int) {
	width, height, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

// Expect sets how many URLs a source had in the last run.
func (s *StatusLines) Expect(source string, urls int) {
	s.set(source, func(f *phase, _ time.Time) { f.expected = urls })
}

// Crawl shows how many pages of a source have been read.
func (s *StatusLines) Crawl(source string, p crawler.Progress) {
	s.set(source, func(f *phase, now time.Time) { f.crawl(p, now) })
}

// Apply shows how many changes of a source have been sent.
func (s *StatusLines) Apply(source string, done, total int) {
	s.set(source, func(f *phase, now time.Time) { f.enter(sending, done, total, now) })
}

// End shows that a source is done, or has failed.
func (s *StatusLines) End(source string, failed bool) {
	s.set(source, func(f *phase, _ time.Time) {
		f.name = ended
		if failed {
			f.name = broken
		}
	})
}

// Stop removes the lines.
func (s *StatusLines) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	s.names = nil
}

// Write writes log output above the status lines.
func (s *StatusLines) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	n, err := s.terminal.Write(p)
	s.draw(s.now())
	return n, err
}

func (s *StatusLines) set(source string, change func(*phase, time.Time)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phases[source] == nil {
		s.names = append(s.names, source)
	}
	now := s.now()
	change(of(s.phases, source), now)
	if now.Sub(s.drawn) >= redrawEvery {
		s.drawn = now
		s.clear()
		s.draw(now)
	}
}

// clear removes the lines from the screen. A line takes several rows if the terminal has become narrower.
func (s *StatusLines) clear() {
	if len(s.rows) == 0 {
		return
	}
	width, _ := s.size()
	rows := 0
	for _, columns := range s.rows {
		rows += max(1, (columns+width-1)/width)
	}
	_, _ = io.WriteString(s.terminal, "\r"+strings.Repeat("\x1b[1A", rows-1)+"\x1b[J")
	s.rows = nil
}

// draw writes a line for each source, as many as fit on the screen.
func (s *StatusLines) draw(now time.Time) {
	if len(s.names) == 0 {
		return
	}
	width, height := s.size()
	wide := 0
	for _, name := range s.names {
		wide = max(wide, len([]rune(name)))
	}
	var lines []string
	for i, name := range s.names {
		if more := len(s.names) - i; len(lines) == max(1, height-2) && more > 1 {
			lines = append(lines, fmt.Sprintf("… and %d more", more))
			break
		}
		lines = append(lines, fmt.Sprintf("%-*s  %s", min(wide, width/3), name, s.phases[name].text(now)))
	}
	for i, line := range lines {
		if r := []rune(line); len(r) >= width {
			lines[i] = string(r[:max(0, width-2)]) + "…"
		}
		s.rows = append(s.rows, len([]rune(lines[i])))
	}
	_, _ = io.WriteString(s.terminal, strings.Join(lines, "\n"))
}
