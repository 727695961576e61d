package proof

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
)

// sessionState is what a page for members shows about the session.
type sessionState int

const (
	sessionUnknown sessionState = iota // nothing shows it
	sessionDead
	sessionAlive
)

// witness is a page that shows whether the session is alive, because visitors get another answer there. If
// url is nil, it is the start address.
type witness struct {
	url  *url.URL
	says uint64 // the text that members get
	only bool   // visitors get no page
}

// maxCandidates is how many pages are tried as a witness.
const maxCandidates = 8

// state checks whether the session is alive. near are the pages for which that matters.
func (p *Prover) state(ctx context.Context, near []suspect) sessionState {
	since := p.signs.begins(p.Session.Number())
	state := p.lookForSession(ctx, near)
	if state == sessionAlive {
		p.signs.sign(since)
	}
	return state
}

// SessionLives checks whether the session is alive. known is false if nothing shows it. Only call it within
// Session.Alone.
func (p *Prover) SessionLives(ctx context.Context) (lives, known bool) {
	state := p.state(ctx, nil)
	return state == sessionAlive, state != sessionUnknown
}

func (p *Prover) lookForSession(ctx context.Context, near []suspect) sessionState {
	if p.witness == nil {
		if state := p.stateAtStart(ctx); state != sessionUnknown {
			p.witness = &witness{}
			return state
		}
		return p.findWitness(ctx, near)
	}
	if p.witness.url == nil {
		return p.stateAtStart(ctx)
	}
	seen, err := p.Site.AsMember(ctx, p.witness.url)
	switch {
	case err != nil, seen.mayPass():
		return sessionUnknown
	case seen.Moved == nil && seen.Outcome == crawler.Paged && (p.witness.only || seen.Says == p.witness.says):
		return sessionAlive
	}
	return sessionDead
}

// stateAtStart returns what the start address shows, if visitors get no page there or the configuration says
// what only members see.
func (p *Prover) stateAtStart(ctx context.Context) sessionState {
	wall := p.Wall()
	shows := p.Configured && wall.MembersOnly
	if !wall.Closed && !shows {
		return sessionUnknown
	}
	seen, err := p.Site.AsMember(ctx, p.Start)
	if err == nil && seen.Moved != nil && seen.Outcome == "" {
		seen, err = p.Site.AsMember(ctx, seen.Moved)
	}
	switch {
	case err != nil:
		return sessionUnknown
	case seen.LoggedIn && shows:
		return sessionAlive
	case seen.Walled:
		return sessionDead
	case wall.Refused && slices.Contains(refusals(), seen.Outcome):
		return sessionDead
	case wall.Closed && slices.Contains(answers(), seen.Outcome):
		return sessionAlive
	}
	return sessionUnknown
}

func refusals() []crawler.Outcome {
	return []crawler.Outcome{crawler.Gone, crawler.Forbidden, crawler.RedirectLoop}
}

func answers() []crawler.Outcome {
	return []crawler.Outcome{crawler.Paged, crawler.Listing, crawler.NoIndex}
}

// findWitness looks for a page of this crawl where visitors get another answer, and returns what that shows.
// Pages near the suspects come first, since sections of a site may have their own logins. If there is no
// witness, but pages that this crawl has read now answer as to visitors, the session is dead.
func (p *Prover) findWitness(ctx context.Context, near []suspect) sessionState {
	state := sessionUnknown
	for _, u := range p.candidates(near) {
		inside, err := p.Site.AsMember(ctx, u)
		if err != nil || inside.mayPass() {
			continue
		}
		outside, err := p.Site.AsVisitor(ctx, u)
		if err != nil || outside.mayPass() {
			continue
		}
		said := p.said.of(u.String())
		switch says := inside.Says; {
		case inside.Moved == nil && inside.Outcome == crawler.Paged && said != says && said == saysAt(outside) &&
			p.bothStay(ctx, u, inside, outside):
			p.witness = &witness{url: u, says: says} // it was first read as a visitor, by a session that has ended
			return sessionAlive
		case inside.Moved != nil || inside.Outcome != crawler.Paged || said != 0 && said != says:
			if said != 0 && (inside.Walled || inside.sameAs(outside)) {
				state = sessionDead
			}
		case outside.Moved != nil || outside.Outcome != crawler.Paged:
			p.witness = &witness{url: u, says: says, only: true}
			return sessionAlive
		case outside.Says != says && p.bothStay(ctx, u, inside, outside):
			p.witness = &witness{url: u, says: says}
			return sessionAlive
		}
	}
	return state
}

// bothStay reports whether members and visitors get the same answers again. Otherwise two texts may differ
// because the page changes with each request.
func (p *Prover) bothStay(ctx context.Context, u *url.URL, inside, outside Sight) bool {
	again, err := p.Site.AsMember(ctx, u)
	if err != nil || !again.sameAs(inside) {
		return false
	}
	again, err = p.Site.AsVisitor(ctx, u)
	return err == nil && again.sameAs(outside)
}

// saysAt returns the text of an answer, or 0 if it is no page.
func saysAt(seen Sight) uint64 {
	if seen.Moved != nil || seen.Outcome != crawler.Paged {
		return 0
	}
	return seen.Says
}

// candidates returns pages that this crawl has read: those whose paths begin like those of the suspects, and
// then the first in order. Without suspects, they are the pages that were read first, when the session was
// new, and last.
func (p *Prover) candidates(near []suspect) []*url.URL {
	var best, first, last []candidate
	is := make(map[string]bool, len(near))
	for _, s := range near {
		is[s.url.String()] = true
	}
	for s, err := range p.Frontier.Settled() {
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
			at := p.signs.at(s.URL)
			first = kept(first, candidate{u, -at}, maxCandidates/2)
			last = kept(last, candidate{u, at}, maxCandidates/2)
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

// candidate is a page that may be a witness. Higher ranks are better.
type candidate struct {
	url  *url.URL
	rank int64
}

// kept adds a candidate to the best ones and keeps at most most of them.
func kept(best []candidate, c candidate, most int) []candidate {
	best = append(best, c)
	slices.SortStableFunc(best, func(a, b candidate) int { return cmp.Compare(b.rank, a.rank) })
	return best[:min(len(best), most)]
}

// commonFolders returns how many path segments two paths have in common at their start.
func commonFolders(a, b string) (n int) {
	p, q := strings.Split(a, "/"), strings.Split(b, "/")
	for n < len(p) && n < len(q) && p[n] == q[n] {
		n++
	}
	return n
}
