package web

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// sessionState is what a look at a page that only members see tells of the session.
type sessionState int

const (
	sessionUnknown sessionState = iota // nothing tells
	sessionDead
	sessionAlive
)

// witness is a page that tells whether the session is alive, since visitors get another
// answer there. The start address is one where its url is nil.
type witness struct {
	url  *url.URL
	says uint64 // what members read there
	only bool   // visitors get no page at all
}

// maxCandidates bounds how many pages are looked at to find a witness.
const maxCandidates = 8

// sessionState looks whether the session is alive. near are the pages that it is wanted for.
func (c *crawl) sessionState(ctx context.Context, near []suspect) sessionState {
	since := c.signs.begins(c.door.session.Load())
	state := c.lookForSession(ctx, near)
	if state == sessionAlive {
		c.signs.sign(since)
	}
	return state
}

func (c *crawl) lookForSession(ctx context.Context, near []suspect) sessionState {
	if c.witness == nil {
		if state := c.stateAtStart(ctx); state != sessionUnknown {
			c.witness = &witness{}
			return state
		}
		return c.findWitness(ctx, near)
	}
	if c.witness.url == nil {
		return c.stateAtStart(ctx)
	}
	seen, err := c.look(ctx, visit{url: c.witness.url}, c.read(ctx, c.witness.url))
	switch {
	case err != nil, seen.mayPass():
		return sessionUnknown
	case seen.moved == nil && seen.found.outcome == crawler.Paged && (c.witness.only || textOf(seen.found.article) == c.witness.says):
		return sessionAlive
	}
	return sessionDead
}

// stateAtStart is what the start address tells, where visitors get no page there, or
// something is configured that only members see.
func (c *crawl) stateAtStart(ctx context.Context) sessionState {
	closed := c.wall.refused || c.wall.place != ""
	shows := c.src.Auth.Form != nil && c.src.Auth.Form.LoggedIn != "" && c.wall.tellsLoggedIn()
	if !closed && !shows {
		return sessionUnknown
	}
	start := c.starts[0]
	seen, err := c.look(ctx, visit{url: start}, c.read(ctx, start))
	if err == nil && seen.moved != nil && seen.found.outcome == "" {
		seen, err = c.look(ctx, visit{url: seen.moved}, c.read(ctx, seen.moved))
	}
	switch found := seen.found; {
	case err != nil:
		return sessionUnknown
	case found.loggedIn && shows:
		return sessionAlive
	case seen.walled():
		return sessionDead
	case c.wall.refused && (found.outcome == crawler.Gone || found.outcome == crawler.Forbidden || found.outcome == crawler.RedirectLoop):
		return sessionDead
	case closed && (found.outcome == crawler.Paged || found.outcome == crawler.Listing || found.outcome == crawler.NoIndex):
		return sessionAlive
	}
	return sessionUnknown
}

// findWitness looks for a page of this crawl at which visitors get another answer, and
// returns what it tells of the session. Pages near the ones that it is wanted for come
// first: sections of a site may have logins of their own. Where there is none, but pages
// that this crawl has read answer now as they do to visitors, the session is dead.
func (c *crawl) findWitness(ctx context.Context, near []suspect) sessionState {
	state := sessionUnknown
	for _, u := range c.candidates(near) {
		inside, err := c.look(ctx, visit{url: u}, c.read(ctx, u))
		if err != nil || inside.mayPass() {
			continue
		}
		outside, err := c.lookAsVisitor(ctx, u)
		if err != nil || outside.mayPass() {
			continue
		}
		said := c.said.of(u.String())
		switch says := textOf(inside.found.article); {
		case inside.moved == nil && inside.found.outcome == crawler.Paged && said != says && said == saysAt(outside) && c.bothStay(ctx, u, inside, outside):
			c.witness = &witness{url: u, says: says} // it was read as visitors get it: by a session that has ended since
			return sessionAlive
		case inside.moved != nil || inside.found.outcome != crawler.Paged || said != 0 && said != says:
			if said != 0 && (inside.walled() || inside.sameAs(outside)) {
				state = sessionDead
			}
		case outside.moved != nil || outside.found.outcome != crawler.Paged:
			c.witness = &witness{url: u, says: says, only: true}
			return sessionAlive
		case textOf(outside.found.article) != says && c.bothStay(ctx, u, inside, outside):
			c.witness = &witness{url: u, says: says}
			return sessionAlive
		}
	}
	return state
}

// bothStay reports whether members and visitors get at a page what they got before: two
// texts may differ because they are never the same.
func (c *crawl) bothStay(ctx context.Context, u *url.URL, inside, outside sight) bool {
	again, err := c.look(ctx, visit{url: u}, c.read(ctx, u))
	if err != nil || !again.sameAs(inside) {
		return false
	}
	again, err = c.lookAsVisitor(ctx, u)
	return err == nil && again.sameAs(outside)
}

// saysAt stands for what a page was seen to say; 0 where no page was seen.
func saysAt(seen sight) uint64 {
	if seen.moved != nil || seen.found.outcome != crawler.Paged {
		return 0
	}
	return textOf(seen.found.article)
}

// candidates are pages that this crawl has read: those whose addresses begin as those of
// the suspects do, and then the first in order. Where there are no suspects, they are those
// that were read first, when the session was new, and last.
func (c *crawl) candidates(near []suspect) []*url.URL {
	var best, first, last []candidate
	is := make(map[string]bool, len(near))
	for _, s := range near {
		is[s.url.String()] = true
	}
	for s, err := range c.frontier.Settled() {
		if err != nil {
			return nil
		}
		if o := s.Outcome; o != crawler.Paged && o != crawler.NotModified || is[s.URL] {
			continue
		}
		u, err := url.Parse(s.URL)
		if err != nil {
			continue
		}
		if len(near) == 0 {
			at := c.signs.at(s.URL)
			first, last = kept(first, candidate{u, -at}, maxCandidates/2), kept(last, candidate{u, at}, maxCandidates/2)
			continue
		}
		nears := int64(0)
		for _, s := range near[:min(len(near), maxCandidates)] {
			nears = max(nears, int64(commonFolders(u.Path, s.url.Path)))
		}
		best = kept(best, candidate{u, nears}, maxCandidates)
	}
	if len(near) == 0 {
		best = first
		for _, l := range last {
			if !slices.ContainsFunc(first, func(f candidate) bool { return f.url.String() == l.url.String() }) {
				best = append(best, l)
			}
		}
	}
	urls := make([]*url.URL, len(best))
	for i, b := range best {
		urls[i] = b.url
	}
	return urls
}

// candidate is a page that may be a witness. The higher its rank, the better.
type candidate struct {
	url  *url.URL
	rank int64
}

// kept adds a candidate to the best ones.
func kept(best []candidate, c candidate, most int) []candidate {
	best = append(best, c)
	slices.SortStableFunc(best, func(a, b candidate) int { return cmp.Compare(b.rank, a.rank) })
	return best[:min(len(best), most)]
}

// commonFolders counts the path segments that two paths begin with.
func commonFolders(a, b string) (n int) {
	p, q := strings.Split(a, "/"), strings.Split(b, "/")
	for n < len(p) && n < len(q) && p[n] == q[n] {
		n++
	}
	return n
}

// textOf stands for what a page says, without the targets of its links.
func textOf(a extract.Article) uint64 { return texthash.Of(markdown.WithoutTargets(a.Markdown)) }
