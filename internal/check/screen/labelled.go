package screen

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
	"github.com/fincrawl/fincrawl/internal/check/screen/secretform"
)

// labelled calls found for each secret that the label from start to end names.
func (t *text) labelled(kind labelKind, start, end int, found func(span)) {
	end, ok := isLabel(t.plain, start, end)
	if !ok {
		return
	}
	t.meter.Spend(keyword.PerTry)
	take := func(p pair) {
		value := t.plain[p.value.start:p.value.end]
		if kind.holds(value, p.evidence) || kind == passwordLabel && p.evidence == assigned && secretform.IsJoined(value) && t.isAlone(p.value) && !endsWithLetter(t.plain[:start]) {
			found(p.value)
		}
	}
	switch kind {
	case loginLabel, accountLabel:
		t.login(kind, end, take)
	case recoveryLabel, totpLabel, phraseLabel:
		t.list(kind, end, found)
	case codeLabel:
		if isBare(t.plain[start:end]) && !(hasNumberNear(t.plain[end:]) && locks(t.plain[t.linesBefore(start, 0):min(len(t.plain), end+maxThing)])) {
			return
		}
		t.pairs(start, end, take)
	case passwordLabel:
		t.pairs(start, end, take)
		if strings.HasSuffix(lowerASCII(t.plain[start:end]), "phrase") {
			t.words(end, found)
		}
	case keyLabel:
		switch {
		case isOfNetwork(t.plain[t.linesBefore(start, 2):start]):
			kind = passwordLabel
			t.pairs(start, end, take)
		case !strings.EqualFold(t.plain[start:min(end, start+3)], "key") || namesKey(t.plain[:start]):
			t.pairs(start, end, take)
		default:
			t.pairs(start, end, func(p pair) {
				if value := t.plain[p.value.start:p.value.end]; p.evidence == assigned && len(value) >= minRun && isMixed(value) && !namesPublicKey(t.plain[:start]) && !isExample(t.plain[t.lineAt(start).start:start]) {
					take(p)
				}
			})
		}
	default:
		t.pairs(start, end, take)
	}
}

// isAlone reports whether a value ends its line, or is all that a cell has, and is no code, where names look like it.
func (t *text) isAlone(value span) bool {
	if rest := strings.TrimLeft(t.plain[value.end:min(len(t.plain), value.end+maxGap)], " .\"”'"); rest != "" && rest[0] != '\n' {
		return false
	}
	after, _ := slices.BinarySearchFunc(t.quoted, value.start+1, func(s span, at int) int { return s.end - at })
	return after == len(t.quoted) || t.quoted[after].start > value.start
}

func endsWithLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r)
}

// isExample reports whether a line is typed into Python by somebody who shows how something works.
func isExample(line string) bool { return strings.HasPrefix(line, ">>> ") }

// namesPublicKey reports whether text that is followed by "key" makes it one that everybody may know.
func namesPublicKey(preceding string) bool {
	return strings.Contains(lowerASCII(preceding[max(0, len(preceding)-12):]), "publi")
}

// besideAddress calls found for each cell that has nothing but a password, beside one with an address of e-mail: a table
// of users need not name its columns.
func (t *text) besideAddress(found func(span)) {
	for i := 1; i < len(t.cells); i++ {
		user, cell := t.cells[i-1], t.cells[i]
		if user.table != cell.table || user.row != cell.row || cell.end-cell.start > maxValue || !strings.Contains(t.plain[user.start:user.end], "@") {
			continue
		}
		t.meter.Spend(keyword.PerTry)
		if at := t.trim(cell.span); at.end > at.start && !strings.ContainsFunc(t.plain[at.start:at.end], unicode.IsSpace) && passwordLabel.holds(t.plain[at.start:at.end], near) {
			found(at)
		}
	}
}

// isOfNetwork reports whether a line tells how to get into a wireless network.
func isOfNetwork(line string) bool {
	line = lowerASCII(line)
	return slices.ContainsFunc([]string{"wi-fi", "wifi", "wlan", "ssid"}, func(name string) bool { return strings.Contains(line, name) })
}

// namesKey reports whether text that is followed by "key" makes it one that opens
// something, rather than one of a keyboard or a table.
func namesKey(preceding string) bool {
	name := strings.TrimRight(lowerASCII(preceding[max(0, len(preceding)-16):]), " _-.")
	for _, sort := range []string{"api", "access", "auth", "private", "secret", "encryption", "signing", "license", "licence", "account", "master", "admin",
		"service", "shared", "presharedkey", "webhook", "storage", "app", "application", "client", "wpa", "wpa2", "wifi", "wi-fi", "network", "stream", "security", "session", "deploy", "host", "server"} {
		if strings.HasSuffix(name, sort) {
			return true
		}
	}
	return false
}

var (
	afterAccount = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A["'\x60*_]{0,2}(?:[ \x{a0}]/[ \x{a0}]?|/[ \x{a0}]|[ \x{a0}]\|[ \x{a0}]|:[ ]?)`)
	})
	afterLogin = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\A(?:[^\n/]{0,60}?[ \x{a0}]/[ \x{a0}]|[^\n/:]{0,30}?[ \x{a0}][a-z][\w.-]{1,30}:|[ \x{a0}](?:as|als)[ \x{a0}][\w.@-]{1,40}[ \x{a0}](?:with|using|mit)[ \x{a0}])`)
	})
)

// login pairs a user's name with the password that stands behind it and a slash.
func (t *text) login(kind labelKind, end int, take func(pair)) {
	expression, how := afterAccount(), near
	if kind == loginLabel {
		expression, how = afterLogin(), literal
	}
	if at := expression.FindStringIndex(t.plain[end:min(len(t.plain), end+maxGap)]); at != nil {
		t.next(end+at[1], how, take)
	}
}

// The forms of what labels of several words or codes are followed by.
var (
	codesPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(?:[A-Za-z0-9]{4,8}(?:[ -][A-Za-z0-9]{4,8}){1,4}|[0-9]{8}|[A-Za-z0-9]{8,16})\b`)
	})
	seedPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(?:[A-Z2-7]{16,64}|[A-Z2-7]{4}(?:[ -][A-Z2-7]{4}){3,15}|[a-z2-7]{4}(?:[ -][a-z2-7]{4}){3,15}|[a-z2-7]{16,64})\b`)
	})
	wordsPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:\b[1-9]?[0-9]?[.)]?\s{0,2}[a-z]{3,8}\b[\s,]{0,3}){12,24}`)
	})
)

// listReach is how far behind its label a list of codes or words is looked for, in bytes.
const listReach = 400

// list finds the codes or words that stand behind their label.
func (t *text) list(kind labelKind, end int, found func(span)) {
	rest := t.plain[end:min(len(t.plain), end+listReach)]
	t.meter.Spend(len(rest))
	switch kind {
	case recoveryLabel:
		var codes []span
		for _, at := range codesPattern().FindAllStringIndex(rest, -1) {
			if code := rest[at[0]:at[1]]; isRecoveryCode(code) {
				codes = append(codes, span{end + at[0], end + at[1]})
			}
		}
		if len(codes) >= 2 || len(codes) == 1 && codes[0].start-end < 40 {
			for _, at := range codes {
				found(at)
			}
		}
	case totpLabel:
		if at := seedPattern().FindStringIndex(rest); at != nil && at[0] < 60 && secretform.IsSeed(rest[at[0]:at[1]]) && !isPublished(rest[at[0]:at[1]]) && strings.ContainsAny(rest[at[0]:at[1]], "234567") {
			found(span{end + at[0], end + at[1]})
		}
	case phraseLabel:
		if at := wordsPattern().FindStringIndex(rest); at != nil && at[0] < 20 && !isProse(rest[at[0]:at[1]]) {
			found(span{end + at[0], end + at[1]})
		}
	}
}

// phrasePattern is several words in a row behind a label, in quotes or to the end of the line.
var phrasePattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\A(?:[^\n.“"„«:]{0,50}?["“„«]|[^\n.:=]{0,50}?[:=]\s{0,3}["'“„«]?)((?:[a-z]{3,12}[ -]){3,9}[a-z]{3,12})(?:["'”“».]|\s*(?:\n|\z))`)
})

// words finds a phrase that stands behind its label.
func (t *text) words(end int, found func(span)) {
	rest := t.plain[end:min(len(t.plain), end+maxGap)]
	if at := phrasePattern().FindStringSubmatchIndex(rest); at != nil && !isSentence(rest[at[2]:at[3]]) {
		found(span{end + at[2], end + at[3]})
	}
}

// isSentence reports whether words are joined by small ones, as nobody's passphrase is.
func isSentence(words string) bool {
	return slices.ContainsFunc(strings.Fields(words), func(word string) bool {
		return slices.Contains([]string{"the", "and", "you", "for", "are", "your", "can", "with", "that", "this", "not", "from", "will", "must", "have", "has", "was", "which", "when", "any"}, word)
	})
}

// linesBefore returns where the line begins that is so many lines, which are not empty, above a place.
func (t *text) linesBefore(at, lines int) int {
	for at = t.lineAt(at).start; lines > 0 && at > 0; lines-- {
		above := strings.TrimRight(t.plain[max(0, at-maxLine):at], " \t\n")
		at = max(0, at-maxLine) + strings.LastIndexByte(above, '\n') + 1
	}
	return at
}

// isRecoveryCode tells a code from a word or a date.
func isRecoveryCode(code string) bool {
	c := secretform.ClassesOf(code)
	if isPlaceholder(code) {
		return false
	}
	if c.Digits == len(code) {
		return true
	}
	return c.Digits >= 2 && c.Lower+c.Upper >= 2 && c.Changes >= 3 || c.Digits >= 8 && c.Lower+c.Upper == 0
}

// isProse reports whether words make a sentence: those of a seed are never so short.
func isProse(words string) bool {
	small := 0
	for _, word := range strings.Fields(words) {
		switch strings.Trim(word, ",.") {
		case "the", "and", "you", "for", "are", "your", "can", "with", "that", "this", "not", "from", "will", "must", "have":
			small++
		}
	}
	return small >= 2
}
