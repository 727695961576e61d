package screen

import (
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
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
	t.coded(found)
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

// turnedBack has, for each word of orders as it stands in a line that is turned, how the line is turned back.
var turnedBack = sync.OnceValue(func() map[string][]func(string) string {
	all := map[string][]func(string) string{}
	for _, word := range []string{"instructions", "instruction", "system prompt", "guidelines", "directives"} {
		all[backwards(word)] = []func(string) string{backwards, eachBackwards}
		all[mirrored(word)] = append(all[mirrored(word)], mirrored)
		all[moved(backwards(word), 13)] = append(all[moved(backwards(word), 13)], func(line string) string { return backwards(moved(line, 13)) })
		for places := 1; places < 26; places++ {
			word := moved(word, places)
			all[word] = append(all[word], func(line string) string { return moved(line, 26-places) })
		}
	}
	return all
})

// turnedWords are words of orders as they stand in lines that are turned.
func turnedWords() []string { return slices.Sorted(maps.Keys(turnedBack())) }

// turned calls found for each line that has one of turnedWords.
func (t *text) turned(found func(inner *text, at span)) {
	for _, at := range t.around().turned {
		line := t.lineAt(at.start)
		for _, back := range turnedBack()[lowerASCII(t.plain[at.start:at.end])] {
			t.meter.Spend(line.end - line.start)
			found(t.within(back(t.plain[line.start:line.end])), line)
		}
	}
}

func backwards(s string) string {
	letters := []rune(s)
	slices.Reverse(letters)
	return string(letters)
}

// eachBackwards turns the letters of each word.
func eachBackwards(line string) string {
	words := strings.Fields(line)
	for i, word := range words {
		words[i] = backwards(word)
	}
	return strings.Join(words, " ")
}

// mirrored puts the last letter of the alphabet for the first, and so on.
func mirrored(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return 'a' + 'z' - r
		case 'A' <= r && r <= 'Z':
			return 'A' + 'Z' - r
		}
		return r
	}, s)
}

// moved puts for each letter the one that stands so many places further on.
func moved(s string, places int) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return 'a' + (r-'a'+rune(places))%26
		case 'A' <= r && r <= 'Z':
			return 'A' + (r-'A'+rune(places))%26
		}
		return r
	}, s)
}
