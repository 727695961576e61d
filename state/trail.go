package state

import (
	"iter"
	"time"
)

// Trail is the history of a URL's outcomes. It answers why the URL is in the library, or is not.
type Trail struct {
	URL   string       `json:"url"`
	From  string       `json:"from,omitempty"` // URL it was found on; "" for a start address
	Depth int          `json:"depth"`          // number of links from a start address
	Last  TrailOutcome `json:"last"`
	// Earlier are the outcomes before Last, the newest first. There are EarlierKept at most.
	Earlier []TrailOutcome `json:"earlier,omitempty"`
}

// TrailOutcome is an outcome that a URL had in each crawl since a time.
type TrailOutcome struct {
	Outcome string    `json:"outcome"`
	Detail  string    `json:"detail,omitempty"` // for people
	Since   time.Time `json:"since"`
}

// EarlierKept is how many earlier outcomes of a URL are recorded.
const EarlierKept = 4

// Trail returns the trail of a URL. ok is false where there is none.
func (s *Store) Trail(source, url string) (t Trail, ok bool, err error) {
	return readOne(s, trails(source), url, decodeTrail)
}

// Trails yields the trails of a source, sorted by URL.
func (s *Store) Trails(source string) iter.Seq2[Trail, error] {
	return scan(s, trails(source), decodeTrail)
}

// Follow records the outcome that a URL had in a crawl that ended at the given time
// (grouped). It writes nothing where the outcome and the place where the URL was found
// are those of the crawl before.
func (s *Store) Follow(source string, v Visit, at time.Time) error {
	before, known, err := s.Trail(source, v.URL)
	if err != nil {
		return err
	}
	t := Trail{URL: v.URL, From: v.From, Depth: v.Depth, Last: TrailOutcome{v.Outcome, v.Detail, at}}
	if known {
		t.Earlier = before.Earlier
		switch {
		case before.Last.Outcome != v.Outcome:
			t.Earlier = append([]TrailOutcome{before.Last}, before.Earlier...)
			t.Earlier = t.Earlier[:min(EarlierKept, len(t.Earlier))]
		case before.Last.Detail == v.Detail && before.From == v.From && before.Depth == v.Depth:
			return nil
		default:
			t.Last.Since = before.Last.Since
		}
	}
	return s.add(write{trails(source), v.URL, t.encode()})
}

// ForgetTrail removes the trail of a URL (grouped).
func (s *Store) ForgetTrail(source, url string) error {
	return s.add(write{trails(source), url, nil})
}

func (t Trail) encode() []byte {
	f := make(fields, 0, 128)
	f.text(t.From)
	f.number(int64(t.Depth))
	f.number(int64(len(t.Earlier)))
	for _, o := range append([]TrailOutcome{t.Last}, t.Earlier...) {
		f.text(o.Outcome)
		f.text(o.Detail)
		f.time(o.Since)
	}
	return f
}

func decodeTrail(url string, value []byte) (Trail, error) {
	r := read(value)
	outcome := func() TrailOutcome { return TrailOutcome{r.text(), r.text(), r.time()} }
	t := Trail{URL: url, From: r.text(), Depth: int(r.number())}
	n := r.number()
	t.Last = outcome()
	if n < 0 || n > EarlierKept {
		return t, errFields
	}
	for range n {
		t.Earlier = append(t.Earlier, outcome())
	}
	return t, r.err
}
