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

// Sources is the part of the API that import sources need. *intercom.Client implements it.
type Sources interface {
	ImportSources(ctx context.Context) iter.Seq2[intercom.ImportSource, error]
	ImportSource(ctx context.Context, id int64) (intercom.ImportSource, error)
	CreateImportSource(ctx context.Context, url string, audienceIDs []int64) (intercom.ImportSource, error)
	UpdateImportSource(ctx context.Context, id int64, url string, audienceIDs []int64) (intercom.ImportSource, error)
	ActivateImportSource(ctx context.Context, id int64, url string, audienceIDs []int64) (intercom.ImportSource, error)
	DeleteImportSource(ctx context.Context, id int64) error
	ExternalPages(ctx context.Context) iter.Seq2[intercom.ExternalPage, error]
}

// SourceChange is the change that the import source of a source needs before pages can be sent.
type SourceChange struct {
	Action  Action             `json:"action"` // Create, Update (audiences, URL, status) or Unchanged
	Reason  string             `json:"reason"`
	Note    string             `json:"note,omitempty"` // what a person should know about it
	Current state.ImportSource `json:"current"`        // zero where there is none
	Want    state.ImportSource `json:"want"`           // with the ID of Current
	// Lost reports that the recorded import source was deleted at Intercom, with its pages. The
	// entries are void.
	Lost bool `json:"lost,omitempty"`
	// Adopt reports that the import source exists and state does not know it. Its pages are
	// adopted before planning: see [verify.Remote.Adopt].
	Adopt bool `json:"adopt,omitempty"`
	// Activate reports that a deactivated import source has to be switched on. Only
	// [SourceChange.Reactivated] sets it, because a person deactivated the import source.
	Activate bool `json:"activate,omitempty"`
	// Namesakes are the IDs of other import sources with the same URL. Fin may answer from them too.
	Namesakes []int64 `json:"namesakes,omitempty"`
}

// Reactivated returns the change with an import source switched on that somebody deactivated.
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

// ResolveSource finds the import source for libraryURL. It only reads. It prefers the recorded ID
// to the URL, which it compares without case and trailing slash. The error says what to do where
// several import sources have the URL, or where the one that has it is not synced by the API. A
// listing may shift while it is read. So an import source that it lacks counts as gone only if
// its ID is not found either, or if a second reading lacks its URL too.
//
// The change sets the audiences to audienceIDs. nil keeps them, and an empty list removes them.
func ResolveSource(
	ctx context.Context, api Sources, libraryURL string, audienceIDs []int64, remembered state.ImportSource,
) (SourceChange, error) {
	known, namesakes, err := findSource(ctx, api, libraryURL, remembered.ID)
	if err != nil {
		return SourceChange{}, err
	}
	want := state.ImportSource{URL: libraryURL, AudienceIDs: audienceIDs}
	switch {
	case known != nil:
		// Intercom may normalise the URL, so the URL is changed only where sources.yaml changed.
		moves := !sameAddress(remembered.URL, libraryURL) && !sameAddress(known.URL, libraryURL)
		if moves && len(namesakes) > 0 {
			return SourceChange{}, fmt.Errorf("import source %d has the URL %s already, "+
				"and the pages of this source are in import source %d (%s): "+
				"delete one of them in Intercom, or set library_url back",
				namesakes[0].ID, libraryURL, known.ID, known.URL)
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

// severalSources returns the error for several import sources with one URL that state does not
// know. Only a person can tell which of them has the pages.
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
		syncedBy := "Intercom itself"
		if is.SyncBehavior == syncedByAPI {
			syncedBy = "the API"
		}
		one := fmt.Sprintf("%d is synced by %s", is.ID, syncedBy)
		if is.CreatedAt > 0 {
			one += time.Unix(is.CreatedAt, 0).UTC().Format(", made 2006-01-02 15:04 UTC")
		}
		made = append(made, one)
	}
	return fmt.Errorf("import sources %s all have the URL %s, and the state file knows none of them (%s). "+
		"To mend it: 1. in Intercom, look which of them has the pages that Fin should answer from; "+
		"2. delete the others there; 3. run fincrawl again, which takes over the one that is left. "+
		"To leave all of them as they are, set another library_url instead",
		enumerate(ids), libraryURL, strings.Join(made, "; "))
}

// name adds a note about other import sources with the same URL.
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

// findSource returns the import source with the ID, or nil, and the others with the URL.
func findSource(
	ctx context.Context, api Sources, libraryURL string, id int64,
) (known *intercom.ImportSource, namesakes []intercom.ImportSource, err error) {
	for range 2 {
		for is, err := range api.ImportSources(ctx) {
			if err != nil {
				return nil, nil, fmt.Errorf("list import sources: %w", err)
			}
			switch {
			case id != 0 && is.ID == id:
				known = &is
			case sameAddress(is.URL, libraryURL):
				// A listing that shifts may have an import source twice.
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

// reconcile returns the change from an existing import source to what is wanted.
func reconcile(is intercom.ImportSource, want state.ImportSource, moves bool) (SourceChange, error) {
	if is.SyncBehavior != syncedByAPI {
		return SourceChange{}, fmt.Errorf("import source %d (%s) is synced by Intercom itself (sync_behavior %q), "+
			"and takes no pages by the API: delete it in Intercom, or set another library_url",
			is.ID, is.URL, is.SyncBehavior)
	}
	want.ID, want.Deactivated = is.ID, is.Status == deactivated
	if want.AudienceIDs == nil {
		want.AudienceIDs = is.AudienceIDs
	}
	current := state.ImportSource{ID: is.ID, URL: is.URL, AudienceIDs: is.AudienceIDs, Deactivated: want.Deactivated}
	c := SourceChange{Action: Unchanged, Reason: "as configured", Current: current, Want: want}
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

// Values of the API: the sync behavior of import sources that take pages by the API, and the status
// of those that are switched off.
const (
	syncedByAPI = "api"
	deactivated = "deactivated"
)

const deactivatedNote = "it is deactivated in Intercom, so that Fin answers from none of its pages; " +
	"activate it there, or set reactivate: true"

func sameAddress(a, b string) bool {
	return strings.EqualFold(strings.TrimRight(a, "/"), strings.TrimRight(b, "/"))
}

func sameSet(a, b []int64) bool {
	sorted := func(ids []int64) []int64 { return slices.Compact(slices.Sorted(slices.Values(ids))) }
	return slices.Equal(sorted(a), sorted(b))
}

// EnsureSource carries out a SourceChange and returns the import source.
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

// ErrSourceElsewhere is wrapped by the error of EnsureSource where another process created an
// import source for the same URL at the same time, and that one is kept.
var ErrSourceElsewhere = errors.New("another process made an import source with the same URL at the same time, " +
	"which is kept: run again to use it")

// yieldToElder checks whether another process created an import source with the URL meanwhile. Of
// several, the oldest is kept, so that all processes agree. If that is not the one that this
// process created, this one is deleted again, since nothing was sent to it yet, and the error
// wraps ErrSourceElsewhere. No other import source is ever deleted.
func yieldToElder(ctx context.Context, api Sources, own intercom.ImportSource, libraryURL string) error {
	made := !own.Found
	var elder *intercom.ImportSource
	for is, err := range api.ImportSources(ctx) {
		if err != nil {
			return fmt.Errorf("look whether another process made an import source, too: %w", err)
		}
		if is.ID == own.ID {
			own = is // with its creation time, which some answers lack
		}
		rival := is.ID != own.ID && is.SyncBehavior == syncedByAPI && sameAddress(is.URL, libraryURL)
		if rival && (elder == nil || older(is, *elder)) {
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

// removeEmpty deletes an import source. It returns an error where it has pages.
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
