package main

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
)

// output is the one way in which text gets out of a command. It takes out what could
// drive a terminal or deceive a reader, since titles, errors and addresses are written
// by strangers, and our own secrets. No command has to think of it.
type output struct {
	to   io.Writer
	own  *secrets.Set
	mode outputMode

	mu   sync.Mutex
	rest []byte // the beginning of a character whose end was not written yet
}

// outputMode says what becomes of a character that is not fit to be shown.
type outputMode int

const (
	plainText  outputMode = iota // it goes
	styledText                   // it goes, but for the colours of a text that was cleaned already
	jsonText                     // it is escaped, which says the same
)

// Write implements [io.Writer].
func (o *output) Write(p []byte) (int, error) {
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

// clean is text as it may be shown.
func (m outputMode) clean(text string) string {
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
		case m == jsonText && r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case m == jsonText && r >= ' ':
			fmt.Fprintf(&out, `\u%04x`, r)
		case m == styledText && r == '\x1b':
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

// isUnfit tells of control characters but for the ends of lines and tabs, of those that
// show nothing or turn the direction of text, and of line ends that only some know.
func isUnfit(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp)
}

// styleAt is the escape that text begins with, if it sets a colour; "" for any other.
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

// of returns the same output in another mode.
func (m outputMode) of(w io.Writer) io.Writer {
	o, ok := w.(*output)
	if !ok {
		return w
	}
	return &output{to: o.to, own: o.own, mode: m}
}

// forReport is where a report goes, which cleans its texts before it colours them.
func forReport(w io.Writer) io.Writer {
	if color(w) {
		return styledText.of(w)
	}
	return w
}

// terminalOf is the file behind w, if there is one.
func terminalOf(w io.Writer) (*os.File, bool) {
	if o, ok := w.(*output); ok {
		w = o.to
	}
	f, ok := w.(*os.File)
	return f, ok
}
