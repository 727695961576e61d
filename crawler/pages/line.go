package pages

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// maxLine is the longest line in bytes. A longer one is left out, however long it is.
	maxLine = 16 << 20
	// maxCursor is the longest cursor in bytes.
	maxCursor = 64 << 10
	// firstRead is how many bytes the buffer for lines begins with.
	firstRead = 64 << 10
)

// line is one line of the protocol. Fields that a line does not have are nil or "".
type line struct {
	Type string `json:"type"`

	Protocol    *int   `json:"protocol"`
	Mode        string `json:"mode"`
	GeneratedAt string `json:"generated_at"`

	ID        string   `json:"id"`
	URL       string   `json:"url"`
	Title     string   `json:"title"`
	HTML      *string  `json:"html"`
	Markdown  *string  `json:"markdown"`
	Text      *string  `json:"text"`
	Version   string   `json:"version"`
	UpdatedAt string   `json:"updated_at"`
	Path      []string `json:"path"`
	Labels    []string `json:"labels"`
	Locale    string   `json:"locale"`
	Readers   string   `json:"readers"`
	Reason    string   `json:"reason"`
	Message   string   `json:"message"`

	Complete *bool  `json:"complete"`
	Count    *int   `json:"count"`
	Cursor   string `json:"cursor"`
	Next     string `json:"next"`
}

// lines reads lines of bounded length.
type lines struct {
	from   *bufio.Reader
	buffer []byte
	number int // of the last line
}

func newLines(from io.Reader) *lines { return &lines{from: bufio.NewReaderSize(from, firstRead)} }

// errTooLong means that a line was left out.
var errTooLong = fmt.Errorf("the line has more than %d MB: leave out what is no text, such as images", maxLine>>20)

// next returns the next line that is not blank. It is valid until the next call. The error is io.EOF at the end,
// errTooLong, or that of the reader.
func (l *lines) next() ([]byte, error) {
	for {
		l.buffer = l.buffer[:0]
		long, ended := false, false
		for {
			piece, err := l.from.ReadSlice('\n')
			if len(l.buffer)+len(piece) > maxLine+1 {
				long = true
			}
			if !long {
				l.buffer = append(l.buffer, piece...)
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if errors.Is(err, io.EOF) {
				ended = true
			} else if err != nil {
				return nil, err
			}
			break
		}
		if ended && len(l.buffer) == 0 && !long {
			return nil, io.EOF
		}
		l.number++
		if long {
			l.buffer = nil
			return nil, errTooLong
		}
		text := l.buffer
		if l.number == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		if text = bytes.TrimSpace(text); len(text) > 0 {
			return text, nil
		}
		if ended {
			return nil, io.EOF
		}
	}
}

// parse reads a line. The error says what is wrong with it, for people.
func parse(text []byte) (line, error) {
	var l line
	if !utf8.Valid(text) {
		return l, errors.New("is not UTF-8")
	}
	err := json.Unmarshal(text, &l)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && l.Type != "" && !isKnown(l.Type):
		return line{Type: l.Type}, nil
	case errors.As(err, &wrong) && wrong.Field != "":
		return l, fmt.Errorf("%s must be %s, not %s", wrong.Field, kindOf(wrong.Type.String()), article(wrong.Value))
	case errors.As(err, &wrong):
		return l, errors.New("is no JSON object")
	case err != nil:
		return l, fmt.Errorf("is no JSON object: %w: %s", err, beginning(text))
	case l.Type == "":
		return l, errors.New("has no type")
	}
	return l, nil
}

// isKnown reports whether the protocol has lines of a type.
func isKnown(kind string) bool {
	return slices.Contains([]string{"begin", "page", "same", "gone", "hidden", "error", "end"}, kind)
}

func kindOf(goType string) string {
	switch strings.TrimPrefix(goType, "*") {
	case "string":
		return "a text in quotes"
	case "int":
		return "a whole number"
	case "bool":
		return "true or false"
	}
	return "a list of texts"
}

func article(jsonType string) string {
	word, _, _ := strings.Cut(jsonType, " ")
	if strings.HasPrefix(word, "a") || strings.HasPrefix(word, "o") {
		return "an " + word
	}
	return "a " + word
}

// beginning returns the beginning of a line, for a message.
func beginning(text []byte) string {
	const most = 60
	runes := []rune(string(text[:min(len(text), 4*most)]))
	if len(runes) <= most && len(text) <= 4*most {
		return fmt.Sprintf("%q", string(runes))
	}
	return fmt.Sprintf("%q…", string(runes[:min(most, len(runes))]))
}
