package draft

import "unicode"

// Unseen is text that a file contains and does not show. Mostly somebody covered it to remove it, and it
// stayed in the file.
type Unseen struct {
	How     How
	Where   string // for people, such as "page 3, near the top"
	Letters int    // number of letters and digits
}

// How is the reason why a text is not seen.
type How string

// The reasons why a text is not seen.
const (
	Covered   How = "covered-text"          // something was drawn over it
	Colour    How = "text-without-contrast" // it has the colour of what lies behind it
	Unpainted How = "unpainted-text"        // it is set but not drawn
	LayerOff  How = "switched-off-text"     // its optional content is off
	Clipped   How = "clipped-text"          // it lies outside of the part that is shown
	Tiny      How = "tiny-text"             // it is too small for any reader
	Marked    How = "unapplied-redaction"   // it is marked for redaction, but still there
)

// FewestUnseen is how many letters in a row are enough to say something.
const FewestUnseen = 3

const mostUnseen = 50 // places that are named for one file

// Places collects the text of a file that is not seen.
type Places struct {
	All []Unseen
}

// Add adds text that is not seen. Texts at the same place are counted together.
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

// CountSaid returns how many letters and digits a text has.
func CountSaid(text string) (n int) {
	for _, r := range text {
		if IsSaid(r) {
			n++
		}
	}
	return n
}
