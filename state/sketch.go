package state

// Sketch is a small digest of a text. It serves to estimate later how much of the text
// another text contains. The zero value stands for an unknown text.
type Sketch struct {
	Letters int    `json:"letters"` // number of letters
	Pairs   string `json:"-"`       // hashes of some of its pairs of words: see ingest.SketchOf
}

// Known reports whether the sketch is that of a text.
func (s Sketch) Known() bool { return s != Sketch{} }

func (f *fields) sketch(s Sketch) {
	f.number(int64(s.Letters))
	f.text(s.Pairs)
}

func (r *reader) sketch() Sketch { return Sketch{Letters: int(r.number()), Pairs: r.text()} }
