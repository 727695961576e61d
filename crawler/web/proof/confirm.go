package proof

import (
	"cmp"
	"context"
	"iter"
	"net/url"
	"slices"

	"github.com/fincrawl/fincrawl/crawler"
)

// askedAtOnce is how many addresses are requested again between two checks of the session. Even a session
// that soon ends must last for them.
const askedAtOnce = 10

// ConfirmSession checks whether the session of a private source is still alive after everything was read. If
// it ended, it requests again what was read since the session was last seen alive. See docs/adr/0023.
func (p *Prover) ConfirmSession(ctx context.Context) error {
	if !p.Private {
		return nil
	}
	for range maxProvings {
		doubted, err := p.unsure()
		if err != nil || len(doubted) == 0 {
			return err
		}
		state, err := p.sessionAtEnd(ctx, doubted[0].url)
		if err != nil {
			return err
		}
		if doubted, err = p.unsureNow(ctx); err != nil || len(doubted) == 0 {
			return err
		}
		err = p.Site.Round(ctx, func() error {
			for some := range slices.Chunk(doubted, askedAtOnce) {
				if _, err := p.askUntilAlive(ctx, some, 1, p.readAgain); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if state == sessionUnknown {
			p.signs.settle()
		}
	}
	left, err := p.unsure()
	if err != nil {
		return err
	}
	return p.takeBack(left)
}

// unsureNow returns what is still unsure after requesting some of it as a visitor. For each session it goes
// back from the last answer until one was a member's. So were all answers before that.
func (p *Prover) unsureNow(ctx context.Context) ([]suspect, error) {
	doubted, err := p.unsure()
	if err != nil {
		return nil, err
	}
	for of := range byOneOf(doubted) {
		step := 1
		for i := len(of) - 1; i >= 0; i -= step {
			inside, err := p.wasInside(ctx, of[i])
			if err != nil {
				return nil, err
			}
			if inside {
				p.signs.sign(of[i].read.Asked)
				break
			}
			if i < len(of)-2 {
				step *= 2
			}
		}
	}
	return p.unsure()
}

// byOneOf yields the suspects of each session.
func byOneOf(doubted []suspect) iter.Seq[[]suspect] {
	return func(yield func([]suspect) bool) {
		for len(doubted) > 0 {
			n := slices.IndexFunc(doubted, func(s suspect) bool { return s.read.Session != doubted[0].read.Session })
			if n < 0 {
				n = len(doubted)
			}
			if !yield(doubted[:n]) {
				return
			}
			doubted = doubted[n:]
		}
	}
}

// wasInside reports whether a page was read that visitors do not get.
func (p *Prover) wasInside(ctx context.Context, s suspect) (bool, error) {
	if s.outcome != crawler.Paged {
		return false, nil
	}
	outside, err := p.Site.AsVisitor(ctx, s.url)
	switch {
	case err != nil || ctx.Err() != nil:
		return false, p.orEnded(ctx, err)
	case outside.mayPass() || p.answersAs(outside, s):
		return false, nil
	case outside.Moved != nil || outside.Outcome != crawler.Paged:
		return true, nil
	}
	inside, err := p.Site.AsMember(ctx, s.url)
	if err != nil || !p.answersAs(inside, s) {
		return false, p.orEnded(ctx, err)
	}
	return p.bothStay(ctx, s.url, inside, outside), p.orEnded(ctx, nil)
}

// sessionAtEnd checks whether the session is alive, and renews it if not. If nothing shows it, it renews the
// session too: what an earlier session got as a stranger then differs from what the new one gets. If even
// that shows nothing, no answer is in doubt.
func (p *Prover) sessionAtEnd(ctx context.Context, at *url.URL) (sessionState, error) {
	renewable, state := p.Session.Renewable(), p.state(ctx, nil)
	switch {
	case ctx.Err() != nil:
		return state, context.Cause(ctx)
	case state == sessionAlive:
		return state, nil
	case state == sessionDead && !renewable:
		return state, &SessionLostError{at.String(), ErrExpired}
	case renewable:
		if err := p.Session.Renew(ctx, at); err != nil {
			return state, p.orEnded(ctx, &SessionLostError{at.String(), err})
		}
		if state == sessionUnknown {
			state = p.state(ctx, nil)
		}
	}
	if state == sessionUnknown {
		p.signs.settle()
	}
	return state, p.orEnded(ctx, nil)
}

// readAgain requests suspects again. It returns those whose new answers do not themselves show that a member
// got them, with these answers.
func (p *Prover) readAgain(ctx context.Context, suspects []suspect) (left []suspect, err error) {
	for _, s := range suspects {
		if _, _, err := p.askOnceMore(ctx, s); err != nil {
			return nil, err
		}
		address := s.url.String()
		if _, unsure := p.signs.unsure(address); !unsure {
			continue
		}
		if s.outcome, s.detail, _, err = p.Frontier.Outcome(address); err != nil {
			return nil, err
		}
		left = append(left, s)
	}
	return left, nil
}

// isSure reports whether an answer itself shows that a member got it. If what only members see is configured
// and found, all earlier answers of the session are sure too.
func (p *Prover) isSure(a Asked, loggedIn, inside bool) bool {
	if !p.Wall().MembersOnly {
		return false
	}
	if loggedIn {
		p.signs.sign(a)
	}
	return loggedIn || inside
}

// tellsOfReader reports whether an outcome depends on who requested the page.
func tellsOfReader(o crawler.Outcome) bool {
	return o == crawler.Paged || o == crawler.Listing || o.Meaning().Answer
}

// orEnded returns the cause if ctx has ended, or else err.
func (p *Prover) orEnded(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// unsure returns the addresses whose answers may be a stranger's, by session and in the order of the
// answers.
func (p *Prover) unsure() (list []suspect, err error) {
	for s, err := range p.Frontier.Settled() {
		if err != nil {
			return nil, err
		}
		o := s.Outcome
		when, unsure := p.signs.unsure(s.URL)
		u, err := url.Parse(s.URL)
		if err != nil || !unsure || !tellsOfReader(o) {
			continue
		}
		list = append(list, suspect{url: u, outcome: o, detail: s.Detail, isNew: true, read: when})
	}
	slices.SortFunc(list, func(a, b suspect) int {
		return cmp.Or(cmp.Compare(a.read.Session, b.read.Session), cmp.Compare(a.read.at, b.read.at))
	})
	return list, nil
}

// Glance checks the session after many answers that do not show that it is alive, and renews it if it ended.
// So little has to be requested again. at is the page that was just answered.
func (p *Prover) Glance(ctx context.Context, at *url.URL) error {
	if !p.Private || !p.signs.due() {
		return nil
	}
	err := p.Session.Alone(ctx, func() error { return p.glance(ctx, at) })
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (p *Prover) glance(ctx context.Context, at *url.URL) error {
	if !p.signs.due() {
		return nil
	}
	switch state := p.state(ctx, nil); {
	case ctx.Err() != nil || state == sessionAlive:
		return nil
	case state == sessionUnknown:
		p.signs.looksUnseen()
		return nil
	case !p.Session.Renewable():
		return &SessionLostError{at.String(), ErrExpired}
	}
	p.signs.looksUnseen()
	if err := p.Session.Renew(ctx, at); err != nil && ctx.Err() == nil {
		return &SessionLostError{at.String(), err}
	}
	return nil
}
