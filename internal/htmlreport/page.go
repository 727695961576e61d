package htmlreport

import (
	"crypto/sha256"
	_ "embed" // for the files below
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/pagestyle"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/privatefile"
	"github.com/fincrawl/fincrawl/state"
)

//go:embed assets/report.html
var layout string

//go:embed assets/report.css
var style string

//go:embed assets/report.js
var script string

var page = sync.OnceValue(func() *template.Template {
	return template.Must(pagestyle.Parts().New("report").Parse(layout))
})

// view is the data of the template. The script shows everything else.
type view struct {
	Title, Lead, Policy     string
	ID, When, Version, Mode string
	Error                   string
	Served                  bool   // a server shows the page
	Token                   string // of the form that sends decisions to the server
	Bars                    []bar
	Style                   template.CSS
	Script, Data            template.JS
}

// bar is a source in the chart of totals.
type bar struct {
	Name   string
	Parts  []part
	Said   string
	Failed bool
}

// part is a part of a bar. X and Width are in thousandths of the bar's width.
type part struct {
	report.Total
	X, Width float64
}

// TokenPlace stands in the page for the token that the server gives each user. It is there once, before
// anything that was read.
const TokenPlace = "the-token-of-the-user"

// Settle records the import source of a source after pages were sent to it. The plan that the page saves contains it.
func (r *Report) Settle(source string, is state.ImportSource) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if b := r.sources[source]; b != nil {
		b.settled = &ingest.SourceChange{Action: ingest.Unchanged, Reason: "as it is", Current: is, Want: is}
	}
}

// Write writes the report on a run to its file, which only its owner may read.
func (r *Report) Write(run report.Run) error {
	if r == nil {
		return nil
	}
	if err := privatefile.Write(r.path, func(w io.Writer) error { return r.write(w, run) }); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func (r *Report) write(w io.Writer, run report.Run) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	data, err := r.data(run)
	if err != nil {
		return err
	}
	css, target := pagestyle.CSS+style, "'none'"
	if r.served {
		target = "'self'"
	}
	v := view{
		ID: run.ID, Mode: run.Mode, Version: run.Version, Error: r.own.Mask(run.Error),
		Served: r.served, Token: TokenPlace,
		//nolint:gosec // our own files, and JSON that cannot end its element
		Style: template.CSS(css), Script: template.JS(script), Data: template.JS(data),
		Policy: "default-src 'none'; style-src " + hashOf(css) + "; script-src " + hashOf(script) +
			"; base-uri 'none'; form-action " + target,
	}
	if at := run.Finished; !at.IsZero() {
		v.When = at.UTC().Format("2 January 2006, 15:04 UTC")
	}
	v.Title, v.Lead = titleOf(run)
	for _, s := range run.Sources {
		v.Bars = append(v.Bars, r.barOf(s))
	}
	return page().Execute(w, v)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func titleOf(run report.Run) (title, lead string) {
	asks := 0
	for _, s := range run.Sources {
		if s.Plan == nil {
			continue
		}
		for _, c := range s.Plan.Changes {
			if c.Asks() {
				asks++
			}
		}
	}
	title, lead = "What the run did", "Nothing waits for you."
	if run.Mode == "preview" {
		title = "What a sync would do"
	}
	switch asks {
	case 0:
	case 1:
		lead = "1 change waits for you."
	default:
		lead = plural.Count(asks, "change") + " wait for you."
	}
	return title, lead
}

func (r *Report) barOf(s report.Source) bar {
	b := bar{Name: r.own.Mask(s.Name), Said: s.Said(), Failed: s.Error != ""}
	totals := s.Totals()
	all := 0
	for _, t := range totals {
		all += t.N
	}
	const whole, least = 1000, 6.0 // a small part is still visible
	room := whole - least*float64(len(totals))
	x := 0.0
	for _, t := range totals {
		width := least + room*float64(t.N)/float64(max(1, all))
		b.Parts = append(b.Parts, part{t, x, width})
		x += width
	}
	if b.Failed {
		b.Said = strings.TrimPrefix(b.Said+"; the source failed", "no pages; ")
	}
	return b
}
