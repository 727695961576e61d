package pdf

import (
	"strings"
	"testing"
)

// The order in which a file writes its lines is mostly that of reading, and where it is
// not, each line says where it stands.
func TestLinesAreReadWhereTheyStand(t *testing.T) {
	line := func(text string, x, y float64) row {
		return row{segments: []segment{{x0: x, x1: x + 200, y: y, size: 10, pieces: []piece{{text: text}}}}}
	}
	for name, test := range map[string]struct {
		rows []row
		want string
	}{
		"as they are written":          {[]row{line("a", 50, 100), line("b", 50, 115)}, "a b"},
		"what scrolls is written last": {[]row{line("a", 50, 100), line("b", 50, 200), line("x", 55, 130), line("y", 55, 145)}, "a x y b"},
		"the foot is written first":    {[]row{line("foot", 50, 800), line("a", 50, 100), line("b", 50, 115)}, "a b foot"},
		"a second column":              {[]row{line("a", 50, 100), line("b", 50, 115), line("c", 300, 100), line("d", 300, 115)}, "a b c d"},
		"an exponent":                  {[]row{line("x", 50, 100), line("2", 60, 97)}, "x 2"},
	} {
		var got []string
		for _, r := range inPlace(test.rows) {
			got = append(got, r.text())
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
