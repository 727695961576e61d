package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// parse parses the document. It reports mistakes in YAML, and returns nil where nothing can be read.
func (d *decoder) parse(data []byte) *yaml.Node {
	switch {
	case len(data) > maxFile:
		d.mistakeAt(1, 1, "the file is larger than 1 MB, which no sources.yaml is; is it the right one?")
		return nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		d.unreadable(1, 1, "the file is written in UTF-16; save it as UTF-8")
		return nil
	}
	if line, column, ok := notText(data); ok {
		d.unreadable(line, column, "this is not UTF-8 text; is it the right file, and saved as UTF-8?")
		return nil
	}
	// The time of the YAML library grows with the square of the depth.
	limits := yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(100)))
	loader, err := yaml.NewLoader(bytes.NewReader(data), limits)
	if err != nil {
		d.mistakeAt(1, 1, "not YAML: %v", err)
		return nil
	}
	var document, second yaml.Node
	switch err := loader.Load(&document); {
	case errors.Is(err, io.EOF):
		d.mistakeAt(1, 1, "the file says nothing; it begins with version: 1, and needs intercom and sources")
		return nil
	case err != nil:
		d.syntax(err)
		return nil
	}
	switch err := loader.Load(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		d.syntax(err)
	default:
		d.mistakeAt(second.Line, second.Column,
			"a second document begins here; sources.yaml is one: remove the line with ---")
	}
	return document.Content[0]
}

// notText finds the first place that is not UTF-8, or that has a control character which YAML forbids.
func notText(data []byte) (line, column int, found bool) {
	line, column = 1, 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1, r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7f:
			return line, column, true
		case r == '\n', r == '\r' && !bytes.HasPrefix(data, []byte("\r\n")), r == 0x85, r == 0x2028, r == 0x2029:
			line, column = line+1, 1
		case r == '\ufeff' && line == 1 && column == 1, r == '\r':
		default:
			column++
		}
		data = data[size:]
	}
	return 0, 0, false
}

// unreadable reports a file that is not text. No line of it is shown.
func (d *decoder) unreadable(line, column int, message string) {
	for i := range d.lines.text {
		d.lines.conceal(i+1, span{1, endOfLine})
	}
	d.mistakeAt(line, column, "%s", message)
}

// syntax reports an error of the YAML library at its place, in words for people who write a configuration.
// The library's own message may quote the file, so it is never passed on.
func (d *decoder) syntax(err error) {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		d.mistakeAt(1, 1, "this is not YAML")
		return
	}
	mark := load.Mark
	unclosed := strings.Contains(load.Message, "unexpected end of stream")
	colonless := strings.Contains(load.Message, "could not find expected ':'")
	if last := len(d.lines.text); mark.Line < 1 || mark.Line > last || unclosed || colonless {
		mark = load.ContextMark // the place where it began is more helpful than the place where it was noticed
		if mark.Line < 1 || mark.Line > last {
			mark.Line, mark.Column = last, len(d.lines.text[last-1])+1
		}
	}
	line := string(d.lines.text[mark.Line-1])
	message := "this is not YAML: the indentation doesn't fit, or a quote, bracket or colon is missing or too many"
	for _, known := range []struct{ words, message string }{
		{"mapping values are not allowed", `a colon too many, or wrong indentation: put quotes around a value that has ": " in it, and align keys that belong together`},
		{"tab character", "indentation is by spaces in YAML; replace the tabs"},
		{"cannot start any token", `a value can't begin with this character; put quotes around it`},
		{"unknown anchor", `a value that begins with * is a reference in YAML; put quotes around it, as in "*.html"`},
		{"did not find expected alphabetic", `a value that begins with * or & is a reference in YAML; put quotes around it, as in "*.html"`},
		{"unexpected end of stream", "this quote is never closed"},
		{"unknown escape", `a backslash in double quotes begins an escape; use 'single quotes', or \\`},
		{"expected ',' or ']'", "a comma or the closing ] is missing before this, or quotes around a value with a colon in it"},
		{"expected ',' or '}'", "a comma or the closing } is missing before this, or quotes around a value with a colon in it"},
		{"expected ':'", `a key without its colon; each is written "key: value"`},
		{"expected key", "the indentation doesn't fit the lines above, or something is left over after a quote or bracket"},
		{"exceeded max depth", "too deeply nested"},
		{"incompatible YAML", "remove the %YAML line, or make it %YAML 1.2"},
	} {
		if strings.Contains(load.Message, known.words) {
			message = known.message
			break
		}
	}
	switch flow := strings.Contains(load.Message, "expected ',' or"); {
	case mark.Column <= len(line) && strings.HasPrefix(line[mark.Column-1:], "\t"):
		message = "indentation is by spaces in YAML; replace the tabs"
	case flow && mark.Column > 1 && strings.Contains(line, "${"):
		message = `inside { } or [ ] put quotes around a reference: "${NAME}"`
	case flow && load.ContextMark.Line > 0 && load.ContextMark.Line < mark.Line:
		message += fmt.Sprintf(" (it began on line %d)", load.ContextMark.Line)
	}
	known, harmless := d.keysByNature()
	d.lines.concealWords(mark.Line, known, harmless)
	d.mistakeAt(mark.Line, mark.Column, "%s", message)
}
