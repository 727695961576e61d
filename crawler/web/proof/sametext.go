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

// sameTexts recognises a wall by its text alone. If many addresses of a private site give one text, it is
// what the site says to those it does not let in. Pages that show by themselves that their reader is logged
// in are no wall. Addresses that differ only in their query count once, since they often are one page with
// another order or tab. It keeps a few hashes for each page, and no text.
type sameTexts struct {
	mu     sync.Mutex
	pages  map[uint64]uint64   // hash of address → hash of text
	places map[uint64]struct{} // hashes of path and text
	count  map[uint64]int      // hash of text → number of paths
}

const (
	wallPaths = 5   // fewer paths with one text are no wall
	wallShare = 0.2 // a smaller share of all paths is no wall
	wallText  = 20  // bytes; a shorter text is that of a nearly empty page
)

// note records the text of the page at u. It leaves out the title, since a wall may have that of the
// requested page.
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

// walls returns the number of paths with the text of the page at an address if that text is a wall's, and
// otherwise 0.
func (s *sameTexts) walls(address string) int {
	if n := s.count[s.pages[texthash.Of(address)]]; s.isWall(n) {
		return n
	}
	return 0
}

// of returns the hash of the text of the page at an address.
func (s *sameTexts) of(address string) uint64 { return s.pages[texthash.Of(address)] }

func (s *sameTexts) isWall(paths int) bool {
	return paths >= wallPaths && float64(paths) >= wallShare*float64(len(s.places))
}

// any reports whether any text is a wall's.
func (s *sameTexts) any() bool {
	for _, n := range s.count {
		if s.isWall(n) {
			return true
		}
	}
	return false
}

// SayTheSame is part of the detail of a wall that was recognised only by its text. The number of its
// addresses comes before it.
const SayTheSame = "addresses say the very same"

// TakeBackWalls settles pages again that turned out to be a wall. What they put into the sink then no longer
// counts.
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
		detail := fmt.Sprintf("%d %s", p.texts.walls(s.URL), SayTheSame)
		if err := p.Frontier.Settle(u, crawler.LoginWall, detail); err != nil {
			return err
		}
	}
	return nil
}
