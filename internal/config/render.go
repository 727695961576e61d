package config

import (
	"net/url"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Browser is the Chromium that renders pages.
type Browser struct {
	Path         string
	Args         []string
	Remote       string // ws or http URL of a running browser; "" for none
	RestartAfter int    // pages
	MaxMemory    int64  // bytes
}

// Render says which pages are rendered by the browser.
type Render struct {
	Mode    string // never, auto, always
	WaitFor string
	Hosts   []string
	Rules   []RenderRule
	Browser Browser // that of the file
}

// RenderRule is the mode of the paths that match.
type RenderRule struct{ Match, Mode string }

func (d *decoder) browser(b *Browser) value {
	*b = Browser{RestartAfter: 500, MaxMemory: 2_000_000_000}
	keys := fields{
		{"path", d.text(&b.Path)},
		{"args", list(d, &b.Args, d.argument)},
		{"remote", d.remote(&b.Remote)},
		{"restart_after", d.whole(&b.RestartAfter, 1, 1_000_000)},
		{"max_memory", d.size(&b.MaxMemory)},
	}
	return value{inside: keys, read: func(e entry) {
		given := d.mapping(e, keys)
		if _, elsewhere := given["remote"]; !elsewhere {
			return
		}
		for _, name := range []string{"path", "args", "max_memory"} {
			if own, ok := given[name]; ok {
				d.mistake(own.label, "%s is for a browser that is started here, "+
					"and remote is one that runs already; keep one of them", name)
			}
		}
	}}
}

func (d *decoder) argument(to *string) value {
	return d.checked(to, "an argument such as --lang=de", func(text string) string {
		if !strings.HasPrefix(text, "--") || len(text) < 3 {
			return "must be an argument that begins with --, such as --lang=de"
		}
		return ""
	})
}

// remote is private, because hosted browsers take their key in the URL.
func (d *decoder) remote(to *string) value {
	v := d.checked(to, "an address such as ws://127.0.0.1:9222", func(text string) string {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || !slices.Contains([]string{"ws", "wss", "http", "https"}, u.Scheme) {
			return "must be the address of a browser's DevTools, such as ws://127.0.0.1:9222"
		}
		return ""
	})
	v.private = true
	return v
}

// rendering is a mode, or a section with the key mode.
func (d *decoder) rendering(r *Render) value {
	*r = Render{Mode: "never"}
	mode := d.renderMode(&r.Mode)
	keys := fields{
		{"mode", mode},
		{"wait_for", d.selector(&r.WaitFor)},
		{"hosts", list(d, &r.Hosts, d.hostName)},
		{"rules", list(d, &r.Rules, d.renderRule)},
	}
	return value{inside: keys, shape: mode.shape, besides: needsOneOf("mode", "rules"), read: func(e entry) {
		if target(e.node).Kind == yaml.ScalarNode {
			mode.read(e)
			return
		}
		given := d.mapping(e, keys)
		if _, ok := given["mode"]; !ok && len(r.Rules) == 0 {
			d.mistake(e.node, "this renders nothing; add mode: auto or mode: always, or rules")
		}
	}}
}

func (d *decoder) renderMode(to *string) value { return d.oneOf(to, "never", "auto", "always") }

func (d *decoder) renderRule(r *RenderRule) value {
	return d.section(fields{
		{"match", required(d.pattern(&r.Match), `match: "/app/**"`)},
		{"mode", required(d.renderMode(&r.Mode), "mode: always")},
	})
}

func (d *decoder) hostName(to *string) value {
	return d.checked(to, "a host such as api.example.com", func(text string) string {
		u, err := url.Parse("https://" + text)
		if err != nil || u.Hostname() != text || text == "" {
			return "must be the name of a host alone, such as api.example.com"
		}
		return ""
	})
}
