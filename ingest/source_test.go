package ingest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/state"
)

// workspace is an Intercom as far as import sources go.
type workspace struct {
	sources []intercom.ImportSource
	hidden  int64 // an import source that the listing lacks, having shifted
	broken  error
	writes  int
	rival   *intercom.ImportSource // that another process makes at the same time
	found   bool                   // the outcome of a creation is unknown at first
	pages   []intercom.ExternalPage
}

func (w *workspace) ImportSources(context.Context) iter.Seq2[intercom.ImportSource, error] {
	if w.broken != nil {
		return failing(w.broken, w.sources...)
	}
	return values(slices.DeleteFunc(slices.Clone(w.sources), func(is intercom.ImportSource) bool { return is.ID == w.hidden })...)
}

func (w *workspace) ImportSource(_ context.Context, id int64) (intercom.ImportSource, error) {
	i := slices.IndexFunc(w.sources, func(is intercom.ImportSource) bool { return is.ID == id })
	if i < 0 {
		return intercom.ImportSource{}, notFound
	}
	return w.sources[i], nil
}

func (w *workspace) CreateImportSource(_ context.Context, url string, audienceIDs []int64) (intercom.ImportSource, error) {
	w.writes++
	is := imported(int64(100+len(w.sources)), url, audienceIDs...)
	is.CreatedAt, is.Found = 200, w.found
	w.sources = append(w.sources, is)
	if w.rival != nil {
		w.sources = append(w.sources, *w.rival)
	}
	return is, nil
}

func (w *workspace) DeleteImportSource(_ context.Context, id int64) error {
	w.writes++
	w.sources = slices.DeleteFunc(w.sources, func(is intercom.ImportSource) bool { return is.ID == id })
	return nil
}

func (w *workspace) ExternalPages(context.Context) iter.Seq2[intercom.ExternalPage, error] {
	return values(w.pages...)
}

func (w *workspace) UpdateImportSource(_ context.Context, id int64, url string, audienceIDs []int64) (intercom.ImportSource, error) {
	w.writes++
	i := slices.IndexFunc(w.sources, func(is intercom.ImportSource) bool { return is.ID == id })
	if i < 0 {
		return intercom.ImportSource{}, notFound
	}
	w.sources[i].URL, w.sources[i].AudienceIDs = url, audienceIDs
	return w.sources[i], nil
}

func (w *workspace) ActivateImportSource(ctx context.Context, id int64, url string, audienceIDs []int64) (intercom.ImportSource, error) {
	is, err := w.UpdateImportSource(ctx, id, url, audienceIDs)
	if err != nil {
		return is, err
	}
	i := slices.IndexFunc(w.sources, func(is intercom.ImportSource) bool { return is.ID == id })
	w.sources[i].Status = "active"
	return w.sources[i], nil
}

func imported(id int64, url string, audienceIDs ...int64) intercom.ImportSource {
	return intercom.ImportSource{ID: id, URL: url, SyncBehavior: "api", Status: "active", AudienceIDs: audienceIDs}
}

const libraryURL = "https://help.example.com"

func TestTheImportSourceOfASource(t *testing.T) {
	other := imported(1, "https://other.example.com", 9)
	for _, test := range []struct {
		name       string
		workspace  []intercom.ImportSource
		audiences  []int64
		remembered state.ImportSource
		want       ingest.SourceChange // without Reason
		reason     string
		then       state.ImportSource // what pages are sent to
		writes     int
	}{
		{
			name: "none yet: made", workspace: []intercom.ImportSource{other}, audiences: []int64{5},
			want:   ingest.SourceChange{Action: ingest.Create, Want: state.ImportSource{URL: libraryURL, AudienceIDs: []int64{5}}},
			reason: "no import source has this URL",
			then:   state.ImportSource{ID: 101, URL: libraryURL, AudienceIDs: []int64{5}}, writes: 1,
		},
		{
			name: "remembered and as configured", workspace: []intercom.ImportSource{other, imported(7, libraryURL, 6, 5)}, audiences: []int64{5, 6},
			remembered: state.ImportSource{ID: 7, URL: libraryURL},
			want: ingest.SourceChange{Action: ingest.Unchanged,
				Current: state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{6, 5}},
				Want:    state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5, 6}}},
			reason: "as configured",
			then:   state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5, 6}},
		},
		{
			name: "another audience: one call", workspace: []intercom.ImportSource{imported(7, libraryURL, 5)}, audiences: []int64{5, 6},
			remembered: state.ImportSource{ID: 7, URL: libraryURL},
			want: ingest.SourceChange{Action: ingest.Update,
				Current: state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5}},
				Want:    state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5, 6}}},
			reason: "audiences change from [5] to [5 6]",
			then:   state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5, 6}}, writes: 1,
		},
		{
			name: "no audience configured: left as it is", workspace: []intercom.ImportSource{imported(7, libraryURL, 5)},
			remembered: state.ImportSource{ID: 7, URL: libraryURL},
			want: ingest.SourceChange{Action: ingest.Unchanged,
				Current: state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5}},
				Want:    state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5}}},
			reason: "as configured",
			then:   state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5}},
		},
		{
			name: "no audience wanted: removed", workspace: []intercom.ImportSource{imported(7, libraryURL, 5)}, audiences: []int64{},
			remembered: state.ImportSource{ID: 7, URL: libraryURL},
			want: ingest.SourceChange{Action: ingest.Update,
				Current: state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5}},
				Want:    state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{}}},
			reason: "audiences change from [5] to []",
			then:   state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{}}, writes: 1,
		},
		{
			name: "state lost: adopted by its URL", workspace: []intercom.ImportSource{other, imported(7, "https://HELP.example.com/")},
			want: ingest.SourceChange{Action: ingest.Unchanged, Adopt: true,
				Current: state.ImportSource{ID: 7, URL: "https://HELP.example.com/"}, Want: state.ImportSource{ID: 7, URL: libraryURL}},
			reason: "found by its URL; as configured",
			then:   state.ImportSource{ID: 7, URL: libraryURL},
		},
		{
			name: "a listing that shifts gives it twice", workspace: []intercom.ImportSource{imported(7, libraryURL), other, imported(7, libraryURL)},
			want: ingest.SourceChange{Action: ingest.Unchanged, Adopt: true,
				Current: state.ImportSource{ID: 7, URL: libraryURL}, Want: state.ImportSource{ID: 7, URL: libraryURL}},
			reason: "found by its URL; as configured",
			then:   state.ImportSource{ID: 7, URL: libraryURL},
		},
		{
			name: "deleted in Intercom: made again", workspace: []intercom.ImportSource{other},
			remembered: state.ImportSource{ID: 7, URL: libraryURL},
			want:       ingest.SourceChange{Action: ingest.Create, Lost: true, Want: state.ImportSource{URL: libraryURL}},
			reason:     "import source 7 was deleted in Intercom, and its pages with it",
			then:       state.ImportSource{ID: 101, URL: libraryURL}, writes: 1,
		},
		{
			name: "deleted and made again by hand: adopted anew", workspace: []intercom.ImportSource{imported(8, libraryURL)},
			remembered: state.ImportSource{ID: 7, URL: libraryURL},
			want: ingest.SourceChange{Action: ingest.Unchanged, Lost: true, Adopt: true,
				Current: state.ImportSource{ID: 8, URL: libraryURL}, Want: state.ImportSource{ID: 8, URL: libraryURL}},
			reason: "found by its URL; as configured",
			then:   state.ImportSource{ID: 8, URL: libraryURL},
		},
		{
			name: "library_url changed: the same one moves", workspace: []intercom.ImportSource{imported(7, "https://old.example.com", 5)},
			remembered: state.ImportSource{ID: 7, URL: "https://old.example.com"},
			want: ingest.SourceChange{Action: ingest.Update,
				Current: state.ImportSource{ID: 7, URL: "https://old.example.com", AudienceIDs: []int64{5}},
				Want:    state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5}}},
			reason: "URL changes from https://old.example.com",
			then:   state.ImportSource{ID: 7, URL: libraryURL, AudienceIDs: []int64{5}}, writes: 1,
		},
		{
			name: "Intercom writes the URL in its own way: not fought", workspace: []intercom.ImportSource{imported(7, "http://www.help.example.com/home")},
			remembered: state.ImportSource{ID: 7, URL: libraryURL},
			want: ingest.SourceChange{Action: ingest.Unchanged,
				Current: state.ImportSource{ID: 7, URL: "http://www.help.example.com/home"}, Want: state.ImportSource{ID: 7, URL: libraryURL}},
			reason: "as configured",
			then:   state.ImportSource{ID: 7, URL: libraryURL},
		},
		{
			name:       "deactivated in Intercom: said, not fought",
			workspace:  []intercom.ImportSource{{ID: 7, URL: libraryURL, SyncBehavior: "api", Status: "deactivated"}},
			remembered: state.ImportSource{ID: 7, URL: libraryURL},
			want: ingest.SourceChange{Action: ingest.Unchanged,
				Note:    "it is deactivated in Intercom, so that Fin answers from none of its pages; activate it there, or set reactivate: true",
				Current: state.ImportSource{ID: 7, URL: libraryURL, Deactivated: true}, Want: state.ImportSource{ID: 7, URL: libraryURL, Deactivated: true}},
			reason: "as configured",
			then:   state.ImportSource{ID: 7, URL: libraryURL, Deactivated: true},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &workspace{sources: test.workspace}
			got, err := ingest.ResolveSource(t.Context(), w, libraryURL, test.audiences, test.remembered)
			if err != nil {
				t.Fatal(err)
			}
			test.want.Reason = test.reason
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if w.writes > 0 {
				t.Error("resolving wrote")
			}
			then, err := ingest.EnsureSource(t.Context(), w, got)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.then, then); diff != "" || w.writes != test.writes {
				t.Errorf("%d writes, %s", w.writes, diff)
			}
			// What is remembered now needs nothing more.
			again, err := ingest.ResolveSource(t.Context(), w, libraryURL, test.audiences, then)
			if err != nil || again.Action != ingest.Unchanged || again.Lost || again.Adopt {
				t.Errorf("resolved again: %+v, %v", again, err)
			}
		})
	}
}

func TestAnImportSourceThatCannotBeTold(t *testing.T) {
	crawled := intercom.ImportSource{ID: 7, URL: libraryURL, SyncBehavior: "automatic", Status: "active"}
	for _, test := range []struct {
		name       string
		workspace  workspace
		remembered state.ImportSource
		want       string
	}{
		{"two have the URL", workspace{sources: []intercom.ImportSource{imported(7, libraryURL), imported(8, libraryURL+"/")}}, state.ImportSource{},
			"import sources 7 and 8 all have the URL"},
		{"and what is to be done is said", workspace{sources: []intercom.ImportSource{imported(8, libraryURL), imported(7, libraryURL)}}, state.ImportSource{},
			"2. delete the others there; 3. run fincrawl again"},
		{"Intercom syncs it itself", workspace{sources: []intercom.ImportSource{crawled}}, state.ImportSource{}, "synced by Intercom itself"},
		{"it was changed to be synced by Intercom", workspace{sources: []intercom.ImportSource{crawled}}, state.ImportSource{ID: 7, URL: libraryURL},
			"synced by Intercom itself"},
		{"it would move to a URL that is taken", workspace{sources: []intercom.ImportSource{imported(7, "https://old.example.com"), imported(8, libraryURL)}},
			state.ImportSource{ID: 7, URL: "https://old.example.com"}, "import source 8 has the URL"},
		{"the listing fails half way", workspace{sources: []intercom.ImportSource{imported(1, "https://other.example.com")}, broken: outage},
			state.ImportSource{ID: 7, URL: libraryURL}, "list import sources"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ingest.ResolveSource(t.Context(), &test.workspace, libraryURL, nil, test.remembered)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestEnsureSourceSaysThatTheImportSourceIsGone(t *testing.T) {
	_, err := ingest.EnsureSource(t.Context(), &workspace{}, ingest.SourceChange{Action: ingest.Update, Want: state.ImportSource{ID: 7, URL: libraryURL}})
	if !errors.Is(err, notFound) || !errors.Is(err, ingest.ErrSourceGone) {
		t.Errorf("got %v", err)
	}
}

func TestADeactivatedImportSourceIsSwitchedOnWhereThatIsWanted(t *testing.T) {
	off := imported(7, libraryURL, 5)
	off.Status = "deactivated"
	w := &workspace{sources: []intercom.ImportSource{off}}
	remembered := state.ImportSource{ID: 7, URL: libraryURL}
	for _, want := range []ingest.Action{ingest.Update, ingest.Unchanged} {
		c, err := ingest.ResolveSource(t.Context(), w, libraryURL, nil, remembered)
		if err != nil {
			t.Fatal(err)
		}
		c = c.Reactivated()
		if c.Action != want || c.Note != "" {
			t.Errorf("got %+v, want %s", c, want)
		}
		if remembered, err = ingest.EnsureSource(t.Context(), w, c); err != nil || remembered.Deactivated {
			t.Errorf("got %+v, %v", remembered, err)
		}
	}
	if is := w.sources[0]; is.Status != "active" || !slices.Equal(is.AudienceIDs, []int64{5}) || w.writes != 1 {
		t.Errorf("%d writes made %+v", w.writes, is)
	}
}

func TestAnImportSourceThatAListingPassesOverIsNotMadeAgain(t *testing.T) {
	w := &workspace{sources: []intercom.ImportSource{imported(7, libraryURL)}, hidden: 7}
	c, err := ingest.ResolveSource(t.Context(), w, libraryURL, nil, state.ImportSource{ID: 7, URL: libraryURL})
	if err != nil || c.Action != ingest.Unchanged || c.Lost {
		t.Errorf("got %+v, %v", c, err)
	}
}

// Two runs with separate state files may make an import source each. Both keep the older
// one, and the other run removes its own, if that is empty.
func TestOfTwoImportSourcesMadeAtOnceTheOlderIsKept(t *testing.T) {
	rival := func(id, created int64) *intercom.ImportSource {
		is := imported(id, "https://HELP.example.com/")
		is.CreatedAt = created
		return &is
	}
	automatic := with(*rival(1, 1), func(is *intercom.ImportSource) { is.SyncBehavior = "automatic" })
	for _, test := range []struct {
		name  string
		rival *intercom.ImportSource
		found bool
		pages []intercom.ExternalPage
		left  []int64
		lost  bool
		says  string
	}{
		{name: "nobody else", left: []int64{100}},
		{name: "a younger one", rival: rival(101, 201), left: []int64{100, 101}},
		{name: "an older one", rival: rival(101, 199), left: []int64{101}, lost: true, says: "import source 101"},
		{name: "of the same second, with a lower ID", rival: rival(99, 200), left: []int64{99}, lost: true},
		{name: "of the same second, with a higher ID", rival: rival(101, 200), left: []int64{100, 101}},
		{name: "one that is not for the API", rival: &automatic, left: []int64{1, 100}},
		{name: "which may not be this run's to remove", rival: rival(101, 199), found: true, left: []int64{100, 101}, lost: true},
		{name: "into which somebody has put pages", rival: rival(101, 199), pages: []intercom.ExternalPage{{ID: "1", SourceID: 100}},
			left: []int64{100, 101}, lost: true, says: "import source 100, which this run made, is left"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &workspace{rival: test.rival, found: test.found, pages: test.pages}
			change, err := ingest.ResolveSource(t.Context(), w, libraryURL, nil, state.ImportSource{})
			if err != nil {
				t.Fatal(err)
			}
			is, err := ingest.EnsureSource(t.Context(), w, change)
			if errors.Is(err, ingest.ErrSourceElsewhere) != test.lost || err == nil && is.ID != 100 || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %+v, %v", is, err)
			}
			var left []int64
			for _, is := range w.sources {
				left = append(left, is.ID)
			}
			slices.Sort(left)
			if !slices.Equal(left, test.left) {
				t.Errorf("left are %v, want %v", left, test.left)
			}
		})
	}
}

func TestAnotherImportSourceWithTheURLIsNamed(t *testing.T) {
	w := &workspace{sources: []intercom.ImportSource{imported(7, libraryURL), imported(9, libraryURL+"/"), imported(8, libraryURL)}}
	w.sources[0].Status = "deactivated"
	change, err := ingest.ResolveSource(t.Context(), w, libraryURL, nil, state.ImportSource{ID: 7, URL: libraryURL})
	if err != nil || !slices.Equal(change.Namesakes, []int64{8, 9}) || !strings.Contains(change.Note, "another import source") || !strings.Contains(change.Note, "deactivated") {
		t.Errorf("got %+v, %v", change, err)
	}
	if note := change.Reactivated().Note; !strings.Contains(note, "another import source") || strings.Contains(note, "deactivated") {
		t.Errorf("once it is active: %q", note)
	}
}
