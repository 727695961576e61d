package report

import (
	"encoding/json"
	"io"
)

// FormatVersion is that of the JSON documents that commands print. It rises where a field goes or
// means something else; new fields may come at any time.
const FormatVersion = 1

// document is what all of them begin with.
type document struct {
	FormatVersion int `json:"format_version"`
}

// newDocument is the beginning of a document.
func newDocument() document { return document{FormatVersion} }

// WriteJSON writes a document, indented.
func WriteJSON(w io.Writer, what any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(what)
}
