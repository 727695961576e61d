package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
	"github.com/fincrawl/fincrawl/internal/texthash"
)

// CheckLogin logs in to a source as a crawl would, fetches its start address, and describes for people what
// it saw, step by step. It keeps nothing. It does not use the frontier and the sink of sur.
func CheckLogin(ctx context.Context, src Source, sur Surroundings) (seen []string, err error) {
	sur.Frontier = frontier.Nowhere{}
	c, err := newCrawl(src, sur, func(error) {})
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", src.Name, err)
	}
	defer c.close()
	first, seen, err := c.open(ctx)
	if err != nil {
		return seen, fmt.Errorf("check %s: %w", src.Name, err)
	}
	start, err := c.describeStart(ctx, first)
	if seen = append(seen, start...); err != nil {
		return seen, fmt.Errorf("check %s: %w", src.Name, err)
	}
	if proved, err := c.provesLogin(ctx); err != nil || proved {
		return seen, err
	}
	return append(seen, "nothing shows that the login works, since visitors without one get the same: "+
		"set url or discover.seeds to a page that only members see, or, with a form, "+
		"auth.form.logged_in to what only they see"), nil
}

// maxLoginChecks is how many start addresses provesLogin looks at.
const maxLoginChecks = 8

// provesLogin reports whether the source has no login, or something shows that the login works: the wall, or
// a start address where members and visitors see different pages.
func (c *crawl) provesLogin(ctx context.Context) (bool, error) {
	form := c.src.Auth.Form
	marked := form != nil && form.LoggedIn != "" && c.wall.tellsLoggedIn()
	if c.src.Auth.IsZero() || c.wall.refused || c.wall.place != "" || marked {
		return true, nil
	}
	for _, u := range c.starts[:min(len(c.starts), maxLoginChecks)] {
		var seen [4]uint64 // member and visitor in turn, since a page may change with each request
		for i := range seen {
			client := []*http.Client{c.Pages, c.Outside}[i%2]
			a := c.get(ctx, client, u)
			found, err := c.judgeWithin(ctx, visit{url: u}, a)
			if err != nil {
				return false, err
			}
			if client == c.Pages && found.unreadable() || found.outcome.MayPass() {
				break // this address shows nothing
			}
			seen[i] = texthash.Of(fmt.Sprint(a.status, proof.TextOf(found.article.Markdown)))
		}
		if seen[3] != 0 && seen[0] == seen[2] && seen[1] == seen[3] && seen[0] != seen[1] {
			return true, nil
		}
	}
	return false, nil
}
