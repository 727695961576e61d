package office

import (
	"strconv"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
)

// wordColour is a colour in a Word document.
type wordColour struct {
	is  colourState
	ink draft.RGBA
}

type colourState uint8

const (
	notSaid   colourState = iota
	automatic             // black or white, whichever contrasts with what lies behind
	known
	unknown
)

func known3(r, g, b uint8) wordColour { return wordColour{known, draft.RGBA{r, g, b, 255}} }

// or returns c, or other if c does not say a colour.
func (c wordColour) or(other wordColour) wordColour {
	if c.is == notSaid {
		return other
	}
	return c
}

// hides reports whether text of this colour is not seen on c.
func (c wordColour) hides(text wordColour) bool {
	return c.is == known && text.is == known && text.ink.IsCloseTo(c.ink, faintColour)
}

// faintColour is how much the components of two colours, from 0 to 255, may differ for text not to be seen.
const faintColour = 32

// wordTheme maps names to the colours of a document's theme.
type wordTheme map[string]draft.RGBA

// readTheme reads the colours of a theme, and which of them are those of text and background.
func readTheme(theme, settings *xmlNode) wordTheme {
	scheme := theme.find("clrScheme")
	colours := make(wordTheme)
	for _, n := range scheme.nodes() {
		c, ok := hexColour(n.child("srgbClr").attr("val"))
		if !ok {
			c, ok = hexColour(n.child("sysClr").attr("lastClr"))
		}
		if ok {
			colours[n.name] = c
		}
	}
	mapping := settings.child("clrSchemeMapping")
	for _, name := range [][4]string{ // names in a run, in a drawing, in the mapping, and in the theme
		{"background1", "bg1", "bg1", "lt1"}, {"text1", "tx1", "t1", "dk1"},
		{"background2", "bg2", "bg2", "lt2"}, {"text2", "tx2", "t2", "dk2"},
		{"light1", "lt1", "", "lt1"}, {"dark1", "dk1", "", "dk1"}, {"light2", "lt2", "", "lt2"}, {"dark2", "dk2", "", "dk2"},
		{"hyperlink", "hlink", "", "hlink"}, {"followedHyperlink", "folHlink", "", "folHlink"},
	} {
		from := name[3]
		if mapped := mapping.attr(name[2]); name[2] != "" && mapped != "" {
			from = strings.NewReplacer("light", "lt", "dark", "dk").Replace(mapped)
		}
		if c, ok := colours[from]; ok {
			colours[name[0]], colours[name[1]] = c, c
		}
	}
	return colours
}

func hexColour(digits string) (draft.RGBA, bool) {
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || len(digits) != 6 {
		return draft.RGBA{}, false
	}
	return draft.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}, true
}

// said reads a colour from attributes: its value, or the theme's colour that replaces it.
func (t wordTheme) said(n *xmlNode, value, theme, tint, shade string) wordColour {
	if name := n.attr(theme); name != "" && name != "none" {
		c, ok := t[name]
		if !ok {
			return wordColour{is: unknown}
		}
		if part, err := strconv.ParseUint(n.attr(tint), 16, 8); err == nil {
			c = lit(c, float64(part)/255, 1-float64(part)/255)
		}
		if part, err := strconv.ParseUint(n.attr(shade), 16, 8); err == nil {
			c = lit(c, float64(part)/255, 0)
		}
		return wordColour{known, c}
	}
	said := n.attr(value)
	if said == "" {
		return wordColour{}
	}
	if strings.EqualFold(said, "auto") {
		return wordColour{is: automatic}
	}
	if c, ok := hexColour(strings.TrimPrefix(said, "#")); ok {
		return wordColour{known, c}
	}
	return wordColour{is: unknown}
}

// text returns the colour of text in properties.
func (t wordTheme) text(n *xmlNode) wordColour {
	return t.said(n, "val", "themeColor", "themeTint", "themeShade")
}

// shading returns the colour of a shading: its pattern on its fill.
func (t wordTheme) shading(n *xmlNode) wordColour {
	if n == nil || n.attr("val") == "nil" {
		return wordColour{}
	}
	fill := t.said(n, "fill", "themeFill", "themeFillTint", "themeFillShade")
	if fill.is == automatic {
		fill = wordColour{} // it shows what lies behind
	}
	pattern := n.attr("val")
	share := 0.0
	if percent, ok := strings.CutPrefix(pattern, "pct"); ok {
		whole, _ := strconv.Atoi(percent)
		share = float64(whole) / 100
	} else if pattern == "solid" {
		share = 1
	} else if pattern != "" && pattern != "clear" {
		return wordColour{is: unknown} // stripes
	}
	if share == 0 {
		return fill
	}
	front := t.said(n, "color", "themeColor", "themeTint", "themeShade")
	if front.is == automatic || front.is == notSaid {
		front = known3(0, 0, 0)
	}
	behind := fill.or(known3(255, 255, 255))
	if front.is != known || behind.is != known {
		return wordColour{is: unknown}
	}
	for i := range 3 {
		front.ink[i] = uint8(share*float64(front.ink[i]) + (1-share)*float64(behind.ink[i]))
	}
	return front
}

// drawn returns the colour in an element of a drawing (DrawingML), such as solidFill.
func (t wordTheme) drawn(n *xmlNode) wordColour {
	c := n.child("srgbClr")
	said, ok := hexColour(c.attr("val"))
	if c == nil {
		c = n.child("schemeClr")
		said, ok = t[c.attr("val")]
	}
	if !ok {
		return wordColour{is: unknown}
	}
	part := func(name string, none float64) float64 {
		if child := c.child(name); child != nil {
			return float64(child.number("val")) / 100_000
		}
		return none
	}
	said = lit(said, part("lumMod", 1), part("lumOff", 0))
	return wordColour{known, said}
}

// lit returns a colour with its lightness multiplied and increased.
func lit(c draft.RGBA, times, plus float64) draft.RGBA {
	if times == 1 && plus == 0 {
		return c
	}
	high, low := float64(max(c[0], c[1], c[2]))/255, float64(min(c[0], c[1], c[2]))/255
	light := (high + low) / 2
	next := min(max(light*times+plus, 0), 1)
	// In HSL, the distance from grey is proportional to the room that the lightness leaves.
	room := func(l float64) float64 { return min(l, 1-l) }
	scale := 0.0
	if room(light) > 0 {
		scale = room(next) / room(light)
	}
	for i := range 3 {
		v := next + (float64(c[i])/255-light)*scale
		c[i] = uint8(min(max(v, 0), 1)*255 + 0.5)
	}
	return c
}

// highlights are the colours of the highlighter.
//
//nolint:gochecknoglobals // a table
var highlights = map[string]draft.RGBA{
	"black": {0, 0, 0, 255}, "blue": {0, 0, 255, 255}, "cyan": {0, 255, 255, 255}, "green": {0, 255, 0, 255},
	"magenta": {255, 0, 255, 255}, "red": {255, 0, 0, 255}, "yellow": {255, 255, 0, 255}, "white": {255, 255, 255, 255},
	"darkBlue": {0, 0, 128, 255}, "darkCyan": {0, 128, 128, 255}, "darkGreen": {0, 128, 0, 255},
	"darkMagenta": {128, 0, 128, 255}, "darkRed": {128, 0, 0, 255}, "darkYellow": {128, 128, 0, 255},
	"darkGray": {128, 128, 128, 255}, "lightGray": {192, 192, 192, 255},
}
