package css

import "strings"

// imported is another sheet that a sheet refers to.
type imported struct {
	address string
	when    truth
}

// importOf reads what follows "@import".
func importOf(prelude string) imported {
	var i imported
	rest := prelude
	if inside, ok := strings.CutPrefix(prelude, "url("); ok {
		i.address, rest, _ = strings.Cut(inside, ")")
	} else if prelude != "" && (prelude[0] == '"' || prelude[0] == '\'') {
		end := min(endOfString(prelude, 0)+1, len(prelude))
		i.address, rest = prelude[:end], prelude[end:]
	}
	i.address = strings.Trim(strings.TrimSpace(i.address), `"'`)
	for _, part := range conditionsIn(strings.ToLower(rest)) {
		if part == "layer" || strings.HasPrefix(part, "layer(") {
			rest = strings.Replace(rest, part, "", 1)
		}
	}
	i.when = mediaHolds(strings.TrimSpace(rest))
	return i
}
