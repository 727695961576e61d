package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
)

func TestTheReportSaysWhatWasLeftOut(t *testing.T) {
	for _, c := range []struct {
		template report.Template
		want     string
	}{
		{report.Template{Blocks: 210, Pages: 42, Of: 43},
			"Left out 210 blocks of 42 of the 43 pages that were read, which most of them have in common"},
		{report.Template{Blocks: 1, Pages: 1, Of: 9, Whole: []string{"https://a.example/b", "https://a.example/c"}},
			"Nothing is left out of https://a.example/b and 1 more, where nothing would be left."},
	} {
		var out bytes.Buffer
		run := report.Run{Sources: []report.Source{{Name: "wiki", Plan: &ingest.Plan{}, Template: &c.template}}}
		if err := report.Text(&out, run, report.TextOptions{Width: 200}); err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(text, c.want) {
			t.Errorf("the report lacks %q:\n%s", c.want, out.String())
		}
	}
}
