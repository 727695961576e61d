package htmlreport

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/check/screen"
)

// document is the data that the page's script shows.
type document struct {
	Format   int                             `json:"format_version"`
	Run      about                           `json:"run"`
	Releases map[ingest.Guard]ingest.Release `json:"releases"`
	Holds    map[ingest.Guard]string         `json:"holds"`
	Meanings map[crawler.Outcome]string      `json:"meanings"`
	Sources  []any                           `json:"sources"`
	Orphans  []report.Orphan                 `json:"orphans,omitempty"`
}

// about identifies the run.
type about struct {
	ID        string    `json:"id"`
	Mode      string    `json:"mode"`
	Created   time.Time `json:"created"`
	Workspace string    `json:"workspace,omitempty"`
	Error     string    `json:"error,omitempty"`
	Past      bool      `json:"past,omitempty"`
}

// source is one source of the run.
type source struct {
	Name         string                  `json:"name"`
	URL          string                  `json:"url"`
	LibraryURL   string                  `json:"library_url"`
	Error        string                  `json:"error,omitempty"`
	ImportSource *ingest.SourceChange    `json:"import_source,omitempty"`
	Said         string                  `json:"said"` // what happened to its pages, in one sentence
	Changes      []any                   `json:"changes"`
	More         int                     `json:"more,omitempty"` // how many changes are not in the list
	Advice       map[ingest.Guard]string `json:"advice,omitempty"`
	Audience     []int64                 `json:"audience"`
	Pages        [][4]any                `json:"pages"` // title, URL, 1 for AI Agent plus 2 for Copilot plus 4 where it can be withdrawn, external ID where that is another
	Left         [][3]string             `json:"left"`  // URL, outcome, detail
	LeftMore     int                     `json:"left_more,omitempty"`
	Unread       [][3]string             `json:"unread"`
	Mend         []string                `json:"mend,omitempty"` // what to do about pages that were not read
	Coverage     *crawler.Coverage       `json:"coverage,omitempty"`
	Settings     []string                `json:"settings,omitempty"`
	Template     *report.Template        `json:"template,omitempty"`
	Phrases      *report.Phrases         `json:"phrases,omitempty"`
	Lint         []report.Advice         `json:"lint,omitempty"`
	Resumed      string                  `json:"resumed,omitempty"`
}

// row is one change.
type row struct {
	Change  ingest.Change  `json:"change"`
	Asks    bool           `json:"asks,omitempty"`    // a person has to decide
	Release ingest.Release `json:"release,omitempty"` // what can release the change
	Masked  bool           `json:"masked,omitempty"`  // its external ID is masked, so a decision cannot name it
	Failed  string         `json:"failed,omitempty"`
	Texts   *texts         `json:"texts,omitempty"`
}

// data returns the data of the page as JSON, with all secrets masked.
func (r *Report) data(run report.Run) ([]byte, error) {
	d := document{
		Format: report.FormatVersion, Orphans: run.Orphans, Sources: []any{},
		Run: about{
			ID: run.ID, Mode: run.Mode, Created: cmp.Or(run.Finished, run.Started),
			Workspace: run.Workspace, Error: run.Error, Past: r.past,
		},
		Releases: make(map[ingest.Guard]ingest.Release), Holds: make(map[ingest.Guard]string),
		Meanings: make(map[crawler.Outcome]string),
	}
	for _, g := range ingest.Guards() {
		d.Releases[g.Name], d.Holds[g.Name] = g.Release, g.Holds
	}
	for o := range crawler.Meanings() {
		d.Meanings[o] = strings.TrimSuffix(report.Meaning(o, ""), ":")
	}
	for _, s := range run.Sources {
		shown, err := r.source(s)
		if err != nil {
			return nil, err
		}
		d.Sources = append(d.Sources, shown)
	}
	sources := d.Sources // already masked
	d.Sources = nil
	masked, err := r.masked(d, nil)
	if err != nil {
		return nil, err
	}
	masked.(map[string]any)["sources"] = sources
	return json.Marshal(masked) // Marshal escapes <, so the text cannot end the script element
}

func (r *Report) source(s report.Source) (any, error) {
	out := source{
		Name: s.Name, URL: s.URL, LibraryURL: s.LibraryURL, Error: s.Error, ImportSource: s.ImportSource, Said: s.Said(), Changes: []any{},
		Audience: []int64{}, Pages: [][4]any{}, Left: [][3]string{}, Unread: [][3]string{}, Template: s.Template, Phrases: s.Phrases, Lint: s.Advice,
	}
	if !s.Resumed.IsZero() {
		out.Resumed = s.Resumed.UTC().Format(time.RFC3339)
	}
	for _, setting := range s.Settings {
		out.Settings = append(out.Settings, setting.String())
	}
	b := r.sources[s.Name]
	if b == nil {
		b = &beside{}
	}
	if b.settled != nil {
		out.ImportSource = b.settled
	}
	out.Audience = append(out.Audience, b.audience...)
	for _, p := range b.pages {
		known := r.mask(p.ExternalID, nil) == p.ExternalID // else this file cannot name it
		id := p.ExternalID
		if id == p.URL {
			id = "" // as mostly
		}
		out.Pages = append(out.Pages, [4]any{p.Title, p.URL, bit(p.AIAgent) + 2*bit(p.Copilot) + 4*bit(p.Ours && known), id})
	}
	var rows []any
	if s.Plan != nil {
		var err error
		if rows, err = r.rows(s, b, &out); err != nil {
			return nil, err
		}
	}
	out.notRead(s, b)
	masked, err := r.masked(out, nil)
	if err != nil {
		return nil, err
	}
	if rows != nil {
		masked.(map[string]any)["changes"] = rows
	}
	return masked, nil
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}

// rows returns the changes of a source.
func (r *Report) rows(s report.Source, b *beside, out *source) (rows []any, err error) {
	failed := make(map[change]string)
	if s.Result != nil {
		for _, f := range s.Result.Failed {
			failed[change{externalID: f.ExternalID}] = report.Answer(f)
		}
	}
	out.Advice = make(map[ingest.Guard]string)
	held := make(map[ingest.Guard]int)
	rows = []any{}
	for _, c := range s.Plan.Changes {
		if c.Action == ingest.Unchanged && len(c.Findings) == 0 {
			continue
		}
		if c.Asks() {
			held[c.Guard]++
		}
		if c.Before == c.After { // the page stays as it is
			c.Before = nil
		}
		w := row{Change: c, Asks: c.Asks(), Failed: failed[keyOf(c)], Texts: b.texts[keyOf(c)]}
		if c.Action == ingest.Held {
			w.Release = strictest(c)
		}
		var mask []screen.Masking
		if w.Texts != nil {
			mask = w.Texts.mask
		}
		shown, err := r.masked(w, mask)
		if err != nil {
			return nil, err
		}
		if known, _ := shown.(map[string]any)["change"].(map[string]any)["external_id"].(string); known != c.ExternalID {
			shown.(map[string]any)["masked"] = true
		}
		rows = append(rows, shown)
	}
	for g, n := range held {
		out.Advice[g] = report.Approach(s.Name, g, n)
	}
	for _, n := range s.Counts {
		out.More += n
	}
	if out.More > 0 {
		out.More -= len(s.Plan.Changes) + s.Counts[ingest.Unchanged]
		for _, c := range s.Plan.Changes {
			out.More += bit(c.Action == ingest.Unchanged)
		}
	}
	return rows, nil
}

func strictest(c ingest.Change) ingest.Release {
	var guards []string
	for _, g := range c.Guards() {
		guards = append(guards, string(g))
	}
	return ingest.Releasing(guards)
}

// notRead fills in what was left out and what could not be read.
func (out *source) notRead(s report.Source, b *beside) {
	for _, l := range b.left {
		entry := [3]string{l.URL, l.Outcome, l.Detail}
		if l.Failed {
			out.Unread = append(out.Unread, entry)
		} else {
			out.Left = append(out.Left, entry)
		}
	}
	out.LeftMore = b.leftMore
	if s.Plan == nil {
		return
	}
	c := s.Plan.Coverage
	for _, g := range slices.Concat(c.Gaps, c.BadSitemaps) {
		entry := [3]string{g.URL, string(g.Outcome), g.Detail}
		if !slices.ContainsFunc(out.Unread, func(e [3]string) bool { return e[0] == g.URL }) {
			out.Unread = append(out.Unread, entry)
		}
	}
	out.Mend = report.AdviceOnGaps(c, s.Error != "")
	c.Gaps, c.BadSitemaps = nil, nil
	out.Coverage = &c
}

// masked converts a value to generic JSON values, and masks secrets in all texts of it: our own secrets, those that were
// found in the run, and those of one page, which local masks.
func (r *Report) masked(v any, local []screen.Masking) (any, error) {
	encoded, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	return r.mask(tree, local), nil
}

func (r *Report) mask(v any, local []screen.Masking) any {
	switch v := v.(type) {
	case string:
		for _, m := range local {
			v = m.Mask(v)
		}
		return r.own.Mask(r.found.Mask(v))
	case []any:
		for i := range v {
			v[i] = r.mask(v[i], local)
		}
	case map[string]any:
		for key := range v {
			v[key] = r.mask(v[key], local)
		}
	}
	return v
}
