package pages

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/fincrawl/fincrawl/crawler/listing"
)

// Command is a program that writes a list to its standard output. It is run without a shell and with no
// environment but what is named here.
type Command struct {
	Args   []string          // the program and its arguments
	Folder string            // that it runs in
	Env    map[string]string // secrets and settings
	// Inherited are variables that it gets besides: PATH, HOME, TZ.
	Inherited []string
	// Say is told of each line that it writes to its standard error. It may be nil.
	Say func(line string)
	// Mask hides the secrets in such a line. It may be nil.
	Mask func(string) string
}

// String returns the command without its arguments, which may be long and say nothing.
func (c *Command) String() string {
	words := c.Args[:min(len(c.Args), 2)]
	return strings.Join(words, " ")
}

const (
	grace       = 10 * time.Second // between being told to stop and being killed
	lastWords   = time.Second      // for a command to end by itself whose list is of no use
	maxSaid     = 1000             // bytes of a line of standard error
	maxSayings  = 200              // lines of standard error that are shown
	maxKeptLast = 3                // lines of standard error in a fault
)

// run runs the command and has its output read.
func (c *Command) run(ctx context.Context, ask listing.Ask, read func(io.Reader) (string, error)) (err error) {
	known, err := writeKnown(ask)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(known) }()
	cmd := exec.CommandContext(ctx, c.Args[0], c.Args[1:]...)
	cmd.Dir, cmd.Env = c.Folder, c.environment(ask, known)
	cmd.WaitDelay = grace
	inGroup(cmd)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	said := &sayings{say: c.Say, mask: c.Mask}
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		return listing.Faultf("the command cannot be started: %v", err)
	}
	// A reader of a pipe does not end with ctx: the command may have children that hold it open.
	stop := context.AfterFunc(ctx, func() { _ = out.Close() })
	defer stop()
	next, readErr := read(out)
	var killed atomic.Bool
	if readErr != nil { // nobody reads what it would still write, but its own exit status says more
		kill := time.AfterFunc(lastWords, func() {
			killed.Store(true)
			endGroup(cmd)
		})
		defer kill.Stop()
	}
	_, _ = io.Copy(io.Discard, out)
	waitErr := cmd.Wait()
	said.flush()
	endGroup(cmd) // what it left running
	var exit *exec.ExitError
	var fault *listing.Fault
	failed := errors.As(waitErr, &exit) && !killed.Load()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(readErr, &fault):
		detail := fault.Detail
		if failed {
			detail = fmt.Sprintf("the command ended with %s: %s", exit, detail)
		}
		return &listing.Fault{Outcome: fault.Outcome, Detail: detail + said.last()}
	case readErr != nil:
		return readErr
	case failed:
		return listing.Faultf("the command ended with %s%s", exit, said.last())
	case waitErr != nil && exit == nil:
		return listing.Faultf("the command did not end well: %v", waitErr)
	case next != "":
		return listing.Faultf("the end line has next, which only a list at a URL has")
	}
	return nil
}

// environment returns the variables of the command.
func (c *Command) environment(ask listing.Ask, known string) []string {
	var env []string
	for _, name := range c.Inherited {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	mode := full
	if ask.Cursor != "" {
		mode = changes
	}
	env = append(env, "FINCRAWL_PROTOCOL=1", "FINCRAWL_MODE="+mode, "FINCRAWL_CURSOR="+ask.Cursor, "FINCRAWL_KNOWN="+known)
	if ask.Preview {
		env = append(env, "FINCRAWL_PREVIEW=1")
	}
	for name, value := range c.Env {
		env = append(env, name+"="+value)
	}
	return env
}

// writeKnown writes the versions that are known to a file that only this user can read, and returns its path.
func writeKnown(ask listing.Ask) (path string, err error) {
	f, err := os.CreateTemp("", "fincrawl-known-*.jsonl")
	if err != nil {
		return "", fmt.Errorf("write down what is known: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if path, err = filepath.Abs(f.Name()); err != nil {
		return "", err
	}
	if ask.Known == nil {
		return path, nil
	}
	out := bufio.NewWriter(f)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for sent, err := range ask.Known {
		if err != nil {
			return path, err
		}
		if sent.Version == "" {
			continue
		}
		if err := encoder.Encode(struct {
			ID      string `json:"id"`
			Version string `json:"version"`
		}{sent.ID, sent.Version}); err != nil {
			return path, err
		}
	}
	return path, out.Flush()
}

// sayings passes on the lines of standard error, without secrets and control characters.
type sayings struct {
	say  func(string)
	mask func(string) string

	mu     sync.Mutex
	rest   []byte
	count  int
	recent []string
}

// Write implements [io.Writer].
func (s *sayings) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range p {
		if b == '\n' {
			s.end()
		} else if len(s.rest) < maxSaid {
			s.rest = append(s.rest, b)
		}
	}
	return len(p), nil
}

func (s *sayings) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end()
}

// end ends a line.
func (s *sayings) end() {
	text := strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(s.rest), "�")))
	s.rest = s.rest[:0]
	if text == "" {
		return
	}
	if s.mask != nil {
		text = s.mask(text)
	}
	if s.recent = append(s.recent, text); len(s.recent) > maxKeptLast {
		s.recent = s.recent[1:]
	}
	if s.count++; s.count <= maxSayings && s.say != nil {
		s.say(text)
	}
}

// last returns the last lines for a message.
func (s *sayings) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.recent) == 0 {
		return ""
	}
	return "; it said: " + strings.Join(s.recent, " / ")
}
