// Package acting tells links that would do something from links to articles on doing it.
package acting

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// Signs are what the links of a crawl show of the addresses that bear the name of an action. A link that deletes
// looks like an article on deleting: /pages/7/delete and /help/delete. The signs are weighed once all pages were read.
// One sign of an action outweighs all signs of an article, since whoever writes a page can put any link into it. Where
// it is open, the address is not asked for, but listed by name. See docs/adr/0049.
type Signs struct {
	Frontier *frontier.Frontier
	Scope    *scope.Scope

	mu    sync.Mutex
	signs map[string]linkSigns // by address, of those that bear the name of an action
	open  map[string]string    // addresses of which nothing tells what they are, and why they may act
}

// linkSigns are the signs of all links to one address.
type linkSigns struct{ acts, inText bool }

// Note takes in the signs of the links of one page.
func (a *Signs) Note(found []extract.LinkSign) {
	if len(found) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.signs == nil {
		a.signs = make(map[string]linkSigns)
	}
	for _, f := range found {
		if n, ok := a.Scope.Normalise(f.URL); ok {
			has := a.signs[n.String()]
			a.signs[n.String()] = linkSigns{has.acts || f.Acts, has.inText || f.InText}
		}
	}
}

// enoughSisters is how many other pages a folder has at least whose pages are a section of articles.
const enoughSisters = 3

// Article is an address that is an article by all signs, with where it was found.
type Article struct {
	URL   *url.URL
	Depth int
	From  string
}

// Weigh returns the articles among the addresses that were left alone, and remembers those of which it is open.
func (a *Signs) Weigh() (articles []Article, err error) {
	shape, err := a.shapeOfSite()
	if err != nil {
		return nil, err
	}
	a.open = make(map[string]string)
	for s, err := range a.Frontier.Settled() {
		if err != nil {
			return nil, err
		}
		u, err := url.Parse(s.URL)
		if err != nil || s.Outcome != crawler.Unsafe || !scope.IsNamedOnly(u) {
			continue
		}
		signs := a.signs[s.URL]
		if !signs.inText && s.Depth == 0 && s.From != "" { // a sitemap lists it, or it was sent
			signs.inText = true
		}
		parent, name := cutLast(u)
		beside := shape.pages[texthash.Of(parent)] && shape.after[texthash.Of(name)] > 1 // pages, as a control of each
		section := !beside && shape.sisters[texthash.Of(parent)] >= enoughSisters
		switch gentle := scope.UnsafeLink(u) == "" && !endsInNumber(parent); {
		case signs.acts && section: // the menu of a manual has all its articles, and a toolbar what acts
			a.open[s.URL] = s.Detail
		case signs.acts:
		case !beside && gentle, section && signs.inText && !shape.unsure:
			articles = append(articles, Article{u, s.Depth, s.From})
		case signs.inText:
			a.open[s.URL] = s.Detail
		}
	}
	return articles, nil
}

// endsInNumber reports whether a path ends in a number, by which one thing of many is called: what follows in
// /boards/7/subscribe is done to it, also where it is no page.
func endsInNumber(path string) bool {
	last := path[strings.LastIndexByte(path, '/')+1:]
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// shape is what the addresses of a site tell of its sections.
type shape struct {
	pages   map[uint64]bool // paths of pages
	sisters map[uint64]int  // folder → pages in it whose names stand in no other folder
	after   map[uint64]int  // name → pages whose path it stands after
	unsure  bool            // pages were not read again, so that what they link to is not known
}

func (a *Signs) shapeOfSite() (shape, error) {
	type place struct{ folder, name uint64 }
	s := shape{pages: make(map[uint64]bool), sisters: make(map[uint64]int), after: make(map[uint64]int)}
	known := make(map[place]bool) // whether there is a page
	for settled, err := range a.Frontier.Settled() {
		if err != nil {
			return s, err
		}
		u, err := url.Parse(settled.URL)
		if err != nil || !a.Scope.SameSite(u) {
			continue
		}
		folder, name := cutLast(u)
		at := place{texthash.Of(folder), texthash.Of(name)}
		isPage := settled.Outcome == crawler.Paged || settled.Outcome == crawler.NotModified
		known[at] = known[at] || isPage
		if isPage {
			s.pages[texthash.Of(strings.TrimRight(u.EscapedPath(), "/"))] = true
		}
		s.unsure = s.unsure || settled.Outcome == crawler.NotModified
	}
	folders := make(map[uint64]int) // name → folders that it stands in
	for at := range known {
		folders[at.name]++
		if s.pages[at.folder] {
			s.after[at.name]++
		}
	}
	for at, isPage := range known {
		if isPage && folders[at.name] == 1 {
			s.sisters[at.folder]++
		}
	}
	return s, nil
}

// cutLast parts the path of an address into its folder and its last name.
func cutLast(u *url.URL) (folder, name string) {
	path := strings.TrimRight(u.EscapedPath(), "/")
	at := strings.LastIndexByte(path, '/')
	return path[:max(at, 0)], strings.ToLower(path[at+1:])
}

// Open lists the addresses of which it is open whether they act.
func (a *Signs) Open() (list []crawler.Gap, inAll int) {
	for _, address := range slices.Sorted(maps.Keys(a.open)) {
		if inAll++; inAll <= crawler.MaxGaps {
			list = append(list, crawler.Gap{URL: address, Outcome: crawler.Unsafe, Detail: fmt.Sprintf("it %s, or is an article", a.open[address])})
		}
	}
	return list, inAll
}
