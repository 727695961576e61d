package config

import (
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Layouts returns the layouts of folders: those of crawler/files.
func Layouts() []string {
	return []string{"plain", "mkdocs", "docusaurus", "vitepress", "hugo", "sphinx"}
}

// only makes a key one of some kinds of sources.
func only(v value, kinds ...string) value {
	v.of = kinds
	return v
}

// needed makes a key required where needed says so, which may depend on the keys before it.
func needed(v value, example string, needed func() bool) value {
	v = required(v, example)
	v.needed = needed
	return v
}

// fits reports the keys of a source that its kind does not have, and what its kind needs.
func (d *decoder) fits(s *Source, keys fields, given map[string]entry, at entry) {
	var own []string
	for _, f := range keys {
		if len(f.value.of) > 0 && slices.Contains(f.value.of, s.Kind) {
			own = append(own, f.key)
		}
	}
	for _, f := range keys {
		got, ok := given[f.key]
		if !ok || len(f.value.of) == 0 || slices.Contains(f.value.of, s.Kind) {
			continue
		}
		d.mistake(got.label, "%s is a key of kind: %s, and this source has kind: %s, whose own keys are %s",
			f.key, strings.Join(f.value.of, " or "), s.Kind, strings.Join(own, ", "))
	}
	if s.Kind != KindPages || given == nil {
		return
	}
	var from []string
	for _, key := range []string{"command", "file", "url"} {
		if _, ok := given[key]; ok {
			from = append(from, key)
		}
	}
	switch {
	case len(from) == 0:
		d.mistake(at.node, "kind: pages needs to know where its list is: add command: [python3, export.py], file: or url:")
	case len(from) > 1:
		d.mistake(given[from[1]].label, "the list of a source is at one place: keep one of %s", strings.Join(from, " and "))
	}
	if env, ok := given["env"]; ok && !slices.Contains(from, "command") {
		d.mistake(env.label, "env is for a command, and there is none")
	}
}

// command is a program with its arguments.
func (d *decoder) command(to *[]string) value {
	v := list(d, to, d.text)
	read := v.read
	v.read = func(e entry) {
		read(e)
		if got := *to; len(got) == 1 && strings.ContainsFunc(got[0], unicode.IsSpace) {
			d.mistake(e.node, "command is run without a shell: write it as a list, such as [python3, export.py]")
		}
	}
	return v
}

// localPath is the path of a file. One that is relative starts from the folder of sources.yaml.
func (d *decoder) localPath(to *string) value {
	text := d.text(to)
	return value{shape: text.shape, read: func(e entry) {
		text.read(e)
		if *to != "" && !filepath.IsAbs(*to) {
			*to = filepath.Join(d.folder, *to)
		}
	}}
}

// variables are the environment of a command. A password or a token has to be a reference.
func (d *decoder) variables(l *Listing) value {
	check := func(name string) (same, complaint string) {
		switch {
		case !variablePattern.MatchString(name):
			return "", "this is not a name that a variable can have"
		case strings.HasPrefix(name, "FINCRAWL_"):
			return name, "variables that begin with FINCRAWL_ are those of fincrawl itself"
		}
		return name, ""
	}
	return d.named(&l.Env, literals, check, func(e entry, to *Secret) {
		d.credential(e, to, allowedUnder(e.label.Value))
		text := target(e.node).Value
		if l.Literal == nil {
			l.Literal = make(map[string]bool)
		}
		l.Literal[e.label.Value] = !strings.Contains(text, "${") && !strings.HasPrefix(text, "file:")
	})
}
