package css

import "strings"

// Property is a CSS property, or a group of them, that may hide an element.
type Property uint8

// The properties.
const (
	Display Property = iota
	Visibility
	contentVisibility
	opacity
	filter
	position
	left
	right
	top
	bottom
	indent
	marginLeft
	margin
	transform
	backface
	zoom
	clip
	clipPath
	mask
	maskSize
	width
	maxWidth
	height
	maxHeight
	padding
	minimum
	grows
	overflow
	fontSize
	lineHeight
	letterSpacing
	textSecurity
	shadow
	color
	background
	backgroundImage
	backgroundClip
	backgroundPlace
	decoration
	listStyle
	whiteSpace
	blend
	contained
	animated
	zIndex
	content
	covered // by a pseudo-element of its own
	properties
)

// propertiesByName says of which property, or group, a CSS property is. Logical names stand for what
// they are in lines from left to right.
//
//nolint:gochecknoglobals // a table
var propertiesByName = map[string]Property{
	"display": Display, "visibility": Visibility, "content-visibility": contentVisibility, "opacity": opacity, "filter": filter,
	"position": position,
	"left":     left, "inset-inline-start": left, "inset-inline": left, "right": right, "inset-inline-end": right,
	"top": top, "inset-block-start": top, "inset-block": top, "inset": top, "bottom": bottom, "inset-block-end": bottom,
	"text-indent": indent,
	"margin-left": marginLeft, "margin-inline-start": marginLeft, "margin-inline": marginLeft,
	"margin": margin, "margin-top": margin, "margin-block": margin, "margin-block-start": margin,
	"transform": transform, "translate": transform, "scale": transform, "rotate": transform, "backface-visibility": backface, "zoom": zoom,
	"clip": clip, "clip-path": clipPath, "mask": mask, "mask-image": mask, "mask-size": maskSize,
	"width": width, "inline-size": width, "max-width": maxWidth, "max-inline-size": maxWidth,
	"height": height, "block-size": height, "max-height": maxHeight, "max-block-size": maxHeight,
	"padding": padding, "padding-top": padding, "padding-bottom": padding, "padding-block": padding,
	"padding-block-start": padding, "padding-block-end": padding,
	"min-height": minimum, "min-width": minimum, "min-block-size": minimum, "min-inline-size": minimum,
	"flex": grows, "flex-grow": grows, "aspect-ratio": grows,
	"overflow": overflow, "overflow-y": overflow, "overflow-x": overflow, "overflow-block": overflow, "overflow-inline": overflow,
	"contain": overflow, "mix-blend-mode": blend, "z-index": zIndex, "content": content,
	"font-size": fontSize, "font-size-adjust": fontSize, "font": fontSize, "line-height": lineHeight, "letter-spacing": letterSpacing, "text-security": textSecurity,
	"text-shadow": shadow, "text-stroke": shadow,
	"color": color, "text-fill-color": color,
	"background": background, "background-color": background, "background-image": backgroundImage, "background-clip": backgroundClip,
	"text-decoration": decoration, "text-decoration-line": decoration, "list-style": listStyle, "list-style-type": listStyle,
	"white-space":     whiteSpace,
	"background-size": backgroundPlace, "background-position": backgroundPlace, "background-repeat": backgroundPlace,
}

func propertyOf(name []byte) (Property, bool) {
	p, ok := propertiesByName[string(name)]
	if !ok && len(name) > 0 && name[0] == '-' {
		p, ok = propertiesByName[strings.TrimPrefix(string(name), "-webkit-")]
	}
	return p, ok
}

// isHandedDown reports whether elements have the property of the one around them.
func (p Property) isHandedDown() bool {
	switch p {
	case Visibility, fontSize, color, indent, letterSpacing, textSecurity:
		return true
	}
	return false
}

// TakesRoom reports whether what the property hides leaves no room, so that something has to be clicked to
// show it. What is only unseen in its place may appear by itself.
func (p Property) TakesRoom() bool { return p != opacity && p != Visibility }
