package lint

import (
	"html"
	"strings"
)

// linesOf returns canonical Markdown as HTML with the same words in the same blocks, and with its images. That is
// all that is asked of a page, and much less than a converter does.
func linesOf(markdown string) string {
	var out strings.Builder
	out.Grow(len(markdown) + len(markdown)/4)
	code := false
	for line := range strings.Lines(markdown) {
		line = strings.TrimSpace(line)
		inner := strings.TrimLeft(line, "> ")
		switch {
		case strings.HasPrefix(inner, "```"):
			code = !code
			out.WriteString("<p>")
		case code:
			out.WriteString(html.EscapeString(line) + "\n")
		case strings.HasPrefix(inner, "|"):
			if strings.Trim(inner, "|-: ") != "" {
				writeRow(&out, inner)
			}
		default:
			out.WriteString("<p>")
			writeWords(&out, withoutMarker(inner))
		}
	}
	return out.String()
}

// writeRow writes the cells of a row, which a bar that is not escaped ends.
func writeRow(out *strings.Builder, row string) {
	from := 0
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			out.WriteString("<td>")
			writeWords(out, row[from:i])
			from = i + 1
		}
	}
}

// withoutMarker returns a line without what makes it an item or a heading.
func withoutMarker(line string) string {
	line = strings.TrimLeft(line, "#")
	for {
		line = strings.TrimLeft(line, " ")
		marker, rest, ok := strings.Cut(line, " ")
		if !ok || marker != "-" && (strings.TrimLeft(marker, "0123456789") != "." || len(marker) < 2) {
			return line
		}
		line = rest
	}
}

// writeWords writes a line without the marks of Markdown and the targets of links.
func writeWords(out *strings.Builder, line string) {
	var words strings.Builder
	flush := func() {
		out.WriteString(html.EscapeString(html.UnescapeString(words.String())))
		words.Reset()
	}
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case b == '\\' && i+1 < len(line):
			i++
			words.WriteByte(line[i])
		case b == '!' && i+1 < len(line) && line[i+1] == '[':
			end := strings.IndexByte(line[i:], ']')
			if end < 0 {
				return
			}
			flush()
			out.WriteString(`<img alt="` + html.EscapeString(line[i+2:i+end]) + `">`)
			i = endOfTarget(line, i+end)
		case b == ']':
			i = endOfTarget(line, i)
		case b == '[', b == '*', b == '`', b == '~' && i+1 < len(line) && line[i+1] == '~', b == '~' && i > 0 && line[i-1] == '~':
		default:
			words.WriteByte(b)
		}
	}
	flush()
}

// endOfTarget returns where the target ends that follows a bracket, or the place of the bracket where none does.
func endOfTarget(line string, bracket int) int {
	if !strings.HasPrefix(line[bracket+1:], "(") {
		return bracket
	}
	depth := 0
	for i := bracket + 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return bracket
}
