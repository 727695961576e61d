package css

import (
	"strconv"
	"strings"
)

// colour is red, green, blue and opacity, from 0 to 255 each.
type colour [4]uint8

// colourOf reads a colour of CSS or of HTML's old attributes: a common name, the
// hexadecimal forms, rgb() and rgba(). The others, and variables, are not known.
func colourOf(value string) (colour, bool) {
	value = strings.ToLower(strings.TrimSpace(value))
	switch value {
	case "":
		return colour{}, false
	case "transparent":
		return colour{}, true
	case "white":
		return colour{255, 255, 255, 255}, true
	case "black":
		return colour{0, 0, 0, 255}, true
	case "snow":
		return colour{255, 250, 250, 255}, true
	case "ivory":
		return colour{255, 255, 240, 255}, true
	case "whitesmoke":
		return colour{245, 245, 245, 255}, true
	case "red":
		return colour{255, 0, 0, 255}, true
	case "green":
		return colour{0, 128, 0, 255}, true
	case "blue":
		return colour{0, 0, 255, 255}, true
	case "yellow":
		return colour{255, 255, 0, 255}, true
	case "gray", "grey":
		return colour{128, 128, 128, 255}, true
	}
	if digits, ok := strings.CutPrefix(value, "#"); ok {
		return hexadecimal(digits)
	}
	if inside, ok := strings.CutPrefix(strings.TrimPrefix(value, "rgba("), "rgb("); ok || strings.HasPrefix(value, "rgba(") {
		return components(strings.TrimSuffix(inside, ")"))
	}
	return colour{}, false
}

func hexadecimal(digits string) (colour, bool) {
	if len(digits) == 3 || len(digits) == 4 {
		var doubled strings.Builder
		for i := range len(digits) {
			doubled.WriteByte(digits[i])
			doubled.WriteByte(digits[i])
		}
		digits = doubled.String()
	}
	if len(digits) == 6 {
		digits += "ff"
	}
	if len(digits) != 8 {
		return colour{}, false
	}
	number, err := strconv.ParseUint(digits, 16, 32)
	return colour{uint8(number >> 24), uint8(number >> 16), uint8(number >> 8), uint8(number)}, err == nil
}

func components(list string) (colour, bool) {
	parts := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '/' })
	if len(parts) != 3 && len(parts) != 4 {
		return colour{}, false
	}
	c := colour{3: 255}
	for i, part := range parts {
		number, unit, ok := lengthOf(part)
		switch {
		case !ok:
			return colour{}, false
		case unit == "%":
			number *= 2.55
		case i == 3:
			number *= 255
		}
		c[i] = uint8(min(max(number, 0), 255))
	}
	return c, true
}

func (c colour) clear() bool { return c[3] < 8 }

// like tells of colours that no reader tells apart.
func (c colour) like(other colour) bool {
	if other[3] < 255 {
		return false // what is beneath shows through
	}
	for i := range 3 {
		if max(c[i], other[i])-min(c[i], other[i]) > 10 {
			return false
		}
	}
	return true
}
