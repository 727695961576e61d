package htmlreport

import (
	"html"
	"regexp"
	"strings"
)

// markdownAsHTML converts Markdown to HTML as far as the screening rules look at HTML: tables, headings and code.
func markdownAsHTML(text string) string {
	var b strings.Builder
	code, table := false, false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimSpace(line)
		isRow := !code && strings.HasPrefix(trimmed, "|")
		if table != isRow {
			b.WriteString(map[bool]string{true: "<table>", false: "</table>"}[isRow])
			table = isRow
		}
		switch {
		case strings.HasPrefix(trimmed, "```"):
			b.WriteString(map[bool]string{true: "</code></pre>", false: "<pre><code>"}[code])
			code = !code
		case code:
			b.WriteString(html.EscapeString(line) + "\n")
		case isRow:
			b.WriteString("<tr>")
			for cell := range strings.SplitSeq(strings.Trim(trimmed, "|"), "|") {
				b.WriteString("<td>" + inlineAsHTML(cell) + "</td>")
			}
			b.WriteString("</tr>")
		case strings.HasPrefix(trimmed, "#"):
			b.WriteString("<h2>" + inlineAsHTML(strings.TrimLeft(trimmed, "# ")) + "</h2>")
		default:
			b.WriteString("<p>" + inlineAsHTML(trimmed) + "</p>")
		}
	}
	return b.String()
}

var (
	escaped = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
	spans   = regexp.MustCompile("(\\*\\*|`)([^*`]+)(?:\\*\\*|`)")
)

// inlineAsHTML converts a line of Markdown to HTML: it removes escapes and converts bold text and code.
func inlineAsHTML(line string) string {
	line = html.EscapeString(strings.TrimSpace(line))
	line = spans.ReplaceAllStringFunc(line, func(s string) string {
		if strings.HasPrefix(s, "**") {
			return "<strong>" + strings.Trim(s, "*") + "</strong>"
		}
		return "<code>" + strings.Trim(s, "`") + "</code>"
	})
	return escaped.ReplaceAllString(line, "$1")
}
