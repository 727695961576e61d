package reconcile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/kinds"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/internal/version"
	"github.com/fincrawl/fincrawl/state"
)

// reading says how a run reads a source: with which settings, and whether it trusts the site's word
// on what changed.
type reading struct {
	settings    map[string]string // the settings that pages depend on, by their key in sources.yaml
	own         string            // fingerprint of the settings and of this program
	fingerprint string            // fingerprint of own and the template
	template    knownTemplate
	last        state.Hints // of the last run
	known       bool        // there was a last run
	believes    bool        // the site's word on changes is trusted; otherwise everything is fetched
	due         bool        // everything is verified, including the lines that change with each run
}

// howToRead decides how a source is read. Everything is fetched where the settings changed, in a resync,
// in every verify_every-th run, and where a page changed although the site had said that it had not.
func (r *Runner) howToRead(s config.Source, t knownTemplate) (reading, error) {
	read := reading{settings: settingsOf(s), template: t}
	read.own = fingerprintOf(read.settings)
	read.fingerprint = under(read.own, t.known)
	var err error
	if read.last, read.known, err = r.Ledger.Hints(s.Name); err != nil {
		return read, err
	}
	read.due = s.Fetch.VerifyEvery > 0 && read.last.Runs+1 >= s.Fetch.VerifyEvery
	read.believes = r.Mode != ModeResync && r.Only == nil && read.known && !read.due &&
		len(read.changed()) == 0 && read.last.Wrong == ""
	return read, nil
}

// cursor returns where the last reading ended, or "" where its word on changes is not trusted.
func (read reading) cursor() string {
	if !read.believes {
		return ""
	}
	return read.last.Cursor
}

// changed returns the settings that differ from those of the last reading, sorted.
func (read reading) changed() (list []report.Setting) {
	if !read.known {
		return nil
	}
	keys := maps.Clone(read.settings)
	maps.Copy(keys, read.last.Settings)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		before, after := read.last.Settings[key], read.settings[key]
		if before != after {
			list = append(list, report.Setting{Key: key, Before: before, After: after})
		}
	}
	return list
}

// because returns what may have changed the texts of pages besides the site: another version of the
// program, or a changed setting of how pages are read. It stays until no page is held for it any
// more. It is "" for nothing.
func (read reading) because() string {
	if !read.known {
		return ""
	}
	var reasons []string
	if before := read.last.Version; before != "" && before != version.Build() {
		reasons = append(reasons, fmt.Sprintf("fincrawl is %s now, and was %s", version.Build(), before))
	}
	var keys []string
	for _, s := range read.changed() {
		if strings.HasPrefix(s.Key, "content.") || strings.HasPrefix(s.Key, "render.") || s.Key == "fetch.user_agent" {
			keys = append(keys, s.Key)
		}
	}
	if len(keys) > 0 {
		reasons = append(reasons, strings.Join(keys, ", ")+" changed")
	}
	return cmp.Or(strings.Join(reasons, ", and "), read.last.Because)
}

// stillHeld reports whether a plan holds pages that would lose text.
func stillHeld(plan ingest.Plan) bool {
	return slices.ContainsFunc(plan.Changes, func(c ingest.Change) bool {
		return c.Action == ingest.Held && (c.Guard == ingest.GuardShrunk || c.Guard == ingest.GuardSameText)
	})
}

// keepReading records how a source was read. After a complete crawl it forgets the URLs at which nothing
// was found.
func (r *Runner) keepReading(
	s config.Source, crawl *state.Crawl, read reading, m *memory, plan ingest.Plan, result ingest.Result,
	phrases []state.Phrase,
) error {
	coverage := plan.Coverage
	h := state.Hints{
		Settings: read.settings, Version: version.Build(),
		Runs: read.last.Runs + 1, Wrong: read.last.Wrong, Phrases: phrases,
	}
	if stillHeld(plan) {
		h.Because = read.because()
	}
	if len(read.changed()) > 0 {
		h.Wrong = ""
	}
	h.Cursor = kinds.CursorAfter(read.cursor(), plan, result)
	if !read.believes && coverage.Complete {
		h.Runs = 0
	}
	if wrong := m.wrong.Load(); wrong != nil {
		h.Wrong = *wrong
		r.Log.Warn("a page changed though the site said that it had not: from now on everything is fetched",
			"source", s.Name, "url", h.Wrong)
	}
	if coverage.Complete {
		for url, err := range r.Ledger.AllSeen(s.Name) {
			if err != nil {
				return err
			}
			outcome, _, _, err := crawl.Outcome(url)
			if err != nil {
				return err
			}
			switch crawler.Outcome(outcome) {
			case crawler.Paged, crawler.Listing, crawler.NotModified:
			default:
				if err := r.Ledger.ForgetSeen(s.Name, url); err != nil {
					return err
				}
			}
		}
	}
	return r.Ledger.SetHints(s.Name, h)
}

// settingsOf returns the settings that pages of a source depend on. A new setting counts unless it is
// left out here. No secret is among them.
func settingsOf(s config.Source) map[string]string {
	byKey := map[string]string{
		"fetch.respect_robots": fmt.Sprint(s.Fetch.RespectRobots),
		"fetch.user_agent":     s.Fetch.UserAgent,
	}
	source := reflect.ValueOf(s)
	for field, value := range source.Fields() {
		switch field.Name {
		case "Name", "LibraryURL", "Reactivate", "AudienceIDs", "Auth", "Fetch", "TLS", "Lint", "Updates", "Deletes":
			continue
		case "Kind", "Listing":
			continue // see kinds.Settings
		}
		if value.Kind() != reflect.Struct {
			byKey[keyOf(field.Name)] = textOf(value)
			continue
		}
		for inner, value := range value.Fields() {
			byKey[keyOf(field.Name)+"."+keyOf(inner.Name)] = textOf(value)
		}
	}
	maps.Copy(byKey, kinds.Settings(s))
	// The built-in presets count as much as those of the file.
	byKey["content.presets"] = ""
	if presets, err := settings.PresetsOf(s.Content); err == nil {
		byKey["content.presets"] = presets.Fingerprint()
	}
	return byKey
}

// textOf returns a setting as people read it, or "" for none.
func textOf(v reflect.Value) string {
	if v.Kind() == reflect.String {
		return v.String()
	}
	if v.IsZero() || v.Kind() == reflect.Slice && v.Len() == 0 {
		return ""
	}
	text, err := json.Marshal(v.Interface())
	if err != nil {
		return fmt.Sprint(v.Interface())
	}
	return string(text)
}

// keyOf returns the key in sources.yaml of a field: max_depth of MaxDepth, ai_agent of AIAgent.
func keyOf(field string) string {
	var key strings.Builder
	letters := []rune(field)
	for i, r := range letters {
		startsWord := unicode.IsUpper(r) && i > 0 &&
			(!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if startsWord {
			key.WriteByte('_')
		}
		key.WriteRune(unicode.ToLower(r))
	}
	return key.String()
}

// fingerprintOf returns a fingerprint of settings and of this program, because another version may
// make other pages of the same documents.
func fingerprintOf(settings map[string]string) string {
	h := sha256.New()
	for _, key := range slices.SortedFunc(maps.Keys(settings), cmp.Compare[string]) {
		fmt.Fprintf(h, "%d %s %d %s\n", len(key), key, len(settings[key]), settings[key])
	}
	fmt.Fprintln(h, version.Build())
	return hex.EncodeToString(h.Sum(nil)[:8])
}
