package css

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// placedSheet is a sheet in the order of a page's sheets.
type placedSheet struct {
	*sheet
	when truth
}

// cascade is the rules of the sheets of a page in their order, with what is known of elements that stand
// on a [path]. The pages that have the same sheets share it.
type cascade struct {
	sheets     []placedSheet
	rules      []*rule
	byKey      map[string][]*rule        // the rules by what their last compound demands, see [keyOf]
	asking     map[string][]*rule        // of these, the ones for which an element is looked at
	frames     map[string]*frames        // of all sheets, by their names
	vars       map[string][]*rule        // the rules that set a custom property
	alone      bool                      // no style sheet of the page is unknown
	mentioned  map[string]bool           // the classes and IDs that selectors name, such as ".note"
	conditions map[string][]cascadia.Sel // what selectors say of attributes, by the attribute
	colours    palette
	states     func() []state // the rules about what a click or a script changed

	memory *Memory // that keeps it; nil for none

	mu  sync.RWMutex
	top *path
}

// rule is a rule where it stands in a cascade.
type rule struct {
	*declared
	order int
	when  bool // holds in some windows only
	rank  int  // of its layer; those outside of layers come last

	odd        bool // what it matches has to be looked at
	faded      bool // it has to where it stands upon the colour of its text
	ink, paper colour
	hasInk     bool
	hasPaper   bool
}

func newCascade(sheets []placedSheet, alone bool) *cascade {
	c := &cascade{
		sheets: sheets, alone: alone, byKey: map[string][]*rule{}, asking: map[string][]*rule{}, vars: map[string][]*rule{},
		mentioned: map[string]bool{}, conditions: map[string][]cascadia.Sel{},
		colours: palette{inks: []colour{{3: 255}}, papers: []colour{white()}},
		top:     &path{node: &html.Node{Type: html.DocumentNode}},
		frames:  map[string]*frames{},
	}
	for _, s := range sheets {
		maps.Copy(c.frames, s.frames)
	}
	c.states = sync.OnceValue(c.findStates)
	c.place(sheets)
	conditions := map[string]bool{}
	for _, r := range c.rules {
		for _, v := range r.look.own {
			if known := c.vars[v.name]; len(known) == 0 || known[len(known)-1] != r {
				c.vars[v.name] = append(known, r)
			}
		}
		eachName(r.selector, func(name string) { c.mentioned[name] = true }, func(said string) { conditions[said] = true })
		if r.hasInk {
			c.colours.addInk(r.ink)
		}
		if r.hasPaper {
			c.colours.addPaper(r.paper)
		}
	}
	for _, r := range c.rules {
		key := keyOf(r.last)
		c.byKey[key] = append(c.byKey[key], r)
		if c.judge(r); r.odd || r.faded || r.setsAny(key) {
			c.asking[key] = append(c.asking[key], r)
		}
	}
	for _, said := range slices.Sorted(maps.Keys(conditions)) {
		if compiled, err := cascadia.Parse(said); err == nil {
			name := nameIn(said)
			c.conditions[name] = append(c.conditions[name], compiled)
		}
	}
	return c
}

// place gives the rules of sheets their places.
func (c *cascade) place(sheets []placedSheet) {
	layers := map[string]int{}
	for _, s := range sheets {
		for _, layer := range s.layers {
			if _, known := layers[layer]; !known {
				layers[layer] = len(layers)
			}
		}
		placed := make([]rule, 0, len(s.rules))
		for _, d := range s.rules {
			if d.noScript {
				continue
			}
			rank := 1 << 20
			if d.layer != "" {
				rank = layers[d.layer]
			}
			if d.layer == initialLayer {
				rank = -1
			}
			placed = append(placed, rule{
				declared: d, order: len(c.rules), when: s.when == sometimes || d.when, rank: rank,
				ink: d.ink, hasInk: d.hasInk, paper: d.paper, hasPaper: d.hasPaper,
			})
			c.rules = append(c.rules, &placed[len(placed)-1])
		}
	}
}

// judge settles whether what a rule matches has to be looked at.
func (c *cascade) judge(r *rule) {
	if r.when {
		return
	}
	if r.declared.odd || c.restsOdd(r.look) {
		r.odd = true
		return
	}
	if r.varies {
		replaced := *r.look
		for p := range properties {
			if strings.Contains(replaced.Says[p], "var(") {
				replaced.Says[p] = c.resolveAlone(replaced.Says[p])
			}
		}
		if odd, _ := replaced.isOdd(); odd || slices.Contains(replaced.Says[:], several) {
			r.odd = true
			return
		}
		r.ink, r.hasInk = colourOf(replaced.Says[color])
		r.paper, r.hasPaper = replaced.paper()
	}
	// Many pages have black text on white and white text on something: that is looked at where both
	// may meet.
	if r.hasInk && slices.ContainsFunc(c.colours.papers, r.ink.like) {
		if r.varies || r.ink.like(white()) {
			r.odd = true
			return
		}
		r.faded = true
	}
	r.odd = r.isGround() && slices.ContainsFunc(c.colours.inks, r.paper.like)
}

// restsOdd reports whether an animation leaves what a look is about so that it may not be seen.
func (c *cascade) restsOdd(l *Look) bool {
	if l.Says[animated] == "" || len(c.frames) == 0 {
		return false
	}
	end := restOf(c.frames, l.Says[animated])
	if end == nil {
		return false
	}
	odd, varies := end.isOdd()
	return odd || varies || end.Says[color] != ""
}

// setsAny reports whether a rule, which is known by a key, may set an element in another way than its name does.
func (r *rule) setsAny(key string) bool {
	named := &html.Node{Type: html.ElementNode, DataAtom: atom.Lookup([]byte(key))}
	return !r.when && r.sets != 0 && (named.DataAtom == 0 || r.sets&settingsOf(named) != 0)
}

// isGround reports whether a rule gives a background that text may vanish on.
func (r *rule) isGround() bool { return r.hasPaper && !r.paper.clear() && !r.paper.like(white()) }

// clashes reports whether what a rule says of colours may be unseen with those that a page says by attributes.
func (r *rule) clashes(said palette) bool {
	return !r.when && (r.hasInk && slices.ContainsFunc(said.papers, r.ink.like) || r.isGround() && slices.ContainsFunc(said.inks, r.paper.like))
}

// palette is the colours of text and of backgrounds that somebody says, each once.
type palette struct{ inks, papers []colour }

func (p *palette) addInk(c colour) {
	if !slices.Contains(p.inks, c) {
		p.inks = append(p.inks, c)
	}
}

func (p *palette) addPaper(c colour) {
	if !slices.Contains(p.papers, c) {
		p.papers = append(p.papers, c)
	}
}

// keyOf returns what a compound selector demands of an element that the fewest have: "#id", ".class",
// "[attribute" or a tag in lower case; "" for what may be about any.
func keyOf(compound string) (key string) {
	for i := 0; i < len(compound); {
		end := i + 1
		switch b := compound[i]; {
		case b == '#':
			end = endOfName(compound, i+1)
			return "#" + unescape(compound[i+1:end])
		case b == '.':
			end = endOfName(compound, i+1)
			key = "." + unescape(compound[i+1:end])
		case b == '[':
			if end = i + endOfBracket(compound[i:]); key == "" || key[0] != '.' {
				key = "[" + nameIn(compound[i:end])
			}
		case b == ':':
			end = i + endOfPseudoClass(compound[i:])
		case i == 0 && (isNameByte(b) || b == '\\'):
			end = endOfName(compound, 0)
			key = strings.ToLower(unescape(compound[:end]))
		}
		i = end
	}
	return key
}

// eachName calls names for each class and ID in a selector, such as ".note", and conditions for what it
// says of attributes, such as `[href^="http"]`.
func eachName(selector string, names, conditions func(string)) {
	for i := 0; i < len(selector); i++ {
		switch selector[i] {
		case '\\':
			i++
		case '"', '\'':
			i = endOfString(selector, i)
		case '[':
			end := i + endOfBracket(selector[i:])
			conditions(selector[i:end])
			i = end - 1
		case '.', '#':
			end := endOfName(selector, i+1)
			names(selector[i:i+1] + unescape(selector[i+1:end]))
			i = end - 1
		}
	}
}

// endOfName returns where a name ends that begins at i.
func endOfName(text string, i int) int {
	for i < len(text) {
		switch {
		case isNameByte(text[i]):
			i++
		case text[i] == '\\':
			i = endOfEscape(text, i)
		default:
			return i
		}
	}
	return i
}

// nameIn returns the attribute that a condition is about.
func nameIn(condition string) string {
	name := strings.TrimLeft(condition, "[ \t\r\n\f")
	if end := strings.IndexAny(name, "~|^$*=] \t\r\n\f"); end >= 0 {
		name = name[:end]
	}
	return strings.ToLower(name)
}

// each calls f for the rules that may be about an element, as a map has them by their keys.
func each(rules map[string][]*rule, n *html.Node, f func([]*rule)) {
	f(rules[n.Data])
	f(rules[""])
	for _, a := range n.Attr {
		f(rules["["+a.Key])
		switch a.Key {
		case "class":
			for class := range strings.FieldsSeq(a.Val) {
				f(rules["."+class])
			}
		case "id":
			f(rules["#"+strings.TrimSpace(a.Val)])
		}
	}
}
