package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/state"
)

// Explanation says why a URL is or is not in the library.
type Explanation struct {
	Address   string `json:"address"` // as it was given
	Source    string `json:"source"`  // "" where it belongs to none; see Elsewhere
	SourceURL string `json:"source_url,omitempty"`
	// Elsewhere says, for each source, why the URL does not belong to it.
	Elsewhere []Outside `json:"elsewhere,omitempty"`

	web.Explanation
	Render string `json:"render,omitempty"` // whether a browser renders the page: auto, always or never
	// Crawl is the outcome in the last crawl, or nil where that did not find the URL.
	Crawl *Trail `json:"crawl,omitempty"`
	// Path are the pages on which the URL, and then each of them, was found. The nearest is first.
	Path []Step `json:"path,omitempty"`
	// LeadsTo is the URL that it leads to, with the outcome in the last crawl.
	LeadsTo *Step        `json:"leads_to,omitempty"`
	Entry   *state.Entry `json:"entry,omitempty"` // nil where it was neither sent nor refused
	// Fingerprint is that of the page as it was fetched now. Change is what a sync would do with
	// the page, as far as this page alone shows. Both are set only where a page was fetched.
	Fingerprint string `json:"fingerprint,omitempty"`
	// Volatile are the lines of the page that change with each run and do not count as changes.
	Volatile []string        `json:"volatile,omitempty"`
	Change   *ingest.Change  `json:"change,omitempty"`
	Findings []state.Finding `json:"findings,omitempty"` // of the screening, masked
	Sent     string          `json:"-"`                  // Markdown as it was sent; "" where it is not known
	// Parts are the further parts that the page is or was split into, by URL.
	Parts []Part `json:"parts,omitempty"`
	// Template is what is removed from the pages of the source. LeftOut is what was removed from
	// this page when it was fetched now. Whole reports that the page has nothing else, and that
	// nothing was removed.
	Template []LeftOut `json:"template,omitempty"`
	LeftOut  []LeftOut `json:"left_out,omitempty"`
	Whole    bool      `json:"all_template,omitempty"`
	// Waiting are the concerns about the page after the last run.
	Waiting []state.Concern `json:"waiting,omitempty"`
	// Withdrawn is the withdrawal of the page, or nil.
	Withdrawn *state.Withdrawal `json:"withdrawn,omitempty"`

	Runs  []ExplainedRun `json:"runs,omitempty"` // the last runs of the source, the newest first
	Error string         `json:"error,omitempty"`
}

// Part is a further part of a page.
type Part struct {
	Entry  *state.Entry   `json:"entry,omitempty"`  // nil where it was never sent
	Change *ingest.Change `json:"change,omitempty"` // what a sync would do; nil where the page was not fetched
}

// SetPart adds p, or completes the part with the same external ID.
func (e *Explanation) SetPart(p Part) {
	i, known := slices.BinarySearchFunc(e.Parts, p, func(a, b Part) int { return cmp.Compare(a.id(), b.id()) })
	if !known {
		e.Parts = slices.Insert(e.Parts, i, Part{})
	}
	e.Parts[i].Entry = cmp.Or(p.Entry, e.Parts[i].Entry)
	e.Parts[i].Change = cmp.Or(p.Change, e.Parts[i].Change)
}

func (p Part) id() string {
	if p.Entry != nil {
		return p.Entry.ExternalID
	}
	return p.Change.ExternalID
}

// Outside is a source that a URL does not belong to.
type Outside struct {
	Source string `json:"source"`
	Why    string `json:"why"`
}

// Trail has the outcomes of a URL in the last crawls.
type Trail struct {
	state.TrailOutcome
	Depth   int                  `json:"depth"` // number of links from a start address
	Earlier []state.TrailOutcome `json:"earlier,omitempty"`
}

// Step is a URL on a path, with its outcome in the last crawl.
type Step struct {
	URL     string `json:"url"`
	Outcome string `json:"outcome,omitempty"`
}

// ExplainedRun says what a run did with a page.
type ExplainedRun struct {
	RunStatus
	Complete bool           `json:"complete"`         // its crawl was complete
	Change   *ingest.Change `json:"change,omitempty"` // nil where it did nothing, or that is not recorded
	// Proved is the answer that was confirmed while the login was seen to work, or "".
	Proved crawler.Outcome `json:"proved,omitempty"`
}

// ExplanationJSON writes the explanation as one indented document.
func ExplanationJSON(w io.Writer, e Explanation) error {
	if err := WriteJSON(w, struct {
		document
		Explanation
	}{newDocument(), e}); err != nil {
		return fmt.Errorf("write explanation as JSON: %w", err)
	}
	return nil
}

// markdownShown is how many lines of a page's Markdown are shown without -v.
const markdownShown = 40

// ExplanationText writes the explanation for people. The verdict comes first. The details follow
// in the order in which a page goes through a crawl.
func ExplanationText(w io.Writer, e Explanation, o TextOptions) error {
	p := &printer{w: bufio.NewWriter(w), width: max(40, cmp.Or(o.Width, 100)), color: o.Color, config: o.Config}
	p.paragraph(0, 2, span{bold, e.Address})
	symbol, verdict := e.verdict()
	p.paragraph(0, 2, symbol, span{plain, verdict})
	if e.Seen != nil && e.Seen.Moved != "" {
		p.paragraph(0, 2, span{dim, "→"},
			span{plain, "It redirects to " + e.Seen.Moved + ", which is the page that this is about."})
	}
	p.blank()
	if e.Source == "" {
		for _, s := range e.Elsewhere {
			p.field("Source", span{bold, s.Source}, span{plain, "· " + s.Why})
		}
	} else {
		e.write(p, o)
	}
	if e.Error != "" {
		p.blank()
		failed(p, 0, e.Error)
	}
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write explanation: %w", err)
	}
	return nil
}

func (e Explanation) write(p *printer, o TextOptions) {
	p.field("Source", span{bold, e.Source}, span{plain, "·"}, span{dim, e.SourceURL})
	if e.URL != e.Address {
		p.field("Address", span{plain, e.URL})
	}
	e.discovery(p)
	for i, r := range e.Rules {
		label := ""
		if i == 0 {
			label = "Rules"
		}
		p.field(label, markOf(r.Verdict), span{plain, r.Name + ":"}, span{dim, r.Says})
	}
	if e.Render != "" && e.Render != string(web.RenderNever) {
		p.field("", span{dim, "·"}, span{plain, "render:"}, span{dim, e.Render})
	}
	p.blank()
	e.seen(p)
	e.library(p)
	e.runs(p)
	e.content(p, o)
	e.leftOut(p, o)
}

// verdict says in one line whether the page is in the library, and why.
func (e Explanation) verdict() (symbol span, text string) {
	in := e.Entry != nil && e.Entry.RemoteID != ""
	switch c := e.Change; {
	case e.Source == "":
		return span{red, "✗"}, "Not in: it belongs to no source of sources.yaml."
	case e.Error != "":
		return span{red, "!"}, "It could not be fetched; what is recorded is below."
	case c != nil && c.Action == ingest.Held:
		return span{magenta, "?"}, fmt.Sprintf("%s, and held back: would %s: %s.", presence(in), verb(c.Wants), c.Reason)
	case c != nil && c.Action == ingest.Unchanged:
		return span{green, "="}, presence(in) + ": " + c.Reason + "."
	case c != nil:
		return span{colorOf(c.Action), string(c.Action)},
			fmt.Sprintf("%s; the next sync would %s it: %s.", presence(in), verb(c.Action), c.Reason)
	}
	outcome, detail := e.outcome()
	why := "nothing has led to it yet; --fetch asks for it"
	if outcome != "" {
		why = Meaning(outcome, detail)
	}
	switch {
	case e.Entry != nil && e.Entry.Refused != nil:
		return span{red, "!"}, presence(in) + ": Intercom refused it: " + refusalOf(*e.Entry.Refused) + "."
	case e.lastChange() != nil && e.lastChange().Action == ingest.Held:
		c := e.lastChange()
		return span{magenta, "?"},
			fmt.Sprintf("%s, and held back by the last run: would %s: %s.", presence(in), verb(c.Wants), c.Reason)
	case in && outcome == crawler.Paged:
		return span{green, "✓"}, "In the library, as the last crawl found it."
	case in:
		return span{yellow, "✓"}, "In the library, for now: " + why + "."
	case outcome == crawler.Paged:
		return span{yellow, "✗"}, "Not in the library yet, though it is a page: the next sync sends it."
	}
	return span{red, "✗"}, "Not in the library: " + why + "."
}

func presence(in bool) string {
	if in {
		return "In the library"
	}
	return "Not in the library"
}

// outcome returns the outcome of the URL: as fetched now, or by the current settings, or in the
// last crawl.
func (e Explanation) outcome() (crawler.Outcome, string) {
	switch {
	case e.Seen != nil:
		return e.Seen.Outcome, e.Seen.Detail
	case e.Outcome != "":
		return e.Outcome, e.Detail
	case e.Crawl != nil:
		return crawler.Outcome(e.Crawl.Outcome), e.Crawl.Detail
	}
	return "", ""
}

func (e Explanation) lastChange() *ingest.Change {
	if len(e.Runs) == 0 {
		return nil
	}
	return e.Runs[0].Change
}

// Meaning says in words what an outcome means for a page.
func Meaning(o crawler.Outcome, detail string) string {
	means := map[crawler.Outcome]string{
		crawler.Listing:     "it is read for its links only, since include does not match it",
		crawler.Redirected:  "it redirects to",
		crawler.Canonical:   "it names another address as its canonical one:",
		crawler.OtherLocale: "it names another address as its version in the source's language:",
		crawler.Duplicate:   "another address gives the same page:",
		crawler.View:        "it is no article of its own:",
		crawler.NoIndex:     "it asks not to be indexed (noindex)",
		crawler.NotHTML:     "it is no HTML:",
		crawler.Empty:       "no content was found on it",
		crawler.Encrypted:   "it is a document that needs a password:",
		crawler.Scanned:     "it is a document without text:",
		crawler.BrokenFile:  "its text cannot be read:",
		crawler.TooLarge: "it is too large to be read, so a page that was sent stays as it is: " +
			"raise fetch.max_body, or exclude it:",
		crawler.TooCostly: "reading it takes more work or memory than one page may; " +
			"a page that was sent stays as it is:",
		crawler.Gone:           "it is gone:",
		crawler.Deleted:        "its source says that it is gone:",
		crawler.Hidden:         "its source hides it from readers:",
		crawler.Unlisted:       "its source no longer lists it",
		crawler.Unserved:       "its source could not read it, so a page that was sent stays as it is:",
		crawler.BadListing:     "the list of its source is not whole:",
		crawler.OutOfScope:     "it is out of scope:",
		crawler.Excluded:       "it is excluded",
		crawler.Unsafe:         "a link to it may change something, so it is not followed:",
		crawler.RobotsDenied:   "robots.txt disallows it",
		crawler.RedirectedOut:  "it leads to where nothing is fetched:",
		crawler.Missing:        "it says that there is no such page:",
		crawler.MoveUnverified: "it leads to another address, which does not say the same:",
		crawler.Restricted:     "the site refuses it to the user whose login this is:",
		crawler.Unproved:       "it gave an answer that visitors without a session may get too:",
		crawler.LoginWall:      "it shows a login instead of a page:",
		crawler.Forbidden:      "the site refuses it:",
	}[o]
	return strings.TrimSuffix(strings.TrimSpace(cmp.Or(means, string(o)+":")+" "+detail), ":")
}

// discovery says how the last crawl found the URL, and with which outcome.
func (e Explanation) discovery(p *printer) {
	if e.Crawl == nil {
		p.field("Found", span{plain, "not by the last crawl that is recorded"})
		return
	}
	if len(e.Path) == 0 {
		p.field("Found", span{plain, "as a start address, or set aside from the pages"})
	}
	for i, step := range e.Path {
		label, before := "Found", "on"
		if i > 0 {
			label, before = "", "which was on"
		}
		if step.URL == "known" {
			p.field(label, span{plain, "only as known from earlier runs: nothing leads to it any more"})
			continue
		}
		p.field(label, span{dim, before}, span{plain, step.URL}, span{dim, outcomeNote(step.Outcome)})
	}
	p.field("Crawl", span{plain, e.Crawl.Outcome}, span{dim, join(" · ", e.Crawl.Detail, "since "+moment(e.Crawl.Since))})
	if e.LeadsTo != nil {
		p.field("", span{dim, "where"}, span{plain, e.LeadsTo.URL},
			span{dim, "ended as " + cmp.Or(e.LeadsTo.Outcome, "nothing")})
	}
	for _, o := range e.Crawl.Earlier {
		p.field("", span{dim, "before: " + join(" · ", o.Outcome, o.Detail, "since "+moment(o.Since))})
	}
}

func outcomeNote(outcome string) string {
	if outcome == "" {
		return ""
	}
	return "(" + outcome + ")"
}

func markOf(v scope.Verdict) span {
	switch v {
	case scope.Admits:
		return span{green, "✓"}
	case scope.Refuses:
		return span{red, "✗"}
	}
	return span{dim, "·"}
}

// seen says what the site answered when the page was fetched now.
func (e Explanation) seen(p *printer) {
	for i, line := range e.Login {
		label := ""
		if i == 0 {
			label = "Way in"
		}
		p.field(label, span{dim, line})
	}
	s := e.Seen
	if s == nil {
		return
	}
	for i, r := range s.Redirects {
		label := ""
		if i == 0 {
			label = "Fetched"
		}
		p.field(label, span{plain, r.From}, span{dim, fmt.Sprintf("HTTP %d, on to %s", r.Status, r.To)})
	}
	label := "Fetched"
	if len(s.Redirects) > 0 {
		label = ""
	}
	answer := "no document"
	if s.Status != 0 {
		answer = fmt.Sprintf("HTTP %d", s.Status)
	}
	p.field(label, span{plain, s.URL}, span{plain, answer}, span{dim, rendering(s.Rendered)})
	for i, r := range s.Refused {
		label := ""
		if i == 0 {
			label = "Refused"
		}
		key := ""
		if r.Key != "" {
			key = "allowed by " + r.Key
		}
		p.field(label, span{yellow, r.Address}, span{plain, plural.Count(r.Count, "request")},
			span{dim, join(" · ", r.Why, key)})
	}
	for _, h := range s.Headers {
		p.field("", span{dim, h.Name + ": " + h.Value})
	}
	if s.Canonical != "" {
		p.field("", span{dim, "canonical: " + s.Canonical})
	}
	if len(s.Robots) > 0 {
		p.field("", span{yellow, "robots: " + strings.Join(s.Robots, ", ")})
	}
	p.field("", span{dim, plural.Count(s.Links, "link") + " to follow"})
	switch {
	case s.Wall != "":
		p.field("Wall", span{red, "a login: " + s.Wall})
	case s.LoggedIn:
		p.field("Wall", span{plain, "none: it has what auth.form.logged_in matches"})
	case s.Status != 0:
		p.field("Wall", span{plain, "none"})
	}
	p.field("Outcome", span{plain, string(s.Outcome)}, span{dim, s.Detail})
	p.blank()
}

func rendering(rendered bool) string {
	if rendered {
		return "· shown to a browser"
	}
	return ""
}

// library says what is recorded of the page, and how it differs.
func (e Explanation) library(p *printer) {
	if entry := e.Entry; entry != nil {
		sent, id := cmp.Or(moment(entry.SentAt), "never"), cmp.Or(entry.RemoteID, "none")
		p.field("Library", span{plain, cmp.Or(entry.Title, entry.URL)},
			span{dim, join(" · ", "sent "+sent, "Intercom's ID "+id)})
		if entry.ExternalID != e.URL {
			p.field("", span{dim, "external ID " + entry.ExternalID})
		}
		p.field("", span{dim, "hash " + cmp.Or(entry.Hash, "not known")})
		for _, line := range e.Volatile {
			p.field("", span{dim, "changes with each run, and is no change: " + line})
		}
		if e.Fingerprint != "" && e.Fingerprint != entry.Hash {
			p.field("", span{yellow, "now  " + e.Fingerprint})
		}
		if entry.Misses > 0 {
			p.field("", span{yellow, "missing for " + plural.Count(entry.Misses, "complete crawl")})
		}
		if entry.Drift != "" {
			p.field("", span{yellow, "changed in Intercom: " + entry.Drift})
		}
		if entry.Refused != nil {
			p.field("", span{red, "refused: " + refusalOf(*entry.Refused)})
		}
	} else {
		p.field("Library", span{plain, "never sent"})
	}
	if c := e.Change; c != nil {
		what := string(c.Action)
		if c.Action == ingest.Held {
			what += " by " + string(c.Guard) + ", would " + verb(c.Wants)
		}
		p.field("Action", span{colorOf(c.Action), what}, span{plain, c.Reason},
			span{dim, "(as far as this page alone can tell)"})
	}
	if w := e.Withdrawn; w != nil {
		p.field("", span{yellow, "withdrawn: " + withdrawn(*w)})
		p.field("", span{plain, p.command(restoreCommand(e.Source, *w))})
	}
	for _, c := range e.Waiting {
		p.field("Waiting", span{magenta, join(" · ", strings.Join(c.Guards, ", "), c.Reason, "since "+moment(c.Since))})
		if c.Kind == state.ConcernHeld && ingest.Releasing(c.Guards) != ingest.Never {
			p.field("", span{plain, p.command(DecideCommand("approve", e.Source, c.URL))})
		}
	}
	e.parts(p)
	findings(p, e.Findings)
	p.blank()
}

// parts lists the further parts of the page.
func (e Explanation) parts(p *printer) {
	for i, part := range e.Parts {
		label := ""
		if i == 0 {
			label = "Parts"
		}
		_, _, anchor := crawler.CutPart(part.id(), part.id())
		switch c, entry := part.Change, part.Entry; {
		case c != nil:
			v := cmp.Or(c.After, c.Before)
			p.field(label, span{colorOf(c.Action), string(c.Action)}, span{plain, "#" + anchor + " " + v.Title + ":"},
				span{dim, join(" · ", string(c.Guard), c.Reason)})
		case entry.RemoteID != "":
			p.field(label, span{green, "✓"}, span{plain, "#" + anchor + " " + entry.Title},
				span{dim, "sent " + cmp.Or(moment(entry.SentAt), "never")})
		default:
			p.field(label, span{red, "✗"}, span{plain, "#" + anchor + " " + entry.Title})
		}
	}
}

func refusalOf(r state.Refusal) string { return answer(r.Message, r.Status, r.Code, r.RequestID) }

func (e Explanation) runs(p *printer) {
	if len(e.Runs) == 0 {
		return
	}
	p.heading("Last runs of " + e.Source)
	for _, r := range e.Runs {
		did := span{dim, "nothing, or not recorded"}
		if c := r.Change; c != nil {
			did = span{colorOf(c.Action), join(" ", string(c.Action), string(c.Guard), c.Reason)}
		}
		crawl := span{dim, "complete"}
		if !r.Complete {
			crawl = span{yellow, "not complete"}
		}
		p.paragraph(4, 6, span{dim, moment(r.Started)}, span{plain, r.Mode}, crawl, span{dim, "·"}, did)
		if r.Proved != "" {
			p.paragraph(6, 8, span{dim, "fetched again while the login was seen to work: " + string(r.Proved)})
		}
	}
	p.blank()
}

// content prints what was extracted, and how it differs from what was sent.
func (e Explanation) content(p *printer, o TextOptions) {
	s := e.Seen
	if s == nil || s.Markdown == "" {
		return
	}
	p.heading("What was extracted")
	p.field("Title", span{plain, s.Title}, span{dim, "by " + s.TitleFrom})
	words := plural.Count(len(strings.Fields(s.Markdown)), "word")
	p.field("Body", span{dim, "by"}, span{plain, s.BodyFrom}, span{dim, "· " + words})
	if s.Availability != "" && s.Page != nil {
		p.field("For", span{plain, products(s.Page.Availability)}, span{dim, "by availability: " + s.Availability})
	}
	p.blank()
	if c := e.Change; c != nil && (c.Action == ingest.Update || c.Wants == ingest.Update) && e.Sent != "" {
		p.heading("How it differs from what was sent")
		difference(p, e.Sent, s.Markdown, cmp.Or(o.MaxDiffLines, 40))
	}
	lines := splitLines(s.Markdown)
	shown := lines
	if !o.Verbose && len(lines) > markdownShown {
		shown = lines[:markdownShown]
	}
	for _, line := range shown {
		if strings.TrimSpace(line) == "" {
			p.blank()
			continue
		}
		indent := 4 + min(12, len(line)-len(strings.TrimLeft(line, " ")))
		p.paragraph(indent, indent, span{plain, line})
	}
	if more := len(lines) - len(shown); more > 0 {
		p.paragraph(4, 4, span{dim, fmt.Sprintf("… and %d more lines; -v shows all", more)})
	}
}

func products(a crawler.Availability) string {
	switch {
	case a.AIAgent && a.AICopilot:
		return "Fin AI Agent and Copilot"
	case a.AIAgent:
		return "Fin AI Agent"
	case a.AICopilot:
		return "Copilot"
	}
	return "nobody"
}
