package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/plural"
)

// Setting is a setting of sources.yaml that changed since the source was last read.
type Setting struct {
	Key    string `json:"key"`
	Before string `json:"before"` // in the form for people; "" for none
	After  string `json:"after"`
}

// maxSettingsListed is how many settings a text lists. JSON has all.
const maxSettingsListed = 8

// readAs says what was special about the reading of a source.
func readAs(p *printer, s Source) {
	if !s.Resumed.IsZero() {
		p.field("", span{plain, "went on with the crawl that was cut off, begun at " + s.Resumed.UTC().Format(time.RFC3339)})
	}
	if len(s.Settings) == 0 {
		return
	}
	p.field("Settings", span{yellow, effect(s)})
	for _, setting := range s.Settings[:min(len(s.Settings), maxSettingsListed)] {
		p.field("", span{plain, setting.String()})
	}
	if more := len(s.Settings) - maxSettingsListed; more > 0 {
		p.field("", span{dim, fmt.Sprintf("… and %d more", more)})
	}
}

// effect says how the pages changed since the settings changed.
func effect(s Source) string {
	what := "these settings changed"
	if len(s.Settings) == 1 {
		what = s.Settings[0].Key + " changed"
	}
	if s.Plan == nil {
		return what + " since the last run"
	}
	var were, change, vanish, appear int
	for _, c := range s.Plan.Changes {
		action := c.Action
		if action == ingest.Held {
			action = c.Wants
		}
		if c.Before != nil {
			were++
		}
		switch action {
		case ingest.Update:
			change++
		case ingest.Delete:
			vanish++
		case ingest.Create:
			appear++
		}
	}
	text := fmt.Sprintf("%s since the last run: %d of %s change", what, change, plural.Count(were, "page"))
	if vanish > 0 {
		text += fmt.Sprintf(", %d are no longer found", vanish)
	}
	if appear > 0 {
		text += fmt.Sprintf(", %d are new", appear)
	}
	return text
}

// String returns the setting before and after.
func (s Setting) String() string { return s.Key + ": " + brief(s.Before) + " → " + brief(s.After) }

// brief shortens the value of a setting.
func brief(value string) string {
	const longest = 80
	if value == "" {
		return "(none)"
	}
	if runes := []rune(strings.Join(strings.Fields(value), " ")); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return value
}
