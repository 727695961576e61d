package preset

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Recognise compares the page below root with the presets. It goes over the page
// once, and the first evidence in it counts; that for an own preset goes before any
// other.
func (s *Set) Recognise(root *html.Node) (page *Page, ok bool) {
	s.once.Do(s.compile)
	if s.named {
		return s.page(0, "content.preset"), true
	}
	if len(s.presets) == 0 {
		return nil, false
	}
	for n := root; n != nil; n = following(n, root) {
		if n.Type != html.ElementNode {
			continue
		}
		at, evidence := s.evidence(n)
		if at < 0 || page != nil && at >= s.own {
			continue
		}
		if page = s.page(at, evidence); s.own == 0 || at < s.own {
			break
		}
	}
	return page, page != nil
}

// generator is words of a preset's, in lower case.
type generator struct {
	preset int
	words  string
}

func (s *Set) compile() {
	for i, p := range s.presets {
		s.readers = append(s.readers, newReader(p))
		for _, words := range p.Generator {
			s.generators = append(s.generators, generator{i, strings.ToLower(words)})
		}
		for _, mark := range p.Marks {
			s.marks.add(i, mark)
		}
	}
}

func (s *Set) page(preset int, evidence string) *Page {
	return &Page{Preset: s.presets[preset].Name, Evidence: evidence, read: s.readers[preset]}
}

// evidence returns the first preset that an element speaks for, and how; -1 for none.
func (s *Set) evidence(n *html.Node) (preset int, told string) {
	if n.DataAtom == atom.Meta {
		if preset, told = s.generatedBy(n); preset >= 0 {
			return preset, told
		}
	}
	if mark := s.marks.match(n, len(s.presets)); mark != nil {
		return mark.rank, mark.text
	}
	return -1, ""
}

// generatedBy returns the preset whose words, the longest ones, a generator tag has.
func (s *Set) generatedBy(meta *html.Node) (preset int, told string) {
	var name, content string
	for _, a := range meta.Attr {
		switch a.Key {
		case "name":
			name = a.Val
		case "content":
			content = a.Val
		}
	}
	preset = -1
	if !strings.EqualFold(strings.TrimSpace(name), "generator") {
		return preset, ""
	}
	said, longest := strings.ToLower(content), 0
	for _, g := range s.generators {
		if len(g.words) > longest && hasWords(said, g.words) {
			preset, longest = g.preset, len(g.words)
		}
	}
	return preset, fmt.Sprintf("generator %q", brief(content))
}

// hasWords tells whether text has words, with no letter before or after them.
func hasWords(text, words string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], words)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(words):])
		if !unicode.IsLetter(before) && !unicode.IsLetter(after) {
			return true
		}
		from = at + 1
	}
}

// brief shortens what a page says of itself.
func brief(said string) string {
	const most = 40
	said = strings.Join(strings.Fields(said), " ")
	if r := []rune(said); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return said
}
