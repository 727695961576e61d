package files

import (
	"path"
	"regexp"
	"strings"
)

var (
	// colons matches the beginning of an admonition of Docusaurus and VitePress: :::tip Title, :::tip[Title].
	colons = regexp.MustCompile(`^\s*:{3,}\s*(note|tip|info|warning|danger|caution|important|details)\b\s*(?:\[([^\]]*)\]|(.*))$`)
	// marks matches that of one of MkDocs: !!! note "Title", ??? note, and a tab: === "Title".
	marks = regexp.MustCompile(`^(!!!|\?\?\?\+?|===!?)\s+(?:([A-Za-z-]+)(?:\s+[A-Za-z -]+)?)?\s*(?:"([^"]*)")?\s*$`)
	// imports matches what MDX has for its compiler.
	imports = regexp.MustCompile(`^(import\s.+\sfrom\s+['"].*['"];?|import\s+['"].*['"];?|export\s+(const|default|function)\b.*)$`)
	fence   = regexp.MustCompile("^\\s*(```+|~~~+)")
)

// plainMarkdown rewrites what only generators of sites understand as Markdown and HTML that everybody does:
// admonitions, tabs, and the imports of MDX.
func plainMarkdown(name, text string) string {
	mdx := strings.EqualFold(path.Ext(name), ".mdx")
	var out strings.Builder
	inside := ""  // the fence of the code that the line is in
	indented := 0 // admonitions of MkDocs that are open; each indents its lines by four
	write := func(line string) {
		out.WriteString(line)
		out.WriteByte('\n')
	}
	open := func(kind, title string) {
		if title == "" {
			title = strings.ToUpper(kind[:1]) + kind[1:]
		}
		write("\n<div class=\"admonition " + kind + "\"><p class=\"admonition-title\">" + escape(title) + "</p>\n")
	}
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		line = strings.TrimSuffix(line, "\n")
		for indented > 0 && inside == "" && strings.TrimSpace(line) != "" &&
			!strings.HasPrefix(line, strings.Repeat("    ", indented)) {
			write("\n</div>\n")
			indented--
		}
		line = dedent(line, indented)
		if m := fence.FindStringSubmatch(line); m != nil {
			switch {
			case inside == "":
				inside = m[1]
			case strings.HasPrefix(m[1], inside):
				inside = ""
			}
			write(line)
			continue
		}
		if inside != "" {
			write(line)
			continue
		}
		m := marks.FindStringSubmatch(line)
		switch {
		case m != nil && strings.HasPrefix(m[1], "===") && m[3] != "":
			write("\n<div class=\"tab\"><p><strong>" + escape(m[3]) + "</strong></p>\n")
			indented++
		case m != nil && m[2] != "" && !strings.HasPrefix(m[1], "==="):
			open(strings.ToLower(m[2]), m[3])
			indented++
		case colons.MatchString(line):
			m := colons.FindStringSubmatch(line)
			open(m[1], strings.TrimSpace(m[2]+m[3]))
		case strings.Trim(strings.TrimSpace(line), ":") == "" && strings.HasPrefix(strings.TrimSpace(line), ":::"):
			write("\n</div>\n")
		case mdx && imports.MatchString(strings.TrimSpace(line)):
		default:
			write(line)
		}
	}
	for range indented {
		write("\n</div>\n")
	}
	return out.String()
}

// dedent removes the indentation of an admonition.
func dedent(line string, levels int) string {
	for range levels {
		line = strings.TrimPrefix(line, "    ")
	}
	return line
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
