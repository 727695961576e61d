package ingest

import (
	"context"
	"iter"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/state"
)

// Sources is the part of the API that import sources need; *intercom.Client has it.
type Sources interface {
	ImportSources(ctx context.Context) iter.Seq2[intercom.ImportSource, error]
	CreateImportSource(ctx context.Context, url string, audienceIDs []int64) (intercom.ImportSource, error)
	UpdateImportSource(ctx context.Context, id int64, url string, audienceIDs []int64) (intercom.ImportSource, error)
}

// SourceChange is what must be done to the import source of a source before its
// pages can be sent.
type SourceChange struct {
	Action  Action             `json:"action"` // Create, Update (audiences) or Unchanged
	Reason  string             `json:"reason"`
	Current state.ImportSource `json:"current"` // zero where there is none
	Want    state.ImportSource `json:"want"`    // with the ID of Current
	// Lost: state remembers an import source that the workspace no longer has. It
	// was deleted there, and its pages with it; its entries are void.
	Lost bool `json:"lost,omitempty"`
	// Adopt: the workspace has the import source but state doesn't know it. The
	// pages it has are adopted with AdoptPages before planning.
	Adopt bool `json:"adopt,omitempty"`
}

// ResolveSource works out which import source has libraryURL. It looks at the
// remembered ID first, then at the URL, ignoring case and a trailing slash,
// through the whole listing, and only reads. Several import sources with the
// URL, or one that isn't synced by the API, are an error that says what to do.
func ResolveSource(ctx context.Context, api Sources, libraryURL string, audienceIDs []int64, remembered state.ImportSource) (SourceChange, error) {
	panic("not yet")
}

// EnsureSource carries a SourceChange out and returns the import source to
// send pages to.
func EnsureSource(ctx context.Context, api Sources, c SourceChange) (state.ImportSource, error) {
	panic("not yet")
}

// Pages is the part of the API that adoption needs; *intercom.Client has it.
type Pages interface {
	ExternalPages(ctx context.Context) iter.Seq2[intercom.ExternalPage, error]
}

// AdoptPages yields an entry for each page that the import source has, without
// a hash, so that what the site still has is updated and what it lost can go.
func AdoptPages(ctx context.Context, api Pages, sourceID int64) iter.Seq2[state.Entry, error] {
	panic("not yet")
}
