package css

import (
	"slices"
	"strings"
)

// frames are what a rule of keyframes says, stop by stop.
type frames struct {
	from, to *Look // nil where nothing is said of that
	always   *Look // what keeps an element from being seen at every stop; nil for nothing
}

// readFrames returns the keyframes of a sheet by their names, in lower case.
func readFrames(text string) map[string]*frames {
	var found map[string]*frames
	for {
		_, rest, ok := strings.Cut(text, "keyframes")
		if !ok {
			return found
		}
		name, _, ok := strings.Cut(rest, "{")
		if !ok {
			return found
		}
		block := rest[len(name):]
		end := endOfBlock(block)
		text = block[end:]
		if found == nil {
			found = map[string]*frames{}
		}
		found[strings.ToLower(strings.Trim(name, " \t\r\n\"'"))] = framesIn(block[:end])
	}
}

// endOfBlock returns where the block ends that text begins with.
func endOfBlock(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

func framesIn(block string) *frames {
	f := &frames{}
	var all []*Look
	for block = strings.Trim(block, "{}"); ; {
		stops, rest, ok := strings.Cut(block, "{")
		if !ok {
			f.always = f.common(all)
			return f
		}
		body, after, _ := strings.Cut(rest, "}")
		block = after
		look := InlineLook(body)
		all = append(all, &look)
		for stop := range strings.SplitSeq(strings.ToLower(stops), ",") {
			switch strings.TrimSpace(stop) {
			case "from", "0%":
				f.from = &look
			case "to", "100%":
				f.to = &look
			}
		}
	}
}

// declareAnimation adds what a declaration says of an animation to what is known of it. The names of what was said
// apart are kept: "delay(9s)".
func (l *Look) declareAnimation(name, value string) {
	if part, ok := strings.CutPrefix(strings.TrimPrefix(name, "-webkit-"), "animation-"); !ok {
		l.Says[animated] = value
	} else if part == "delay" {
		l.Says[animated] += " delay(" + value + ")"
	} else {
		l.Says[animated] += " " + value
	}
}

// restOf returns how an animation leaves, or keeps, what it is about; nil where that is as without it.
func restOf(all map[string]*frames, said string) *Look {
	parts := valuesIn(said)
	at := slices.IndexFunc(parts, func(part string) bool { return all[part] != nil })
	if at < 0 {
		return nil
	}
	const long = 100 // seconds
	f, delay, times := all[parts[at]], 0.0, 0
	has := func(word string) bool { return slices.Contains(parts, word) }
	for _, part := range parts {
		inside, isDelay := strings.CutPrefix(part, "delay(")
		if seconds, ok := secondsIn(strings.TrimSuffix(inside, ")")); ok {
			if times++; isDelay || times == 2 {
				delay = seconds
			}
		}
	}
	first, last := f.from, f.to
	if has("reverse") {
		first, last = last, first
	}
	switch {
	case has("paused"), delay >= long && (has("both") || has("backwards")):
		return first
	case has("infinite"):
		return f.always
	case has("forwards") || has("both"):
		return last
	}
	return nil
}

// common returns what keeps an element from being seen at every stop; nil for nothing.
func (f *frames) common(all []*Look) *Look {
	if f.from == nil || f.to == nil {
		return nil
	}
	for p := range properties {
		if !slices.ContainsFunc(all, func(l *Look) bool { return l.Says[p] == "" || !l.hidesBy(p) }) {
			return f.to
		}
	}
	return nil
}

func secondsIn(value string) (seconds float64, ok bool) {
	number, unit, ok := lengthOf(value)
	switch unit {
	case "s":
		return number, ok
	case "ms":
		return number / 1000, ok
	}
	return 0, false
}

// rest takes over how an animation leaves the element.
func (c *computed) rest(all map[string]*frames) {
	if c.Says[animated] == "" || len(all) == 0 {
		return
	}
	end := restOf(all, c.Says[animated])
	if end == nil {
		return
	}
	c.moves = false
	for p := range properties {
		if end.Says[p] != "" && !c.strong[p] {
			c.Says[p], c.from[p], c.unsure[p] = end.Says[p], nil, false
		}
	}
}
