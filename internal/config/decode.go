package config

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/fincrawl/fincrawl/internal/nearest"
)

// maxMistakes is how many mistakes are reported at most.
const maxMistakes = 1000

// decode reads the file according to the schema. It returns all mistakes, sorted.
func decode(path string, data []byte, lookup func(string) (string, bool), lenient bool) (*Config, []Mistake) {
	d := &decoder{
		lines:     newLines(data),
		lookup:    lookup,
		lenient:   lenient,
		folder:    filepath.Dir(path),
		open:      map[*yaml.Node]bool{},
		patience:  100_000,
		names:     map[string]int{},
		libraries: map[string]int{},
	}
	c := &Config{Path: path}
	d.schema = d.file(c)
	if root := d.parse(data); root != nil {
		known, _ := d.keysByNature()
		d.lines.hold(root, known)
		d.mapping(entry{key: "sources.yaml", node: root}, d.schema)
	}
	for i := range c.Sources {
		c.Sources[i].Render.Browser = c.Browser
		c.Sources[i].Content.Presets = c.Presets
	}
	c.Files = d.files
	d.lines.settle()
	for i, m := range d.mistakes {
		d.mistakes[i].Text, d.mistakes[i].caret = d.lines.display(m.Line, m.Column)
	}
	slices.SortFunc(d.mistakes, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	return c, slices.Compact(d.mistakes) // a section that is read through two aliases reports its mistakes twice
}

// decoder walks the tree of a file along the schema.
type decoder struct {
	lines            *lines
	lookup           func(string) (string, bool)
	lenient          bool   // missing secrets are no mistake
	folder           string // the folder of sources.yaml, which relative file: paths start from
	schema           fields
	mistakes         []Mistake
	open             map[*yaml.Node]bool // mappings that are being read, to find an alias within itself
	patience         int                 // number of keys and items that may still be read, since aliases can make a small file endless
	files            []SecretFile        // the files that secrets were read from
	names, libraries map[string]int      // of the sources so far, with their lines
	presetNames      []string            // the names that content.preset may have
}

// fields are the keys of a section in the order in which they are read. That is independent of the order
// in the file, so that a later key may rely on an earlier one.
type fields []field

// field is a key with its value.
type field struct {
	key   string
	value value
}

// value reads the value of a key.
type value struct {
	read     func(entry)
	inside   fields // of a section, or of each item of a list of sections
	example  string // of a required key: how to write it; "" for an optional key
	private  bool   // it is or may contain a secret
	wantsOne bool   // an empty value is a mistake
	// of are the kinds of sources that have the key; nil for all. needed reports whether the key is required,
	// where that depends on the keys before it.
	of     []string
	needed func() bool

	shape   shape // of a value without keys; with inside, an alternative to the section
	besides shape // further conditions on a section
	listed  bool  // it is a list of such values
}

// entry is a value of the file with its key.
type entry struct {
	key   string
	label *yaml.Node // the node of the key; nil for items of a list
	node  *yaml.Node
}

// required makes a key required. example is how to write it.
func required(v value, example string) value {
	v.example, v.wantsOne = example, true
	return v
}

// filled makes an empty value a mistake.
func filled(v value) value {
	v.wantsOne = true
	return v
}

// section is a value that has keys.
func (d *decoder) section(inside fields) value {
	return value{inside: inside, read: func(e entry) { d.mapping(e, inside) }}
}

// mapping reads the keys of a section and returns the values that were given.
func (d *decoder) mapping(e entry, schema fields) map[string]entry {
	pairs, ok := d.pairs(e)
	if !ok {
		return nil
	}
	given := map[string]entry{}
	excused := map[string]bool{} // keys that are misspelt, and must not be reported as missing
	first := map[string]int{}
	for _, p := range pairs {
		key, node := p.key.Value, p.value
		if line, twice := first[key]; twice {
			if i := schema.index(key); i >= 0 {
				d.reveal(p, schema[i].value)
			}
			d.mistake(p.key, "%q stands here twice (first on line %d); keep one", brief(key), line)
			continue
		}
		first[key] = p.key.Line
		if schema.index(key) < 0 {
			excused[d.unknown(p, schema)] = true
			continue
		}
		d.lines.show(p.key)
		given[key] = entry{key, p.key, node}
	}
	for _, f := range schema {
		switch got, ok := given[f.key]; {
		case ok && empty(got.node) && (got.node.Anchor != "" || got.node.Style&yaml.TaggedStyle != 0):
			d.mistake(got.node, "%s has no value, since & and ! have a meaning of their own in YAML; "+
				"put quotes around what begins with them", f.key)
			delete(given, f.key)
		case ok && empty(got.node) && f.value.wantsOne:
			d.mistake(got.node, "%s has no value%s", f.key, f.value.remedy())
			delete(given, f.key)
		case ok && empty(got.node):
			delete(given, f.key) // like a missing key: the lines below "exclude:" may be comments
		case ok:
			if !f.value.hides() {
				d.lines.show(got.node)
			}
			f.value.read(got)
		case f.value.example != "" && !excused[f.key] && (f.value.needed == nil || f.value.needed()):
			d.mistake(e.node, "%s is missing here%s", f.key, f.value.remedy())
		}
	}
	return given
}

func (v value) remedy() string {
	if v.example == "" {
		return "; leave the key out, or give it one"
	}
	return "; add " + v.example
}

// wordStart matches the beginning of a text that could be a key.
var wordStart = regexp.MustCompile(`^[A-Za-z0-9_.-]*`)

// unknown reports a key that is not in the schema. It returns the key that was probably meant, or "".
func (d *decoder) unknown(p pair, schema fields) (meant string) {
	key := p.key.Value
	if word := wordStart.FindString(key); word != key || key == "" {
		// YAML reads "token:abc", "token abc" and "token=abc" as one word, and the rest of it may
		// be a secret.
		d.mistake(p.key, "a key is one word, with a colon and a space between it and its value")
		if schema.index(word) >= 0 {
			return word
		}
		return ""
	}
	names := schema.names()
	if near, ok := nearest.Of(key, names); ok {
		d.reveal(p, schema[schema.index(near)].value)
		d.mistake(p.key, "unknown key %q: did you mean %q?", brief(key), near)
		return near
	}
	if home, v := d.schema.homes(key); len(home) > 0 {
		d.reveal(p, v)
		d.mistake(p.key, "%q does not belong here, but in %s", brief(key), nearest.Either(home))
		return ""
	}
	if empty(p.value) { // a value in the place of a key, as in {bearer, abc}
		d.mistake(p.key, "this is a word without a value; what can stand here is %s, "+
			"each with a colon, a space and a value", strings.Join(names, ", "))
		return ""
	}
	d.lines.show(p.key)
	d.mistake(p.key, "unknown key %q: what can stand here is %s", brief(key), strings.Join(names, ", "))
	return ""
}

func (fs fields) names() []string {
	var names []string
	for _, f := range fs {
		names = append(names, f.key)
	}
	return names
}

// walk visits every key of the schema, with the sections that it is in.
func (fs fields) walk(within []string, visit func(within []string, f field)) {
	for _, f := range fs {
		visit(within, f)
		f.value.inside.walk(append(slices.Clone(within), f.key), visit)
	}
}

// homes returns the sections that have a key, such as "sources.fetch". v has the values that the key has
// there.
func (fs fields) homes(key string) (homes []string, v value) {
	fs.walk(nil, func(within []string, f field) {
		if f.key == key && len(within) > 0 {
			homes = append(homes, strings.Join(within, "."))
			v.inside = append(v.inside, f)
		}
	})
	return homes, v
}

func (fs fields) index(key string) int {
	return slices.IndexFunc(fs, func(f field) bool { return f.key == key })
}

// reveal shows a key, and its value unless v is private.
func (d *decoder) reveal(p pair, v value) {
	d.lines.show(p.key)
	if !v.hides() {
		d.lines.show(p.value)
	}
}

// hides reports whether a value is private or contains something private.
func (v value) hides() bool {
	private := v.private
	v.inside.walk(nil, func(_ []string, f field) { private = private || f.value.private })
	return private
}

// keysByNature returns two functions: known reports whether a word is a key, and harmless whether the
// values of a key can be shown wherever it is used.
func (d *decoder) keysByNature() (known, harmless func(string) bool) {
	shy := map[string]bool{}
	d.schema.walk(nil, func(_ []string, f field) {
		shy[f.key] = shy[f.key] || f.value.private || len(f.value.inside) > 0
	})
	known = func(key string) bool { _, ok := shy[key]; return ok }
	harmless = func(key string) bool { s, ok := shy[key]; return ok && !s }
	return known, harmless
}

type pair struct{ key, value *yaml.Node }

// pairs returns the keys and values of a mapping. Those that are merged by << come last.
func (d *decoder) pairs(e entry) (pairs []pair, ok bool) {
	n := target(e.node)
	if n.Kind != yaml.MappingNode {
		d.mistake(e.node, "%s must be keys with values, not %s", e.key, kind(e.node))
		return nil, false
	}
	if d.open[n] {
		d.mistake(e.node, "what this alias stands for has the alias in it")
		return nil, false
	}
	d.open[n] = true
	defer delete(d.open, n)
	own := map[string]bool{}
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !d.spend(n.Content[i]) {
			return nil, false
		}
		key, node := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || empty(key) || key.Style&yaml.TaggedStyle != 0 || key.Anchor != "":
			d.mistake(key, "a key must be a word, without !, & or * before it")
		case key.ShortTag() == "!!merge":
			d.lines.show(key)
			merged = append(merged, node)
		default:
			own[key.Value] = true
			pairs = append(pairs, pair{key, node})
		}
	}
	for _, m := range merged {
		from := []*yaml.Node{m}
		if target(m).Kind == yaml.SequenceNode {
			from = target(m).Content
		}
		for _, each := range from {
			more, ok := d.pairs(entry{key: "<<", node: each})
			if !ok {
				return nil, false
			}
			for _, p := range more {
				if !own[p.key.Value] {
					own[p.key.Value] = true
					pairs = append(pairs, p)
				}
			}
		}
	}
	return pairs, true
}

// items returns the items of a list.
func (d *decoder) items(e entry) (items []entry, ok bool) {
	n := target(e.node)
	if n.Kind != yaml.SequenceNode {
		return nil, false
	}
	for _, item := range n.Content {
		if !d.spend(item) {
			return nil, false
		}
		items = append(items, entry{key: "an item of " + e.key, node: item})
	}
	return items, true
}

// spend reduces the decoder's patience.
func (d *decoder) spend(n *yaml.Node) bool {
	d.patience--
	if d.patience == 0 {
		d.mistake(n, "the file goes on for too long from here; are aliases repeating each other?")
	}
	return d.patience > 0
}

// mistake reports a mistake at n.
func (d *decoder) mistake(n *yaml.Node, format string, args ...any) {
	d.mistakeAt(n.Line, n.Column, format, args...)
}

func (d *decoder) mistakeAt(line, column int, format string, args ...any) {
	line = max(1, min(line, len(d.lines.text)))
	column = max(1, min(column, len(d.lines.text[line-1])+1))
	message := fmt.Sprintf(format, args...)
	switch {
	case len(d.mistakes) == maxMistakes:
		return
	case len(d.mistakes) == maxMistakes-1:
		message = "and so on; mend these first"
		d.patience = 0
	}
	d.mistakes = append(d.mistakes, Mistake{Line: line, Column: column, Message: message})
}

// target returns the node that an alias refers to.
func target(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func empty(n *yaml.Node) bool {
	n = target(n)
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// kind describes a node without showing its content.
func kind(n *yaml.Node) string {
	n = target(n)
	switch {
	case n.Kind == yaml.MappingNode:
		return "keys with values"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!bool":
		return "true or false"
	case n.ShortTag() == "!!int", n.ShortTag() == "!!float":
		return "a number"
	case empty(n):
		return "nothing"
	}
	return "text"
}

// brief shortens a text that a message quotes.
func brief(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
