package pdf

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// isLarge reports whether a font size is that of a heading.
func isLarge(size, body float64) bool { return size >= 1.12*body && size >= body+0.9 }

// longestHeading is the longest heading in bytes.
const longestHeading = 160

// headingSizes returns a level for each font size of headings. The largest size has level 1.
func (s setting) headingSizes(body float64) map[float64]int {
	found := make(map[float64]bool)
	for _, rows := range s.pages {
		for _, r := range rows {
			size := rounded(r.size())
			if isLarge(size, body) && len(r.segments) == 1 && len(r.text()) <= longestHeading && hasLetters(r.text()) {
				found[size] = true
			}
		}
	}
	sizes := sortedKeys(found)
	slices.Reverse(sizes)
	levels := make(map[float64]int)
	level, before := 0, math.Inf(1)
	for _, size := range sizes {
		if size < before*0.96 {
			level++
			before = size
		}
		levels[size] = min(level, 5)
	}
	return levels
}

// headingLevel returns the level if the first row is a heading or continues one, or else 0.
func (w *writer) headingLevel(rows []row) int {
	r := rows[0]
	said := strings.TrimSpace(r.text())
	if len(r.segments) > 2 || !hasLetters(said) || len(said) > longestHeading || bullet().MatchString(said) {
		return 0
	}
	size := rounded(r.size())
	large := isLarge(size, w.body)
	if level := w.outlined(said); level > 0 && (large || r.all(isBold)) {
		return min(level, 6)
	}
	if large {
		if level := w.levels[size]; level > 0 {
			return level
		}
		return 0
	}
	ends := strings.HasSuffix(said, ".") || strings.HasSuffix(said, ",") || len(said) > 100
	if !r.all(isBold) || size < 0.95*w.body || ends || len(r.segments) > 1 {
		return 0
	}
	// It must be a bold line by itself, with space above and something else below.
	if r.above != 0 && r.above < 1.3*r.size() && w.kind != title {
		return 0
	}
	if len(rows) > 1 && rows[1].all(isBold) && rows[1].above < 1.75*r.size() {
		return 0
	}
	return min(w.large+1, 6)
}

// outlined returns the level of a heading in the document's own table of contents, with or without its
// number, or 0.
func (w *writer) outlined(said string) int {
	key := sameWords(said)
	if level := w.outline[key]; level > 0 {
		return level
	}
	return w.outline[sameWords(number().ReplaceAllString(said, ""))]
}

var number = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(?:chapter|appendix|section|kapitel)\s+)?(?:[A-Z]|\d{1,3})(?:\.\d{1,3})*[.:]?\s+`)
})

func (w *writer) heading(r row, level int) {
	if w.kind == title && w.level == level && r.page == w.last.page && r.above > 0 && r.above < 1.6*r.size() &&
		math.Abs(r.size()-w.last.size()) < 0.1*r.size() && w.outlined(w.last.text()) == 0 {
		w.append(r)
		return
	}
	w.end()
	w.lists = nil
	w.level = level
	if isLarge(r.size(), w.body) {
		w.large = level
	}
	w.begin(title, r)
}
