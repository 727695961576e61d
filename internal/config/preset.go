package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/internal/nearest"
)

// Values of content.preset besides the names of presets.
const (
	PresetAuto = "auto" // the preset that the page itself indicates
	PresetNone = "none"
)

// presets are presets of platforms that the program does not know, or not well enough.
func (d *decoder) presets(to *[]preset.Preset) value {
	for _, p := range preset.Embedded() {
		d.presetNames = append(d.presetNames, p.Name)
	}
	lines := map[string]int{}
	return list(d, to, func(p *preset.Preset) value { return d.preset(p, lines) })
}

func (d *decoder) preset(p *preset.Preset, lines map[string]int) value {
	keys := fields{
		{"name", required(d.presetName(&p.Name, lines), "name: our-portal")},
		{"platform", d.text(&p.Platform)},
		{"generator", list(d, &p.Generator, d.generator)},
		{"marks", list(d, &p.Marks, d.selector)},
		{"title", list(d, &p.Title, d.selector)},
		{"body", required(list(d, &p.Body, d.selector), `body: ["article.text"]`)},
		{"remove", list(d, &p.Remove, d.selector)},
		{"views", list(d, &p.Views, d.selector)},
		{"traps", list(d, &p.Traps, d.pattern)},
		{"static", d.flag(&p.Static)},
		{"noscript", d.flag(&p.Noscript)},
		{"needs_browser", d.flag(&p.NeedsBrowser)},
	}
	return value{inside: keys, read: func(e entry) {
		given := d.mapping(entry{key: "each preset", node: e.node}, keys)
		if body, ok := given["body"]; ok && len(p.Body) == 0 && target(body.node).Kind == yaml.SequenceNode {
			d.mistake(body.node, `body is empty; add body: ["article.text"]`)
		}
	}}
}

var presetNamePattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (d *decoder) presetName(to *string, lines map[string]int) value {
	const want = "a name of small letters, digits and hyphens, such as our-portal"
	text := d.checked(to, want, func(text string) string {
		switch {
		case !presetNamePattern.MatchString(text):
			return fmt.Sprintf("must be %s, not %q", want, brief(text))
		case text == PresetAuto || text == PresetNone:
			return fmt.Sprintf("must not be %s, which has a meaning of its own in content.preset", text)
		}
		return ""
	})
	return value{shape: matching(presetNamePattern.String()), read: func(e entry) {
		text.read(e)
		switch line, taken := lines[*to]; {
		case *to == "":
		case taken:
			d.mistake(e.node, "the preset on line %d has this name already; give each its own", line)
		default:
			lines[*to] = e.node.Line
			if !slices.Contains(d.presetNames, *to) {
				d.presetNames = append(d.presetNames, *to)
			}
		}
	}}
}

// generator is a part of the generator tag that the pages of a platform have.
func (d *decoder) generator(to *string) value {
	const want = "what the pages' generator tag says, such as MediaWiki"
	return d.checked(to, want, func(text string) string {
		if len(strings.TrimSpace(text)) < 3 {
			return "must be " + want + ", and long enough that no other platform's has it"
		}
		return ""
	})
}

// presetOf is auto, none or the name of a preset, including those of the file.
func (d *decoder) presetOf(to *string) value {
	return d.checked(to, "auto, none or the name of a preset", func(text string) string {
		known := append([]string{PresetAuto, PresetNone}, d.presetNames...)
		if slices.Contains(known, text) {
			return ""
		}
		hint := nearest.Hint(text, known, "it is auto, none or one of those that fincrawl presets lists")
		return fmt.Sprintf("%q is not known: %s", brief(text), hint)
	})
}
