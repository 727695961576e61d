package settings

import (
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/render"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// newRendering translates the settings of rendering.
func newRendering(r config.Render, patterns func([]string) []urlpattern.Pattern) web.Rendering {
	rendering := web.Rendering{
		Mode: web.RenderMode(r.Mode), WaitFor: r.WaitFor, Hosts: r.Hosts, Browser: render.Config(r.Browser),
	}
	for _, rule := range r.Rules {
		match := patterns([]string{rule.Match})[0]
		rendering.Rules = append(rendering.Rules, web.RenderRule{Match: match, Mode: web.RenderMode(rule.Mode)})
	}
	return rendering
}
