package terminal

import (
	"bytes"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
)

// screen is a terminal of a width, as far as status lines use one.
type screen struct {
	width int
	lines []string
}

// Write puts text at the end of the last line, wraps it, and knows the escapes that go up and clear.
func (s *screen) Write(p []byte) (int, error) {
	if len(s.lines) == 0 {
		s.lines = []string{""}
	}
	text := string(p)
	row := len(s.lines) - 1
	for text != "" {
		if m := regexp.MustCompile(`^\x1b\[(\d*)([AJ])`).FindStringSubmatch(text); m != nil {
			switch n, _ := strconv.Atoi(m[1]); m[2] {
			case "A":
				row -= n
			case "J":
				s.lines = append(s.lines[:row], "")
			}
			text = text[len(m[0]):]
			continue
		}
		r := []rune(text)[0]
		switch text = text[len(string(r)):]; {
		case r == '\r':
		case r == '\n', len([]rune(s.lines[row])) == s.width:
			s.lines, row = append(s.lines, ""), row+1
			if r != '\n' {
				s.lines[row] += string(r)
			}
		default:
			s.lines[row] += string(r)
		}
	}
	return len(p), nil
}

// resize wraps what is on the screen anew, as terminals do.
func (s *screen) resize(width int) {
	was := s.lines
	s.width, s.lines = width, nil
	_, _ = s.Write([]byte(strings.Join(was, "\n")))
}

func (s *screen) String() string { return strings.TrimRight(strings.Join(s.lines, "\n"), "\n") }

func TestStatusLinesLeaveTheScreenClean(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	terminal := &screen{width: 80}
	s := newStatusLines(terminal, func() (int, int) { return terminal.width, 6 }, func() time.Time { return now })
	step := func() { now = now.Add(10 * time.Second) }
	s.Expect("wiki", 300)
	step()
	s.Crawl("wiki", crawler.Progress{Settled: 0, Discovered: 1})
	step()
	s.Crawl("help-center", crawler.Progress{Settled: 5, Discovered: 9, Pages: 1, Failed: 2})
	step()
	s.Crawl("wiki", crawler.Progress{Settled: 100, Discovered: 120, Pages: 90})
	want := "wiki         reading 100 of 300 · 90 pages · 5.0/s · 40s left\nhelp-center  reading 5 of 9 · 1 page · 2 failed"
	if got := terminal.String(); got != want {
		t.Errorf("the screen shows\n%s\nwant\n%s", got, want)
	}
	step()
	_, _ = s.Write([]byte("level=WARN msg=odd\n"))
	if got := terminal.String(); !strings.HasPrefix(got, "level=WARN msg=odd\nwiki ") {
		t.Errorf("what is logged stands not above the lines:\n%s", got)
	}
	terminal.resize(25)
	step()
	s.Apply("wiki", 3, 4)
	for _, line := range terminal.lines {
		if len([]rune(line)) > 25 {
			t.Errorf("%q is wider than the screen", line)
		}
	}
	step()
	s.End("wiki", true)
	if got := terminal.String(); !strings.Contains(got, "wiki      failed") {
		t.Errorf("a source that failed is shown as\n%s", got)
	}
	for range 20 {
		step()
		s.Crawl("source "+now.String(), crawler.Progress{Discovered: 1})
	}
	if n := len(terminal.lines); n > 6 {
		t.Errorf("%d lines are shown on a screen of 6:\n%s", n, terminal)
	}
	if !strings.Contains(terminal.String(), "more") {
		t.Errorf("those that have no room are not counted:\n%s", terminal)
	}
	s.Stop()
	if got := strings.TrimSpace(terminal.String()); got != "level=WARN msg=odd" {
		t.Errorf("what stays on the screen is\n%s", got)
	}
}

func TestProgressIsLoggedAtIntervals(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := NewLogProgress(slog.New(slog.NewTextHandler(&out, nil)))
	l.now = func() time.Time { return now }
	l.Expect("wiki", 100)
	for i := range 40 {
		l.Crawl("wiki", crawler.Progress{Settled: i, Discovered: 40, Pages: i, Failed: 1})
		now = now.Add(time.Second)
	}
	if n := strings.Count(out.String(), "\n"); n != 3 {
		t.Errorf("%d lines in 40 seconds, want 3:\n%s", n, &out)
	}
	for _, want := range []string{"settled=30", "per_second=1.0", "left=1m10s", "failed=1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, &out)
		}
	}
}
