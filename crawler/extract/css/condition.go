package css

import (
	"slices"
	"strconv"
	"strings"
)

// truth is where a condition of a style sheet holds.
type truth uint8

const (
	always truth = iota
	sometimes
	never
)

func (t truth) not() truth { return never - t }

func (t truth) and(other truth) truth { return max(t, other) }

func (t truth) or(other truth) truth { return min(t, other) }

// block is what the at-rules around a rule say of it.
type block struct {
	holds truth
	layer string
	scope string
	limit string // what is not in the scope, with all in it; "" for nothing
}

func anonymous(i int) string { return "#" + strconv.Itoa(i) }

// within returns what holds inside of an at-rule.
func (b block) within(name, prelude string) block {
	holds := never
	switch name {
	case "@layer":
		b.layer = prelude
		return b
	case "@media":
		if scope, ok := strings.CutPrefix(prelude, "scope"); ok {
			holds = b.withinScope(strings.TrimSpace(scope))
			break
		}
		holds = mediaHolds(prelude)
	case "@supports":
		holds = supportsHolds(strings.ToLower(prelude))
	}
	b.holds = b.holds.and(holds)
	return b
}

// withinScope takes what is said of a scope: "(.card)", or "(.card) to (.quotation)".
func (b *block) withinScope(said string) truth {
	end := endOfBracket(said)
	if said == "" || said[0] != '(' {
		return sometimes
	}
	b.scope = strings.TrimSpace(strings.Trim(said[:end], "()"))
	b.limit = ""
	if limit, ok := strings.CutPrefix(strings.TrimSpace(said[end:]), "to"); ok {
		if b.limit = strings.TrimSpace(strings.TrimSpace(limit)); len(b.limit) > 2 && b.limit[0] == '(' {
			b.limit = b.limit[1 : len(b.limit)-1]
		}
		if scoped := strings.ReplaceAll(b.limit, ":scope", b.scope); scoped != b.limit {
			b.limit = scoped
		} else {
			b.limit = b.scope + " " + b.limit
		}
	}
	if strings.ContainsAny(b.scope, "(,") || strings.Contains(b.limit, ",") {
		b.scope, b.limit = "", ""
		return sometimes
	}
	return always
}

// mediaHolds judges a list of media queries, or a query of a container.
func mediaHolds(list string) truth {
	list = strings.ToLower(strings.TrimSpace(list))
	if list == "" {
		return always
	}
	if query, ok := strings.CutPrefix(list, "container "); ok {
		if at := strings.IndexByte(query, '('); at >= 0 {
			return queryHolds(query[at:])
		}
		return sometimes
	}
	holds, upright, across := never, false, false
	for _, query := range alternatives([]string{list}) {
		query = strings.Join(strings.Fields(query), "")
		upright = upright || query == "(orientation:portrait)"
		across = across || query == "(orientation:landscape)"
	}
	if upright && across {
		return always
	}
	for _, query := range alternatives([]string{list}) {
		holds = holds.or(queryHolds(strings.TrimSpace(query)))
	}
	return holds
}

// queryHolds judges a query: a medium and features, with "and", "or" and "not".
func queryHolds(query string) truth {
	if rest, ok := strings.CutPrefix(query, "not "); ok {
		return queryHolds(strings.TrimSpace(rest)).not()
	}
	query = strings.TrimPrefix(query, "only ")
	if slices.Contains(conditionsIn(query), "not") {
		return sometimes
	}
	return joinedHold(query, func(part string) truth {
		switch {
		case part[0] == '(':
			return featureHolds(strings.TrimSpace(part[1 : len(part)-1]))
		case part == "all" || part == "screen":
			return always
		case part == "print" || part == "speech" || part == "aural" || part == "braille" || part == "embossed" || part == "projection" || part == "tty" || part == "tv" || part == "handheld":
			return never
		}
		return sometimes
	})
}

// joinedHold judges what "and" and "or" join, of which each part is judged by holds.
func joinedHold(condition string, holds func(part string) truth) truth {
	all, joined := always, "and"
	for i, part := range conditionsIn(condition) {
		switch {
		case part == "and" || part == "or":
			joined = part
		case i > 0 && joined == "or":
			all = all.or(holds(part))
		default:
			all = all.and(holds(part))
		}
	}
	return all
}

// conditionsIn parts a condition into words and what stands in parentheses, with the name of a function.
func conditionsIn(text string) (parts []string) {
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		end := strings.IndexAny(text, " (")
		switch {
		case end < 0:
			end = len(text)
		case text[end] == '(':
			end += endOfBracket(text[end:])
			if text[end-1] != ')' {
				return append(parts, "?")
			}
		}
		parts = append(parts, text[:end])
		text = text[end:]
	}
	return parts
}

// featureHolds judges one feature. No window is narrower or lower than a small telephone.
func featureHolds(feature string) truth {
	const narrowest, widest = 300, 10_000
	if feature != "" && (feature[0] == '(' || strings.HasPrefix(feature, "not ")) {
		return queryHolds(feature)
	}
	name, value, plain := strings.Cut(feature, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !plain {
		value = ""
		for _, operator := range []string{">=", ">", "<=", "<"} {
			before, after, ok := strings.Cut(feature, operator)
			before, after = strings.TrimSpace(before), strings.TrimSpace(after)
			if !ok {
				continue
			}
			if second := strings.IndexAny(after, "<>"); second >= 0 { // a range
				size := strings.TrimSpace(after[:second])
				return featureHolds(before + operator + size).and(featureHolds(size + after[second:]))
			}
			size := before
			least := operator[0] == '>'
			value = after
			if _, _, isLength := lengthOf(before); isLength {
				size, value, least = after, before, !least
			}
			name = "max-" + size
			if least {
				name = "min-" + size
			}
			break
		}
	}
	px, known := pixels(value)
	switch name {
	case "min-width", "min-height", "min-device-width", "min-inline-size", "min-block-size", "min-device-height":
		if known && px <= narrowest {
			return always
		}
		if known && px > widest {
			return never
		}
	case "max-width", "max-height", "max-device-width", "max-inline-size", "max-block-size", "max-device-height":
		if known && px >= widest {
			return always
		}
		if known && px <= 0 {
			return never
		}
	case "width", "height", "color":
		if value == "" {
			return always
		}
	case "min-color", "min-resolution", "min-aspect-ratio", "min-device-pixel-ratio", "-webkit-min-device-pixel-ratio":
		if number, _, ok := lengthOf(value); ok && number <= 1 {
			return always
		}
	case "scripting":
		return map[string]truth{"enabled": always, "none": never}[value]
	case "grid":
		return map[string]truth{"0": always, "1": never}[value]
	}
	return sometimes
}

// supportsHolds judges what a sheet demands of the browser. Those that people have support what a
// sheet names without another browser's prefix.
func supportsHolds(condition string) truth {
	if rest, ok := strings.CutPrefix(condition, "not "); ok {
		return supportsHolds(strings.TrimSpace(rest)).not()
	}
	if rest, ok := strings.CutPrefix(condition, "not("); ok {
		return supportsHolds("(" + rest).not()
	}
	return joinedHold(condition, func(part string) truth {
		if part[0] != '(' {
			if strings.HasPrefix(part, "selector(") || strings.HasPrefix(part, "font-") {
				return always
			}
			return sometimes
		}
		inside := strings.TrimSpace(part[1 : len(part)-1])
		if inside == "" || inside[0] == '(' || strings.HasPrefix(inside, "not ") {
			return supportsHolds(inside)
		}
		return declarationHolds(inside)
	})
}

func declarationHolds(declaration string) truth {
	if display, ok := strings.CutPrefix(strings.ReplaceAll(declaration, " ", ""), "display:"); ok && !isDisplay(display) {
		return never
	}
	name, value, ok := strings.Cut(declaration, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	switch _, known := propertiesByName[name]; {
	case !ok || value == "":
		return sometimes
	case strings.HasPrefix(name, "--"), known && !strings.HasPrefix(value, "-"), strings.HasPrefix(value, "grid"), strings.HasPrefix(value, "flex"):
		return always
	}
	return sometimes
}

// isDisplay reports whether a value is one that display may have, which all browsers know.
func isDisplay(value string) bool {
	switch strings.TrimPrefix(value, "inline-") {
	case "none", "inline", "block", "flex", "grid", "table", "contents", "list-item", "flow-root", "inherit", "initial", "unset", "revert", "ruby", "math", "run-in", "subgrid", "masonry", "grid-lanes", "box":
		return true
	}
	return strings.ContainsAny(value, " !") || strings.HasPrefix(value, "table-") || strings.HasPrefix(value, "-") || strings.Contains(value, "var(") || strings.HasPrefix(value, "ruby-")
}
