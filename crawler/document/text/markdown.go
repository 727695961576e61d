package text

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"go.yaml.in/yaml/v4"
	xhtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// ReadMarkdown reads CommonMark with GitHub's extensions, footnotes and definition lists. HTML in it is read
// like that of a page.
func ReadMarkdown(ctx context.Context, contentType string, body []byte) (*draft.Draft, error) {
	source, err := Decode(contentType, body)
	if err != nil {
		return nil, err
	}
	title, source := frontMatter(source)
	meter := budget.From(ctx)
	meter.Spend(len(source) / budget.BytesPerStep)
	if err := tooCostly(source); err != nil {
		return nil, err
	}
	if isTangled(source, meter) {
		return &draft.Draft{Article: Article(source, meter), Title: title}, nil
	}
	if countParts(source) > budget.Elements {
		return nil, draft.Problemf(draft.TooCostly, "has more than %d blocks, links and other parts", budget.Elements)
	}
	var out bytes.Buffer
	converter := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe()), // crawler/extract cleans untrusted HTML
	)
	if err := converter.Convert([]byte(source), &out); err != nil {
		return nil, draft.Problemf(draft.Broken, "cannot be read as Markdown: %v", err)
	}
	page, err := extract.Parse(&url.URL{}, "text/html; charset=utf-8", out.Bytes())
	if costly := (*budget.Exceeded)(nil); errors.As(err, &costly) {
		return nil, costly
	}
	if err != nil {
		return nil, draft.Problemf(draft.Broken, "has HTML that cannot be read: %v", err)
	}
	article := draft.Element(atom.Article)
	for n := range page.Root.Nodes[0].Descendants() {
		if n.DataAtom == atom.Body {
			htmltree.MoveChildren(article, n)
			break
		}
	}
	nameAlerts(article)
	return &draft.Draft{Article: article, Title: title}, nil
}

// frontMatter returns the title in the metadata before a text, and the text without them.
func frontMatter(source string) (title, rest string) {
	for fence, parse := range map[string]func([]byte, any) error{"---": yaml.Unmarshal, "+++": toml.Unmarshal} {
		after, ok := strings.CutPrefix(source, fence+"\n")
		if !ok {
			continue
		}
		data, rest, ok := strings.Cut("\n"+after, "\n"+fence)
		const longest = 64 << 10
		if !ok || len(data) > longest || rest != "" && rest[0] != '\n' {
			return "", source
		}
		var says map[string]any
		if parse([]byte(data), &says) != nil {
			return "", source
		}
		title, _ = says["title"].(string)
		return title, rest
	}
	return "", source
}

// The limits of what a parser compares with each other.
const (
	maxMarkers  = 10_000 // footnotes and references to them
	maxHeadings = 10_000 // each gets a unique name
)

// tooCostly returns a *[draft.Problem] for texts that become much larger than they are. Rows of a table, for
// instance, are filled up to the number of columns in its header.
func tooCostly(source string) error {
	if n := strings.Count(source, "[^"); n > maxMarkers {
		return draft.Problemf(draft.TooCostly, "has more than %d footnotes and marks of them", maxMarkers)
	}
	headings, cells, columns := 0, 0, 0
	before := "" // the previous line
	for line := range strings.Lines(source) {
		bare := strings.TrimSpace(line)
		switch {
		case bare == "":
			columns = 0
		case strings.Trim(bare, "|-: \t>") == "":
			if strings.ContainsAny(bare, "-") && columns == 0 {
				columns = strings.Count(before, "|") + 1
			}
			headings++ // this line or the one above may be a heading
		}
		if strings.HasPrefix(bare, "#") || strings.Trim(bare, "=") == "" && bare != "" {
			headings++
		}
		cells += columns
		before = bare
	}
	switch {
	case cells > maxCells:
		return draft.Problemf(draft.TooLarge, "has tables of more than %d cells", maxCells)
	case headings > maxHeadings:
		return draft.Problemf(draft.TooCostly, "has more than %d headings", maxHeadings)
	}
	return nil
}

// countParts estimates how many elements a text becomes.
func countParts(source string) (n int) {
	before := "" // the previous line
	for line := range strings.Lines(source) {
		bare := strings.TrimSpace(line)
		if bare != "" && (before == "" || strings.IndexByte("-+*>#:=`~|0123456789", bare[0]) >= 0) {
			n++
		}
		before = bare
	}
	for _, b := range []string{"*", "_", "`", "~", "]("} {
		n += strings.Count(source, b) / 2
	}
	for _, begins := range []string{"<", "www.", "://", "@"} {
		n += strings.Count(source, begins)
	}
	return n
}

// isTangled reports whether a text nests so deeply that nobody wrote it. A parser may take for ever on it,
// or overflow its stack, which cannot be recovered from.
func isTangled(source string, meter *budget.Meter) bool {
	const deep, many = 100, 2000
	marks, ticks, length := 0, 0, 0 // of one paragraph
	ended := func() {
		// For each run of backquotes, the parser searches the whole paragraph.
		const each = 256 // bytes that it searches in a step
		meter.Spend(ticks * length / each)
		marks, ticks, length = 0, 0, 0
	}
	defer ended()
	for line := range strings.Lines(source) {
		bare := strings.TrimSpace(line)
		if bare == "" {
			ended()
			continue
		}
		before := bare[:len(bare)-len(strings.TrimLeft(bare, ">-+* \t"))]
		isRule := before == bare && !strings.Contains(bare, ">")
		if len(before) > deep && !isRule || len(line)-len(strings.TrimLeft(line, " \t")) > 4*deep {
			return true
		}
		if isRule {
			continue
		}
		ticks += strings.Count(bare, "`") - strings.Count(bare, "``")
		length += len(bare)
		for _, mark := range "*_[~<" {
			marks += strings.Count(bare, string(mark))
		}
		if marks > many {
			return true
		}
	}
	return false
}

var alert = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*`)
})

// nameAlerts writes what GitHub shows for "> [!NOTE]".
func nameAlerts(article *xhtml.Node) {
	var quotes []*xhtml.Node
	for n := range article.Descendants() {
		if n.DataAtom == atom.Blockquote {
			quotes = append(quotes, n)
		}
	}
	for _, quote := range quotes {
		for n := range quote.Descendants() {
			if n.Type != xhtml.TextNode || strings.TrimSpace(n.Data) == "" {
				continue
			}
			if m := alert().FindStringSubmatch(n.Data); m != nil {
				n.Data = n.Data[len(m[0]):]
				name := m[1][:1] + strings.ToLower(m[1][1:]) + ":"
				n.Parent.InsertBefore(draft.Element(atom.Strong, htmltree.Text(name)), n)
				n.Parent.InsertBefore(htmltree.Text(" "), n)
			}
			break
		}
	}
}
