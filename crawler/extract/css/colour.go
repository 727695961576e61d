package css

import (
	"math"
	"strconv"
	"strings"
)

// colour is red, green, blue and opacity, from 0 to 255 each.
type colour [4]uint8

// colourOf reads a colour of CSS Color 4 or of HTML's old attributes. Variables and currentcolor
// are not known.
func colourOf(value string) (colour, bool) {
	value = strings.ToLower(strings.TrimSpace(value))
	if value == "" {
		return colour{}, false
	}
	if digits, ok := strings.CutPrefix(value, "#"); ok {
		return hexadecimal(digits)
	}
	if name, inside, ok := strings.Cut(value, "("); ok {
		if inside, ok = strings.CutSuffix(inside, ")"); !ok {
			return colour{}, false
		}
		switch {
		case name == "light-dark":
			return colourOf(alternatives([]string{inside})[0]) // few people have set their browser to dark
		case name == "color-mix":
			return mixture(alternatives([]string{inside}))
		case strings.HasPrefix(inside, "from "):
			return derived(name, valuesIn(strings.TrimPrefix(inside, "from ")))
		}
		return colourFunction(name, inside)
	}
	if value == "transparent" {
		return colour{}, true
	}
	c, ok := namedColours()[value]
	return c, ok
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

// colourFunction reads a colour that a function of its components gives.
func colourFunction(name, inside string) (colour, bool) {
	parts := strings.FieldsFunc(inside, func(r rune) bool { return r == ',' || r == ' ' || r == '/' || r == '\n' || r == '\t' })
	if name == "color" {
		if len(parts) == 0 || parts[0] != "srgb" && parts[0] != "srgb-linear" && parts[0] != "display-p3" {
			return colour{}, false
		}
		parts = parts[1:]
	}
	if len(parts) != 3 && len(parts) != 4 {
		return colour{}, false
	}
	full, known := fullComponents[name]
	if !known {
		return colour{}, false
	}
	at := [4]float64{3: 1}
	for i, part := range parts {
		number, ok := component(part, full[i])
		if !ok {
			return colour{}, false
		}
		at[i] = number
	}
	a := at[3]
	switch name {
	case "rgb", "rgba":
		return fromRGB(at[0]/255, at[1]/255, at[2]/255, a), true
	case "color":
		return fromRGB(at[0], at[1], at[2], a), true
	case "hsl", "hsla":
		r, g, b := fromHSL(at[0], clamp01(at[1]/100), clamp01(at[2]/100))
		return fromRGB(r, g, b, a), true
	case "hwb":
		white, black := at[1]/100, at[2]/100
		if sum := white + black; sum > 1 {
			white, black = white/sum, black/sum
		}
		r, g, b := fromHSL(at[0], 1, 0.5)
		scale := 1 - white - black
		return fromRGB(r*scale+white, g*scale+white, b*scale+white, a), true
	case "lab":
		return fromLab(at[0], at[1], at[2], a), true
	case "lch":
		sin, cos := math.Sincos(at[2] * math.Pi / 180)
		return fromLab(at[0], at[1]*cos, at[1]*sin, a), true
	case "oklab":
		return fromOklab(at[0], at[1], at[2], a), true
	}
	sin, cos := math.Sincos(at[2] * math.Pi / 180) // oklch
	return fromOklab(at[0], at[1]*cos, at[1]*sin, a), true
}

// fullComponents says for each function what 100 % of each component is.
//
//nolint:gochecknoglobals // a table
var fullComponents = map[string][4]float64{
	"rgb": {255, 255, 255, 1}, "rgba": {255, 255, 255, 1}, "color": {1, 1, 1, 1}, "hsl": {360, 100, 100, 1}, "hsla": {360, 100, 100, 1},
	"hwb": {360, 100, 100, 1}, "lab": {100, 125, 125, 1}, "lch": {100, 150, 360, 1}, "oklab": {1, 0.4, 0.4, 1}, "oklch": {1, 0.4, 360, 1},
}

func component(said string, full float64) (float64, bool) {
	if said == "none" {
		return 0, true
	}
	number, unit, ok := lengthOf(said)
	switch unit {
	case "", "deg":
		return number, ok
	case "%":
		return number * full / 100, ok
	case "turn":
		return number * 360, ok
	case "rad":
		return number * 180 / math.Pi, ok
	case "grad":
		return number * 0.9, ok
	}
	return 0, false
}

func clamp01(x float64) float64 { return min(max(x, 0), 1) }

func fromRGB(r, g, b, a float64) colour {
	part := func(x float64) uint8 { return uint8(math.Round(clamp01(x) * 255)) }
	return colour{part(r), part(g), part(b), part(a)}
}

// fromHSL follows CSS Color 4, section 7.1.
func fromHSL(hue, saturation, light float64) (r, g, b float64) {
	part := func(n float64) float64 {
		k := math.Mod(math.Mod(n+hue/30, 12)+12, 12)
		return light - saturation*min(light, 1-light)*max(-1, min(k-3, 9-k, 1))
	}
	return part(0), part(8), part(4)
}

// fromLinear encodes linear sRGB.
func fromLinear(r, g, b, a float64) colour {
	part := func(x float64) float64 {
		if x <= 0.0031308 {
			return 12.92 * x
		}
		return 1.055*math.Pow(x, 1/2.4) - 0.055
	}
	return fromRGB(part(r), part(g), part(b), a)
}

// fromLab follows CSS Color 4, section 9. The white point D50 is taken for D65 by scaling, which is
// near enough to tell what no reader tells apart.
func fromLab(light, along, across, a float64) colour {
	f1 := (light + 16) / 116
	part := func(f float64) float64 {
		if cube := f * f * f; cube > 216.0/24389 {
			return cube
		}
		return (116*f - 16) * 27 / 24389
	}
	x, y, z := part(along/500+f1)*0.9505, part(f1), part(f1-across/200)*1.089
	return fromLinear(3.2406*x-1.5372*y-0.4986*z, -0.9689*x+1.8758*y+0.0415*z, 0.0557*x-0.2040*y+1.0570*z, a)
}

func fromOklab(light, along, across, a float64) colour {
	l := light + 0.3963377774*along + 0.2158037573*across
	m := light - 0.1055613458*along - 0.0638541728*across
	s := light - 0.0894841775*along - 1.2914855480*across
	l, m, s = l*l*l, m*m*m, s*s*s
	return fromLinear(4.0767416621*l-3.3077115913*m+0.2309699292*s, -1.2684380046*l+2.6097574011*m-0.3413193965*s,
		-0.0041960863*l-0.7034186147*m+1.7076147010*s, a)
}

func (c colour) clear() bool { return c[3] < 13 }

// over returns what c looks like where it is painted over an opaque colour.
func (c colour) over(paper colour) colour {
	mixed := colour{3: 255}
	for i := range 3 {
		mixed[i] = uint8((int(c[i])*int(c[3]) + int(paper[i])*(255-int(c[3]))) / 255)
	}
	return mixed
}

// like reports whether no reader tells the colours apart.
func (c colour) like(other colour) bool {
	if other[3] < 255 {
		return false // what is beneath shows through
	}
	c = c.over(other)
	for i := range 3 {
		if max(c[i], other[i])-min(c[i], other[i]) > 16 {
			return false
		}
	}
	return true
}
