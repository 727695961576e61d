package draft

// Ink is a colour: red, green, blue and opacity.
type Ink [4]uint8

// Within reports whether no part of an ink upon paper is further than far from that of the paper.
func (c Ink) Within(paper Ink, far int) bool {
	for i := range 3 {
		shown := (int(c[i])*int(c[3]) + int(paper[i])*(255-int(c[3]))) / 255
		if d := shown - int(paper[i]); d > far || d < -far {
			return false
		}
	}
	return true
}
