package extract

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// writer writes a canonical tree as Markdown, in one pass. Nothing is left for it to
// decide or to escape but the angle brackets of text.
type writer struct {
	out    bytes.Buffer
	prefix string // of every line: the marks of the quotes and the room of the lists around it
}

// blocks writes the blocks inside n, a blank line between them.
func (w *writer) blocks(n *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.PrevSibling != nil {
			w.newLine()
			w.newLine()
		}
		w.block(child)
	}
}

func (w *writer) newLine() {
	w.out.WriteByte('\n')
	w.out.WriteString(w.prefix)
}

// within writes blocks with something more before each of their lines.
func (w *writer) within(n *html.Node, prefix string) {
	outer := w.prefix
	w.prefix += prefix
	w.blocks(n)
	w.prefix = outer
}

func (w *writer) block(n *html.Node) {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.out.WriteString("######"[:n.Data[1]-'0'])
		w.out.WriteByte(' ')
		w.inline(n)
	case atom.Hr:
		w.out.WriteString("* * *")
	case atom.Pre:
		w.code(n.FirstChild)
	case atom.Ul, atom.Ol:
		w.list(n)
	case atom.Blockquote:
		w.out.WriteString("> ")
		w.within(n, "> ")
	case atom.Table:
		w.table(n)
	default:
		w.inline(n)
	}
}

func (w *writer) code(code *html.Node) {
	text := code.FirstChild.Data
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	w.out.WriteString(fence)
	w.out.WriteString(strings.TrimPrefix(attr(code, "class"), "language-"))
	for line := range strings.SplitSeq(text, "\n") {
		w.newLine()
		w.out.WriteString(line)
	}
	w.newLine()
	w.out.WriteString(fence)
}

// longestRun is the length of the longest row of a character.
func longestRun(s string, of rune) int {
	run, longest := 0, 0
	for _, r := range s {
		if run++; r != of {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// list writes a list. The numbers of one are as wide as its last, so that all items
// begin in one column.
func (w *writer) list(n *html.Node) {
	number, width := 1, 0
	if n.DataAtom == atom.Ol {
		if start, err := strconv.Atoi(attr(n, "start")); err == nil {
			number = start
		}
		last := number - 1
		for range n.ChildNodes() {
			last++
		}
		width = len(strconv.Itoa(last))
	}
	for item := n.FirstChild; item != nil; item = item.NextSibling {
		if item.PrevSibling != nil {
			w.newLine()
		}
		mark := "- "
		if n.DataAtom == atom.Ol {
			digits := strconv.Itoa(number)
			mark = strings.Repeat("0", width-len(digits)) + digits + ". "
			number++
		}
		w.out.WriteString(mark)
		w.within(item, strings.Repeat(" ", len(mark)))
	}
}

func (w *writer) table(n *html.Node) {
	head, body := n.FirstChild, n.LastChild
	w.row(head.FirstChild)
	w.newLine()
	w.out.WriteByte('|')
	for range head.FirstChild.ChildNodes() {
		w.out.WriteString("---|")
	}
	for row := range body.ChildNodes() {
		w.newLine()
		w.row(row)
	}
}

func (w *writer) row(n *html.Node) {
	w.out.WriteByte('|')
	for cell := range n.ChildNodes() {
		w.out.WriteByte(' ')
		w.inline(cell)
		w.out.WriteString(" |")
	}
}

// inline writes the running text inside n.
func (w *writer) inline(n *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		w.span(child)
	}
}

func (w *writer) span(n *html.Node) {
	if n.Type == html.TextNode {
		writeBrackets(&w.out, n.Data)
		return
	}
	switch n.DataAtom {
	case atom.Br:
		w.out.WriteString("  ")
		w.newLine()
	case atom.Strong:
		w.around(n, "**", "**")
	case atom.Em:
		w.around(n, "*", "*")
	case atom.Del:
		w.around(n, "~~", "~~")
	case atom.Code:
		w.codeSpan(n.FirstChild.Data)
	case atom.A:
		w.around(n, "[", destination(attr(n, "href")))
	case atom.Img:
		w.out.WriteString("![")
		w.out.WriteString(attr(n, "alt"))
		w.out.WriteString(destination(attr(n, "src")))
	}
}

// around writes the running text inside n with something before and after it. Spaces
// at its ends stay outside, where they don't keep a delimiter from being one.
func (w *writer) around(n *html.Node, before, after string) {
	start := w.out.Len()
	w.inline(n)
	inside := string(w.out.Bytes()[start:])
	w.out.Truncate(start)
	words := strings.TrimLeftFunc(inside, unicode.IsSpace)
	w.out.WriteString(inside[:len(inside)-len(words)])
	rest := strings.TrimRightFunc(words, unicode.IsSpace)
	if rest == "" {
		return
	}
	w.out.WriteString(before)
	w.out.WriteString(rest)
	w.out.WriteString(after)
	w.out.WriteString(words[len(rest):])
}

// codeSpan writes a word of code. Where it begins or ends with a backtick, a space
// at both sides keeps that apart from the fence.
func (w *writer) codeSpan(code string) {
	fence := strings.Repeat("`", longestRun(code, '`')+1)
	room := ""
	if strings.HasPrefix(code, "`") || strings.HasSuffix(code, "`") {
		room = " "
	}
	for _, part := range []string{fence, room, code, room, fence} {
		w.out.WriteString(part)
	}
}

func destination(address string) string { return "](" + sameQuery(address) + ")" }

// writeBrackets writes text whose angle brackets shall be none of a tag.
func writeBrackets(out *bytes.Buffer, text string) {
	for {
		i := strings.IndexAny(text, "<>")
		if i < 0 {
			break
		}
		out.WriteString(text[:i])
		if text[i] == '<' {
			out.WriteString("&lt;")
		} else {
			out.WriteString("&gt;")
		}
		text = text[i+1:]
	}
	out.WriteString(text)
}

// sameQuery encodes the parameters of an address in one way, in their order.
func sameQuery(address string) string {
	if !strings.Contains(address, "?") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil || u.RawQuery == "" {
		return address
	}
	parts := strings.Split(u.RawQuery, "&")
	for i, part := range parts {
		name, value, valued := strings.Cut(part, "=")
		if parts[i] = encodedAgain(name); valued {
			parts[i] += "=" + encodedAgain(value)
		}
	}
	u.RawQuery = strings.ReplaceAll(strings.Join(parts, "&"), "+", "%20")
	return u.String()
}

func encodedAgain(s string) string {
	plain, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return url.QueryEscape(plain)
}
