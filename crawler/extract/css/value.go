package css

import (
	"math"
	"strconv"
	"strings"
)

// lengthOf reads a number with its unit, or what calc(), min(), max() and clamp() make of those that
// have the same unit.
func lengthOf(value string) (number float64, unit string, ok bool) {
	value = strings.TrimSpace(value)
	end := len(value)
	for end > 0 && (value[end-1] >= 'a' && value[end-1] <= 'z' || value[end-1] == '%') {
		end--
	}
	number, err := strconv.ParseFloat(value[:end], 64)
	if err == nil && value != "" {
		return number, value[end:], true
	}
	if value == "" || len(value) > longestSum || !strings.HasSuffix(value, ")") {
		return 0, "", false
	}
	s := sum{text: value}
	number, unit, ok = s.value()
	return number, unit, ok && s.rest() == ""
}

// longestSum bounds what is calculated.
const longestSum = 200

// sum reads the mathematical functions of CSS Values 4.
type sum struct {
	text  string
	at    int
	depth int
}

func (s *sum) rest() string { return strings.TrimLeft(s.text[s.at:], " \t\n") }

func (s *sum) takes(b byte) bool {
	rest := s.rest()
	if rest == "" || rest[0] != b {
		return false
	}
	s.at = len(s.text) - len(rest) + 1
	return true
}

// value reads a number, a function, or what stands in parentheses.
func (s *sum) value() (number float64, unit string, ok bool) {
	if s.depth++; s.depth > 50 {
		return 0, "", false
	}
	rest := s.rest()
	end := 0
	for end < len(rest) && (rest[end] >= 'a' && rest[end] <= 'z' || rest[end] == '-' && end > 0) {
		end++
	}
	if end > 0 || strings.HasPrefix(rest, "(") {
		name := rest[:end]
		s.at = len(s.text) - len(rest) + end
		if !s.takes('(') {
			return 0, "", false
		}
		return s.function(name)
	}
	for end < len(rest) && (rest[end] >= '0' && rest[end] <= '9' || rest[end] == '.' || end == 0 && (rest[end] == '-' || rest[end] == '+')) {
		end++
	}
	number, err := strconv.ParseFloat(rest[:end], 64)
	from := end
	for end < len(rest) && (rest[end] >= 'a' && rest[end] <= 'z' || rest[end] == '%') {
		end++
	}
	s.at = len(s.text) - len(rest) + end
	return number, rest[from:end], err == nil
}

func (s *sum) function(name string) (number float64, unit string, ok bool) {
	var all []float64
	for {
		next, its, ok := s.terms()
		if !ok {
			return 0, "", false
		}
		if unit != "" && its != "" && its != unit {
			here, known := unitSizes[unit]
			there, alike := unitSizes[its]
			if !known || !alike {
				return 0, "", false
			}
			for i := range all {
				all[i] *= here
			}
			next, unit = next*there, "px"
		} else if unit == "" {
			unit = its
		}
		all = append(all, next)
		if s.takes(')') {
			break
		}
		if !s.takes(',') {
			return 0, "", false
		}
	}
	number = all[0]
	switch {
	case (name == "" || name == "calc" || name == "-webkit-calc") && len(all) == 1:
	case name == "min":
		for _, other := range all {
			number = min(number, other)
		}
	case name == "max":
		for _, other := range all {
			number = max(number, other)
		}
	case name == "clamp" && len(all) == 3:
		number = max(all[0], min(all[1], all[2]))
	case name == "abs" && len(all) == 1:
		number = math.Abs(number)
	default:
		return 0, "", false
	}
	return number, unit, true
}

// terms reads a sum of products. Terms of different units are added where one of them is nothing, or
// far longer than the other.
func (s *sum) terms() (number float64, unit string, ok bool) {
	if number, unit, ok = s.factors(); !ok {
		return 0, "", false
	}
	for {
		sign := 1.0
		switch {
		case s.takes('+'):
		case s.takes('-'):
			sign = -1
		default:
			return number, unit, true
		}
		next, its, ok := s.factors()
		switch {
		case !ok:
			return 0, "", false
		case next == 0:
			continue
		case number == 0:
			number, unit = sign*next, its
		case its == unit:
			number += sign * next
		default:
			here, known := windowSizes(unit)
			there, alike := windowSizes(its)
			if !known || !alike {
				return 0, "", false
			}
			number, unit = number*here+sign*next*there, "px"
		}
	}
}

func (s *sum) factors() (number float64, unit string, ok bool) {
	if number, unit, ok = s.value(); !ok {
		return 0, "", false
	}
	for {
		divides := false
		switch {
		case s.takes('*'):
		case s.takes('/'):
			divides = true
		default:
			return number, unit, true
		}
		next, its, ok := s.value()
		switch {
		case !ok || divides && (its != "" || next == 0) || unit != "" && its != "":
			return 0, "", false
		case divides:
			number /= next
		default:
			number, unit = number*next, unit+its
		}
	}
}

// valuesIn parts a value at the spaces, commas and slashes that stand outside of parentheses.
func valuesIn(value string) (parts []string) {
	depth, start := 0, 0
	for i := 0; i <= len(value); i++ {
		if i == len(value) || depth == 0 && (value[i] == ' ' || value[i] == ',' || value[i] == '/' || value[i] == '\n' || value[i] == '\t') {
			if i > start {
				parts = append(parts, value[start:i])
			}
			start = i + 1
			continue
		}
		switch value[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	return parts
}

// functionsIn returns the functions of a value, each with its arguments.
func functionsIn(value string) (found []function) {
	for _, part := range valuesIn(value) {
		if name, inside, ok := strings.Cut(part, "("); ok {
			found = append(found, function{name, valuesIn(strings.TrimSuffix(inside, ")"))})
		}
	}
	return found
}

type function struct {
	name      string
	arguments []string
}

// pixels returns a length in pixels, as far as it is known without the element's surroundings; what
// is relative to the window is taken for one of 1280 by 800. Percentages are not known.
func pixels(value string) (px float64, ok bool) {
	number, unit, ok := lengthOf(value)
	if !ok {
		return 0, false
	}
	each, known := unitSizes[unit]
	return number * each, known || number == 0
}

// windowSizes returns the size of a unit in pixels, where a percentage is taken to be of a window's width.
func windowSizes(unit string) (px float64, ok bool) {
	if unit == "%" {
		return 12.8, true
	}
	px, ok = unitSizes[unit]
	return px, ok
}

//nolint:gochecknoglobals // a table
var unitSizes = map[string]float64{
	"px": 1, "pt": 96.0 / 72, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "em": 16, "rem": 16, "ex": 8, "ch": 8,
	"lh": 20, "rlh": 20, "vw": 12.8, "vh": 8, "vmin": 8, "vmax": 12.8, "dvw": 12.8, "dvh": 8, "svw": 12.8, "svh": 8, "lvw": 12.8, "lvh": 8,
	"vi": 12.8, "vb": 8, "cqw": 12.8, "cqh": 8, "cqi": 12.8, "cqb": 8,
}
