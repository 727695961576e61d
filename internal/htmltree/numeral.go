package htmltree

import (
	"strconv"
	"strings"
)

// Numeral writes a number in the style of a list type: with letters ("a", "A"), in Roman numerals ("i",
// "I"), and otherwise, or where a number is out of their range, in digits.
func Numeral(kind string, number int) string {
	var mark string
	switch {
	case number < 1 || number >= 4000:
		return strconv.Itoa(number)
	case kind == "a" || kind == "A":
		for ; number > 0; number = (number - 1) / 26 {
			mark = string(rune('a'+(number-1)%26)) + mark
		}
	case kind == "i" || kind == "I":
		mark = roman(number)
	default:
		return strconv.Itoa(number)
	}
	if kind == "A" || kind == "I" {
		return strings.ToUpper(mark)
	}
	return mark
}

// roman writes a number from 1 to 3999 in Roman numerals.
func roman(number int) string {
	var out strings.Builder
	for _, figure := range []struct {
		worth int
		said  string
	}{
		{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"},
		{50, "l"}, {40, "xl"}, {10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"},
	} {
		for ; number >= figure.worth; number -= figure.worth {
			out.WriteString(figure.said)
		}
	}
	return out.String()
}
