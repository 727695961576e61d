package hint

import (
	"cmp"
	"context"
	"fmt"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/wording"
)

// generalPage is how many pages that were sent must redirect to one page for it to be a general one, such as
// the list of all articles.
const generalPage = 3

// The share of the sent text that the page at the new address must contain. A page that moved may have been
// edited. A page that was merged with another must contain all of it.
const (
	mostOfIt = 0.9
	allOfIt  = 1.0
)

// move is a page that was sent and now leads elsewhere.
type move struct {
	from, to  *url.URL
	permanent bool
	same      bool // the other page contains what was sent
	known     bool // the other page was sent before
}

// VerifyMoves settles pages again that were sent and now lead to another URL, unless the page there is
// surely what they became. See docs/adr/0025.
func (v *Verifier) VerifyMoves(ctx context.Context) error {
	if v.Known == nil || v.Texts == nil {
		return nil
	}
	var moves []move
	leadTo := make(map[string]int)
	for address := range v.Known {
		m, err := v.moveOf(ctx, address)
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		if !m.same {
			leadTo[m.to.String()]++
		}
		moves = append(moves, *m)
	}
	for _, m := range moves {
		to := m.to.String()
		if m.same || m.permanent && m.known && !v.Scope.Starts[to] && leadTo[to] < generalPage {
			continue
		}
		v.Frontier.Unsettle(1)
		if err := v.Frontier.Settle(m.from, crawler.MoveUnverified, to); err != nil {
			return err
		}
	}
	return nil
}

// moveOf returns where a page that was sent now leads. It returns nil if it leads nowhere or needs no
// verification. If the page there could not be read, it settles the page as a failure.
func (v *Verifier) moveOf(ctx context.Context, address string) (*move, error) {
	told, _, _, err := v.Frontier.Outcome(address)
	if err != nil {
		return nil, err
	}
	from, parseErr := url.Parse(address)
	if told == crawler.NoIndex && parseErr == nil {
		return nil, v.settleMissing(ctx, from)
	}
	if told != crawler.Redirected || parseErr != nil {
		return nil, nil
	}
	if n, ok := v.Scope.Normalise(from); !ok || n.String() != address {
		return nil, nil // the settings normalise its address differently now
	}
	outcome, to, err := v.destination(address)
	if err != nil {
		return nil, err
	}
	switch {
	case outcome == crawler.Gone:
		return nil, nil // gone, at the end of a redirect
	case outcome.Unread(), outcome == "":
		v.Frontier.Unsettle(1)
		return nil, v.Frontier.Settle(from, cmp.Or(outcome, crawler.Interrupted), "leads to "+to.String())
	case outcome != crawler.Paged && outcome != crawler.NotModified:
		return &move{from: from, to: to}, nil
	}
	m := &move{from: from, to: to}
	now, read, err := v.Texts.Read(to.String())
	if err != nil {
		return nil, fmt.Errorf("read what %s says: %w", to, err)
	}
	sent, _, err := v.Texts.Sent(address)
	if err == nil {
		_, m.known, err = v.Texts.Sent(to.String())
	}
	if err == nil && m.known {
		m.known, err = v.Texts.WasThere(to.String(), address)
	}
	if err != nil {
		return nil, fmt.Errorf("read what was sent of %s: %w", address, err)
	}
	share := mostOfIt
	if m.known {
		share = allOfIt
	}
	m.same = read && sent != "" && wording.Similar(sent, now, share)
	if sent == "" {
		if m.same, err = v.Texts.SaysAllOf(to.String(), address); err != nil {
			return nil, fmt.Errorf("compare %s with what Intercom has of %s: %w", to, address, err)
		}
	}
	if !m.same {
		m.permanent = v.Site.MovedForGood(ctx, from)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return m, nil
}

// destination follows an address to its end, and returns that and its outcome.
func (v *Verifier) destination(address string) (crawler.Outcome, *url.URL, error) {
	for range maxSteps {
		outcome, detail, _, err := v.Frontier.Outcome(address)
		if err != nil {
			return "", nil, err
		}
		switch outcome {
		case crawler.Redirected, crawler.Canonical, crawler.Duplicate:
			address = detail
		default:
			u, err := url.Parse(address)
			if err != nil {
				return "", nil, err
			}
			return outcome, u, nil
		}
	}
	u, err := url.Parse(address)
	return crawler.RedirectLoop, u, err
}
