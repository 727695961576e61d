package kinds

import (
	"context"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
)

// website makes a source of kind: web.
func website(s config.Source, p Place) (crawler.Source, error) {
	source, err := settings.NewSource(s)
	if err != nil {
		return nil, err
	}
	source.Content.Template = p.Template
	return web.New(source, p.Surroundings), nil
}

func judgeWebsite(s config.Source, address *url.URL) (scope.Judgement, error) {
	source, err := settings.NewSource(s)
	if err != nil {
		return scope.Judgement{}, err
	}
	return web.Judge(source, address)
}

func claimWebsite(s config.Source) (verify.Claim, error) {
	source, err := settings.NewSource(s)
	if err != nil {
		return nil, err
	}
	splits, err := settings.Splits(s)
	if err != nil {
		return nil, err
	}
	claim, err := web.NewClaim(source, splits)
	if err != nil {
		return nil, err
	}
	return claim.Of, nil
}

func explainWebsite(ctx context.Context, s config.Source, address *url.URL, p Place) (web.Explanation, error) {
	source, err := settings.NewSource(s)
	if err != nil {
		return web.Explanation{}, err
	}
	source.Content.Template = p.Template
	return web.Explain(ctx, source, address, p.Surroundings)
}

func lookAtWebsite(ctx context.Context, s config.Source, p Place) ([]string, error) {
	source, err := settings.NewSource(s)
	if err != nil {
		return nil, err
	}
	return web.CheckLogin(ctx, source, p.Surroundings)
}
