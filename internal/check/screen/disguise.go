package screen

import (
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

// disguised calls found for each part that says something else when it is decoded: in base64, in hexadecimal digits, escaped as
// in an address, backwards, or with its letters moved by thirteen places. inner is what it says.
func (t *text) disguised(found func(inner *text, at span)) {
	if t.hidden >= maxHidden {
		return
	}
	for _, r := range t.runs() {
		if r.inner != nil {
			found(r.inner, r.at)
		}
	}
	t.escaped(found)
	t.turned(found)
}

// fromHex returns the text that a run has in hexadecimal digits; "" where it is none.
func fromHex(run string) string {
	raw, err := hex.DecodeString(strings.TrimPrefix(run, "0x"))
	if err != nil {
		return ""
	}
	for _, b := range raw {
		if b < ' ' && b != '\n' || b > '~' {
			return ""
		}
	}
	return string(raw)
}

// escaped calls found for each word that is escaped as in an address (RFC 3986), maybe more than once, and for pairs of
// hexadecimal digits behind signs of their own.
func (t *text) escaped(found func(inner *text, at span)) {
	const enough = 5 // escapes, below which a word is an address like any other
	for _, sign := range []string{"%", `\x`, `\u00`, "0x", "&#x"} {
		if strings.Count(t.plain, sign) < enough {
			continue
		}
		start := 0
		for line := range strings.Lines(t.plain) {
			at := span{start, start + len(strings.TrimRight(line, "\n"))}
			start += len(line)
			if strings.Count(line, sign) < enough {
				continue
			}
			t.meter.Spend(len(line))
			inner := line
			if sign != "%" {
				inner = strings.NewReplacer(sign, "%", ";", "", " "+sign, "%").Replace(line)
			}
			for range maxHidden {
				plain := unescape(inner)
				if plain == inner {
					break
				}
				inner = plain
			}
			if inner != line {
				found(t.within(inner), at)
			}
		}
	}
}

// unescape replaces the escapes in a text that are some, and leaves the others.
func unescape(text string) string {
	var out strings.Builder
	for {
		at := strings.IndexByte(text, '%')
		if at < 0 || at+2 >= len(text) {
			out.WriteString(text)
			return out.String()
		}
		out.WriteString(text[:at])
		if plain, err := url.PathUnescape(text[at : at+3]); err == nil {
			out.WriteString(plain)
			text = text[at+3:]
			continue
		}
		out.WriteByte('%')
		text = text[at+1:]
	}
}

// turnedWords are words of orders, backwards and moved by thirteen places: where one stands, its line is read so.
func turnedWords() []string {
	var words []string
	for _, word := range []string{"instructions", "instruction", "system prompt", "guidelines", "directives"} {
		words = append(words, backwards(word), moved13(word))
	}
	return words
}

// turned calls found for each line that has one of turnedWords.
func (t *text) turned(found func(inner *text, at span)) {
	for _, at := range t.around().turned {
		line := t.lineAt(at)
		t.meter.Spend(2 * (line.end - line.start))
		found(t.within(backwards(t.plain[line.start:line.end])), line)
		found(t.within(moved13(t.plain[line.start:line.end])), line)
	}
}

func backwards(s string) string {
	letters := []rune(s)
	slices.Reverse(letters)
	return string(letters)
}

func moved13(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return 'a' + (r-'a'+13)%26
		case 'A' <= r && r <= 'Z':
			return 'A' + (r-'A'+13)%26
		}
		return r
	}, s)
}
