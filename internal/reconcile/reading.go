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
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
	"github.com/fincrawl/fincrawl/internal/version"
	"github.com/fincrawl/fincrawl/state"
)

// reading is how a run reads a source: with which settings, and whether it believes
// what the site says of changes.
type reading struct {
	settings    map[string]string // that pages depend on, by their key in sources.yaml
	own         string            // fingerprint of them, and of this program
	fingerprint string            // of that and the template
	template    knownTemplate
	last        state.Hints // what the last run left
	known       bool        // there was one
	believes    bool        // else everything is fetched
	due         bool        // all is verified, what changes with each run among it
}

// howToRead decides how a source is read. Everything is fetched where the settings
// changed, in a resync, in each verify_every-th run, and where the site was found to
// say that a page had not changed which had.
func (r *Runner) howToRead(s config.Source, t knownTemplate) (reading, error) {
	read := reading{settings: settingsOf(s), template: t}
	read.own = fingerprintOf(read.settings)
	read.fingerprint = under(read.own, t.known)
	var err error
	if read.last, read.known, err = r.Ledger.Hints(s.Name); err != nil {
		return read, err
	}
	read.due = s.Fetch.VerifyEvery > 0 && read.last.Runs+1 >= s.Fetch.VerifyEvery
	read.believes = r.Mode != ModeResync && r.Only == nil && read.known && !read.due && len(read.changed()) == 0 && read.last.Wrong == ""
	return read, nil
}

// changed are the settings that are not what the source was last read with, sorted.
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

// because says what, beside the site's own doing, pages may have another text for: the
// program is another one than the one that read them last, or a setting of what is taken
// from them changed. That stands until none is held for it any more; "" is nothing.
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

// stillHeld reports whether pages of a plan are held since they would lose text.
func stillHeld(plan ingest.Plan) bool {
	return slices.ContainsFunc(plan.Changes, func(c ingest.Change) bool {
		return c.Action == ingest.Held && (c.Guard == ingest.GuardShrunk || c.Guard == ingest.GuardSameText)
	})
}

// keepReading remembers how a source was read, and forgets what was seen at addresses
// that a complete crawl found nothing at.
func (r *Runner) keepReading(s config.Source, crawl *state.Crawl, read reading, m *memory, plan ingest.Plan, phrases []state.Phrase) error {
	coverage := plan.Coverage
	h := state.Hints{Settings: read.settings, Version: version.Build(), Runs: read.last.Runs + 1, Wrong: read.last.Wrong, Phrases: phrases}
	if stillHeld(plan) {
		h.Because = read.because()
	}
	if len(read.changed()) > 0 {
		h.Wrong = ""
	}
	if !read.believes && coverage.Complete {
		h.Runs = 0
	}
	if wrong := m.wrong.Load(); wrong != nil {
		h.Wrong = *wrong
		r.Log.Warn("a page changed though the site said that it had not: from now on everything is fetched", "source", s.Name, "url", h.Wrong)
	}
	if coverage.Complete {
		for url, err := range r.Ledger.AllSeen(s.Name) {
			if err != nil {
				return err
			}
			switch outcome, _, _, err := crawl.Outcome(url); {
			case err != nil:
				return err
			case crawler.Outcome(outcome) == crawler.Paged, crawler.Outcome(outcome) == crawler.Listing, crawler.Outcome(outcome) == crawler.NotModified:
			default:
				if err := r.Ledger.ForgetSeen(s.Name, url); err != nil {
					return err
				}
			}
		}
	}
	return r.Ledger.SetHints(s.Name, h)
}

// settingsOf are the settings of a source that its pages depend on. New ones count by
// themselves, unless they are left out here. None is a secret.
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
		}
		if value.Kind() != reflect.Struct {
			byKey[keyOf(field.Name)] = textOf(value)
			continue
		}
		for inner, value := range value.Fields() {
			byKey[keyOf(field.Name)+"."+keyOf(inner.Name)] = textOf(value)
		}
	}
	// Those that come with the program count as much as the file's own.
	byKey["content.presets"] = ""
	if presets, err := settings.PresetsOf(s.Content); err == nil {
		byKey["content.presets"] = presets.Fingerprint()
	}
	return byKey
}

// textOf is a setting as a person may read it; "" for none.
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

// keyOf is the key in sources.yaml of a field: max_depth of MaxDepth, ai_agent of AIAgent.
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

// fingerprintOf stands for settings and for this program, whose next version may make
// other pages of the same documents.
func fingerprintOf(settings map[string]string) string {
	h := sha256.New()
	for _, key := range slices.SortedFunc(maps.Keys(settings), cmp.Compare[string]) {
		fmt.Fprintf(h, "%d %s %d %s\n", len(key), key, len(settings[key]), settings[key])
	}
	fmt.Fprintln(h, version.Build())
	return hex.EncodeToString(h.Sum(nil)[:8])
}
