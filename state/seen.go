package state

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"time"
)

// Seen is what is remembered of a URL since its document was last fetched. A later run
// need not fetch the document where it has not changed.
type Seen struct {
	URL          string
	ETag         string // validators as the site sent them; "" for none
	LastModified string
	At           time.Time
	Settings     string   // fingerprint of the settings that it was read with
	Outcome      string   // of the visit
	Links        []string // URLs found on it
	Versions     []string // URLs of its versions in other languages, as it names them
	Page         *Staged  // the page that was read from it; nil for none
	Parts        []Staged // the further parts of a page that was split
}

// Seen returns what is remembered of a URL. ok is false where that is nothing.
func (s *Store) Seen(source, url string) (v Seen, ok bool, err error) {
	return readOne(s, seen(source), url, s.decodeSeen)
}

// SetSeen records v and replaces what was remembered of its URL (grouped).
func (s *Store) SetSeen(source string, v Seen) error {
	return s.add(write{seen(source), v.URL, s.encodeSeen(v)})
}

// ForgetSeen removes what is remembered of a URL (grouped).
func (s *Store) ForgetSeen(source, url string) error { return s.add(write{seen(source), url, nil}) }

// AllSeen yields the URLs that something is remembered of, sorted.
func (s *Store) AllSeen(source string) iter.Seq2[string, error] {
	return scan(s, seen(source), decodeName)
}

// Same reports whether v and w are equal except for At.
func (v Seen) Same(w Seen) bool {
	same := func(p, q Staged) bool {
		return p.ExternalID == q.ExternalID && bytes.Equal(p.encode(), q.encode())
	}
	samePage := v.Page == w.Page || v.Page != nil && w.Page != nil && same(*v.Page, *w.Page)
	return v.URL == w.URL && v.ETag == w.ETag && v.LastModified == w.LastModified && v.Settings == w.Settings &&
		v.Outcome == w.Outcome && slices.Equal(v.Links, w.Links) && slices.Equal(v.Versions, w.Versions) &&
		samePage && slices.EqualFunc(v.Parts, w.Parts, same)
}

// encodeSeen compresses the links, because a page has many that are alike.
func (s *Store) encodeSeen(v Seen) []byte {
	f := make(fields, 0, 512)
	f.text(v.ETag)
	f.text(v.LastModified)
	f.time(v.At)
	f.text(v.Settings)
	f.text(v.Outcome)
	f.text(string(s.compress(strings.Join(v.Links, "\n"))))
	if v.Page != nil {
		f.text(v.Page.ExternalID)
		f.text(string(v.Page.encode()))
	}
	for _, part := range v.Parts {
		f.text(part.ExternalID)
		f.text(string(part.encode()))
	}
	if len(v.Versions) > 0 {
		if v.Page == nil {
			f.text("")
		}
		f.text("") // ends the parts
		f.text(string(s.compress(strings.Join(v.Versions, "\n"))))
	}
	return f
}

func (s *Store) decodeSeen(url string, value []byte) (Seen, error) {
	r := read(value)
	v := Seen{URL: url, ETag: r.text(), LastModified: r.text(), At: r.time(), Settings: r.text(), Outcome: r.text()}
	links, err := s.unzip.DecodeAll([]byte(r.text()), nil)
	if err != nil {
		return Seen{}, err
	}
	if len(links) > 0 {
		v.Links = strings.Split(string(links), "\n")
	}
	if id := r.text(); id != "" {
		page, err := decodeStaged(id, []byte(r.text()))
		if err != nil {
			return Seen{}, err
		}
		v.Page = &page
	}
	for id := r.text(); id != "" && r.err == nil; id = r.text() {
		part, err := decodeStaged(id, []byte(r.text()))
		if err != nil {
			return Seen{}, err
		}
		v.Parts = append(v.Parts, part)
	}
	versions, err := s.unzip.DecodeAll([]byte(r.text()), nil)
	if err != nil {
		return Seen{}, err
	}
	if len(versions) > 0 {
		v.Versions = strings.Split(string(versions), "\n")
	}
	return v, r.err
}
