package extract

import (
	"maps"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler/extract/choose"
	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// platform is what a preset found on a page.
type platform struct {
	content *html.Node // clean; nil: it is of no platform that is known, or the preset does not fit it
	how     string
	title   string // "" where the preset names none
	from    string // which rule found the title
}

// Platform returns what a preset of the set is for the page, as it was served; nil where none is
// for it. A nil set has those that come with the program.
func (d *Document) Platform(presets *preset.Set) *preset.Page {
	if !d.compared {
		if presets == nil {
			presets = preset.NewSet(nil)
		}
		d.compared = true
		d.known, _ = presets.Recognise(d.node())
	}
	return d.known
}

// ViewOf returns what of the page tells, by the preset of its platform, that it is no article; ""
// where nothing does.
func (d *Document) ViewOf(presets *preset.Set) (platform, told string) {
	if page := d.Platform(presets); page != nil {
		return page.Preset, page.View(d.node())
	}
	return "", ""
}

// platform reads the page by the preset of its platform. What rules say of a body
// goes before all presets.
func (d *Document) platform(c *cleaner, rules Rules) platform {
	if rules.Body != "" {
		return platform{}
	}
	page := d.Platform(rules.Presets)
	if page == nil {
		return platform{}
	}
	body := page.Body(d.node())
	if len(body) == 0 {
		return platform{}
	}
	found := platform{how: "preset " + page.Preset + ", told by " + page.Evidence, from: "preset " + page.Preset}
	for _, n := range page.Title(d.node()) {
		page.Strip(n)
		if found.title == "" {
			found.title = htmltree.TextOf(c.clean([]*html.Node{n}))
		}
	}
	c.pruned = map[*html.Node]bool{}
	for _, n := range body {
		page.Strip(n)
		maps.Copy(c.pruned, choose.Navigation(n, c.unseen))
	}
	found.content = c.clean(body)
	return found
}
