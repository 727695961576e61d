package draft

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

// FewestUnseen is how many letters in a row say something.
const FewestUnseen = 3

const mostUnseen = 50 // places that are named of one file

// Places collects the text of a file that is not seen.
type Places struct {
	All []Unseen
}

// Add takes in text that is not seen. What goes on at the same place counts as one.
func (u *Places) Add(how How, where string, letters int) {
	if letters < FewestUnseen {
		return
	}
	for i := range u.All {
		if p := &u.All[i]; p.How == how && p.Where == where {
			p.Letters += letters
			return
		}
	}
	if len(u.All) < mostUnseen {
		u.All = append(u.All, Unseen{how, where, letters})
	}
}

// IsSaid reports whether r is a letter or a digit.
func IsSaid(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
