package screen

import (
	"regexp"
	"strings"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
)

// markers finds the words that mark a page as internal.
type markers struct {
	keywords keyword.Set
	action   Action
}

func newMarkers(words []string, action Action) markers {
	var patterns []*keyword.Pattern
	for _, word := range words {
		fields := strings.Fields(word)
		if len(fields) == 0 {
			continue
		}
		first := lowerASCII(fields[0])
		for i, field := range fields {
			fields[i] = regexp.QuoteMeta(field)
		}
		source := `(?:^|[^\pL\pN])(` + strings.Join(fields, `\s+`) + `)(?:$|[^\pL\pN])`
		if word != strings.ToUpper(word) {
			source = "(?i)" + source
		}
		patterns = append(patterns, keyword.New(strings.Join(strings.Fields(word), " "), source, first))
	}
	return markers{keyword.NewSet(patterns), action}
}

func (m markers) scan(t *text, found func(match)) {
	m.keywords.Around(t.plain, t.meter, func(i int, groups []int) {
		rule := m.keywords.Patterns[i].ID
		found(match{rule: rule, kind: Marker, action: m.action, start: groups[2], end: groups[3]})
	})
}

// lowerASCII leaves other letters as they are, as the automaton does.
func lowerASCII(s string) string {
	lower := []byte(s)
	for i, b := range lower {
		if 'A' <= b && b <= 'Z' {
			lower[i] = b + 'a' - 'A'
		}
	}
	return string(lower)
}

// custom is a rule of the user's own.
type custom struct{ Rule }

func (c custom) scan(t *text, found func(match)) {
	for _, at := range c.Regexp.FindAllStringIndex(t.plain, -1) {
		if at[0] < at[1] {
			found(match{rule: c.ID, kind: Custom, action: c.Action, start: at[0], end: at[1]})
		}
	}
}
