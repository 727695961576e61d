package sandbox_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

// filled is a sandbox with an import source of count pages, and a client of it.
func filled(t *testing.T, c sandbox.Config, count int) (*sandbox.Sandbox, *intercom.Client, int64) {
	t.Helper()
	s := newSandbox(t, c)
	client := intercom.New(intercom.Config{BaseURL: api, Token: "x", Share: 1, Transport: near{s}})
	source := createSource(t, s)
	for i := range count {
		createPage(t, s, source, fmt.Sprintf("p%03d", i))
	}
	return s, client, source
}

// Intercom lists 10,000 pages and no more. What there is before that is read, in smaller
// list pages where the last large one would go beyond.
func TestAListingIsReadAsFarAsItGoes(t *testing.T) {
	refusing150 := func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.URL.Query().Get("per_page") == "150" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"type":"error.list","errors":[{"code":"parameter_invalid","message":"per_page is too large"}]}`))
			return
		}
		next.ServeHTTP(w, r)
	}
	for _, test := range []struct {
		name   string
		config sandbox.Config
		pages  int
		read   int
		ends   bool
		calls  int
	}{
		{name: "all of one list page", pages: 150, read: 150, calls: 1},
		{name: "all of several, read twice", pages: 400, read: 400, calls: 6},
		{name: "as many as it lists", config: sandbox.Config{ListingLimit: 400}, pages: 400, read: 400, calls: 3 + 2 + 8},
		{name: "more than it lists", config: sandbox.Config{ListingLimit: 400}, pages: 430, read: 400, ends: true, calls: 3 + 2 + 1},
		{name: "150 are too many", config: sandbox.Config{Fault: refusing150}, pages: 60, read: 60, calls: 1 + 2 + 2},
		{name: "150 are too many, and it ends", config: sandbox.Config{Fault: refusing150, ListingLimit: 200}, pages: 260, read: 200, ends: true, calls: 1 + 4 + 1},
		{name: "it gives 50 whatever is asked for, and ends", config: sandbox.Config{PerPage: 50, ListingLimit: 200}, pages: 260, read: 200, ends: true, calls: 4 + 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, client, _ := filled(t, test.config, test.pages)
			before := len(s.Calls())
			read, ended := 0, error(nil)
			for _, err := range client.ExternalPages(t.Context()) {
				if ended = err; err == nil {
					read++
				}
			}
			var end *intercom.ListingEnd
			if errors.As(ended, &end) != test.ends || ended != nil && !test.ends || test.ends && end.Read != test.read {
				t.Errorf("it ended with %v", ended)
			}
			if calls := len(s.Calls()) - before; read != test.read || calls != test.calls {
				t.Errorf("%d pages in %d calls, want %d in %d", read, calls, test.read, test.calls)
			}
		})
	}
}

func TestPagesAreLookedUpByTheirExternalID(t *testing.T) {
	s, client, source := filled(t, sandbox.Config{}, 9)
	other := createSource(t, s)
	createPage(t, s, other, "p001")
	for externalID, want := range map[string]int{"p001": 1, "p000": 1, "nothing": 0} {
		found, err := client.FindPages(t.Context(), source, externalID)
		if err != nil || len(found) != want || want == 1 && (found[0].ExternalID != externalID || found[0].SourceID != source) {
			t.Errorf("%s: got %v, %v", externalID, found, err)
		}
	}

	// A version that doesn't know the parameters lists whatever there is. That is found out
	// once.
	s, client, source = filled(t, sandbox.Config{NoLookUp: true}, 9)
	before := len(s.Calls())
	for range 3 {
		if found, err := client.FindPages(t.Context(), source, "p001"); !errors.Is(err, intercom.ErrNoLookUp) || len(found) != 0 {
			t.Errorf("got %v, %v", found, err)
		}
	}
	if calls := len(s.Calls()) - before; calls != 1 {
		t.Errorf("%d calls, want 1", calls)
	}
}

// The number of list pages counts import sources that were deleted, so that the last ones
// are short or empty.
func TestImportSourcesAreListedToTheLastListPage(t *testing.T) {
	s, client, _ := filled(t, sandbox.Config{PerPage: 2}, 0)
	for range 3 {
		createSource(t, s)
	}
	last := createSource(t, s)
	for _, is := range s.Sources()[:3] {
		if err := client.DeleteImportSource(t.Context(), is.ID); err != nil {
			t.Fatal(err)
		}
	}
	r := send(t, s, "GET", "/ai/content_import_sources?page=3", "")
	if pages := r.Body["pages"].(map[string]any); pages["total_pages"] != 3.0 || len(r.Body["data"].([]any)) != 0 {
		t.Errorf("got %+v", r.Body)
	}
	var ids []int64
	for is, err := range client.ImportSources(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, is.ID)
	}
	if len(ids) != 2 || ids[1] != last {
		t.Errorf("listed are %v", ids)
	}
}

func TestAnUnknownAudienceIsA404ThatIsNotOfTheImportSource(t *testing.T) {
	_, client, source := filled(t, sandbox.Config{Audiences: []int64{5}}, 0)
	if _, err := client.UpdateImportSource(t.Context(), source, "https://help.example.com", []int64{5}); err != nil {
		t.Error(err)
	}
	_, err := client.UpdateImportSource(t.Context(), source, "https://help.example.com", []int64{6})
	if intercom.KindOf(err) != intercom.Refused || !strings.Contains(fmt.Sprint(err), "audience_ids") {
		t.Errorf("got %v", err)
	}
}
