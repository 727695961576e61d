package main

import (
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/render"
	"github.com/fincrawl/fincrawl/internal/config"
)

// newRendering says in the crawler's words which pages want a browser, and which one.
func newRendering(r config.Render, patterns func([]string) []crawler.Pattern) crawler.Rendering {
	rendering := crawler.Rendering{Mode: crawler.RenderMode(r.Mode), WaitFor: r.WaitFor, Hosts: r.Hosts, Browser: render.Config(r.Browser)}
	for _, rule := range r.Rules {
		rendering.Rules = append(rendering.Rules, crawler.RenderRule{Match: patterns([]string{rule.Match})[0], Mode: crawler.RenderMode(rule.Mode)})
	}
	return rendering
}
