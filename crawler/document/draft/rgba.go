package draft

// RGBA is a colour: red, green, blue and opacity.
type RGBA [4]uint8

// IsCloseTo reports whether text of colour c on paper differs from the paper by at most far in each component.
func (c RGBA) IsCloseTo(paper RGBA, far int) bool {
	for i := range 3 {
		shown := (int(c[i])*int(c[3]) + int(paper[i])*(255-int(c[3]))) / 255
		if d := shown - int(paper[i]); d > far || d < -far {
			return false
		}
	}
	return true
}
