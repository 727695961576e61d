package proof

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
)

// suspect is an address with an answer that counts against a page that was sent.
type suspect struct {
	url     *url.URL
	outcome crawler.Outcome
	detail  string
	isNew   bool // the page was never sent
	read    read // when it was answered; only set for unsure answers
}

const (
	// maxProvings is how often answers to prove are collected. Pages that turn out to exist may lead to
	// others.
	maxProvings = 4
	// maxRenewals is how often the session is renewed for one collection.
	maxRenewals = 3
	// looksAlike is how often a page is requested again if visitors get the same answer. A session that one
	// of several servers has lost gets both answers.
	looksAlike = 3
	// looksOfOneText is how many pages with the same text are requested again to find out whether it is a
	// wall.
	looksOfOneText = 3
)

// ProveAnswers requests pages that were sent again if the site gave an answer that visitors without a
// session may get too. It believes an answer only if the session is proved alive afterwards. See
// docs/adr/0023.
func (p *Prover) ProveAnswers(ctx context.Context) error {
	if !p.Private || p.Known == nil {
		return nil
	}
	for range maxProvings {
		suspects, err := p.suspects()
		if err != nil || len(suspects) == 0 {
			return err
		}
		if err := p.Site.Round(ctx, func() error { return p.prove(ctx, suspects) }); err != nil {
			return err
		}
	}
	left, err := p.suspects()
	if err != nil {
		return err
	}
	return p.settleUnproved(left, "the site answers otherwise each time")
}

// GiveUp settles the answers that were not yet proved when the crawl ended. If it ended because the session
// ended, an answer since the session was last seen alive, or a new text, counts as a wall if visitors get it
// too.
func (p *Prover) GiveUp(ctx context.Context, ended error) error {
	if !p.Private {
		return nil
	}
	left, err := p.suspects()
	if err != nil {
		return err
	}
	if sessionLost := (*SessionLostError)(nil); errors.As(ended, &sessionLost) && ctx.Err() == nil {
		unsure, err := p.unsureNow(ctx)
		if err != nil {
			return err
		}
		texts := slices.DeleteFunc(slices.Clone(left), func(s suspect) bool { return s.outcome != crawler.Paged })
		unsure = append(unsure, texts...)
		slices.SortStableFunc(unsure, byURL)
		same, _, err := p.asVisitorsGet(ctx, slices.CompactFunc(unsure, isSameURL))
		if err != nil {
			return err
		}
		if err := p.takeBack(same); err != nil {
			return err
		}
	}
	return p.settleUnproved(left, "the crawl ended before the page could be asked for again")
}

// suspects returns the pages that were sent and whose answers must still be proved, and some of the pages
// with a text that many pages have.
func (p *Prover) suspects() ([]suspect, error) {
	list, err := p.alike()
	if err != nil {
		return nil, err
	}
	if p.Known == nil {
		return list, nil
	}
	known, differ := make(map[string]bool), len(list)
	for address := range p.Known {
		known[address] = true
		o, detail, met, err := p.Frontier.Outcome(address)
		if err != nil {
			return nil, err
		}
		u, err := url.Parse(address)
		if _, decided := p.decided[address]; !met || err != nil || decided {
			continue
		}
		if n, ok := p.Scope.Normalise(u); !ok || n.String() != address {
			continue // the settings normalise its address differently now
		}
		doubtful := o.Meaning().Answer
		if o == crawler.Paged && p.Changed != nil {
			if doubtful, err = p.Changed(address); err != nil {
				return nil, err
			}
		}
		if doubtful {
			list = append(list, suspect{url: u, outcome: o, detail: detail})
		}
	}
	if len(list) > differ {
		newcomers, err := p.newcomers(known)
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

// mostNewcomers is how many new pages are requested again at most. A page is not divided into so many.
const mostNewcomers = 100

// newcomers returns pages that were never sent, and linked pages that seem not to exist. If a page that was
// sent has become shorter, one of them may contain the rest, which a stranger did not get.
func (p *Prover) newcomers(known map[string]bool) (list []suspect, err error) {
	for s, err := range p.Frontier.Settled() {
		if err != nil {
			return nil, err
		}
		o := s.Outcome
		u, err := url.Parse(s.URL)
		if _, decided := p.decided[s.URL]; decided || err != nil || known[s.URL] || o != crawler.Paged && o != crawler.Gone {
			continue
		}
		if list = append(list, suspect{url: u, outcome: o, detail: s.Detail, isNew: true}); len(list) > mostNewcomers {
			return nil, nil
		}
	}
	return list, nil
}

// alike returns a few of the pages of each text that looks like a wall.
func (p *Prover) alike() (list []suspect, err error) {
	if !p.texts.any() {
		return nil, nil
	}
	looked := make(map[uint64]int)
	for s, err := range p.Frontier.Settled() {
		if err != nil {
			return nil, err
		}
		if s.Outcome != crawler.Paged || p.texts.walls(s.URL) == 0 {
			continue
		}
		text := p.texts.of(s.URL)
		if looked[text]++; looked[text] > looksOfOneText {
			continue
		}
		u, err := url.Parse(s.URL)
		if _, decided := p.decided[s.URL]; err == nil && !decided {
			list = append(list, suspect{url: u, outcome: crawler.Paged, detail: s.Detail})
		}
	}
	return list, nil
}

// prove requests the suspects again, and then checks whether the session is alive. Those that answer
// differently now are concluded anew.
func (p *Prover) prove(ctx context.Context, suspects []suspect) error {
	same, apart, err := p.asVisitorsGet(ctx, suspects)
	if err != nil {
		return err
	}
	looked, err := p.askUntilAlive(ctx, apart, 1, p.askSuspects)
	if err != nil {
		return err
	}
	if err := p.believe(looked, len(same) < len(suspects)); err != nil {
		return err
	}
	looked, err = p.askUntilAlive(ctx, same, looksAlike, p.askSuspects)
	if err != nil {
		return err
	}
	return p.believe(looked, false)
}

// looked are suspects that answered as before, and the state of the session afterwards.
type looked struct {
	suspects []suspect
	alive    sessionState
}

// askUntilAlive requests the suspects the given number of times, and checks after each time whether the
// session is alive. If it is not, it renews the session and starts again. ask returns the suspects that
// still matter.
func (p *Prover) askUntilAlive(
	ctx context.Context, suspects []suspect, times int, ask func(context.Context, []suspect) ([]suspect, error),
) (looked, error) {
	for renewals := 0; len(suspects) > 0; renewals++ {
		alive, left := sessionAlive, suspects
		for range times {
			var err error
			if left, err = ask(ctx, left); err != nil || len(left) == 0 {
				return looked{}, err
			}
			if alive = p.state(ctx, left); ctx.Err() != nil {
				return looked{}, context.Cause(ctx)
			}
			if alive != sessionAlive {
				break
			}
		}
		suspects = left
		renewable := p.Session.Renewable()
		switch {
		case alive == sessionAlive:
			return looked{suspects, alive}, nil
		case alive == sessionUnknown && (!renewable || renewals > 0),
			alive == sessionDead && renewable && renewals == maxRenewals:
			return looked{suspects, alive}, nil
		case !renewable:
			return looked{}, p.lose(suspects, ErrExpired)
		}
		if err := p.Session.Renew(ctx, suspects[0].url); err != nil {
			if ctx.Err() != nil {
				return looked{}, context.Cause(ctx)
			}
			return looked{}, p.lose(suspects, err)
		}
	}
	return looked{}, nil
}

// askSuspects requests each of the suspects, and returns those that answer as before.
func (p *Prover) askSuspects(ctx context.Context, suspects []suspect) (left []suspect, err error) {
	for _, s := range suspects {
		seen, same, err := p.askOnceMore(ctx, s)
		switch {
		case err != nil:
			return nil, err
		case same && seen.LoggedIn && p.Wall().MembersOnly:
			if err := p.believed(s); err != nil {
				return nil, err
			}
		case same:
			left = append(left, s)
		}
	}
	return left, nil
}

// askOnceMore requests a suspect again, and concludes it anew if the answer differs.
func (p *Prover) askOnceMore(ctx context.Context, s suspect) (seen Sight, same bool, err error) {
	if seen, err = p.Site.AsMember(ctx, s.url); err != nil {
		return seen, false, err
	}
	if p.answersAs(seen, s) {
		p.Answered(s.url.String(), seen.Asked, seen.LoggedIn, seen.Inside)
		return seen, true, nil
	}
	if s.outcome == crawler.Paged {
		p.Frontier.Retract(1)
	} else {
		p.Frontier.Unsettle(1)
	}
	return seen, false, seen.Conclude(ctx)
}

// answersAs reports whether an answer is the same as the suspect's.
func (p *Prover) answersAs(seen Sight, s suspect) bool {
	if seen.Moved != nil {
		return s.outcome == crawler.Redirected && s.detail == seen.Moved.String()
	}
	if seen.Outcome != s.outcome {
		return false
	}
	switch s.outcome {
	case crawler.Paged:
		return p.said.of(s.url.String()) == seen.Says
	case crawler.Redirected, crawler.Canonical, crawler.OtherLocale:
		return seen.Detail == s.detail
	}
	return true
}

// asVisitorsGet divides the suspects into those for which a visitor without a session gets the same answer,
// and the others.
func (p *Prover) asVisitorsGet(ctx context.Context, suspects []suspect) (same, apart []suspect, err error) {
	for _, s := range suspects {
		seen, err := p.Site.AsVisitor(ctx, s.url)
		if err != nil {
			return nil, nil, err
		}
		if seen.mayPass() || p.answersAs(seen, s) {
			same = append(same, s)
		} else {
			apart = append(apart, s)
		}
	}
	return same, apart, nil
}

// mayPass reports whether the same request may be answered otherwise another time.
func (s Sight) mayPass() bool { return s.Moved == nil && s.Outcome.MayPass() }

// sameAs reports whether two answers to one address are the same.
func (s Sight) sameAs(other Sight) bool {
	switch {
	case s.Moved != nil || other.Moved != nil:
		return s.Moved != nil && other.Moved != nil && s.Moved.String() == other.Moved.String()
	case s.Outcome != other.Outcome:
		return false
	}
	switch s.Outcome {
	case crawler.Paged:
		return s.Says == other.Says
	case crawler.Redirected, crawler.Canonical, crawler.OtherLocale:
		return s.Detail == other.Detail
	}
	return true
}

// believe settles the suspects by the state of the session. If nothing shows whether it was alive, an answer
// that differs from a visitor's is still believed.
func (p *Prover) believe(l looked, apart bool) error {
	if l.alive == sessionAlive || l.alive == sessionUnknown && apart {
		for _, s := range l.suspects {
			if err := p.believed(s); err != nil {
				return err
			}
		}
		return nil
	}
	why := "nothing tells whether the session was alive: set auth.form.logged_in"
	if l.alive == sessionDead {
		why = "the session ends again and again"
	}
	return p.settleUnproved(l.suspects, why)
}

func (p *Prover) settleUnproved(suspects []suspect, why string) error {
	for _, s := range suspects {
		if _, decided := p.decided[s.url.String()]; decided {
			continue
		}
		p.decide(s.url.String(), false)
		if s.isNew || s.outcome == crawler.Paged || s.outcome.Spares() {
			continue // guards decide about its text, and nothing else removes the page
		}
		p.Frontier.Unsettle(1)
		detail := strings.TrimSpace(string(s.outcome) + " " + s.detail)
		if err := p.Frontier.Settle(s.url, crawler.Unproved, detail+"; "+why); err != nil {
			return err
		}
	}
	return nil
}

// believed records that a member got the answer to a suspect. A page that is forbidden to a member is
// restricted.
func (p *Prover) believed(s suspect) error {
	p.decide(s.url.String(), true)
	if s.isNew || s.outcome == crawler.Paged {
		return nil
	}
	p.proved = append(p.proved, crawler.Proof{URL: s.url.String(), Outcome: s.outcome})
	if s.outcome != crawler.Forbidden {
		return nil
	}
	p.Frontier.Unsettle(1)
	return p.Frontier.Settle(s.url, crawler.Restricted, s.detail)
}

// lose settles the suspects as walls and ends the crawl, because the session had ended when they answered.
func (p *Prover) lose(suspects []suspect, why error) error {
	if err := p.takeBack(suspects); err != nil {
		return err
	}
	return &SessionLostError{suspects[0].url.String(), why}
}

// takeBack settles suspects as walls.
func (p *Prover) takeBack(suspects []suspect) error {
	for _, s := range suspects {
		p.decide(s.url.String(), false)
		if s.outcome == crawler.Paged {
			p.Frontier.Retract(1)
			if err := p.Unlearn(s.url.String()); err != nil {
				return err
			}
		} else {
			p.Frontier.Unsettle(1)
		}
		detail := "the session had ended when it answered so: " + string(s.outcome)
		if err := p.Frontier.Settle(s.url, crawler.LoginWall, detail); err != nil {
			return err
		}
	}
	return nil
}
