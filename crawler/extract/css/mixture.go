package css

import (
	"slices"
	"strings"
)

// mixture reads the arguments of color-mix: a colour space, and two colours with their shares. All are mixed in sRGB,
// which is near enough to tell what no reader tells apart.
func mixture(arguments []string) (colour, bool) {
	if len(arguments) != 3 {
		return colour{}, false
	}
	var colours [2]colour
	shares := [2]float64{-1, -1}
	for i, argument := range arguments[1:] {
		for _, part := range valuesIn(argument) {
			if number, unit, ok := lengthOf(part); ok && unit == "%" {
				shares[i] = number / 100
				continue
			}
			c, ok := colourOf(part)
			if !ok {
				return colour{}, false
			}
			colours[i] = c
		}
	}
	switch {
	case shares[0] < 0 && shares[1] < 0:
		shares = [2]float64{0.5, 0.5}
	case shares[0] < 0:
		shares[0] = 1 - shares[1]
	case shares[1] < 0:
		shares[1] = 1 - shares[0]
	}
	sum := shares[0] + shares[1]
	if sum <= 0 {
		return colour{}, false
	}
	var at [4]float64 // of colours multiplied by their opacity
	for i, c := range colours {
		part := shares[i] / sum
		opaque := float64(c[3]) / 255
		for k := range 3 {
			at[k] += part * opaque * float64(c[k]) / 255
		}
		at[3] += part * opaque
	}
	if at[3] == 0 {
		return colour{}, true
	}
	return fromRGB(at[0]/at[3], at[1]/at[3], at[2]/at[3], at[3]*min(sum, 1)), true
}

// derived reads a colour that is said by another one and the names of its components (CSS Color 5, section 4). Of
// functions other than rgb, only those that leave all components but the opacity as they are.
func derived(name string, parts []string) (colour, bool) {
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "/" })
	if len(parts) != 4 && len(parts) != 5 {
		return colour{}, false
	}
	c, ok := colourOf(parts[0])
	if !ok {
		return colour{}, false
	}
	components, ok := map[string]string{"rgb": "rgb", "rgba": "rgb", "hsl": "hsl", "hsla": "hsl", "hwb": "hwb", "lab": "lab", "lch": "lch", "oklab": "lab", "oklch": "lch"}[name]
	if !ok {
		return colour{}, false
	}
	for i, part := range parts[1:4] {
		if part == components[i:i+1] {
			continue
		}
		at := strings.Index(components, part)
		number, ok := component(part, 255)
		switch {
		case components != "rgb":
			return colour{}, false
		case at >= 0 && len(part) == 1:
			number = float64(c[at])
		case !ok:
			return colour{}, false
		}
		c[i] = uint8(min(max(number, 0), 255))
	}
	if len(parts) == 5 && parts[4] != "alpha" {
		number, ok := component(parts[4], 1)
		if !ok {
			return colour{}, false
		}
		c[3] = uint8(255 * clamp01(number))
	}
	return c, true
}
