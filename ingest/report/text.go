package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// TextOptions are options of [Text]. The zero value prints plain text of 100 columns.
type TextOptions struct {
	Color        bool   // use ANSI escapes
	Width        int    // columns. Defaults to 100.
	Verbose      bool   // list the unchanged pages too
	MaxListed    int    // number of changes to list of each action. Defaults to 50.
	MaxDiffLines int    // number of lines to print of the difference of one page. Defaults to 40.
	Config       string // the file that commands to copy name with --config; "" where that is not needed
	// Texts returns the Markdown of an update as it was sent, or "" where that is not known, and
	// as it was crawled. Where Texts is nil, no differences are printed.
	Texts func(source, externalID string) (before, after string, err error)
}

// Text writes the run for people. For each source it says what was crawled, what changed and why,
// what failed, and what to do next, with totals. The error comes from w or from Texts.
func Text(w io.Writer, run Run, o TextOptions) error {
	o.Width = max(40, cmp.Or(o.Width, 100))
	o.MaxListed = cmp.Or(o.MaxListed, 50)
	o.MaxDiffLines = cmp.Or(o.MaxDiffLines, 40)
	p := &printer{w: bufio.NewWriter(w), width: o.Width, color: o.Color, config: o.Config}

	var all tally
	for _, s := range run.Sources {
		t := tallyOf(s)
		all.add(t)
		if err := source(p, s, t, run.Mode == "lint", o); err != nil {
			return fmt.Errorf("report on %s: %w", s.Name, err)
		}
	}
	if len(run.Sources) > 1 {
		p.blank()
		p.paragraph(0, 2, span{bold, fmt.Sprintf("%d sources:", len(run.Sources))}, span{plain, all.String()})
	}
	orphans(p, run.Orphans)
	if run.Error != "" {
		failed(p, 0, run.Error)
	}
	p.paragraph(0, 2, span{dim, signature(run)})
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// source prints one source. advised says that the run was only about advice.
func source(p *printer, s Source, t tally, advised bool, o TextOptions) error {
	p.paragraph(0, 2, span{bold, s.Name}, span{plain, "·"}, span{dim, s.URL})
	p.blank()
	if s.Plan != nil {
		crawl(p, s.Plan.Coverage)
	}
	if s.Template != nil {
		template(p, *s.Template)
	}
	if s.Phrases != nil {
		phrases(p, *s.Phrases)
	}
	readAs(p, s)
	if s.ImportSource != nil {
		library(p, s)
	}
	if s.Verification != nil {
		verification(p, *s.Verification)
	}
	foreign(p, s)
	if s.Plan != nil {
		moves(p, s.Plan)
	}
	if s.Plan != nil {
		p.blank()
		gaps(p, s.Plan.Coverage, s.Error != "")
		if s.Error == "" {
			nothing(p, s.Plan.Coverage)
		}
		if err := changes(p, s, o); err != nil {
			return err
		}
	}
	failures(p, s, o)
	if s.Error != "" {
		failed(p, 2, s.Error)
	}
	if s.Plan != nil && s.Error == "" {
		advice(p, s, advised, o)
	}
	if s.Plan != nil && !advised {
		p.paragraph(2, 4, span{bold, t.String()})
		p.blank()
	}
	attention(p, s)
	next(p, s)
	return nil
}

// failed prints an error. Each line of it begins a row.
func failed(p *printer, indent int, message string) {
	first, rest, _ := strings.Cut(message, "\n")
	p.paragraph(indent, indent+2, span{red, "Failed:"}, span{plain, first})
	for line := range strings.Lines(rest) {
		p.paragraph(indent+2, indent+2, span{plain, line})
	}
	p.blank()
}

// library says what happens to the import source, where that is worth a line.
func library(p *printer, s Source) {
	c := s.ImportSource
	what := "import source " + fmt.Sprint(c.Want.ID)
	switch c.Action {
	case ingest.Create:
		what = "a new import source: " + c.Reason
	case ingest.Update:
		what += ": " + c.Reason
	}
	p.field("Library", span{dim, s.LibraryURL}, span{plain, "·"}, span{plain, what})
	if c.Lost {
		p.field("", span{yellow, "Every page is sent again, since Intercom lost them with the import source."})
	}
	if c.Adopt {
		p.field("", span{yellow, "The pages it has are taken over: this state file did not know them."})
	}
	if c.Note != "" {
		p.field("", span{yellow, "Note: " + c.Note + "."})
	}
}

// verification says what comparing entries with the library found.
func verification(p *printer, v verify.Verification) {
	switch {
	case v.Error != "":
		p.field("Compared", span{yellow, "not with what Intercom has: " + v.Error +
			". Every run tries again until it succeeds"})
	case v.Drift() == 0:
		p.field("Compared", span{plain, "with what Intercom has: " + plural.Count(v.Pages, "page") + ", each as it was left"})
	default:
		found := fmt.Sprintf("%d edited there, %d deleted there, %d not known here", v.Edited, v.Deleted, v.Unknown)
		if v.Surplus > 0 {
			found += fmt.Sprintf(", %d there twice", v.Surplus)
		}
		p.field("Compared", span{plain, "with what Intercom has: " + plural.Count(v.Pages, "page") + ";"},
			span{yellow, found})
	}
	if v.Ended {
		p.field("", span{yellow, fmt.Sprintf("Intercom's listing ends before all pages of the workspace. "+
			"Those beyond are looked at one by one: %d of %d so far.", v.Looked, v.Of)})
	}
	if v.Unlisted {
		p.field("", span{yellow, "Since the state file was lost, pages that the site no longer has " +
			"cannot be found beyond the end of the listing: look for them in Intercom."})
	}
}

// foreign lists pages of the import source that are somebody else's.
func foreign(p *printer, s Source) {
	if s.Foreign.Pages == 0 {
		return
	}
	p.field("Foreign", span{yellow, plural.Count(s.Foreign.Pages, "page") +
		" in the import source that fincrawl did not bring there, and leaves alone:"})
	for _, f := range s.Foreign.First {
		p.field("", span{plain, f.Title}, span{plain, "·"}, span{dim, f.URL})
	}
	if more := s.Foreign.Pages - len(s.Foreign.First); more > 0 {
		p.field("", span{plain, fmt.Sprintf("… and %d more", more)})
	}
	p.field("", span{plain, "To take over all of them, or those whose URLs follow: " +
		p.command("fincrawl adopt "+Quoted(s.Name))})
}

// orphans lists the import sources that no source feeds any more.
func orphans(p *printer, list []Orphan) {
	for _, o := range list {
		p.blank()
		what := fmt.Sprintf(
			"is recorded, and no longer in sources.yaml. Its import source %d (%s) keeps its %s in Intercom.",
			o.ImportSourceID, o.LibraryURL, plural.Count(o.Pages, "page"))
		then := "To delete them: " + p.command(ForgetCommand(o.Name))
		if o.SharedWith != "" {
			what = fmt.Sprintf(
				"is recorded, and no longer in sources.yaml. Its import source %d (%s) is that of %s now.",
				o.ImportSourceID, o.LibraryURL, o.SharedWith)
			then = "To forget the old name: " + p.command(ForgetCommand(o.Name))
		}
		p.paragraph(0, 2, span{yellow, "Orphan:"}, span{bold, o.Name}, span{plain, what}, span{plain, then})
	}
	if len(list) > 0 {
		p.blank()
	}
}

func signature(run Run) string {
	line := run.Mode
	if run.ID != "" {
		line += " " + run.ID
	}
	if !run.Finished.IsZero() {
		line += fmt.Sprintf(" · took %s", run.Finished.Sub(run.Started).Round(100*time.Millisecond))
	}
	if run.Mode == "preview" || run.Mode == "lint" {
		line += " · nothing was written"
	}
	return line
}
