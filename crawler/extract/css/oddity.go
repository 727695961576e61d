package css

import "strings"

// isOdd reports whether a look says something by which an element may be hidden, alone or with what
// other rules and the elements around it say; and whether that depends on variables. Colours are
// judged apart, by those of the page.
func (l *Look) isOdd() (odd, varies bool) {
	for p := range properties {
		value := l.Says[p]
		switch {
		case value == "":
		case strings.Contains(value, "var("):
			varies = true
		case l.isOddBy(p, value):
			odd = true
		}
	}
	return odd, varies
}

func (l *Look) isOddBy(p Property, value string) bool {
	switch p {
	case opacity:
		return share(value) <= 0.5
	case zoom:
		return share(value) <= 0.3
	case fontSize:
		return isSmall(value)
	case left, right, top, bottom:
		number, unit, ok := lengthOf(value)
		return isFarOff(value) || isFarRight(value) || ok && number >= 100 && (unit == "%" || unit == "vw" || unit == "vh")
	case clip:
		return clipsAll(value)
	case height, maxHeight, width, maxWidth, lineHeight:
		return isNothing(value, 1)
	case transform:
		return transformsAway(value, true)
	case blend:
		return vanishing(value) != nil
	case contained:
		return true
	case covered:
		return value == "all"
	case maskSize:
		return isNothing(value, 0)
	case color:
		ink, ok := colourOf(value)
		return ok && ink.clear()
	case background, backgroundImage, backgroundClip, backgroundPlace, position, padding, minimum, grows, overflow, backface, shadow, decoration, listStyle:
		return false
	}
	return l.hidesBy(p)
}

// isSmall reports whether letters may be too small by that, alone or with what is around them.
func isSmall(value string) bool {
	number, unit, ok := lengthOf(value)
	switch {
	case !ok:
		return false
	case unit == "em":
		return number <= 0.5
	case unit == "%":
		return number <= 50
	}
	px, known := pixels(value)
	return known && px <= 2
}
