package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/state"
)

// Sources is the part of the API that import sources need; *intercom.Client has it.
type Sources interface {
	ImportSources(ctx context.Context) iter.Seq2[intercom.ImportSource, error]
	ImportSource(ctx context.Context, id int64) (intercom.ImportSource, error)
	CreateImportSource(ctx context.Context, url string, audienceIDs []int64) (intercom.ImportSource, error)
	UpdateImportSource(ctx context.Context, id int64, url string, audienceIDs []int64) (intercom.ImportSource, error)
	ActivateImportSource(ctx context.Context, id int64, url string, audienceIDs []int64) (intercom.ImportSource, error)
	DeleteImportSource(ctx context.Context, id int64) error
	ExternalPages(ctx context.Context) iter.Seq2[intercom.ExternalPage, error]
}

// SourceChange is what must be done to the import source of a source before its
// pages can be sent.
type SourceChange struct {
	Action  Action             `json:"action"` // Create, Update (audiences, URL, status) or Unchanged
	Reason  string             `json:"reason"`
	Note    string             `json:"note,omitempty"` // what a person should know of it
	Current state.ImportSource `json:"current"`        // zero where there is none
	Want    state.ImportSource `json:"want"`           // with the ID of Current
	// Lost: state remembers an import source that the workspace no longer has. It
	// was deleted there, and its pages with it; its entries are void.
	Lost bool `json:"lost,omitempty"`
	// Adopt: the workspace has the import source but state doesn't know it. The
	// pages it has are adopted before planning: see [verify.Remote.Adopt].
	Adopt bool `json:"adopt,omitempty"`
	// Activate: an import source that is deactivated is switched on again. Only
	// [SourceChange.Reactivated] sets it: it is not fought otherwise.
	Activate bool `json:"activate,omitempty"`
	// Namesakes are the IDs of other import sources with the same URL, from which Fin may
	// answer, too.
	Namesakes []int64 `json:"namesakes,omitempty"`
}

// Reactivated returns the change with the switching on of an import source that
// somebody deactivated in Intercom.
func (c SourceChange) Reactivated() SourceChange {
	if !c.Current.Deactivated {
		return c
	}
	const why = "deactivated in Intercom: switched on again"
	if c.Action == Unchanged {
		c.Reason = why
	} else {
		c.Reason += "; " + why
	}
	c.Action, c.Activate = Update, true
	c.Note = strings.TrimPrefix(strings.TrimPrefix(c.Note, deactivatedNote), ". ")
	c.Want.Deactivated = false
	return c
}

// ResolveSource works out which import source has libraryURL. It looks at the
// remembered ID first, then at the URL, ignoring case and a trailing slash,
// through the whole listing, and only reads. Several import sources with the
// URL, or one that isn't synced by the API, are an error that says what to do.
// A listing may shift while it is read: an import source that it lacks is gone only
// if nothing answers to its ID, or if a second reading lacks its URL too.
//
// The audiences are made equal to audienceIDs; nil leaves them as they are, an
// empty list removes them.
func ResolveSource(ctx context.Context, api Sources, libraryURL string, audienceIDs []int64, remembered state.ImportSource) (SourceChange, error) {
	known, namesakes, err := findSource(ctx, api, libraryURL, remembered.ID)
	if err != nil {
		return SourceChange{}, err
	}
	want := state.ImportSource{URL: libraryURL, AudienceIDs: audienceIDs}
	switch {
	case known != nil:
		// Intercom may write the URL in its own way: it moves only where sources.yaml changed.
		moves := !sameAddress(remembered.URL, libraryURL) && !sameAddress(known.URL, libraryURL)
		if moves && len(namesakes) > 0 {
			return SourceChange{}, fmt.Errorf("import source %d has the URL %s already, and the pages of this source are in import source %d (%s): "+
				"delete one of them in Intercom, or set library_url back", namesakes[0].ID, libraryURL, known.ID, known.URL)
		}
		c, err := reconcile(*known, want, moves)
		c.name(namesakes)
		return c, err
	case len(namesakes) > 1:
		return SourceChange{}, severalSources(namesakes, libraryURL)
	case len(namesakes) == 1:
		c, err := reconcile(namesakes[0], want, false)
		if err != nil {
			return SourceChange{}, err
		}
		c.Adopt, c.Lost = true, remembered.ID != 0
		c.Reason = "found by its URL; " + c.Reason
		return c, nil
	case remembered.ID != 0:
		return SourceChange{
			Action: Create,
			Reason: fmt.Sprintf("import source %d was deleted in Intercom, and its pages with it", remembered.ID),
			Want:   want,
			Lost:   true,
		}, nil
	}
	return SourceChange{Action: Create, Reason: "no import source has this URL", Want: want}, nil
}

// severalSources is the error where the state file knows none of several import sources
// with one URL: which of them has the pages, only a person can tell.
func severalSources(all []intercom.ImportSource, libraryURL string) error {
	slices.SortFunc(all, func(a, b intercom.ImportSource) int {
		if older(a, b) {
			return -1
		}
		return 1
	})
	var ids, made []string
	for _, is := range all {
		ids = append(ids, fmt.Sprint(is.ID))
		one := fmt.Sprintf("%d is synced by %s", is.ID, map[bool]string{true: "the API", false: "Intercom itself"}[is.SyncBehavior == syncedByAPI])
		if is.CreatedAt > 0 {
			one += time.Unix(is.CreatedAt, 0).UTC().Format(", made 2006-01-02 15:04 UTC")
		}
		made = append(made, one)
	}
	return fmt.Errorf("import sources %s all have the URL %s, and the state file knows none of them (%s). "+
		"To mend it: 1. in Intercom, look which of them has the pages that Fin should answer from; "+
		"2. delete the others there; 3. run fincrawl again, which takes over the one that is left. "+
		"To leave all of them as they are, set another library_url instead", enumerate(ids), libraryURL, strings.Join(made, "; "))
}

// name notes other import sources with the same URL.
func (c *SourceChange) name(namesakes []intercom.ImportSource) {
	if len(namesakes) == 0 {
		return
	}
	var ids []string
	for _, n := range namesakes {
		c.Namesakes = append(c.Namesakes, n.ID)
		ids = append(ids, fmt.Sprint(n.ID))
	}
	slices.Sort(c.Namesakes)
	note := fmt.Sprintf("Intercom has another import source with this URL (%s), from which Fin may answer, too; "+
		"look at its pages there, and delete it if it is not needed", enumerate(ids))
	if c.Note != "" {
		note = c.Note + ". " + note
	}
	c.Note = note
}

// findSource returns the import source with the ID, nil where there is none, and the
// others that have the URL.
func findSource(ctx context.Context, api Sources, libraryURL string, id int64) (known *intercom.ImportSource, namesakes []intercom.ImportSource, err error) {
	for range 2 {
		for is, err := range api.ImportSources(ctx) {
			if err != nil {
				return nil, nil, fmt.Errorf("list import sources: %w", err)
			}
			switch {
			case id != 0 && is.ID == id:
				known = &is
			case sameAddress(is.URL, libraryURL):
				// A listing that shifts may give one twice.
				if !slices.ContainsFunc(namesakes, func(n intercom.ImportSource) bool { return n.ID == is.ID }) {
					namesakes = append(namesakes, is)
				}
			}
		}
		if known == nil && id != 0 {
			switch is, err := api.ImportSource(ctx, id); {
			case err == nil:
				known = &is
			case intercom.KindOf(err) != intercom.NotFound:
				return nil, nil, fmt.Errorf("look at import source %d: %w", id, err)
			}
		}
		if known != nil || len(namesakes) > 0 {
			break
		}
	}
	return known, namesakes, nil
}

// reconcile is the change from an import source that exists to what is wanted.
func reconcile(is intercom.ImportSource, want state.ImportSource, moves bool) (SourceChange, error) {
	if is.SyncBehavior != syncedByAPI {
		return SourceChange{}, fmt.Errorf("import source %d (%s) is synced by Intercom itself (sync_behavior %q), and takes no pages by the API: "+
			"delete it in Intercom, or set another library_url", is.ID, is.URL, is.SyncBehavior)
	}
	want.ID, want.Deactivated = is.ID, is.Status == deactivated
	if want.AudienceIDs == nil {
		want.AudienceIDs = is.AudienceIDs
	}
	c := SourceChange{
		Action:  Unchanged,
		Reason:  "as configured",
		Current: state.ImportSource{ID: is.ID, URL: is.URL, AudienceIDs: is.AudienceIDs, Deactivated: is.Status == deactivated},
		Want:    want,
	}
	var changed []string
	if moves {
		changed = append(changed, fmt.Sprintf("URL changes from %s", is.URL))
	}
	if !sameSet(is.AudienceIDs, want.AudienceIDs) {
		changed = append(changed, fmt.Sprintf("audiences change from %v to %v", is.AudienceIDs, want.AudienceIDs))
	}
	if len(changed) > 0 {
		c.Action, c.Reason = Update, enumerate(changed)
	}
	if is.Status == deactivated {
		c.Note = deactivatedNote
	}
	return c, nil
}

// What the API calls the sources it takes pages for, and those switched off.
const (
	syncedByAPI = "api"
	deactivated = "deactivated"
)

const deactivatedNote = "it is deactivated in Intercom, so that Fin answers from none of its pages; activate it there, or set reactivate: true"

func sameAddress(a, b string) bool {
	return strings.EqualFold(strings.TrimRight(a, "/"), strings.TrimRight(b, "/"))
}

func sameSet(a, b []int64) bool {
	sorted := func(ids []int64) []int64 { return slices.Compact(slices.Sorted(slices.Values(ids))) }
	return slices.Equal(sorted(a), sorted(b))
}

// EnsureSource carries a SourceChange out and returns the import source to
// send pages to.
func EnsureSource(ctx context.Context, api Sources, c SourceChange) (state.ImportSource, error) {
	want := c.Want
	switch c.Action {
	case Create:
		is, err := api.CreateImportSource(ctx, want.URL, want.AudienceIDs)
		if err != nil {
			return state.ImportSource{}, fmt.Errorf("create import source for %s: %w", want.URL, err)
		}
		if err := yieldToElder(ctx, api, is, want.URL); err != nil {
			return state.ImportSource{}, err
		}
		want.ID = is.ID
	case Update:
		update := api.UpdateImportSource
		if c.Activate {
			update = api.ActivateImportSource
		}
		_, err := update(ctx, want.ID, want.URL, want.AudienceIDs)
		switch {
		case err != nil && intercom.KindOf(err) == intercom.NotFound:
			return state.ImportSource{}, fmt.Errorf("%w (%w)", ErrSourceGone, err)
		case err != nil:
			return state.ImportSource{}, fmt.Errorf("update import source %d: %w", want.ID, err)
		}
	}
	return want, nil
}

// ErrSourceElsewhere is wrapped by the error of EnsureSource where another process made an
// import source for the same URL at the same time, and its one is kept.
var ErrSourceElsewhere = errors.New("another process made an import source with the same URL at the same time, which is kept: run again to use it")

// yieldToElder looks whether another process has made an import source with the URL since
// it was looked for. Of several the oldest is kept, on which all processes agree. If that
// is not the one made here, this one is removed, as nothing was sent to it yet, and the
// error wraps ErrSourceElsewhere. No other one is ever removed.
func yieldToElder(ctx context.Context, api Sources, own intercom.ImportSource, libraryURL string) error {
	made := !own.Found
	var elder *intercom.ImportSource
	for is, err := range api.ImportSources(ctx) {
		if err != nil {
			return fmt.Errorf("look whether another process made an import source, too: %w", err)
		}
		if is.ID == own.ID {
			own = is // with its time, which not every answer has
		}
		if is.ID != own.ID && is.SyncBehavior == syncedByAPI && sameAddress(is.URL, libraryURL) && (elder == nil || older(is, *elder)) {
			elder = &is
		}
	}
	if elder == nil || older(own, *elder) {
		return nil
	}
	err := fmt.Errorf("%w (import source %d)", ErrSourceElsewhere, elder.ID)
	if !made {
		return err
	}
	if left := removeEmpty(ctx, api, own.ID); left != nil {
		return fmt.Errorf("%w; import source %d, which this run made, is left: %w; delete it in Intercom", err, own.ID, left)
	}
	return err
}

func older(a, b intercom.ImportSource) bool {
	return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID)) < 0
}

// removeEmpty deletes an import source that has no pages.
func removeEmpty(ctx context.Context, api Sources, id int64) error {
	for p, err := range api.ExternalPages(ctx) {
		if err != nil {
			return fmt.Errorf("look whether it is empty: %w", err)
		}
		if p.SourceID == id {
			return errors.New("somebody has put pages into it")
		}
	}
	if err := api.DeleteImportSource(ctx, id); err != nil {
		return fmt.Errorf("delete it: %w", err)
	}
	return nil
}
