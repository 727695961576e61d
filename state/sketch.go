package state

// Sketch is the little that is remembered of a text to tell, later, how much of it
// another text still says. The zero value stands for a text that is not known.
type Sketch struct {
	Letters int    `json:"letters"` // how many it has
	Pairs   string `json:"-"`       // of its pairs of words, some hashes: see ingest.SketchOf
}

// Known reports whether the sketch is of a text at all.
func (s Sketch) Known() bool { return s != Sketch{} }

func (f *fields) sketch(s Sketch) {
	f.number(int64(s.Letters))
	f.text(s.Pairs)
}

func (r *reader) sketch() Sketch { return Sketch{Letters: int(r.number()), Pairs: r.text()} }
