package css

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// Look is what a block of CSS declarations says of those properties that can
// keep text from being seen, or say how it is set; "" for what it leaves alone.
type Look struct {
	Says   [properties]string
	strong [properties]bool // said with !important
	moves  bool             // a transition or an animation will change it
}

// Property is a CSS property, or a group of them, that may hide an element.
type Property uint8

// The properties.
const (
	Display Property = iota
	Visibility
	contentVisibility
	opacity
	position
	left
	right
	top
	bottom
	indent
	margin
	transform
	clip
	clipPath
	width
	height
	maxHeight
	padding
	overflow
	fontSize
	color
	background
	backgroundImage
	backgroundClip
	decoration
	listStyle
	properties
)

func propertyOf(name []byte) (Property, bool) {
	switch string(name) {
	case "display":
		return Display, true
	case "visibility":
		return Visibility, true
	case "content-visibility":
		return contentVisibility, true
	case "opacity":
		return opacity, true
	case "position":
		return position, true
	case "left", "inset-inline-start":
		return left, true
	case "right", "inset-inline-end":
		return right, true
	case "top":
		return top, true
	case "bottom":
		return bottom, true
	case "text-indent":
		return indent, true
	case "margin", "margin-left", "margin-top":
		return margin, true
	case "transform", "-webkit-transform", "translate", "scale":
		return transform, true
	case "clip":
		return clip, true
	case "clip-path", "-webkit-clip-path":
		return clipPath, true
	case "width":
		return width, true
	case "height":
		return height, true
	case "max-height":
		return maxHeight, true
	case "padding", "padding-top", "padding-bottom":
		return padding, true
	case "overflow", "overflow-y":
		return overflow, true
	case "font-size":
		return fontSize, true
	case "color", "-webkit-text-fill-color":
		return color, true
	case "background", "background-color":
		return background, true
	case "background-image":
		return backgroundImage, true
	case "background-clip", "-webkit-background-clip":
		return backgroundClip, true
	case "text-decoration", "text-decoration-line":
		return decoration, true
	case "list-style", "list-style-type":
		return listStyle, true
	}
	return 0, false
}

// InlineLook reads the value of a style attribute.
func InlineLook(style string) Look {
	var l Look
	if style == "" {
		return l
	}
	for parser := css.NewParser(parse.NewInputString(strings.ToLower(style)), true); ; {
		switch grammar, _, name := parser.Next(); grammar {
		case css.ErrorGrammar:
			if !parser.HasParseError() {
				return l
			}
		case css.DeclarationGrammar:
			l.declare(name, parser.Values())
		}
	}
}

// declare adds a declaration, its name in lower case.
func (l *Look) declare(name []byte, values []css.Token) {
	p, ok := propertyOf(name)
	if !ok {
		switch string(name) {
		case "transition", "animation", "transition-property", "animation-name", "will-change", "-webkit-transition", "-webkit-animation":
			l.moves = l.moves || len(values) > 0 && string(values[0].Data) != "none"
		}
		return
	}
	var value strings.Builder
	for _, token := range values {
		if token.TokenType == css.DelimToken && token.Data[0] == '!' {
			l.strong[p] = true
			break
		}
		value.Write(token.Data)
	}
	said := strings.TrimSpace(strings.ToLower(value.String()))
	if (p == decoration || p == listStyle) && settingBy(p, said) == 0 {
		return // most rules say of these what tells a reader nothing
	}
	l.Says[p] = said
}

// Hides tells whether what looks like that is not seen, and by which property. A
// look that moves is on its way to being seen.
func (l *Look) Hides() (by Property, hidden bool) {
	at := &l.Says
	switch {
	case at[Display] == "none":
		return Display, true
	case at[Visibility] == "hidden" || at[Visibility] == "collapse":
		return Visibility, true
	case at[contentVisibility] == "hidden":
		return contentVisibility, true
	case isNothing(at[opacity], 0.02) && !l.moves && at[transform] == "":
		return opacity, true
	case isNothing(at[fontSize], 1):
		return fontSize, true
	case at[color] != "" && l.colourless():
		return color, true
	case isFarOff(at[indent]):
		return indent, true
	case isFarOff(at[margin]):
		return margin, true
	case isFarOff(at[transform]) || strings.Contains(at[transform], "scale(0)"):
		return transform, !l.moves
	case at[clipPath] != "" && clipsAll(at[clipPath]):
		return clipPath, !l.moves
	}
	if at[position] == "absolute" || at[position] == "fixed" {
		for _, side := range []Property{left, right, top, bottom} {
			if isFarOff(at[side]) {
				return side, true
			}
		}
		if at[clip] != "" && clipsAll(at[clip]) {
			return clip, true
		}
	}
	// A height of nothing with a padding holds the place of a film.
	if at[overflow] == "hidden" || at[overflow] == "clip" {
		for _, size := range []Property{height, maxHeight, width} {
			if isNothing(at[size], 1) && !l.moves && at[padding] == "" {
				return size, true
			}
		}
	}
	return 0, false
}

// colourless tells of text in the colour of its own background, or in none.
func (l *Look) colourless() bool {
	if strings.Contains(l.Says[backgroundClip], "text") {
		return false
	}
	ink, ok := colourOf(l.Says[color])
	if !ok {
		return false
	}
	if ink.clear() {
		return true
	}
	paper, ok := l.paper()
	return ok && ink.like(paper)
}

// paper returns the colour of the background, where it has one alone.
func (l *Look) paper() (colour, bool) {
	if l.Says[backgroundImage] != "" && l.Says[backgroundImage] != "none" {
		return colour{}, false
	}
	return colourOf(l.Says[background])
}

// isNothing tells of a length of at most so many pixels, or a number of at most that.
func isNothing(value string, most float64) bool {
	number, unit, ok := lengthOf(value)
	if !ok || number < 0 {
		return false
	}
	switch unit {
	case "", "px", "pt":
		return number <= most
	}
	return number == 0
}

// isFarOff tells of values with a length far outside of any window.
func isFarOff(value string) bool {
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ' ' || r == ',' || r == '(' || r == ')' }) {
		number, unit, ok := lengthOf(part)
		switch {
		case !ok:
		case unit == "px" && number <= -900, (unit == "em" || unit == "rem") && number <= -60, (unit == "vw" || unit == "vh") && number <= -100,
			unit == "%" && number <= -500:
			return true
		}
	}
	return false
}

// clipsAll tells of the shapes that leave nothing to see.
func clipsAll(shape string) bool {
	name, inside, ok := strings.Cut(strings.TrimSuffix(shape, ")"), "(")
	if !ok {
		return false
	}
	sides := strings.FieldsFunc(inside, func(r rune) bool { return r == ' ' || r == ',' })
	if len(sides) == 0 {
		return false
	}
	switch name {
	case "rect":
		return !slices.ContainsFunc(sides, func(side string) bool { return !isNothing(side, 1) })
	case "inset":
		return !slices.ContainsFunc(sides, func(side string) bool {
			number, unit, ok := lengthOf(side)
			return !ok || unit != "%" || number < 50
		})
	case "circle", "ellipse":
		return isNothing(sides[0], 1)
	}
	return false
}

func lengthOf(value string) (number float64, unit string, ok bool) {
	end := len(value)
	for end > 0 && (value[end-1] >= 'a' && value[end-1] <= 'z' || value[end-1] == '%') {
		end--
	}
	number, err := strconv.ParseFloat(value[:end], 64)
	return number, value[end:], err == nil && value != ""
}
