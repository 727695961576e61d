package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/compare"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
)

// newProver returns the prover of the crawl's answers.
func (c *crawl) newProver(pages compare.Pages) *proof.Prover {
	asker := asker{c}
	p := &proof.Prover{
		Private: !c.src.Auth.IsZero(), Site: asker, Session: asker, Frontier: c.frontier, Scope: c.scope,
		Start: c.starts[0], Known: c.known, Unlearn: c.unlearn, Wall: c.wallForProof,
	}
	if form := c.src.Auth.Form; form != nil {
		p.Configured = form.LoggedIn != ""
	}
	if pages != nil {
		p.Changed = pages.Changed
	}
	return p
}

// wallForProof returns what is known of the wall when it is called.
func (c *crawl) wallForProof() proof.Wall {
	return proof.Wall{
		Closed: c.wall.refused || c.wall.place != "", Refused: c.wall.refused, MembersOnly: c.wall.tellsLoggedIn(),
	}
}

// asker lets the packages proof and hint request pages through the crawl.
type asker struct{ *crawl }

func (c asker) AsMember(ctx context.Context, u *url.URL) (proof.Sight, error) {
	v := visit{url: u, asItself: c.selves[u.String()]}
	a := c.read(ctx, u)
	if ctx.Err() != nil {
		return proof.Sight{}, context.Cause(ctx)
	}
	seen, err := c.look(ctx, v, a)
	sight := sightOf(seen)
	sight.Conclude = func(ctx context.Context) error { return c.conclude(ctx, v, a) }
	return sight, err
}

func (c asker) AsVisitor(ctx context.Context, u *url.URL) (proof.Sight, error) {
	endless := false
	c.Outside.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		endless = len(via) > maxRedirects
		if endless || !c.destinations.own.SameSite(next.URL) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	a := c.get(ctx, c.Outside, u)
	switch {
	case ctx.Err() != nil:
		return proof.Sight{}, context.Cause(ctx)
	case endless:
		return proof.Sight{Outcome: crawler.RedirectLoop}, nil
	case a.err == nil && a.status >= 300 && a.status < 400:
		return proof.Sight{Outcome: crawler.LoginWall, Detail: "leads to another site"}, nil
	}
	a = c.readFile(ctx, c.renderPage(ctx, c.visitors, a))
	seen, err := c.look(ctx, visit{url: u, asItself: c.selves[u.String()]}, a)
	return sightOf(seen), err
}

func sightOf(seen sight) proof.Sight {
	found := seen.found
	return proof.Sight{
		Moved: seen.moved, Outcome: found.outcome, Detail: found.detail, Says: proof.TextOf(found.article.Markdown),
		Walled: seen.walled(), LoggedIn: found.loggedIn, Inside: found.inside, Asked: seen.Asked,
	}
}

func (c asker) Round(ctx context.Context, work func() error) error {
	if err := c.newRound(ctx); err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	if err := c.runRound(ctx); err != nil {
		return err
	}
	return c.askForOrphans(ctx)
}

func (c asker) Number() int64 { return c.renewal.session.Load() }

func (c asker) Renewable() bool { return c.session.Renewable() }

func (c asker) Renew(ctx context.Context, at *url.URL) error { return c.renew(ctx, at) }

func (c asker) Alone(ctx context.Context, do func() error) error {
	if err := c.renewal.lock.acquire(ctx); err != nil {
		return err
	}
	defer c.renewal.lock.release()
	return do()
}

func (c asker) MovedForGood(ctx context.Context, u *url.URL) bool {
	return c.get(ctx, c.Pages, u).permanent
}

func (c asker) Unindexed(ctx context.Context, u *url.URL) (string, error) {
	seen, err := c.look(ctx, visit{url: u}, c.read(ctx, u))
	switch {
	case err != nil:
		return "", err
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case seen.moved != nil || seen.found.outcome != crawler.NoIndex:
		return "", nil
	}
	return seen.found.article.Markdown, nil
}
