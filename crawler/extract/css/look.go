package css

import (
	"math"
	"slices"
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
	own    []variable
}

// variable is what a block says of a custom property.
type variable struct {
	name, value string
	strong      bool
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
		case css.DeclarationGrammar, css.CustomPropertyGrammar:
			l.declare(name, parser.Values())
		}
	}
}

// declare adds a declaration, its name in lower case.
func (l *Look) declare(name []byte, values []css.Token) {
	if strings.IndexByte(string(name), '\\') >= 0 {
		name = []byte(strings.ToLower(unescape(string(name))))
	}
	if len(name) > 2 && name[0] == '-' && name[1] == '-' {
		value, strong := strings.CutSuffix(strings.TrimSpace(joinedTokens(values)), "!important")
		l.own = append(l.own, variable{string(name), strings.ToLower(strings.TrimSpace(value)), strong})
		return
	}
	p, ok := propertyOf(name)
	if !ok {
		switch named := string(name); named {
		case "animation", "animation-name", "-webkit-animation", "-webkit-animation-name":
			l.moves = l.moves || len(values) > 0 && string(values[0].Data) != "none"
			l.declareAnimation(named, strings.ToLower(joinedTokens(values)))
		case "animation-fill-mode", "animation-delay", "animation-iteration-count", "animation-play-state", "animation-direction", "animation-duration",
			"-webkit-animation-fill-mode", "-webkit-animation-delay", "-webkit-animation-direction", "-webkit-animation-duration":
			l.declareAnimation(named, strings.ToLower(joinedTokens(values)))
		case "transition", "transition-property", "will-change", "-webkit-transition":
			l.moves = l.moves || len(values) > 0 && string(values[0].Data) != "none"
		case "all":
			for _, p := range [2]Property{Display, opacity} {
				if !l.strong[p] {
					l.Says[p] = "unset"
				}
			}
		}
		return
	}
	var said strings.Builder
	strong := false
	for _, token := range values {
		if token.TokenType == css.DelimToken && token.Data[0] == '!' {
			strong = true
			break
		}
		said.Write(token.Data)
	}
	value := strings.TrimSpace(strings.ToLower(unescape(said.String())))
	if l.strong[p] && !strong || value == "" || p == Display && !isDisplay(value) {
		return
	}
	if (p == decoration || p == listStyle || p == whiteSpace) && settingBy(p, value) == 0 {
		return // most rules say of these what tells a reader nothing
	}
	l.strong[p] = strong
	switch string(name) {
	case "font":
		l.declareFont(value, strong)
		return
	case "scale", "rotate":
		value = string(name) + "(" + value + ")"
	case "translate":
		value = "translate(" + strings.Join(valuesIn(value), ",") + ")"
	case "inset":
		if parts := valuesIn(value); !slices.ContainsFunc(parts, func(part string) bool { return !isNothing(part, 0) }) {
			value = parts[0]
			for _, side := range [...]Property{left, right, bottom} {
				l.Says[side], l.strong[side] = value, strong
			}
		}
	case "font-size-adjust":
		if !isNothing(value, 0) {
			return
		}
	case "contain":
		if strings.Contains(value, "strict") || strings.Contains(value, "size") && !strings.Contains(value, "inline-size") {
			l.Says[contained], l.strong[contained] = "size", strong
		}
		if strings.Contains(value, "paint") || strings.Contains(value, "strict") || strings.Contains(value, "content") {
			value = "hidden"
		}
	case "-webkit-text-security", "text-security":
		if value == "none" {
			value = ""
		}
	}
	if p == transform && l.Says[p] != "" && l.Says[p] != "none" && value != "none" && !strings.Contains(string(name), "transform") {
		value = l.Says[p] + " " + value
	}
	l.Says[p] = value
}

// declareFont reads the shorthand: what stands before the slash is the size.
func (l *Look) declareFont(value string, strong bool) {
	before, after, hasLine := strings.Cut(value, "/")
	parts := valuesIn(before)
	for i, part := range parts {
		if _, _, ok := lengthOf(part); ok && (hasLine && i == len(parts)-1 || !isWeight(part)) || strings.HasPrefix(part, "var(") {
			l.Says[fontSize], l.strong[fontSize] = part, strong
		}
	}
	if hasLine {
		if parts := valuesIn(after); len(parts) > 0 {
			l.Says[lineHeight], l.strong[lineHeight] = parts[0], strong
		}
	}
}

func isWeight(part string) bool {
	number, unit, ok := lengthOf(part)
	return ok && unit == "" && number != 0
}

// unescape takes the escapes of CSS out of a value.
func unescape(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out.WriteByte(text[i])
			continue
		}
		end := endOfEscape(text, i)
		code := 0
		for _, b := range []byte(text[i+1 : end]) {
			if isHex(b) {
				code = code<<4 | strings.IndexByte("0123456789abcdef", b|0x20)
			}
		}
		if !isHex(text[i+1]) {
			i++
			out.WriteByte(text[i])
			continue
		}
		out.WriteRune(rune(code))
		i = end - 1
	}
	return out.String()
}

// withoutGaps returns a selector in which no space ends an escape, since a space joins two compounds.
func withoutGaps(selector string) string {
	if strings.IndexByte(selector, '\\') < 0 {
		return selector
	}
	const most = 6 // digits of an escape, behind which no space is needed
	var out strings.Builder
	for i := 0; i < len(selector); i++ {
		if selector[i] != '\\' || i+1 == len(selector) || !isHex(selector[i+1]) {
			out.WriteByte(selector[i])
			if selector[i] == '\\' && i+1 < len(selector) {
				i++
				out.WriteByte(selector[i])
			}
			continue
		}
		end := endOfEscape(selector, i)
		digits := strings.TrimRight(selector[i+1:end], " \n\t")
		out.WriteString("\\" + strings.Repeat("0", max(0, most-len(digits))) + digits)
		i = end - 1
	}
	return out.String()
}

// endOfEscape returns where the escape ends that begins at i.
func endOfEscape(text string, i int) int {
	end := i + 1
	for end < len(text) && end < i+7 && isHex(text[end]) {
		end++
	}
	switch {
	case end == i+1:
		return min(end+1, len(text))
	case end < len(text) && strings.IndexByte(" \n\t", text[end]) >= 0:
		end++
	}
	return end
}

func isHex(b byte) bool { return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f' }

// matters reports whether a look says more than what only counts beside other things.
func (l *Look) matters() bool {
	for p := range zIndex {
		if l.Says[p] != "" {
			return true
		}
	}
	return l.Says[covered] != ""
}

// Hides reports whether what looks like that is not seen, and by which property. A
// look that moves is on its way to being seen.
func (l *Look) Hides() (by Property, hidden bool) {
	boxless := l.Says[Display] == "contents"
	for p := range properties {
		if l.Says[p] != "" && (!boxless || p.isOfText()) && l.hidesBy(p) {
			return p, true
		}
	}
	return 0, false
}

// isOfText reports whether a property is about text, so that it counts where an element has no box.
func (p Property) isOfText() bool {
	switch p {
	case Display, Visibility, fontSize, color, indent, letterSpacing:
		return true
	}
	return false
}

// hidesBy reports whether a property, which the look says something of, hides by what it says.
func (l *Look) hidesBy(p Property) bool {
	value := l.Says[p]
	switch p {
	case Display:
		return value == "none"
	case Visibility:
		return value == "hidden" || value == "collapse"
	case contentVisibility:
		return value == "hidden"
	case opacity:
		return l.Says[transform] == "" && !l.moves && share(value) <= 0.03
	case filter:
		return !l.moves && filtersAll(value)
	case zoom:
		return share(value) <= 0.03 && share(value) > 0
	case fontSize:
		return isNothing(value, 1)
	case color:
		return l.colourless()
	case indent, marginLeft:
		number, unit, ok := lengthOf(value)
		return isFarOff(value) || isFarRight(value) || p == indent && ok && (unit == "%" || unit == "vw") && number >= 100 && l.Says[overflow] != "" && l.cutsOff()
	case margin:
		return isFarOff(value)
	case letterSpacing:
		number, unit, ok := lengthOf(value)
		px, known := pixels(value)
		return ok && unit == "em" && number <= -1 || known && px <= -50
	case transform:
		return !l.moves && transformsAway(value, l.Says[backface] == "hidden")
	case clipPath:
		return !l.moves && clipsAll(value)
	case mask:
		return masksAll(value)
	case maskSize:
		return isNothing(value, 0) && l.Says[mask] != ""
	case left, right, top, bottom:
		return l.Says[position] != "" && l.isOff(p)
	case clip:
		return l.isFree() && clipsAll(value)
	case height, maxHeight, width, maxWidth:
		// A height of nothing with a padding holds the place of a film.
		return l.Says[overflow] != "" && l.cutsOff() && isNothing(value, 1) && !l.moves && !l.holdsRoom()
	case lineHeight:
		return l.Says[overflow] != "" && l.cutsOff() && isNothing(value, 0.1) && l.Says[height] == "" && !l.holdsRoom()
	case textSecurity:
		return true
	case covered:
		return value == "all" && l.Says[position] != "" && l.Says[position] != "static"
	case contained:
		// Such a box is as large as it is said to be, which is nothing here.
		return l.cutsOff() && l.Says[height] == "" && l.Says[position] == "" && !l.holdsRoom()
	}
	return false
}

// isFree reports whether the element is out of the flow.
func (l *Look) isFree() bool { return l.Says[position] == "absolute" || l.Says[position] == "fixed" }

func (l *Look) cutsOff() bool {
	return strings.Contains(l.Says[overflow], "hidden") || strings.Contains(l.Says[overflow], "clip")
}

// isOff reports whether an offset moves the element out of the page.
func (l *Look) isOff(side Property) bool {
	value := l.Says[side]
	switch l.Says[position] {
	case "absolute", "fixed":
	case "relative":
		return isFarOff(value) || side == left && isFarRight(value)
	default:
		return false
	}
	if isFarOff(value) || side != top && isFarRight(value) {
		return true
	}
	number, unit, ok := lengthOf(value)
	// What begins at the other end of its box is beyond it where the window is its box.
	inWindow := unit == "vw" || unit == "vh"
	if !ok || number < 100 {
		return false
	}
	return (inWindow || unit == "%") && l.Says[position] == "fixed" || inWindow && (side == right || side == bottom)
}

// holdsRoom reports whether something else than its size gives the element room.
func (l *Look) holdsRoom() bool {
	for _, p := range [...]Property{padding, minimum, grows} {
		for _, part := range valuesIn(l.Says[p]) {
			number, _, ok := lengthOf(part)
			if !ok && part != "none" && part != "auto" || number > 0 {
				return true
			}
			if p == grows {
				break
			}
		}
	}
	return false
}

// share reads a number or a percentage; 1 for what is neither.
func share(value string) float64 {
	number, unit, ok := lengthOf(value)
	switch {
	case ok && unit == "":
		return number
	case ok && unit == "%":
		return number / 100
	}
	return 1
}

// colourless reports whether text has the colour of its own background, or none.
func (l *Look) colourless() bool {
	if strings.Contains(l.Says[backgroundClip], "text") {
		return false
	}
	ink, ok := colourOf(l.Says[color])
	if !ok {
		return false
	}
	if ink.clear() {
		return !strings.Contains(l.Says[background], " text")
	}
	paper, ok := l.paper()
	return ok && ink.like(paper)
}

// paper returns the colour of the background, where it has one alone.
func (l *Look) paper() (colour, bool) {
	if image := l.Says[backgroundImage]; image != "" && image != "none" {
		if l.Says[backgroundPlace] != "" {
			return colour{}, false
		}
		return plainPicture(image)
	}
	if l.Says[backgroundPlace] != "" && strings.Contains(l.Says[background], "gradient(") {
		return colour{}, false
	}
	return paperOf(l.Says[background])
}

// paperOf finds the colour in a background, which may be a shorthand with a position.
func paperOf(value string) (colour, bool) {
	if c, ok := colourOf(value); ok || value == "none" {
		return c, true
	}
	parts := valuesIn(value)
	if len(parts) == 1 {
		return plainPicture(value)
	}
	found, ok := colour{}, false
	for _, part := range parts {
		c, is := colourOf(part)
		switch {
		case is:
			found, ok = c, true
		case strings.Contains(part, "("), part == unknown, part == "inherit", part == "currentcolor":
			return colour{}, false // a picture, of which it is not known where it lies
		}
	}
	return found, ok
}

// plainPicture returns the colour of a gradient that leads from one colour to the same.
func plainPicture(value string) (colour, bool) {
	functions := functionsIn(value)
	if len(functions) != 1 || !strings.HasSuffix(functions[0].name, "gradient") {
		return colour{}, false
	}
	var first colour
	known := false
	for _, argument := range functions[0].arguments {
		c, ok := colourOf(argument)
		switch {
		case ok && known && c != first:
			return colour{}, false
		case ok:
			first, known = c, true
		case strings.HasPrefix(argument, "var("):
			return colour{}, false
		}
	}
	return first, known
}

// isNothing reports whether value is a length of at most so many pixels, or a number of at most that.
func isNothing(value string, most float64) bool {
	number, unit, ok := lengthOf(value)
	if !ok || number < 0 {
		return false
	}
	switch unit {
	case "":
		return number <= most
	case "%":
		return number <= 2*most
	}
	px, ok := pixels(value)
	return ok && px <= most
}

// isFarOff reports whether a value has a length far outside of any window, to the left or above.
func isFarOff(value string) bool {
	for _, part := range valuesIn(value) {
		number, unit, ok := lengthOf(part)
		if !ok || number >= 0 {
			continue
		}
		if px, ok := pixels(part); ok && px <= -900 || unit == "%" && number <= -500 {
			return true
		}
	}
	return false
}

// isFarRight reports whether a length begins far to the right of any window.
func isFarRight(value string) bool {
	number, unit, ok := lengthOf(value)
	px, known := pixels(value)
	return ok && (known && px >= 4000 || unit == "%" && number >= 500)
}

// transformsAway reports whether a transform makes an element too small to be seen, turns it away, or
// moves it off the page. A back that faces the reader may be hidden.
func transformsAway(value string, hidesBack bool) bool {
	for _, f := range functionsIn(value) {
		first := f.arguments
		if len(first) == 0 {
			continue
		}
		switch f.name {
		case "scale", "scalex", "scaley", "scale3d":
			for i, argument := range first {
				if i < 2 && math.Abs(share(argument)) <= 0.03 {
					return true
				}
			}
		case "translate", "translatex", "translate3d", "translatey":
			if isFarOff(strings.Join(first[:min(2, len(first))], " ")) || f.name != "translatey" && isFarRight(first[0]) {
				return true
			}
		case "matrix3d":
			if len(first) == 16 && share(first[0]) == 0 && share(first[1]) == 0 || len(first) == 16 && share(first[4]) == 0 && share(first[5]) == 0 {
				return true
			}
		case "skew", "skewx", "skewy":
			if angle, ok := component(first[0], 0); ok && math.Mod(math.Abs(angle), 180) == 90 {
				return true // a line without an end
			}
		case "rotatex", "rotatey", "rotate3d", "rotate":
			angle, ok := component(first[len(first)-1], 0)
			flat := f.name != "rotate" || first[0] == "x" || first[0] == "y"
			if turned := math.Abs(math.Mod(angle, 360)); ok && flat && (turned == 90 || turned == 270 || hidesBack && turned > 90 && turned < 270) {
				return true
			}
		case "matrix":
			if len(first) == 6 && (share(first[0]) == 0 && share(first[1]) == 0 || share(first[2]) == 0 && share(first[3]) == 0 || isFarOff(first[4]+"px "+first[5]+"px")) {
				return true
			}
		}
	}
	return false
}

// filtersAll reports whether a filter leaves nothing to see.
func filtersAll(value string) bool {
	for _, f := range functionsIn(value) {
		const unreadable = 20 // pixels
		if len(f.arguments) == 0 {
			continue
		}
		if f.name == "opacity" && share(f.arguments[0]) <= 0.03 {
			return true
		}
		if px, ok := pixels(f.arguments[0]); ok && f.name == "blur" && px >= unreadable {
			return true
		}
	}
	return false
}

// masksAll reports whether a mask is clear everywhere.
func masksAll(value string) bool {
	for _, part := range valuesIn(value) {
		if c, ok := plainPicture(part); ok && c.clear() {
			return true
		}
	}
	return false
}

// clipsAll reports whether a shape leaves nothing to see.
func clipsAll(shape string) bool {
	functions := functionsIn(shape)
	if len(functions) == 0 || len(functions[0].arguments) == 0 {
		return false
	}
	f := functions[0]
	switch f.name {
	case "rect":
		return rectIsEmpty(f.arguments)
	case "inset":
		sides := insetSides(f.arguments)
		return sides[0]+sides[2] >= 100 || sides[1]+sides[3] >= 100
	case "circle":
		return isNothing(f.arguments[0], 1)
	case "ellipse":
		return isNothing(f.arguments[0], 1) || len(f.arguments) > 1 && isNothing(f.arguments[1], 1)
	case "xywh":
		return len(f.arguments) >= 4 && (isNothing(f.arguments[2], 1) || isNothing(f.arguments[3], 1))
	case "path":
		// A path that only moves its pen encloses nothing.
		outline := strings.Trim(strings.Join(f.arguments, " "), "\"' ")
		return strings.HasPrefix(outline, "m") && len(f.arguments) <= 3 && !strings.ContainsAny(outline, "lhvcsqta")
	case "polygon":
		return polygonIsEmpty(f.arguments)
	}
	return false
}

// rectIsEmpty judges the distances of the sides from above and from the left.
func rectIsEmpty(sides []string) bool {
	if len(sides) < 4 {
		return false
	}
	apart := func(from, to string) bool {
		a, unitA, okA := lengthOf(from)
		b, unitB, okB := lengthOf(to)
		return !okA || !okB || unitA != unitB && a != 0 && b != 0 || b-a > 1
	}
	return !apart(sides[0], sides[2]) || !apart(sides[3], sides[1])
}

// insetSides returns how much is cut off from above, right, below and left, in percent; of lengths far
// larger than a window, all.
func insetSides(arguments []string) (sides [4]float64) {
	var read []float64
	for _, argument := range arguments {
		if argument == "round" {
			break
		}
		number, unit, ok := lengthOf(argument)
		if px, known := pixels(argument); unit != "%" {
			number = 0
			if known && px >= 4000 {
				number = 100
			}
		}
		if !ok {
			number = 0
		}
		read = append(read, number)
	}
	for side := range sides {
		switch {
		case side < len(read):
			sides[side] = read[side]
		case side == 3 && len(read) >= 2:
			sides[side] = read[1]
		case len(read) > 0:
			sides[side] = read[0]
		}
	}
	return sides
}

// polygonIsEmpty reports whether the corners enclose nothing.
func polygonIsEmpty(arguments []string) bool {
	var at []float64
	for _, argument := range arguments {
		if argument == "evenodd" || argument == "nonzero" {
			continue
		}
		number, _, ok := lengthOf(argument)
		if !ok {
			return false
		}
		at = append(at, number)
	}
	if len(at) < 2 || len(at)%2 != 0 {
		return false
	}
	area := 0.0
	for i := 0; i < len(at); i += 2 {
		j := (i + 2) % len(at)
		area += at[i]*at[j+1] - at[j]*at[i+1]
	}
	return math.Abs(area) < 2
}
