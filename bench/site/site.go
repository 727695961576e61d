// Package site generates help centers for measurements, of any size. A site is always the same for the same [Shape]. Its
// pages are generated when they are requested, so that a hundred thousand pages take no memory.
//
//	/                       page 0
//	/articles/7-some-words  page 7, below its parent in the tree
//	/print/7                the same text, naming the page above as canonical
package site

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
)

// Shape describes a site. The zero value of each field is valid.
type Shape struct {
	Seed       uint64
	Pages      int     // number of articles, including the home page
	Branching  int     // articles below an article; 0: derived from Depth, or 10
	Depth      int     // links from the home page to the farthest article; used if Branching is 0
	Words      int     // of an article on average; an article has between half and one and a half times as many; 0: 300
	Alike      float64 // share of articles that have another article's text
	Printed    float64 // share of articles that have a second URL, which names the first one as canonical
	Changed    float64 // share of articles whose text differs from edition to edition
	Validators bool    // answers have an ETag, and a request with it is answered with 304
}

// Site serves a site. It is safe for concurrent use.
type Site struct {
	shape   Shape
	edition atomic.Uint64

	asked, unmodified atomic.Int64
}

// New returns a site.
func New(s Shape) *Site {
	s.Pages = max(s.Pages, 1)
	if s.Branching <= 0 && s.Depth > 0 {
		for s.Branching = 1; reach(s.Branching, s.Depth, s.Pages) < s.Pages; s.Branching++ {
		}
	}
	if s.Branching <= 0 {
		s.Branching = 10
	}
	if s.Words <= 0 {
		s.Words = 300
	}
	return &Site{shape: s}
}

// reach returns how many pages a tree has, or enough if it has more.
func reach(branching, depth, enough int) int {
	pages, level := 1, 1
	for range depth {
		level *= branching
		pages += level
		if pages >= enough {
			return enough
		}
	}
	return pages
}

// Publish sets the edition of the site. The first one is 0.
func (s *Site) Publish(edition uint64) { s.edition.Store(edition) }

// Asked counts the requests since the last call, and how many of them were answered with 304.
func (s *Site) Asked() (all, unmodified int64) { return s.asked.Swap(0), s.unmodified.Swap(0) }

// Path returns the path of an article.
func (s *Site) Path(i int) string {
	if i == 0 {
		return "/"
	}
	return "/articles/" + strconv.Itoa(i) + "-" + s.slug(i)
}

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked.Add(1)
	i, printed, ok := s.find(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	if s.shape.Validators {
		tag := fmt.Sprintf(`"%d-%d"`, i, s.editionOf(i))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			s.unmodified.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	page := s.render(i, printed)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(page)))
	_, _ = w.Write(page)
}

// find returns the article at a path.
func (s *Site) find(path string) (i int, printed, ok bool) {
	if path == "/" {
		return 0, false, true
	}
	name, isArticle := strings.CutPrefix(path, "/articles/")
	if !isArticle {
		if name, printed = strings.CutPrefix(path, "/print/"); !printed {
			return 0, false, false
		}
	}
	number, _, _ := strings.Cut(name, "-")
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= s.shape.Pages {
		return 0, false, false
	}
	if printed {
		return i, true, s.printed(i) && path == "/print/"+number
	}
	return i, false, path == s.Path(i)
}

// Each property of an article has its own random sequence, so that changing one property does not change the others.
const (
	ofText = iota + 1
	ofTitle
	ofAlike
	ofPrinted
	ofChanged
)

func (s *Site) random(of, i int) *rand.Rand {
	return rand.New(rand.NewPCG(s.shape.Seed<<8|uint64(of), uint64(i)))
}

func (s *Site) printed(i int) bool { return s.random(ofPrinted, i).Float64() < s.shape.Printed }

// twin returns the article whose text article i has. Usually that is i.
func (s *Site) twin(i int) int {
	if r := s.random(ofAlike, i); i > 1 && r.Float64() < s.shape.Alike {
		return 1 + r.IntN(i-1)
	}
	return i
}

// editionOf returns the edition of an article's text, which is 0 for an article that never changes.
func (s *Site) editionOf(i int) uint64 {
	if s.random(ofChanged, i).Float64() < s.shape.Changed {
		return s.edition.Load()
	}
	return 0
}
