package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/fincrawl/fincrawl/ingest"
)

// Markdown writes the run as a comment on a pull request, in GitHub's Markdown: a table of the
// sources, then what needs a person, then the changes, folded. Text from sites is escaped. The
// error comes from w or from Texts.
func Markdown(w io.Writer, run Run, o TextOptions) error {
	m := &markdown{
		w: bufio.NewWriter(w), most: cmp.Or(o.MaxListed, 50), lines: cmp.Or(o.MaxDiffLines, 40), options: o,
	}
	m.line("### fincrawl %s", run.Mode)
	m.line("")
	if run.Error != "" {
		m.line("**Failed:** %s", inline(run.Error))
		m.line("")
	}
	if len(run.Sources) > 0 {
		m.line("| source | create | update | delete | held | pending | failed | unchanged | crawl |")
		m.line("|---|--:|--:|--:|--:|--:|--:|--:|---|")
	}
	for _, s := range run.Sources {
		m.row(s)
	}
	for _, s := range run.Sources {
		if err := m.source(s); err != nil {
			return fmt.Errorf("report on %s: %w", s.Name, err)
		}
	}
	for _, or := range run.Orphans {
		m.line("")
		m.line("**%s** is no longer in sources.yaml, and %d of its pages are in Intercom: %s",
			inline(or.Name), or.Pages, code(Command(ForgetCommand(or.Name), o.Config)))
	}
	m.line("")
	m.line("<sub>%s</sub>", inline(signature(run)))
	if err := m.w.Flush(); err != nil {
		return fmt.Errorf("write report as Markdown: %w", err)
	}
	return nil
}

type markdown struct {
	w           *bufio.Writer // keeps its first error
	most, lines int
	options     TextOptions
}

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m.w, format+"\n", args...) }

// row writes the row of a source in the table.
func (m *markdown) row(s Source) {
	t := tallyOf(s)
	crawled := "not read"
	if s.Plan != nil {
		crawled = "complete"
		switch c := s.Plan.Coverage; {
		case c.Partial:
			crawled = "single pages"
		case !c.Complete:
			crawled = fmt.Sprintf("**not complete**, %d not read", c.GapsInAll)
		}
	}
	cells := []string{inline(s.Name)}
	for _, a := range written() {
		cells = append(cells, fmt.Sprint(t.done[a]+t.left[a]))
	}
	for _, n := range []int{t.held, t.pending, t.failed + t.refused, t.unchanged} {
		cells = append(cells, fmt.Sprint(n))
	}
	m.line("| %s | %s |", strings.Join(cells, " | "), crawled)
}

// source writes what has to be said about a source below the table.
func (m *markdown) source(s Source) error {
	if s.Error != "" {
		m.line("")
		m.line("**%s failed:** %s", inline(s.Name), inline(s.Error))
	}
	if s.Plan == nil {
		return nil
	}
	groups := map[ingest.Action][]ingest.Change{}
	for _, c := range s.Plan.Changes {
		groups[c.Action] = append(groups[c.Action], c)
	}
	if held := groups[ingest.Held]; len(held) > 0 {
		m.line("")
		m.line("**%s, %s**", inline(s.Name), headingOfHeld(held))
		m.line("")
		for _, c := range held[:min(m.most, len(held))] {
			m.change(c)
		}
		m.more(len(held) - m.most)
		for i, command := range releases(s) {
			if i == 0 {
				m.line("")
				m.line("To approve them as they are:")
				m.line("")
			}
			m.line("    %s", oneLine(Command(command, m.options.Config)))
		}
	}
	for _, a := range written() {
		if err := m.group(s, a, groups[a]); err != nil {
			return err
		}
	}
	return nil
}

// group writes the changes of one action, folded.
func (m *markdown) group(s Source, a ingest.Action, list []ingest.Change) error {
	if len(list) == 0 {
		return nil
	}
	m.line("")
	m.line("<details><summary>%s: %s</summary>", inline(s.Name), strings.ToLower(headingOf(a, len(list), s.Result)))
	m.line("")
	for _, c := range list[:min(m.most, len(list))] {
		m.change(c)
		if a != ingest.Update || m.options.Texts == nil {
			continue
		}
		before, after, err := m.options.Texts(s.Name, c.ExternalID)
		if err != nil {
			return fmt.Errorf("read the texts of %s: %w", c.ExternalID, err)
		}
		m.difference(before, after)
	}
	m.more(len(list) - m.most)
	m.line("")
	m.line("</details>")
	return nil
}

func (m *markdown) change(c ingest.Change) {
	m.line("- %s — %s <br>%s", inline(shown(c).Title), inline(c.Reason), inline(address(c)))
}

func (m *markdown) more(n int) {
	if n > 0 {
		m.line("- … and %d more", n)
	}
}

// difference writes how a text changed, as a code block that GitHub colours.
func (m *markdown) difference(before, after string) {
	var b strings.Builder
	p := &printer{w: bufio.NewWriter(&b), width: 120}
	difference(p, before, after, m.lines)
	_ = p.w.Flush() // writing to memory does not fail
	if b.Len() == 0 {
		return
	}
	fence := "```"
	for strings.Contains(b.String(), fence) {
		fence += "`"
	}
	m.line("")
	m.line("  %sdiff", fence)
	for line := range strings.Lines(b.String()) {
		m.line("  %s", strings.TrimPrefix(strings.TrimRight(line, "\n"), "    "))
	}
	m.line("  %s", fence)
}

// inline returns text escaped so that nothing in it is markup.
func inline(text string) string {
	var b strings.Builder
	for _, r := range oneLine(text) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@':
			b.WriteString("&#64;") // so that it mentions nobody
		case strings.ContainsRune("\\`*_{}[]()#+!|>~$", r):
			b.WriteRune('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// code returns text as inline code.
func code(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + " " + oneLine(text) + " " + fence
}

func oneLine(text string) string { return strings.Join(strings.Fields(clean(text)), " ") }
