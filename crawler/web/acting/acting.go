// Package acting distinguishes links that would change something from links to articles about doing so.
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

// Signs are what the links of a crawl show about addresses that are named like an action. A link that
// deletes looks like an article on deleting: /pages/7/delete and /help/delete. The signs are weighed once
// all pages were read. One sign of an action outweighs all signs of an article, since whoever writes a page
// can put any link into it. If the signs do not decide, the address is not requested, but listed by name.
// See docs/adr/0049.
type Signs struct {
	Frontier *frontier.Frontier
	Scope    *scope.Scope
	Sent     func(url string) bool // reports whether an address became a page in an earlier crawl

	mu     sync.Mutex
	pages  int                  // that were looked at
	static int                  // those that are files
	signs  map[string]linkSigns // by address, of those that bear the name of an action
	open   map[string]string    // addresses of which nothing tells what they are, and why they may act
}

// linkSigns are the signs of all links to one address.
type linkSigns struct {
	acts, control, inText bool
	page, pages           int // the last page that has such a link, and how many have one
}

// Note records the signs of the links of one page, and whether that is a file, as generators of manuals write them.
func (a *Signs) Note(found []extract.LinkSign, static bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pages++
	if static {
		a.static++
	}
	if len(found) == 0 {
		return
	}
	if a.signs == nil {
		a.signs = make(map[string]linkSigns)
	}
	for _, f := range found {
		if n, ok := a.Scope.Normalise(f.URL); ok {
			has := a.signs[n.String()]
			has.acts, has.control, has.inText = has.acts || f.Acts, has.control || f.Control, has.inText || f.InText
			if has.page != a.pages {
				has.page, has.pages = a.pages, has.pages+1
			}
			a.signs[n.String()] = has
		}
	}
}

// maxNames is how many parameters of a query are looked at for the name of what it shows.
const maxNames = 4

// enoughSisters is how many other pages a folder has at least whose pages are a section of articles.
const enoughSisters = 3

// Article is an address that all signs show to be an article, with where it was found.
type Article struct {
	URL   *url.URL
	Depth int
	From  string
}

// Weigh returns the articles among the addresses that were not requested, and remembers the undecided ones.
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
		if _, trap := scope.First(a.Scope.Traps, u); trap {
			continue // no article, whatever it does
		}
		signs := a.signs[s.URL]
		if !signs.inText && s.Depth == 0 && s.From != "" { // a sitemap lists it, or it was sent
			signs.inText = true
		}
		if scope.UnsafeLink(u) == scope.LogsOut && a.isWayOut(signs) {
			signs.acts = true
		}
		parent, name := place(u)
		beside := shape.pages[texthash.Of(parent)] && shape.after[texthash.Of(name)] > 1 // pages, as a control of each
		section := !beside && shape.sisters[texthash.Of(parent)] >= enoughSisters
		gentle := scope.UnsafeLink(u) == "" && !endsInNumber(parent)
		files := 2*a.static > a.pages && scope.UnsafeLink(u) != scope.LogsOut
		switch {
		case signs.acts && !section, beside && (signs.control || !signs.inText): // an action for sure
		case files && !beside && !signs.acts && signs.pages > 0 && (!shape.unsure || a.Sent(s.URL)):
			articles = append(articles, Article{u, s.Depth, s.From})
		case signs.acts, signs.control: // a manual's menu links to all articles, and a toolbar to what acts
			a.open[s.URL] = s.Detail
		case !beside && gentle && (!shape.unsure || a.Sent(s.URL)), section && signs.inText && !shape.unsure:
			articles = append(articles, Article{u, s.Depth, s.From})
		case signs.pages > 0, signs.inText:
			a.open[s.URL] = s.Detail
		}
	}
	return articles, nil
}

// isWayOut reports whether links to what logs out stand as the way out does, on most pages.
func (a *Signs) isWayOut(s linkSigns) bool {
	few := 2 * enoughSisters
	if s.control {
		few = 0
	}
	return 2*s.pages > max(a.pages, few)
}

// endsInNumber reports whether a path ends in a number, which identifies one of many things. What follows
// acts on it, as in /boards/7/subscribe, even if that folder is no page.
func endsInNumber(path string) bool {
	last := path[strings.LastIndexByte(path, '/')+1:]
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// place returns the folder and the name of an address that bears the name of an action.
func place(u *url.URL) (folder, name string) {
	if at := scope.NameInQuery(u.RawQuery); at >= 0 {
		return shownBy(u, at)
	}
	return cutLast(u)
}

// shownBy takes what stands at one place of a query for a name, and all the rest of the address for its folder.
func shownBy(u *url.URL, at int) (folder, name string) {
	pairs := strings.Split(u.RawQuery, "&")
	key, name, named := strings.Cut(pairs[at], "=")
	if !named {
		key, name = "", key
	}
	pairs[at] = key + "="
	return u.EscapedPath() + "?" + strings.Join(pairs, "&"), strings.ToLower(name)
}

// shape is what the addresses of a site tell of its sections.
type shape struct {
	pages   map[uint64]bool // paths of pages
	sisters map[uint64]int  // folder → pages in it whose names stand in few others, in proportion
	after   map[uint64]int  // name → pages whose path it stands after
	unsure  bool            // pages were not read again, so that what they link to is not known
}

func (a *Signs) shapeOfSite() (shape, error) {
	type spot struct{ folder, name uint64 }
	s := shape{pages: make(map[uint64]bool), sisters: make(map[uint64]int), after: make(map[uint64]int)}
	known := make(map[spot]bool) // whether there is a page
	for settled, err := range a.Frontier.Settled() {
		if err != nil {
			return s, err
		}
		u, err := url.Parse(settled.URL)
		if err != nil || !a.Scope.SameSite(u) {
			continue
		}
		isPage := settled.Outcome == crawler.Paged || settled.Outcome == crawler.NotModified
		note := func(folder, name string) {
			at := spot{texthash.Of(folder), texthash.Of(name)}
			known[at] = known[at] || isPage
		}
		note(cutLast(u))
		if u.RawQuery != "" && isPage {
			for i := range min(strings.Count(u.RawQuery, "&")+1, maxNames) {
				note(shownBy(u, i))
			}
		}
		if isPage {
			s.pages[texthash.Of(strings.TrimRight(u.EscapedPath(), "/"))] = true
		}
		s.unsure = s.unsure || settled.Outcome == crawler.NotModified
	}
	in := make(map[uint64]int)      // folder → pages in it
	folders := make(map[uint64]int) // name → folders with such a page
	for at, isPage := range known {
		if isPage {
			in[at.folder]++
			folders[at.name]++
		}
		if s.pages[at.folder] {
			s.after[at.name]++
		}
	}
	for at, isPage := range known {
		// Each article may have some views (/edit/NAME). What is done to things stands after many of them.
		if isPage && folders[at.name] <= max(1, in[at.folder]/enoughSisters) {
			s.sisters[at.folder]++
		}
	}
	return s, nil
}

// cutLast splits the path of an address into its folder and its last name.
func cutLast(u *url.URL) (folder, name string) {
	path := strings.TrimRight(u.EscapedPath(), "/")
	at := strings.LastIndexByte(path, '/')
	return path[:max(at, 0)], strings.ToLower(path[at+1:])
}

// Open returns the undecided addresses, and how many there are.
func (a *Signs) Open() (list []crawler.Gap, inAll int) {
	for _, address := range slices.Sorted(maps.Keys(a.open)) {
		if inAll++; inAll <= crawler.MaxGaps {
			detail := fmt.Sprintf("it %s, or is an article", a.open[address])
			list = append(list, crawler.Gap{URL: address, Outcome: crawler.Unsafe, Detail: detail})
		}
	}
	return list, inAll
}
