package markdown

import "strings"

// WithoutTargets returns canonical Markdown without the addresses of its links and images,
// so that two texts can be compared for what a reader sees.
func WithoutTargets(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	for {
		before, after, found := strings.Cut(text, "](")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		out.WriteByte(']')
		if _, text, found = strings.Cut(after, ")"); !found {
			out.WriteString("(" + after)
			return out.String()
		}
	}
}
