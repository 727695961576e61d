package document

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// readText reads plain text: paragraphs, and what its writer plainly meant for lists,
// headings, and lines that are to stay as they are.
func readText(contentType string, body []byte) (*draft, error) {
	source, err := readable(contentType, body)
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(strings.TrimSpace(source), "\n")
	return &draft{article: plainText(source), line: oneLine(strings.Trim(first, "#*=-_ \t"))}, nil
}

// readable decodes a text, with simple ends of lines.
func readable(contentType string, body []byte) (string, error) {
	if len(body) > maxText {
		return "", &Problem{TooLarge, "is a text of more than 8 MB"}
	}
	source, err := extract.Decode(contentType, body)
	if err != nil {
		return "", &Problem{Broken, err.Error()}
	}
	odd := 0
	for _, r := range source {
		if r == 0 || r == utf8.RuneError || r < ' ' && !unicode.IsSpace(r) && r != 0x1b {
			odd++
		}
	}
	if odd*20 > utf8.RuneCountInString(source) && odd > 0 {
		return "", &Problem{Broken, "is no text"}
	}
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n\n", "\x00", "").Replace(source)
	return ansi().ReplaceAllString(source, ""), nil
}

// ansi are the codes by which terminals colour text.
var ansi = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]") })

// plainText makes an article of text without markup.
func plainText(source string) *html.Node {
	article := element(atom.Article)
	var block []string
	flush := func() {
		if len(block) > 0 {
			appendAll(article, textBlock(block)...)
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

// textBlock writes lines between two empty ones.
func textBlock(lines []string) []*html.Node {
	switch {
	case len(lines) > 1 && underline().MatchString(lines[1]) && !underline().MatchString(lines[0]):
		level := 2
		if strings.Contains(lines[1], "=") {
			level = 1
		}
		nodes := []*html.Node{heading(level, htmltree.Text(strings.TrimSpace(lines[0])))}
		if len(lines) > 2 {
			nodes = append(nodes, textBlock(lines[2:])...)
		}
		return nodes
	case len(lines) == 1 && underline().MatchString(lines[0]):
		return []*html.Node{element(atom.Hr)}
	case itemStart().MatchString(lines[0]):
		return []*html.Node{textList(lines)}
	}
	for i, line := range lines {
		if i > 0 && itemStart().MatchString(line) && !isSet(lines[:i]) {
			return append(textBlock(lines[:i]), textBlock(lines[i:])...)
		}
	}
	if isSet(lines) {
		return []*html.Node{element(atom.Pre, element(atom.Code, htmltree.Text(strings.Join(lines, "\n"))))}
	}
	// Lines of a paragraph were broken where the page was full; short ones on purpose.
	p := element(atom.P)
	full := 0
	for _, line := range lines {
		full = max(full, utf8.RuneCountInString(line))
	}
	for i, line := range lines {
		p.AppendChild(htmltree.Text(strings.TrimSpace(line)))
		if i == len(lines)-1 {
			break
		}
		if first, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " "); full < 50 || utf8.RuneCountInString(line)+1+utf8.RuneCountInString(first) < full*3/4 {
			p.AppendChild(element(atom.Br))
		} else {
			p.AppendChild(htmltree.Text(" "))
		}
	}
	return []*html.Node{p}
}

// isSet tells of lines whose spaces mean something: code, and tables made of them.
func isSet(lines []string) bool {
	indented, aligned := 0, 0
	for _, line := range lines {
		if strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t") {
			indented++
		}
		bare := strings.TrimSpace(line)
		if strings.Contains(bare, "   ") || strings.Contains(bare, "\t") || strings.ContainsAny(bare, "│┃║") || strings.HasPrefix(bare, "|") || strings.HasPrefix(bare, "+--") {
			aligned++
		}
	}
	return indented == len(lines) || aligned*2 > len(lines) && len(lines) > 1
}

func textList(lines []string) *html.Node {
	list := element(atom.Ul)
	if m := itemStart().FindStringSubmatch(lines[0]); m[1] != "" {
		list = element(atom.Ol)
		if m[1] != "1" {
			list = with(list, "start", m[1])
		}
	}
	var item *html.Node
	for _, line := range lines {
		mark := itemStart().FindString(line)
		if mark != "" || item == nil {
			item = element(atom.Li)
			list.AppendChild(item)
		} else {
			item.AppendChild(htmltree.Text(" "))
		}
		item.AppendChild(htmltree.Text(strings.TrimSpace(line[len(mark):])))
	}
	return list
}

// joinCode makes one block of those that only an empty line parts.
func joinCode(article *html.Node) {
	for n := article.FirstChild; n != nil; {
		next := n.NextSibling
		if next != nil && n.DataAtom == atom.Pre && next.DataAtom == atom.Pre {
			n.FirstChild.FirstChild.Data += "\n\n" + next.FirstChild.FirstChild.Data
			article.RemoveChild(next)
			continue
		}
		n = next
	}
}
