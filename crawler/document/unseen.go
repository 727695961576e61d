package document

import "unicode"

// Unseen is text that a file has and does not show: mostly somebody wanted it gone, covered
// it, and left it in the file.
type Unseen struct {
	How     How
	Where   string // for people: "page 3, near the top"
	Letters int    // letters and digits
}

// How says what keeps a text from being seen.
type How string

// What keeps a text from being seen.
const (
	Covered   How = "covered-text"          // something was drawn over it
	Colour    How = "text-without-contrast" // it has the colour of what lies behind it
	Unpainted How = "unpainted-text"        // it is set without being drawn
	LayerOff  How = "switched-off-text"     // its optional content is off
	Clipped   How = "clipped-text"          // it lies outside of the part that is shown
	Tiny      How = "tiny-text"             // no reader makes it out
	Marked    How = "unapplied-redaction"   // it is marked to be redacted, and still there
)

const (
	fewestUnseen = 3  // letters in a row, from which on they say something
	mostUnseen   = 50 // places that are named of one file
)

// unseen collects the places of one part of a file, such as a page.
type unseenText struct {
	places []Unseen
}

// add takes in text that is not seen. What goes on at the same place counts as one.
func (u *unseenText) add(how How, where string, letters int) {
	if letters < fewestUnseen {
		return
	}
	for i := range u.places {
		if p := &u.places[i]; p.How == how && p.Where == where {
			p.Letters += letters
			return
		}
	}
	if len(u.places) < mostUnseen {
		u.places = append(u.places, Unseen{how, where, letters})
	}
}

func isSaid(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
