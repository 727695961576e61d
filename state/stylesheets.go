package state

import (
	"encoding/json"
	"fmt"
)

func styleSheets() table { return table{tree: "stylesheets"} }

// StyleSheets returns the texts of the style sheets that the pages of a source were read with, by their
// addresses.
func (s *Store) StyleSheets(source string) (sheets map[string]string, err error) {
	text, ok, err := s.readText(styleSheets(), source)
	if err != nil || !ok {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &sheets); err != nil {
		return nil, damaged(s.path, err)
	}
	return sheets, nil
}

// SetStyleSheets keeps them in place of those before.
func (s *Store) SetStyleSheets(source string, sheets map[string]string) error {
	value, err := json.Marshal(sheets)
	if err != nil {
		return fmt.Errorf("record the style sheets: %w", err)
	}
	return s.update(write{styleSheets(), source, s.compress(string(value))}.do)
}
