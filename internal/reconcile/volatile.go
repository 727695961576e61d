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

// Some lines of a page change with each run and mean nothing, such as "Updated by Ann 9 minutes ago".
// Such a phrase is learnt by comparing what was sent with what was crawled: one line differs while the
// lines around it do not, on many pages in the same way, with three values in three runs. A page that
// differs in nothing else then counts as unchanged. The new value is sent with the next real change,
// or when everything is verified. See docs/adr/0052.

const (
	manyPages    = 5  // smallest number of pages with the phrase
	fewLines     = 3  // largest number of lines of a page that may differ
	threeValues  = 3  // number of values that the phrase has to have on each of the pages
	longestLine  = 30 // largest number of words in a line that is compared
	mostChanging = 10 // largest number of words in a line that are not part of the phrase
	mostCompared = 500
)

// phrases are the phrases of a source, and the number of pages that they kept unchanged.
type phrases struct {
	learnt []state.Phrase
	pages  atomic.Int64
}

// sameBut reports whether two texts differ only in phrases.
func (p *phrases) sameBut(sent, now string) bool {
	pairs, ok := differing(sent, now)
	if p == nil || !ok || len(pairs) == 0 {
		return false
	}
	for _, pair := range pairs {
		fitsBoth := func(phrase state.Phrase) bool { return fits(phrase, pair[0]) && fits(phrase, pair[1]) }
		if !slices.ContainsFunc(p.learnt, fitsBoth) {
			return false
		}
	}
	return true
}

// differing returns the pairs of lines that differ between two texts. ok is false where the number of
// lines differs, or more than fewLines do.
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

// fits reports whether a line has the words of the phrase in order, with few others between them.
func fits(phrase state.Phrase, line string) bool {
	words := strings.Fields(line)
	return len(words) <= longestLine && len(words)-len(phrase.Words) <= mostChanging &&
		len(common(phrase.Words, words)) == len(phrase.Words)
}

// common returns the longest common subsequence of two lists of words.
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

// learnPhrases learns from the pages that are going to be updated.
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

// observe records that a line of a page changed.
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

// learntOf returns the phrases that are learnt.
func learntOf(all []state.Phrase) []state.Phrase {
	return slices.DeleteFunc(slices.Clone(all), func(p state.Phrase) bool { return !p.Learnt })
}

// ripe reports whether a phrase had enough values on enough pages to be learnt.
func ripe(p state.Phrase) bool {
	pages := 0
	for _, values := range p.Values {
		if len(values) >= threeValues {
			pages++
		}
	}
	return pages >= manyPages
}

// leaveAsSent makes a part unchanged if it differs from what was sent only in phrases.
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

// said returns the phrases that were left out of the comparison, for the report.
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

// phrasesOf returns the lines of a page that change with each run.
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
