package text

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// maxCells is how many cells a table may have, including those that its rows omit.
const maxCells = budget.Cells

// ReadCSV reads a table whose first row has the names of its columns (RFC 4180, and the variants that
// programs write).
func ReadCSV(ctx context.Context, u *url.URL, contentType string, body []byte) (*draft.Draft, error) {
	source, err := Decode(contentType, body)
	if err != nil {
		return nil, err
	}
	source, comma := separated(source, isTSV(u, contentType))
	records := csv.NewReader(strings.NewReader(source))
	records.Comma, records.LazyQuotes, records.FieldsPerRecord, records.ReuseRecord = comma, true, -1, true

	meter := budget.From(ctx)
	meter.Spend(len(source) / budget.BytesPerStep)
	table := draft.Element(atom.Table)
	cells, columns := 0, 0
	for {
		record, err := records.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, draft.Problemf(draft.Broken, "is no table: %v", err)
		}
		if strings.TrimSpace(strings.Join(record, "")) == "" {
			continue
		}
		tag := atom.Td
		if columns == 0 {
			tag = atom.Th
		}
		if cells += max(len(record), columns); cells > maxCells {
			return nil, draft.Problemf(draft.TooLarge, "is a table of more than %d cells", maxCells)
		}
		meter.Make(max(len(record), columns))
		row := draft.Element(atom.Tr)
		for _, field := range record {
			row.AppendChild(draft.Element(tag, fieldLines(field, meter)...))
		}
		for n := len(record); n < columns; n++ {
			row.AppendChild(draft.Element(tag))
		}
		columns = max(columns, len(record))
		table.AppendChild(row)
	}
	article := draft.Element(atom.Article)
	if table.FirstChild != nil {
		article.AppendChild(table)
	}
	return &draft.Draft{Article: article}, nil
}

// fieldLines returns the lines of a field.
func fieldLines(field string, meter *budget.Meter) []*html.Node {
	var nodes []*html.Node
	for line := range strings.SplitSeq(strings.TrimSpace(field), "\n") {
		if len(nodes) > 0 {
			meter.Make(1)
			nodes = append(nodes, draft.Element(atom.Br))
		}
		nodes = append(nodes, htmltree.Text(line))
	}
	return nodes
}

func isTSV(u *url.URL, contentType string) bool {
	return strings.Contains(contentType, "tab-separated") || strings.HasSuffix(strings.ToLower(u.Path), ".tsv")
}

// separated returns the separator of a table. The first line may state it, as Excel writes it. Otherwise it
// is the character that divides the rows into the same number of fields, as many as possible. rest is the
// table without that first line.
func separated(source string, tabs bool) (rest string, comma rune) {
	line, after, _ := strings.Cut(source, "\n")
	given, ok := strings.CutPrefix(strings.ToLower(line), "sep=")
	if ok && len(given) == 1 && given != `"` && given != "\r" {
		return after, rune(given[0])
	}
	if tabs {
		return source, '\t'
	}
	const looked = 64 << 10
	sample := source[:min(len(source), looked)]
	best, most := ',', 0
	for _, candidate := range []rune{',', ';', '\t', '|'} {
		if score := agreement(sample, candidate); score > most {
			best, most = candidate, score
		}
	}
	return source, best
}

// agreement counts the rows that have as many fields as the first row, if that has several. Rows with
// another number count against it.
func agreement(sample string, comma rune) int {
	records := csv.NewReader(strings.NewReader(sample))
	records.Comma, records.LazyQuotes, records.FieldsPerRecord, records.ReuseRecord = comma, true, -1, true
	fields, score := 0, 0
	for range 100 {
		record, err := records.Read()
		if err != nil {
			break
		}
		switch {
		case fields == 0 && len(record) < 2:
			return 0
		case fields == 0:
			fields = len(record)
			score = 2*min(fields, 50) - 1
		case len(record) == fields:
			score += min(fields, 50)
		default:
			score -= min(fields, 50)
		}
	}
	return score
}
