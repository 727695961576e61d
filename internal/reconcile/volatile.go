package reconcile

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/texthash"
	"github.com/fincrawl/fincrawl/state"
)

// Some of what a page says changes with each run and means nothing: "Updated by Ann 9 minutes ago". Such
// a phrase is learnt by comparing what was sent with what is there: where one line is another while
// nothing around it is, on many pages alike, with three different values in three runs. A page that
// differs in nothing else counts as unchanged then. What was sent stays; the phrase arrives with the
// next real change, or when all is verified. See docs/adr/0052.

const (
	manyPages    = 5  // that have the phrase, at least
	fewLines     = 3  // of a page may differ
	threeValues  = 3  // of the phrase, on each of those pages
	longestLine  = 30 // words of a line that is compared
	mostChanging = 10 // words of a line that the phrase leaves open
	mostCompared = 500
)

// phrases are those of a source, and how often they kept a page as it was.
type phrases struct {
	learnt []state.Phrase
	pages  atomic.Int64
}

// sameBut reports whether two texts differ in nothing but phrases.
func (p *phrases) sameBut(sent, now string) bool {
	pairs, ok := differing(sent, now)
	if p == nil || !ok || len(pairs) == 0 {
		return false
	}
	for _, pair := range pairs {
		if !slices.ContainsFunc(p.learnt, func(phrase state.Phrase) bool { return fits(phrase, pair[0]) && fits(phrase, pair[1]) }) {
			return false
		}
	}
	return true
}

// differing returns the lines of two texts that differ, in pairs; ok is false where more differs than a
// few lines, such as how many there are.
func differing(a, b string) (pairs [][2]string, ok bool) {
	before, after := strings.Split(a, "\n"), strings.Split(b, "\n")
	if len(before) != len(after) {
		return nil, false
	}
	for i := range before {
		if before[i] == after[i] {
			continue
		}
		if pairs = append(pairs, [2]string{before[i], after[i]}); len(pairs) > fewLines {
			return nil, false
		}
	}
	return pairs, true
}

// fits reports whether a line is the phrase with something in its gaps.
func fits(phrase state.Phrase, line string) bool {
	words := strings.Fields(line)
	return len(words) <= longestLine && len(words)-len(phrase.Words) <= mostChanging && len(common(phrase.Words, words)) == len(phrase.Words)
}

// common returns the words that two rows have in the same order, as many as there are.
func common(a, b []string) []string {
	best := make([][]int, len(a)+1)
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				best[i][j] = best[i+1][j+1] + 1
			} else {
				best[i][j] = max(best[i+1][j], best[i][j+1])
			}
		}
	}
	var words []string
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			words = append(words, a[i])
			i, j = i+1, j+1
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
	return words
}

// learnPhrases takes in what changed on the pages that are to be updated, before they are.
func (r *sourceRun) learnPhrases() error {
	known := slices.Clone(r.reading.last.Phrases)
	compared := 0
	for _, c := range r.plan.Changes {
		if c.Action != ingest.Update || compared == mostCompared {
			continue
		}
		compared++
		sent, now, err := bothTexts(r.Name, r.ledger, r.crawl, c.ExternalID)
		if err != nil {
			return err
		}
		pairs, ok := differing(sent, now)
		if !ok || sent == "" || now == "" {
			continue
		}
		for _, pair := range pairs {
			known = observe(known, c.ExternalID, pair[0], pair[1])
		}
	}
	for i := range known {
		known[i].Learnt = known[i].Learnt || ripe(known[i])
	}
	r.phrasesNow = known
	return nil
}

// observe notes that a line of a page was one and is another now.
func observe(known []state.Phrase, page, before, after string) []state.Phrase {
	a, b := strings.Fields(before), strings.Fields(after)
	if len(a) > longestLine || len(b) > longestLine {
		return known
	}
	words := common(a, b)
	enough := func(words []string) bool {
		return len(words) > 1 || len(words) == 1 && max(len(a), len(b)) <= mostChanging/2
	}
	if !enough(words) {
		return known
	}
	at := slices.IndexFunc(known, func(p state.Phrase) bool { return !p.Learnt && enough(common(p.Words, words)) })
	if at < 0 {
		known = append(known, state.Phrase{Words: words, Values: make(map[string][]uint64)})
		at = len(known) - 1
	}
	p := &known[at]
	p.Words = common(p.Words, words)
	if _, sampled := p.Values[page]; !sampled && len(p.Values) >= 2*manyPages {
		return known
	}
	for _, line := range []string{before, after} {
		if v := texthash.Of(line); !slices.Contains(p.Values[page], v) && len(p.Values[page]) < threeValues {
			p.Values[page] = append(p.Values[page], v)
		}
	}
	return known
}

// learntOf are the phrases that are learnt.
func learntOf(all []state.Phrase) []state.Phrase {
	return slices.DeleteFunc(slices.Clone(all), func(p state.Phrase) bool { return !p.Learnt })
}

// ripe reports whether a phrase had enough values on enough pages.
func ripe(p state.Phrase) bool {
	pages := 0
	for _, values := range p.Values {
		if len(values) >= threeValues {
			pages++
		}
	}
	return pages >= manyPages
}

// leaveAsSent makes a part count as unchanged that differs from what was sent by phrases alone.
func (s stager) leaveAsSent(p *part) error {
	if s.phrases == nil || len(s.phrases.learnt) == 0 || p.hash == p.sent.Hash || p.sent.Hash == "" {
		return nil
	}
	sent, err := s.ledger.SentMarkdown(s.source, p.sent.ExternalID)
	if err != nil || sent == "" {
		return err
	}
	before := p.page
	before.Markdown = sent
	if before.Fingerprint() == p.sent.Hash && s.phrases.sameBut(sent, p.page.Markdown) {
		p.hash = p.sent.Hash
		s.phrases.pages.Add(1)
	}
	return nil
}

// said are the phrases that were left out of the comparison, as the report has them.
func (p *phrases) said() *report.Phrases {
	if p == nil || len(p.learnt) == 0 {
		return nil
	}
	said := &report.Phrases{Pages: int(p.pages.Load())}
	for _, phrase := range p.learnt {
		said.Phrases = append(said.Phrases, phrase.String())
	}
	return said
}

// phrasesOf are the lines of a page that change with each run.
func phrasesOf(page crawler.Page, learnt []state.Phrase) (lines []string) {
	for line := range strings.Lines(page.Markdown) {
		for _, phrase := range learnt {
			if phrase.Learnt && fits(phrase, line) {
				lines = append(lines, fmt.Sprintf("%q (%s)", strings.TrimSpace(line), phrase))
				break
			}
		}
	}
	return lines
}
