package proof

import (
	"fmt"
	"net/url"
	"slices"
	"sync"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// sameTexts notices a wall that nothing else told of: if many addresses of a
// private site give one text, that is what they say to those they don't let in. Pages
// that show by themselves that their reader is logged in are no wall, however alike.
// Addresses that differ by their query alone count once, since they often are one
// page with another sorting or tab. It holds a few hashes for each page, and no text.
type sameTexts struct {
	mu     sync.Mutex
	pages  map[uint64]uint64   // address → text
	places map[uint64]struct{} // path and text
	count  map[uint64]int      // text → paths
}

const (
	wallPaths = 5   // fewer with one text are no wall
	wallShare = 0.2 // nor are they where most pages have texts of their own
	wallText  = 20  // bytes; a shorter text is a page with hardly anything on it
)

// note remembers what the page at u says. Its title is left out, since a wall may
// stand under that of the page asked for.
func (s *sameTexts) note(u *url.URL, text string) {
	text = markdown.WithoutTargets(text)
	if len(text) < wallText {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages == nil {
		s.pages, s.places, s.count = make(map[uint64]uint64), make(map[uint64]struct{}), make(map[uint64]int)
	}
	says := texthash.Of(text)
	s.pages[texthash.Of(u.String())] = says
	place := texthash.Of(u.EscapedPath() + "\x00" + text)
	if _, again := s.places[place]; !again {
		s.places[place] = struct{}{}
		s.count[says]++
	}
}

// walls returns how many paths have the text of the page at an address, if that is
// a wall, and 0 if not.
func (s *sameTexts) walls(address string) int {
	if n := s.count[s.pages[texthash.Of(address)]]; s.isWall(n) {
		return n
	}
	return 0
}

// of stands for the text of the page at an address.
func (s *sameTexts) of(address string) uint64 { return s.pages[texthash.Of(address)] }

func (s *sameTexts) isWall(paths int) bool {
	return paths >= wallPaths && float64(paths) >= wallShare*float64(len(s.places))
}

// any reports whether a text is a wall's.
func (s *sameTexts) any() bool {
	for _, n := range s.count {
		if s.isWall(n) {
			return true
		}
	}
	return false
}

// SayTheSame is in the detail of a login wall that was told by nothing but its text,
// after the number of addresses that have it.
const SayTheSame = "addresses say the very same"

// TakeBackWalls settles anew, as walls, the pages that turned out to be one. What
// they put into the sink no longer counts: a page is one whose address is settled so.
func (p *Prover) TakeBackWalls() error {
	if !p.texts.any() {
		return nil
	}
	var walls []frontier.Settlement
	fromInside := make(map[uint64]bool)
	for s, err := range p.Frontier.Settled() {
		if err != nil {
			return err
		}
		if s.Outcome != crawler.Paged || p.texts.walls(s.URL) == 0 {
			continue
		}
		walls = append(walls, s)
		if p.decided[s.URL] {
			fromInside[p.texts.of(s.URL)] = true
		}
	}
	walls = slices.DeleteFunc(walls, func(s frontier.Settlement) bool { return fromInside[p.texts.of(s.URL)] })
	p.Frontier.Retract(len(walls))
	for _, s := range walls {
		u, err := url.Parse(s.URL)
		if err != nil {
			return err
		}
		if err := p.Unlearn(s.URL); err != nil {
			return err
		}
		if err := p.Frontier.Settle(u, crawler.LoginWall, fmt.Sprintf("%d %s", p.texts.walls(s.URL), SayTheSame)); err != nil {
			return err
		}
	}
	return nil
}
