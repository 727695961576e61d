package screen

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/skeleton"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
)

// injections finds what is written for a model rather than for a reader: orders
// to it, in words however disguised, and the marks by which models tell who speaks.
type injections struct{ action Action }

func (in injections) scan(t *text, found func(match)) {
	take := func(m match) {
		m.action = in.action
		if m.action == Hold && t.isAbout(m) {
			m.action = Warn
		}
		found(m)
	}
	for _, m := range t.around().marks {
		take(m)
	}
	in.phrases(t, take)
	t.disguised(func(inner *text, at span) {
		rule := ""
		in.scan(inner, func(m match) { rule = cmp.Or(rule, m.rule) })
		if rule != "" {
			found(match{rule: rule, kind: Injection, action: in.action, start: at.start, end: at.end})
		}
	})
}

// isAbout reports whether an order is quoted in an article on such orders.
func (t *text) isAbout(m match) bool {
	return (t.isQuoted(max(m.start, m.verb)) || t.isAsked(m) || isWithin(t.emphasis, m)) && t.hasSubject()
}

// isAsked reports whether an order stands in a question about it, which begins before.
func (t *text) isAsked(m match) bool {
	line := t.lineAt(m.start)
	before := strings.LastIndexAny(t.plain[line.start:m.start], ".!:")
	after := strings.IndexAny(t.plain[m.end:max(m.end, line.end)], ".!?")
	return after >= 0 && t.plain[m.end+after] == '?' && len(strings.Fields(t.plain[line.start+before+1:m.start])) > 1
}

// isWithin reports whether a match is all that stands in one of some elements.
func isWithin(elements []span, m match) bool {
	after, _ := slices.BinarySearchFunc(elements, m.start+1, func(s span, at int) int { return s.end - at })
	return after < len(elements) && elements[after].start <= m.start && m.end >= elements[after].end-1
}

// hasSubject reports whether a text is about orders to models. It is read for that once, however many orders it quotes.
func (t *text) hasSubject() bool {
	if t.subject == nil {
		t.meter.Spend(len(t.plain))
		about := subjectPattern().MatchString(t.plain)
		t.subject = &about
	}
	return *t.subject
}

// isQuoted reports whether a place stands in quotes, in code or in a quotation.
func (t *text) isQuoted(at int) bool {
	after, _ := slices.BinarySearchFunc(t.quoted, at+1, func(s span, at int) int { return s.start - at })
	if after > 0 && at < t.quoted[after-1].end {
		return true
	}
	before := t.plain[max(0, at-maxGap):at]
	if line := strings.LastIndexByte(before, '\n'); line >= 0 {
		before = before[line:]
	}
	open := strings.Count(before, `"`)%2 == 1
	for _, opening := range "“„«‘「" {
		open = open || strings.LastIndex(before, string(opening)) > strings.LastIndex(before, closingQuote(opening))
	}
	return open
}

// subjectPattern is what articles on orders to models call them.
var subjectPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)prompt[- ]?injection|injection (?:de )?prompts?|inyección de prompts?|iniezione di prompt|prompt[- ]leak|jailbreak|prompt[- ]hacking|プロンプトインジェクション|提示(?:词)?注入|промпт-инъекц|инъекц\S* промпт`)
})

// phrase is an order to a model, as a skeleton.
type phrase struct {
	id         string
	lead, rest *regexp.Regexp // what precedes one of its triggers, and what follows it; nil for anything
	order      *stems         // what stands around its trigger, in any sequence; nil for none
}

// longestPhrase and longestLead bound how far after and before its trigger a phrase
// is looked at.
const (
	longestPhrase = 240
	longestLead   = 64
)

// phraseSet are the phrases with the index of their triggers.
type phraseSet struct {
	phrases   []phrase
	automaton *keyword.Automaton // of the triggers
	users     [][]int            // of each trigger: the phrases that have it
}

// phrasebook compiles the phrases once. See [spell] for how they are written.
var phrasebook = sync.OnceValue(func() *phraseSet {
	set := &phraseSet{}
	users := map[string][]int{}
	var triggers []string
	add := func(p phrase, words ...string) {
		for _, word := range words {
			for _, trigger := range spellings(word) {
				if users[trigger] == nil {
					triggers = append(triggers, trigger)
				}
				users[trigger] = append(users[trigger], len(set.phrases))
			}
		}
		set.phrases = append(set.phrases, p)
	}
	for _, written := range phrases() {
		p := phrase{id: written.id}
		if written.lead != "" {
			p.lead = regexp.MustCompile(`(?:` + spell(written.lead) + `)\z`)
		}
		if written.rest != "" {
			p.rest = regexp.MustCompile(`\A(?:` + spell(written.rest) + `)`)
		}
		add(p, strings.Split(written.triggers, "|")...)
	}
	for _, o := range orders() {
		add(phrase{id: classicOrder, order: o.stems()}, o.nouns...)
	}
	for _, trigger := range triggers {
		set.users = append(set.users, users[trigger])
	}
	set.automaton = keyword.NewAutomaton(triggers)
	return set
})

// spell makes of a phrase the expression of its skeleton: spaces only set words
// apart for the eye, and accents and lookalikes fall as they do in text.
func spell(written string) string {
	var out strings.Builder
	for i, r := range written {
		switch {
		case r == ' ':
		case r == 'l':
			out.WriteByte('i')
		case r < utf8.RuneSelf:
			out.WriteRune(r)
		default:
			out.Write(skeleton.Append(nil, written[i:i+utf8.RuneLen(r)]))
		}
	}
	return out.String()
}

// spellings are the skeletons of a word in small letters and in capitals, which look like others in Greek.
func spellings(word string) []string {
	if word == "" {
		return nil
	}
	return slices.Compact([]string{string(skeleton.Append(nil, word)), string(skeleton.Append(nil, strings.ToUpper(word)))})
}

// skeletons keeps the buffers of skeletons that were read.
//
//nolint:gochecknoglobals // a pool is there to be shared, and what it holds is seen by nobody
var skeletons = sync.Pool{New: func() any { return new([]byte) }}

func (in injections) phrases(t *text, found func(match)) {
	buffer := skeletons.Get().(*[]byte)
	defer skeletons.Put(buffer)
	letters := skeleton.Append((*buffer)[:0], t.plain)
	*buffer = letters

	set := phrasebook()
	var at letterIndex
	places := func(first, last int) (from, to int, whole bool) {
		if at == nil {
			t.meter.Spend(len(t.plain) / lettersPerStep)
			at = newLetterIndex(t.plain)
		}
		t.meter.Spend(2 * lettersPerMark / lettersPerStep)
		return at.places(t.plain, first, last)
	}
	keyword.EachWord(set.automaton, letters, func(trigger, start, stop int) {
		for _, i := range set.users[trigger] {
			p := set.phrases[i]
			t.meter.Spend(2 * keyword.PerTry)
			if p.order != nil {
				if p.order.mayBeIn(letters[max(0, start-orderReach*utf8.UTFMax):min(len(letters), stop+orderReach*utf8.UTFMax)]) {
					from, to, _ := places(start, stop-1)
					if words, verb, ok := t.order(p.order, from, to); ok {
						found(match{rule: p.id, kind: Injection, action: in.action, start: words.start, end: words.end, verb: verb})
					}
				}
				continue
			}
			if p.id == classicOrder && isNegated(letters[:start]) {
				continue
			}
			last, ok := p.goesOn(letters, stop)
			for begin := max(0, start-longestLead); ok; begin++ {
				if begin, ok = p.begins(letters, begin, start); !ok {
					break
				}
				if from, to, whole := places(begin, last-1); whole {
					found(match{rule: p.id, kind: Injection, action: in.action, start: from, end: to})
					break
				}
			}
		}
	})
}

// isNegated reports whether letters end with what turns an order in English into its opposite.
func isNegated(letters []byte) bool {
	for _, word := range []string{"donot", "dont", "never", "mustnot", "shouidnot"} {
		if bytes.HasSuffix(letters, []byte(word)) {
			return true
		}
	}
	return false
}

// goesOn reports whether what follows the trigger makes it the phrase, and where
// that ends.
func (p phrase) goesOn(letters []byte, end int) (last int, ok bool) {
	if p.rest == nil {
		return end, true
	}
	found := p.rest.FindIndex(letters[end:min(len(letters), end+longestPhrase)])
	if found == nil {
		return 0, false
	}
	return end + found[1], true
}

// begins reports whether what stands between two places makes the trigger behind
// it the phrase, and where that begins.
func (p phrase) begins(letters []byte, from, trigger int) (first int, ok bool) {
	switch {
	case p.lead == nil:
		return trigger, from <= trigger
	case from >= trigger:
		return 0, false
	}
	found := p.lead.FindIndex(letters[from:trigger])
	if found == nil {
		return 0, false
	}
	return from + found[0], true
}

// letterIndex has where about every so many letters of a text's skeleton stand in the
// text, so that one is found without counting from the beginning.
type letterIndex []indexedLetter

// indexedLetter is the first letter of a character: the n-th of the skeleton.
type indexedLetter struct{ n, at int }

const (
	lettersPerMark = 256
	lettersPerStep = 8 // that are counted as one step of work
)

func newLetterIndex(plain string) letterIndex {
	marks := letterIndex{{}}
	n, last := 0, -1
	skeleton.Of(plain, func(_ byte, at int) {
		if at != last && n >= marks[len(marks)-1].n+lettersPerMark {
			marks = append(marks, indexedLetter{n, at})
		}
		last = at
		n++
	})
	return marks
}

// places returns where the letters of a skeleton stand in the text, and whether they
// begin where a word does.
func (x letterIndex) places(plain string, first, last int) (start, end int, whole bool) {
	begin := x.markBefore(first - 1) // the letter before the first
	from := begin.at
	to := len(plain)
	if behind, _ := slices.BinarySearchFunc(x, last+lettersPerMark, indexedLetter.compare); behind < len(x) {
		to = x[behind].at // what follows the last letter may decide whether it is one
	}
	n, before := begin.n, -1
	skeleton.Of(plain[from:to], func(_ byte, at int) {
		at += from
		switch {
		case n < first:
			before = at
		case n == first:
			start = at
		}
		if n == last {
			_, size := utf8.DecodeRuneInString(plain[at:])
			end = at + size
		}
		n++
	})
	if before < 0 {
		return start, end, true
	}
	r, size := utf8.DecodeRuneInString(plain[before:])
	return start, end, before+size < start || !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// markBefore returns the mark that the n-th letter stands at or behind.
func (x letterIndex) markBefore(n int) indexedLetter {
	behind, _ := slices.BinarySearchFunc(x, n+1, indexedLetter.compare)
	return x[max(behind-1, 0)]
}

func (l indexedLetter) compare(n int) int { return l.n - n }

// promptPatterns find what stands in the prompts of models and nowhere else.
var promptPatterns = sync.OnceValue(func() []*keyword.Pattern {
	const bar = `[|｜¦]`
	return []*keyword.Pattern{
		keyword.Leading("chat-template", nil, bar+`\s?(?i:im_?start|im_?end|im_?sep|system|user|assistant|end_?of_?text|begin_?of_?text|eot_?id|start_?header_?id|end_?header_?id|end_?of_?turn|endofprompt|channel|message|return|tool_?call)\s?`+bar+`\s?[>＞]`,
			"|im", "|system", "|user", "|assistant", "|end", "|begin", "|eot", "|start", "|channel", "|message", "|return", "|tool", "｜", "¦"),
		keyword.Leading("chat-template", nil, `\[/?INST\]|<<\s?/?SYS\s?>>|</?(?:start|end)_of_turn>`, "[inst]", "[/inst]", "<<sys", "<</sys", "<< sys", "<start_of", "<end_of"),
		keyword.Leading("role-play", beginsLine, `(?i)(?:system|assistant)(?:\s(?:prompt|message|instructions?))?\s?[:\]][*\s]{0,4}(?:you (?:are|must|will|should)\b|ignore|from now on|sure[,!]|certainly[,!]|of course[,!]|i will)`,
			"system", "assistant"),
		keyword.Leading("role-play", beginsLine, `(?i)(?:user|human)\s?:[^\n]+\n[\s#*>]{0,12}(?:assistant|ai)\s?:`, "user", "human"),
		keyword.Leading("role-play", marksRole, `(?i)(?:system[ _-]?(?:prompt|message|instructions?|override|note)|developer[ _-]message|(?:hidden|secret|admin(?:istrator)?) instructions?)\s?(?:>|\]|\}|:|={2,}|-{2,}|#{2,})`,
			"system", "developer", "hidden", "secret", "admin"),
		keyword.Leading("role-play", nil, `(?i)<(?:system|assistant)>\s{0,5}(?:you\b|ignore|do not|never|always|from now|forget|sure\b|i will)`, "<system", "<assistant"),
		keyword.Leading("tool-call", nil, `(?i)</?(?:antml:)?(?:tool_?calls?|function_?calls?|tool_?use|tool_?result|function_?results?|tool_?response|tool_?code)\b[^>\n]{0,80}>|<(?:antml:)?invoke\s+name=`,
			"<tool", "</tool", "<function", "</function", "<antml:", "</antml:", "<inv"),
		keyword.Leading("tool-call", nil, `["'](?:tool_calls|function_call|tool_use)["']\s?:\s?[\[{]|["']type["']\s?:\s?["']tool_use["']|["']role["']\s?:\s?["'](?:system|developer)["']\s?,\s?["']content["']\s?:`,
			`"tool_`, `'tool_`, `"function_call`, `'function_call`, `"type"`, `'type'`, `"role"`, `'role'`),
		keyword.Leading("exfiltration", insideAddress, `(?i)[{\[<$%]{1,3}\s?(?:the[ _-])?(?:conversation|chat[ _-]?history|user[ _-]?(?:data|input|message|query|email)|system[ _-]?prompt|summary|customer[ _-]?(?:data|email|name))[a-z _-]{0,20}\s?[}\]>%]{1,3}`,
			"{conversation", "[conversation", "<conversation", "{chat", "[chat", "{user", "[user", "{system", "[system", "{summary", "[summary", "{customer", "[customer", "{the", "[the"),
	}
})

// insideAddress reports whether the text ends in the query of an address.
func insideAddress(preceding string) bool {
	word := preceding[strings.LastIndexAny(preceding, " \t\n\"'(")+1:]
	return strings.Contains(word, "://") && strings.ContainsAny(word, "?=")
}

// beginsLine reports whether nothing but marks of a heading or quote stands on the
// line before.
func beginsLine(preceding string) bool {
	line := strings.TrimRight(preceding, " \t#*>[")
	return line == "" || line[len(line)-1] == '\n'
}

// marksRole reports whether the text ends as the mark of another speaker begins.
func marksRole(preceding string) bool {
	before := strings.TrimRight(preceding, " ")
	for _, verb := range []string{"begin", "start of", "new", "end", "end of", "/"} {
		if trimmed := strings.TrimRight(before, " "); len(trimmed) >= len(verb) && strings.EqualFold(trimmed[len(trimmed)-len(verb):], verb) {
			before = strings.TrimRight(trimmed[:len(trimmed)-len(verb)], " ")
			break
		}
	}
	return before != "" && strings.ContainsRune("<[{", rune(before[len(before)-1])) ||
		strings.HasSuffix(before, "##") || strings.HasSuffix(before, "==") || strings.HasSuffix(before, "---")
}
