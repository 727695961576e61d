// Package terminal writes the output of a command. It removes what could control a terminal or deceive a reader, masks
// our own secrets, uses colour where that is wanted, and shows progress in lines at the bottom.
package terminal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/secrets"
	"golang.org/x/term"
)

// Output is the writer through which all text of a command passes. Titles, errors and URLs are written by strangers, so
// it removes what could control a terminal or deceive a reader; it also masks our own secrets. So no command has to do
// that itself.
type Output struct {
	to   io.Writer
	own  *secrets.Set
	mode Mode

	mu   sync.Mutex
	rest []byte // the beginning of a character that has not been written completely
}

// Mode says what happens to a character that must not be shown.
type Mode int

// The modes.
const (
	PlainText  Mode = iota // it is removed
	StyledText             // it is removed, except for colours: the text was cleaned before it was coloured
	JSONText               // it is escaped, which means the same in JSON
)

// NewOutput returns an output that writes to w and masks the secrets in own.
func NewOutput(w io.Writer, own *secrets.Set) *Output { return &Output{to: w, own: own} }

// Write implements [io.Writer].
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := slices.Concat(o.rest, p)
	whole := len(text)
	for back := 1; back <= min(utf8.UTFMax-1, len(text)); back++ {
		if b := text[len(text)-back]; utf8.RuneStart(b) {
			if b >= utf8.RuneSelf && !utf8.FullRune(text[len(text)-back:]) {
				whole = len(text) - back
			}
			break
		}
	}
	o.rest = bytes.Clone(text[whole:])
	if _, err := io.WriteString(o.to, o.mode.clean(o.own.Mask(string(text[:whole])))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// clean returns text as it may be shown.
func (m Mode) clean(text string) string {
	if strings.IndexFunc(text, isUnfit) < 0 && utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			out.WriteRune(utf8.RuneError)
		case !isUnfit(r):
			out.WriteString(text[i : i+size])
		case m == JSONText && r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case m == JSONText && r >= ' ':
			fmt.Fprintf(&out, `\u%04x`, r)
		case m == StyledText && r == '\x1b':
			style := styleAt(text[i:])
			out.WriteString(style)
			size = max(size, len(style))
		case unicode.IsSpace(r) && r != '\r' && r != '\v' && r != '\f':
			out.WriteByte(' ')
		}
		i += size
	}
	return out.String()
}

// isUnfit reports whether r must not be shown: it is a control character other than a line feed or a tab, is invisible,
// changes the direction of text, or is a line separator that only some programs know.
func isUnfit(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}

// styleAt returns the escape sequence that text begins with if it sets a colour, else "".
func styleAt(text string) string {
	rest, ok := strings.CutPrefix(text, "\x1b[")
	if !ok {
		return ""
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r != ';' && (r < '0' || r > '9') })
	if end < 0 || rest[end] != 'm' {
		return ""
	}
	return text[:len("\x1b[")+end+1]
}

// Of returns a writer to the same destination in another mode.
func (m Mode) Of(w io.Writer) io.Writer {
	o, ok := w.(*Output)
	if !ok {
		return w
	}
	return &Output{to: o.to, own: o.own, mode: m}
}

// ForReport returns the writer for a report, which cleans its texts before it colours them.
func ForReport(w io.Writer) io.Writer {
	if Color(w) {
		return StyledText.Of(w)
	}
	return w
}

// fileOf returns the file that w writes to, if it writes to one.
func fileOf(w io.Writer) (*os.File, bool) {
	if o, ok := w.(*Output); ok {
		w = o.to
	}
	f, ok := w.(*os.File)
	return f, ok
}

// Color reports whether w is a terminal that wants colours (https://no-color.org).
func Color(w io.Writer) bool {
	_, no := os.LookupEnv("NO_COLOR")
	return !no && Width(w) > 0 && !strings.EqualFold(os.Getenv("TERM"), "dumb")
}

// Width returns the number of columns of w, or 0 if w is not a terminal.
func Width(w io.Writer) int {
	f, ok := fileOf(w)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 80
	}
	return width
}
