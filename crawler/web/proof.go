package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
)

// suspect is an address of a page that was sent, with an answer that counts against it.
type suspect struct {
	url     *url.URL
	outcome crawler.Outcome
	detail  string
	isNew   bool // it was never sent
	read    read // when it was answered so; only of what is unsure
}

const (
	// maxProvings bounds how often answers are collected that are to be proved: pages that
	// turn out to be there may lead to others.
	maxProvings = 4
	// maxRenewals bounds how often the session is renewed for one collection.
	maxRenewals = 3
	// looksAlike is how often a page is asked for again where a visitor without a session
	// gets the same answer: a session that one of several servers has lost answers both
	// ways.
	looksAlike = 3
	// looksOfOneText is how many of the pages with one and the same text are asked for
	// again, to tell whether it is a wall.
	looksOfOneText = 3
)

// proveAnswers asks again for the pages that were sent and for which the site had an
// answer that a visitor without a session may get too, and believes it only from a session
// that is proved alive afterwards. See docs/adr/0023.
func (c *crawl) proveAnswers(ctx context.Context) error {
	if c.src.Auth.IsZero() || c.known == nil {
		return nil
	}
	for range maxProvings {
		suspects, err := c.suspects()
		if err != nil || len(suspects) == 0 {
			return err
		}
		if err := c.newRound(ctx); err != nil {
			return err
		}
		if err := c.prove(ctx, suspects); err != nil {
			return err
		}
		if err := c.runRound(ctx); err != nil {
			return err
		}
		if err := c.askForOrphans(ctx); err != nil {
			return err
		}
	}
	left, err := c.suspects()
	if err != nil {
		return err
	}
	return c.settleUnproved(left, "the site answers otherwise each time")
}

// giveUpProofs settles the answers that were still to be proved when the crawl ended. Where
// it was the session that ended, an answer since it was last seen alive, or a new text, that
// visitors get as well was meant for one.
func (c *crawl) giveUpProofs(ctx context.Context, ended error) error {
	if c.src.Auth.IsZero() {
		return nil
	}
	left, err := c.suspects()
	if err != nil {
		return err
	}
	if sessionLost := (*lost)(nil); errors.As(ended, &sessionLost) && ctx.Err() == nil {
		unsure, err := c.unsureNow(ctx)
		if err != nil {
			return err
		}
		texts := slices.DeleteFunc(slices.Clone(left), func(s suspect) bool { return s.outcome != crawler.Paged })
		unsure = append(unsure, texts...)
		slices.SortStableFunc(unsure, byURL)
		same, _, err := c.asVisitorsGet(ctx, slices.CompactFunc(unsure, isSameURL))
		if err != nil {
			return err
		}
		if err := c.takeBack(same); err != nil {
			return err
		}
	}
	return c.settleUnproved(left, "the crawl ended before the page could be asked for again")
}

// suspects are the pages that were sent and whose answers are to be proved still, and some
// of those that say what many others do.
func (c *crawl) suspects() ([]suspect, error) {
	list, err := c.alike()
	if err != nil {
		return nil, err
	}
	if c.known == nil {
		return list, nil
	}
	known, differ := make(map[string]bool), len(list)
	for address := range c.known {
		known[address] = true
		o, detail, met, err := c.frontier.Outcome(address)
		if err != nil {
			return nil, err
		}
		u, err := url.Parse(address)
		if _, decided := c.proofs[address]; !met || err != nil || decided {
			continue
		}
		if n, ok := c.scope.Normalise(u); !ok || n.String() != address {
			continue // the settings write its address otherwise now
		}
		doubtful := o.Meaning().Answer
		if o == crawler.Paged && c.review != nil {
			if doubtful, err = c.review.Changed(address); err != nil {
				return nil, err
			}
		}
		if doubtful {
			list = append(list, suspect{url: u, outcome: o, detail: detail})
		}
	}
	if len(list) > differ {
		newcomers, err := c.newcomers(known)
		if err != nil {
			return nil, err
		}
		list = append(list, newcomers...)
	}
	slices.SortFunc(list, byURL)
	return slices.CompactFunc(list, isSameURL), nil
}

func byURL(a, b suspect) int      { return strings.Compare(a.url.String(), b.url.String()) }
func isSameURL(a, b suspect) bool { return byURL(a, b) == 0 }

// mostNewcomers bounds how many new pages are asked for again. So many are no page that was
// divided.
const mostNewcomers = 100

// newcomers are the pages that were never sent, and those that are linked and seem not to be
// there. Where a page that was sent says less now, one of them may have the rest, which a
// stranger was not shown.
func (c *crawl) newcomers(known map[string]bool) (list []suspect, err error) {
	for s, err := range c.frontier.Settled() {
		if err != nil {
			return nil, err
		}
		o := s.Outcome
		u, err := url.Parse(s.URL)
		if _, decided := c.proofs[s.URL]; decided || err != nil || known[s.URL] || o != crawler.Paged && o != crawler.Gone {
			continue
		}
		if list = append(list, suspect{url: u, outcome: o, detail: s.Detail, isNew: true}); len(list) > mostNewcomers {
			return nil, nil
		}
	}
	return list, nil
}

// alike are a few of the pages of each text that looks like a wall.
func (c *crawl) alike() (list []suspect, err error) {
	if !c.texts.any() {
		return nil, nil
	}
	looked := make(map[uint64]int)
	for s, err := range c.frontier.Settled() {
		if err != nil {
			return nil, err
		}
		if s.Outcome != crawler.Paged || c.texts.walls(s.URL) == 0 {
			continue
		}
		text := c.texts.of(s.URL)
		if looked[text]++; looked[text] > looksOfOneText {
			continue
		}
		u, err := url.Parse(s.URL)
		if _, decided := c.proofs[s.URL]; err == nil && !decided {
			list = append(list, suspect{url: u, outcome: crawler.Paged, detail: s.Detail})
		}
	}
	return list, nil
}

// prove asks for the suspects again, and then whether the session is alive. Those that
// answer otherwise now are concluded anew.
func (c *crawl) prove(ctx context.Context, suspects []suspect) error {
	same, apart, err := c.asVisitorsGet(ctx, suspects)
	if err != nil {
		return err
	}
	looked, err := c.askUntilAlive(ctx, apart, 1, c.askSuspects)
	if err != nil {
		return err
	}
	if err := c.believe(looked, len(same) < len(suspects)); err != nil {
		return err
	}
	looked, err = c.askUntilAlive(ctx, same, looksAlike, c.askSuspects)
	if err != nil {
		return err
	}
	return c.believe(looked, false)
}

// looked are suspects that answered as before, and whether the session was alive after.
type looked struct {
	suspects []suspect
	alive    sessionState
}

// askUntilAlive asks for the suspects as often as is wanted, each time looking whether the
// session is alive after it. Where it is not, it is renewed, and all is asked again. ask
// returns those of the suspects that it still matters for.
func (c *crawl) askUntilAlive(ctx context.Context, suspects []suspect, times int,
	ask func(context.Context, []suspect) ([]suspect, error)) (looked, error) {
	for renewals := 0; len(suspects) > 0; renewals++ {
		alive, left := sessionAlive, suspects
		for range times {
			var err error
			if left, err = ask(ctx, left); err != nil || len(left) == 0 {
				return looked{}, err
			}
			if alive = c.sessionState(ctx, left); ctx.Err() != nil {
				return looked{}, context.Cause(ctx)
			}
			if alive != sessionAlive {
				break
			}
		}
		suspects = left
		renewable := c.session.Renewable()
		switch {
		case alive == sessionAlive:
			return looked{suspects, alive}, nil
		case alive == sessionUnknown && (!renewable || renewals > 0), alive == sessionDead && renewable && renewals == maxRenewals:
			return looked{suspects, alive}, nil
		case !renewable:
			return looked{}, c.lose(suspects, errExpired)
		}
		if err := c.renew(ctx, suspects[0].url); err != nil {
			if ctx.Err() != nil {
				return looked{}, context.Cause(ctx)
			}
			return looked{}, c.lose(suspects, err)
		}
	}
	return looked{}, nil
}

// askSuspects asks for each of the suspects, and returns those that answer as before.
func (c *crawl) askSuspects(ctx context.Context, suspects []suspect) (left []suspect, err error) {
	for _, s := range suspects {
		seen, same, err := c.askOnceMore(ctx, s)
		switch {
		case err != nil:
			return nil, err
		case same && seen.found.loggedIn && c.wall.tellsLoggedIn():
			if err := c.proved(s); err != nil {
				return nil, err
			}
		case same:
			left = append(left, s)
		}
	}
	return left, nil
}

// askOnceMore asks for a suspect again, and concludes it anew where it answers otherwise.
func (c *crawl) askOnceMore(ctx context.Context, s suspect) (seen sight, same bool, err error) {
	v := visit{url: s.url, asItself: c.selves[s.url.String()]}
	a := c.read(ctx, s.url)
	if ctx.Err() != nil {
		return sight{}, false, context.Cause(ctx)
	}
	if seen, err = c.look(ctx, v, a); err != nil {
		return seen, false, err
	}
	if c.answersAs(seen, s) {
		c.signs.note(s.url.String(), seen.asked, c.isSure(seen))
		return seen, true, nil
	}
	if s.outcome == crawler.Paged {
		c.frontier.Retract(1)
	} else {
		c.frontier.Unsettle(1)
	}
	return seen, false, c.conclude(ctx, v, a)
}

// answersAs reports whether what was seen is what a suspect answered before.
func (c *crawl) answersAs(seen sight, s suspect) bool {
	if seen.moved != nil {
		return s.outcome == crawler.Redirected && s.detail == seen.moved.String()
	}
	if seen.found.outcome != s.outcome {
		return false
	}
	switch s.outcome {
	case crawler.Paged:
		return c.said.of(s.url.String()) == textOf(seen.found.article)
	case crawler.Redirected, crawler.Canonical, crawler.OtherLocale:
		return seen.found.detail == s.detail
	}
	return true
}

// asVisitorsGet parts the suspects into those for which a visitor without a session gets
// the same answer, and the others.
func (c *crawl) asVisitorsGet(ctx context.Context, suspects []suspect) (same, apart []suspect, err error) {
	for _, s := range suspects {
		seen, err := c.lookAsVisitor(ctx, s.url)
		if err != nil {
			return nil, nil, err
		}
		if seen.mayPass() || c.answersAs(seen, s) {
			same = append(same, s)
		} else {
			apart = append(apart, s)
		}
	}
	return same, apart, nil
}

// mayPass reports whether what was seen says nothing of what is seen another time.
func (s sight) mayPass() bool { return s.moved == nil && s.found.outcome.MayPass() }

// sameAs reports whether two answers to one address say the same.
func (s sight) sameAs(other sight) bool {
	switch {
	case s.moved != nil || other.moved != nil:
		return s.moved != nil && other.moved != nil && s.moved.String() == other.moved.String()
	case s.found.outcome != other.found.outcome:
		return false
	}
	switch s.found.outcome {
	case crawler.Paged:
		return textOf(s.found.article) == textOf(other.found.article)
	case crawler.Redirected, crawler.Canonical, crawler.OtherLocale:
		return s.found.detail == other.found.detail
	}
	return true
}

// lookAsVisitor asks for a page without credentials.
func (c *crawl) lookAsVisitor(ctx context.Context, u *url.URL) (sight, error) {
	endless := false
	c.outside.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		endless = len(via) > maxRedirects
		if endless || !c.destinations.own.SameSite(next.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	a := c.get(ctx, c.outside, u)
	if ctx.Err() != nil {
		return sight{}, context.Cause(ctx)
	}
	if endless {
		return sight{found: finding{outcome: crawler.RedirectLoop}}, nil
	}
	if a.err == nil && a.status >= 300 && a.status < 400 {
		return sight{found: finding{outcome: crawler.LoginWall, detail: "leads to another site"}}, nil
	}
	return c.look(ctx, visit{url: u, asItself: c.selves[u.String()]}, c.opened(ctx, c.shown(ctx, c.visitors, a)))
}

// believe settles what the looks have shown. Where nothing told whether the session was
// alive, an answer that differs from a visitor's is believed all the same.
func (c *crawl) believe(l looked, apart bool) error {
	if l.alive == sessionAlive || l.alive == sessionUnknown && apart {
		for _, s := range l.suspects {
			if err := c.proved(s); err != nil {
				return err
			}
		}
		return nil
	}
	why := "nothing tells whether the session was alive: set auth.form.logged_in"
	if l.alive == sessionDead {
		why = "the session ends again and again"
	}
	return c.settleUnproved(l.suspects, why)
}

func (c *crawl) settleUnproved(suspects []suspect, why string) error {
	for _, s := range suspects {
		if _, decided := c.proofs[s.url.String()]; decided {
			continue
		}
		c.proofs[s.url.String()] = false
		if s.isNew || s.outcome == crawler.Paged || s.outcome.Spares() {
			continue // what it says is for the guards, and no other takes the page out
		}
		c.frontier.Unsettle(1)
		detail := strings.TrimSpace(string(s.outcome) + " " + s.detail)
		if err := c.frontier.Settle(s.url, crawler.Unproved, detail+"; "+why); err != nil {
			return err
		}
	}
	return nil
}

// proved notes that the answer to a suspect was given to one who is logged in. What is
// forbidden to that one is restricted.
func (c *crawl) proved(s suspect) error {
	c.proofs[s.url.String()] = true
	if s.isNew || s.outcome == crawler.Paged {
		return nil
	}
	c.fromInside = append(c.fromInside, crawler.Proof{URL: s.url.String(), Outcome: s.outcome})
	if s.outcome != crawler.Forbidden {
		return nil
	}
	c.frontier.Unsettle(1)
	return c.frontier.Settle(s.url, crawler.Restricted, s.detail)
}

// lose settles the suspects as walls, and ends the crawl: their answers were given to one
// who was not logged in any more.
func (c *crawl) lose(suspects []suspect, why error) error {
	if err := c.takeBack(suspects); err != nil {
		return err
	}
	return &lost{suspects[0].url.String(), why}
}

// takeBack settles suspects as walls.
func (c *crawl) takeBack(suspects []suspect) error {
	for _, s := range suspects {
		c.proofs[s.url.String()] = false
		if s.outcome == crawler.Paged {
			c.frontier.Retract(1)
			if err := c.unlearn(s.url.String()); err != nil {
				return err
			}
		} else {
			c.frontier.Unsettle(1)
		}
		if err := c.frontier.Settle(s.url, crawler.LoginWall, "the session had ended when it answered so: "+string(s.outcome)); err != nil {
			return err
		}
	}
	return nil
}
