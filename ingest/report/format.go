package report

import (
	"encoding/json"
	"io"
)

// FormatVersion is the version of the JSON documents that commands print. It changes when a field
// is removed or changes its meaning. New fields may be added without a new version.
const FormatVersion = 1

// document has the fields that every document begins with.
type document struct {
	FormatVersion int `json:"format_version"`
}

// newDocument returns the beginning of a document.
func newDocument() document { return document{FormatVersion} }

// WriteJSON writes a document as indented JSON.
func WriteJSON(w io.Writer, what any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(what)
}
