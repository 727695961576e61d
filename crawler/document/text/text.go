// Package text reads documents that are text: plain text, Markdown and CSV.
package text

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/crawler/extract/decode"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// ReadPlain reads plain text: paragraphs, and what is plainly meant as lists, headings, and preformatted
// lines.
func ReadPlain(ctx context.Context, contentType string, body []byte) (*draft.Draft, error) {
	source, err := Decode(contentType, body)
	if err != nil {
		return nil, err
	}
	meter := budget.From(ctx)
	meter.Spend(len(source) / budget.BytesPerStep)
	first, _, _ := strings.Cut(strings.TrimSpace(source), "\n")
	line := draft.OneLine(strings.Trim(first, "#*=-_ \t"))
	return &draft.Draft{Article: Article(source, meter), Line: line}, nil
}

// Memory returns how many bytes of memory reading a text may take. Each of the bytes in marks may begin an
// element.
func Memory(body []byte, marks string) int64 {
	const perByte = 8 // it is decoded and copied
	elements := 0
	for i := range marks {
		elements += bytes.Count(body, []byte{marks[i]})
	}
	return int64(len(body))*perByte + int64(elements)*draft.PerNode
}

// Decode decodes a text, and makes each line end with "\n".
func Decode(contentType string, body []byte) (string, error) {
	if len(body) > draft.MaxText {
		return "", draft.Problemf(draft.TooLarge, "is a text of more than 8 MB")
	}
	source, err := decode.Text(contentType, body)
	if err != nil {
		return "", draft.Problemf(draft.Broken, "%v", err)
	}
	odd := 0
	for _, r := range source {
		if r == 0 || r == utf8.RuneError || r < ' ' && !unicode.IsSpace(r) && r != 0x1b {
			odd++
		}
	}
	if odd*20 > utf8.RuneCountInString(source) && odd > 0 {
		return "", draft.Problemf(draft.Broken, "is no text")
	}
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n\n", "\x00", "").Replace(source)
	return ansi().ReplaceAllString(source, ""), nil
}

// ansi matches the codes with which terminals colour text.
var ansi = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]") })

// Article returns a text without markup as an article.
func Article(source string, meter *budget.Meter) *html.Node {
	article := draft.Element(atom.Article)
	var block []string
	flush := func() {
		if len(block) > 0 {
			for _, n := range textBlocks(block, meter) {
				article.AppendChild(n)
			}
		}
		block = nil
	}
	for line := range strings.SplitSeq(source, "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" {
			flush()
			continue
		}
		block = append(block, line)
	}
	flush()
	joinCode(article)
	return article
}

var (
	underline = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*(={3,}|-{3,}|~{3,}|\*{3,})$`) })
	itemStart = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s{0,6}(?:[-*•+]|(\d{1,3})[.)])\s+`) })
)

// textBlocks returns the lines between two empty lines as blocks.
func textBlocks(lines []string, meter *budget.Meter) (nodes []*html.Node) {
	for len(lines) > 0 {
		meter.Make(1)
		switch {
		case len(lines) > 1 && underline().MatchString(lines[1]) && !underline().MatchString(lines[0]):
			level := 2
			if strings.Contains(lines[1], "=") {
				level = 1
			}
			nodes = append(nodes, draft.Heading(level, htmltree.Text(strings.TrimSpace(lines[0]))))
			lines = lines[2:]
			continue
		case itemStart().MatchString(lines[0]):
			return append(nodes, textList(lines, meter))
		}
		var looks lineLook
		end := 0
		for end < len(lines) && (end == 0 || looks.isSet() || !itemStart().MatchString(lines[end])) {
			looks.add(lines[end])
			end++
		}
		switch block := lines[:end]; {
		case end == 1 && underline().MatchString(lines[0]):
			nodes = append(nodes, draft.Element(atom.Hr))
		case looks.isSet():
			nodes = append(nodes, draft.Element(atom.Pre, draft.Element(atom.Code, htmltree.Text(strings.Join(block, "\n")))))
		default:
			meter.Make(end)
			nodes = append(nodes, wrapped(block))
		}
		lines = lines[end:]
	}
	return nodes
}

// wrapped returns a paragraph of wrapped lines. Short lines were broken on purpose.
func wrapped(lines []string) *html.Node {
	p := draft.Element(atom.P)
	full := 0
	for _, line := range lines {
		full = max(full, utf8.RuneCountInString(line))
	}
	for i, line := range lines {
		p.AppendChild(htmltree.Text(strings.TrimSpace(line)))
		if i == len(lines)-1 {
			break
		}
		first, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " ")
		fits := utf8.RuneCountInString(line)+1+utf8.RuneCountInString(first) < full*3/4
		if full < 50 || fits {
			p.AppendChild(draft.Element(atom.Br))
		} else {
			p.AppendChild(htmltree.Text(" "))
		}
	}
	return p
}

// lineLook counts how lines are formatted.
type lineLook struct{ lines, indented, aligned int }

func (s *lineLook) add(line string) {
	s.lines++
	if strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t") {
		s.indented++
	}
	bare := strings.TrimSpace(line)
	drawn := strings.ContainsAny(bare, "│┃║") || strings.HasPrefix(bare, "|") || strings.HasPrefix(bare, "+--")
	if drawn || strings.Contains(bare, "   ") || strings.Contains(bare, "\t") {
		s.aligned++
	}
}

// isSet reports whether the spaces in the lines have a meaning: they are code, or tables made of spaces.
func (s *lineLook) isSet() bool {
	return s.indented == s.lines || s.aligned*2 > s.lines && s.lines > 1
}

func textList(lines []string, meter *budget.Meter) *html.Node {
	list := draft.Element(atom.Ul)
	if m := itemStart().FindStringSubmatch(lines[0]); m[1] != "" {
		list = draft.Element(atom.Ol)
		if m[1] != "1" {
			list = draft.With(list, "start", m[1])
		}
	}
	var item *html.Node
	for _, line := range lines {
		mark := itemStart().FindString(line)
		if mark != "" || item == nil {
			meter.Make(1)
			item = draft.Element(atom.Li)
			list.AppendChild(item)
		} else {
			item.AppendChild(htmltree.Text(" "))
		}
		item.AppendChild(htmltree.Text(strings.TrimSpace(line[len(mark):])))
	}
	return list
}

// joinCode joins blocks of code that only an empty line separates.
func joinCode(article *html.Node) {
	for n := article.FirstChild; n != nil; {
		next := n.NextSibling
		if next != nil && n.DataAtom == atom.Pre && next.DataAtom == atom.Pre {
			code := n.FirstChild
			code.AppendChild(htmltree.Text("\n\n"))
			htmltree.MoveChildren(code, next.FirstChild)
			article.RemoveChild(next)
			continue
		}
		n = next
	}
}
